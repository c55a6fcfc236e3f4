"""A small WordPress-shaped site on loopback, for a first run and for tests.

``content/`` holds what the site says, ``source`` reads it into rows, ``site`` answers requests
from the rows as WordPress 6.7 would, and ``server`` puts that on a socket.
"""
