"""Looks after a run while it goes on: its lease is kept, and a signal ends it in time."""

from __future__ import annotations

from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

from crawler.connections.downloader import StoppableDownloader
from crawler.errors import PublicationError
from crawler.feeds.publication import Publication
from crawler.spiders.wordpress import WordPressSpider
from crawler.state.lease import BEAT_SECONDS

LOOK_SECONDS = 0.5
GRACE_SECONDS = 4.0
"""So long an answer is waited for after a signal; who sent it waits for some ten seconds."""


class Watch:
    """Beats the lease's heart, and gives up what a run waits for when it is told to stop."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._looks = 0
        self._looks_stopping = 0
        self._loop = create_looping_call(self.look)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not issubclass(crawler.spidercls, WordPressSpider):
            raise NotConfigured
        watch = cls(crawler)
        crawler.signals.connect(watch.spider_opened, signals.spider_opened)
        crawler.signals.connect(watch.engine_stopped, signals.engine_stopped)
        return watch

    def spider_opened(self) -> None:
        self._loop.start(LOOK_SECONDS, now=False)

    def engine_stopped(self) -> None:
        if self._loop.running:
            self._loop.stop()

    def look(self) -> None:
        """See whether anything is to be done; often, and cheaply."""
        self._looks += 1
        if self._looks % int(BEAT_SECONDS / LOOK_SECONDS) == 0:
            self.beat()
        spider = self.crawler.spider
        if isinstance(spider, WordPressSpider) and spider.stopping:
            self._looks_stopping += 1
            downloader = self.crawler.engine.downloader
            due = self._looks_stopping == int(GRACE_SECONDS / LOOK_SECONDS)
            if due and isinstance(downloader, StoppableDownloader):
                downloader.give_up()

    def beat(self) -> None:
        """Keep the lease; where it is lost, end the run: another one has the site."""
        spider, publication = self.crawler.spider, self.crawler.get_extension(Publication)
        if not isinstance(spider, WordPressSpider) or publication is None:
            return
        if not spider.state.lease.beat():
            publication.fail(PublicationError("another run has taken this site over meanwhile"))
