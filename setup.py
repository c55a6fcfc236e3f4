"""What the Scrapyd client runs to build an egg; pyproject.toml has all it needs to know."""

from setuptools import setup

setup()
