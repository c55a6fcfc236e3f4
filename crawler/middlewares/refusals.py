"""What was refused: counted by kind, and told once."""

from __future__ import annotations

import logging

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

logger = logging.getLogger(__name__)

MAX_TOLD = 20
"""Lines in a log; a site that makes up hosts shall not fill it."""


class RequestRefused(IgnoreRequest):
    """A request leads where this crawl may not go; the text says where, and why."""


class SiteStopped(IgnoreRequest):
    """Nothing more may be asked of the site in this run; the text says why.

    Raised by middlewares. The spider's errback ends all that is under way with
    the text as the reason.
    """


class Refusals:
    """Counts refusals under *key* by kind, and warns once of each kind and place."""

    def __init__(self, crawler: Crawler, key: str) -> None:
        self.crawler = crawler
        self.key = key
        self._told: set[tuple[str, str]] = set()

    def add(self, kind: str, place: str) -> None:
        self.crawler.stats.inc_value(self.key.format(kind))
        if (kind, place) in self._told or len(self._told) >= MAX_TOLD:
            return
        self._told.add((kind, place))
        logger.warning("Refused (%s): %s", kind, place)
        if len(self._told) == MAX_TOLD:
            logger.warning("Further refusals are only counted: see the stats")
