"""What can go wrong, named by what happened."""

from __future__ import annotations


class CrawlerError(Exception):
    """Base of all errors of this project; its text is one line for a human."""


class ArgumentError(CrawlerError):
    """An argument, a setting or a feed path cannot be used as given.

    Raised before the first request to a collection. The command answers with
    the text and exit status 2.
    """


class DiscoveryError(CrawlerError):
    """No WordPress REST API could be found, or none that may be asked.

    Raised by ``crawler.wordpress.api_root``. The spider ends the run with the
    text and exit status 1.
    """


class ProtocolError(CrawlerError):
    """A response breaks the WordPress REST protocol.

    Raised by ``crawler.wordpress``. The spider counts it and treats the
    response as failed.
    """


class PublicationError(CrawlerError):
    """What a run made could not be written or put in place.

    Raised by ``crawler.feeds``. Nothing is published, exit status 4.
    """
