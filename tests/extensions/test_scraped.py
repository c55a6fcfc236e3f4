from __future__ import annotations

import pytest
from scrapy import Spider, signals
from scrapy.extensions.corestats import CoreStats
from scrapy.extensions.feedexport import FeedExporter
from scrapy.utils.test import get_crawler

from crawler.extensions.scraped import Scraped
from crawler.stats_collector import Stats


class Listener:
    """What a user may add: it wants every item, too."""

    def __init__(self):
        self.items = []

    def item_scraped(self, item):
        self.items.append(item)


class OwnCount(CoreStats):
    """What somebody may count with: it takes other arguments."""

    def item_scraped(self, response):
        self.stats.inc_value("item_scraped_count")


class Late(Listener):
    """What looks at the count when an item comes."""

    @classmethod
    def from_crawler(cls, crawler):
        extension = cls()
        extension.stats = crawler.stats
        crawler.signals.connect(extension.look, signals.item_scraped)
        return extension

    def look(self):
        self.items.append(self.stats.get_value("item_scraped_count"))


def opened(tmp_path, feeds, extensions=()):
    settings = {
        "EXTENSIONS": {Scraped: 0, **dict(extensions)},
        "FEEDS": {tmp_path / "out.jsonl": {"format": "jsonlines"}} if feeds else {},
        "STATS_CLASS": Stats,
    }
    crawler = get_crawler(Spider, settings)
    crawler.spider = crawler._create_spider("any")
    crawler._apply_settings()
    listener = Listener()
    crawler.signals.connect(listener.item_scraped, signals.item_scraped)
    crawler.signals.send_catch_log(signals.spider_opened, spider=crawler.spider)
    return crawler, listener


def send(crawler, item):
    return crawler.signals.send_catch_log(
        signals.item_scraped, item=item, response=None, spider=crawler.spider
    )


class TestScraped:
    @pytest.mark.parametrize(("feeds", "receivers"), [(True, 2), (False, 2)])
    def test_each_once(self, tmp_path, feeds, receivers):
        """Each item is counted once, written once, and others hear of it as before."""
        crawler, listener = opened(tmp_path, feeds)

        answers = [send(crawler, {"a": number}) for number in range(3)]

        assert {len(answer) for answer in answers} == {receivers}
        assert crawler.stats.get_value("item_scraped_count") == 3
        assert listener.items == [{"a": 0}, {"a": 1}, {"a": 2}]
        if feeds:
            [slot] = crawler.get_extension(FeedExporter).slots
            assert slot.itemcount == 3

    def test_export_fails(self, tmp_path):
        """An item that cannot be written is counted all the same, as in Scrapy."""
        crawler, listener = opened(tmp_path, feeds=True)

        send(crawler, {"a": object()})

        assert crawler.stats.get_value("item_scraped_count") == 1
        assert len(listener.items) == 1

    def test_another_class(self, tmp_path):
        """Where another class counts, all stays as Scrapy has it."""
        own = {"scrapy.extensions.corestats.CoreStats": None, OwnCount: 0}
        crawler, listener = opened(tmp_path, True, own)

        answers = send(crawler, {"a": 1})

        assert [answer for _, answer in answers] == [None] * 3
        assert crawler.stats.get_value("item_scraped_count") == 1
        [slot] = crawler.get_extension(FeedExporter).slots
        assert slot.itemcount == 1
        assert listener.items == [{"a": 1}]

    def test_count_fails(self, tmp_path, monkeypatch):
        """Where the count fails, the item is written all the same."""
        monkeypatch.setattr(CoreStats, "item_scraped", lambda *_: 1 / 0)
        crawler, listener = opened(tmp_path, True)

        answers = send(crawler, {"a": 1})

        assert isinstance(answers[0][1].value, ZeroDivisionError)
        [slot] = crawler.get_extension(FeedExporter).slots
        assert slot.itemcount == 1
        assert listener.items == [{"a": 1}]

    def test_order(self, tmp_path):
        """Others hear of an item that is counted."""
        crawler, _ = opened(tmp_path, True, {Late: 500})

        send(crawler, {"a": 1})
        send(crawler, {"a": 2})

        assert crawler.get_extension(Late).items == [1, 2]


class TestStats:
    def test_counts(self):
        """It counts what Scrapy's does, with a spider and without."""
        crawler = get_crawler(Spider, {"STATS_CLASS": Stats})
        stats = Stats(crawler)

        stats.inc_value("a")
        stats.inc_value("a", 2, spider=None)
        stats.max_value("b", 5)
        stats.max_value("b", 3)

        assert stats.get_stats() == {"a": 3, "b": 5}
