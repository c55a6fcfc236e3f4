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


class RunHeld(PublicationError):
    """Another run of the same site and dataset is under way.

    Raised by ``crawler.state.lease``. Nothing is asked for, exit status 4.
    """


class RunCompleted(CrawlerError):
    """A run that had been killed while it was publishing is published now.

    Raised by ``crawler.resuming`` in place of a second run by the same command.
    The command answers with that run's report and exit status.
    """

    def __init__(self, text: str, folder: str) -> None:
        super().__init__(text)
        self.folder = folder
