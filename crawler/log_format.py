"""Log lines without payload: which record, never its text."""

from __future__ import annotations

import logging
from typing import Any, Self

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares import robotstxt
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class NoPayloadLogFormatter(LogFormatter):
    """Name items by their record_id; spare readers the traceback of a site that is down.

    With *scraped* False no line is made for an item: a line that no handler
    wants costs as much as one that is written.
    """

    def __init__(self, *, scraped: bool = True) -> None:
        super().__init__()
        self._scraped = scraped
        logging.getLogger(robotstxt.__name__).addFilter(without_traceback)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(scraped=crawler.settings["LOG_LEVEL"] == "DEBUG")

    def scraped(
        self, item: Any, response: Response | Failure | None, spider: Spider
    ) -> Any:  # None: no line, which Scrapy takes and its types do not know
        if not self._scraped:
            return None
        return _line(logging.DEBUG, "Scraped %(record_id)s", item)

    def dropped(
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        return _line(logging.INFO, "Dropped %(record_id)s: %(reason)s", item, reason=exception)

    def item_error(
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        return _line(logging.ERROR, "Error processing %(record_id)s", item)


def without_traceback(record: logging.LogRecord) -> bool:
    """Let a line through that says what happened, without the way there."""
    record.exc_info = None
    return True


def _line(level: int, message: str, item: Any, **facts: object) -> LogFormatterResult:
    record_id = getattr(item, "record_id", type(item).__name__)
    return {"level": level, "msg": message, "args": {"record_id": record_id, **facts}}
