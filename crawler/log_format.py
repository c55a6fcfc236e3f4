"""Log lines without payload: which record, never its text."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import Spider
from scrapy.downloadermiddlewares import robotstxt
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class NoPayloadLogFormatter(LogFormatter):
    """Name items by their record_id; spare readers the traceback of a site that is down."""

    def __init__(self) -> None:
        super().__init__()
        logging.getLogger(robotstxt.__name__).addFilter(without_traceback)

    def scraped(
        self, item: Any, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
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
