from __future__ import annotations

import logging

import pytest
from scrapy import Spider
from scrapy.exceptions import DropItem

from crawler.log_format import NoPayloadLogFormatter, without_traceback
from tests.feeds.sample_items import document

SECRET = "what nobody is to read in a log"


@pytest.fixture
def formatter():
    formatter = NoPayloadLogFormatter()
    yield formatter
    log = logging.getLogger("scrapy.downloadermiddlewares.robotstxt")
    log.removeFilter(without_traceback)


@pytest.fixture
def item():
    return document(7, title=SECRET, content_html=SECRET)


def line(result):
    return result["level"], result["msg"] % result["args"]


def test_scraped(formatter, item):
    """An item is named by its record_id."""
    told = line(formatter.scraped(item, None, Spider("x")))
    assert told == (logging.DEBUG, f"Scraped {item.record_id}")


def test_dropped(formatter, item):
    """One that was dropped, with the reason."""
    told = line(formatter.dropped(item, DropItem("too short"), None, Spider("x")))
    assert told == (logging.INFO, f"Dropped {item.record_id}: too short")


def test_item_error(formatter, item):
    """One that a pipeline failed on; the log has the traceback besides."""
    told = line(formatter.item_error(item, ValueError("x"), None, Spider("x")))
    assert told == (logging.ERROR, f"Error processing {item.record_id}")


def test_other_item(formatter):
    """An item of another kind by its class."""
    told = line(formatter.scraped({"text": SECRET}, None, Spider("x")))
    assert told == (logging.DEBUG, "Scraped dict")


def test_robots(formatter, caplog):
    """That robots.txt could not be had is one line, without a traceback."""
    log = logging.getLogger("scrapy.downloadermiddlewares.robotstxt")
    try:
        raise ConnectionRefusedError("refused")
    except ConnectionRefusedError:
        log.exception("Error downloading %s", "robots.txt")

    [record] = caplog.records
    assert record.getMessage() == "Error downloading robots.txt"
    assert record.exc_info is None
