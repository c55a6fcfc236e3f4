"""One receiver of scraped items, where Scrapy has two."""

from __future__ import annotations

from typing import Any, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.extensions.corestats import CoreStats
from scrapy.extensions.feedexport import FeedExporter


class Scraped:
    """Calls Scrapy's count of items and its feeds, one after the other.

    For each item, and for each that wants to know of it, Scrapy starts a task of asyncio. That
    takes 10 us, and these two never wait. All other receivers stay as they are, and so do these
    where one of them is another class: it may take other arguments, or wait.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls(crawler)
        crawler.signals.connect(extension.spider_opened, signals.spider_opened)
        # Before all others: they hear of an item that is counted and written.
        crawler.signals.connect(extension.item_scraped, signals.item_scraped)
        return extension

    def spider_opened(self) -> None:
        """Stand in for both; only now there is every extension."""
        count = self.crawler.get_extension(CoreStats)
        feeds = self.crawler.get_extension(FeedExporter)
        if type(count) is not CoreStats or type(feeds) is not FeedExporter:
            self.crawler.signals.disconnect(self.item_scraped, signals.item_scraped)
            return
        self.count, self.export = count.item_scraped, feeds.item_scraped
        for receiver in (self.count, self.export):
            self.crawler.signals.disconnect(receiver, signals.item_scraped)

    def item_scraped(self, item: Any, spider: Spider) -> None:
        try:
            self.count(item, spider)
        finally:
            self.export(item, spider)
