"""Look at one WordPress site: what it has, and what a harvest would take; no content."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler.arguments import Arguments, read_survey_arguments
from crawler.errors import CrawlerError
from crawler.headers import header_pairs
from crawler.middlewares.robots import site_told
from crawler.spiders.wordpress import reason_of, user_agent
from crawler.survey import describe
from crawler.wordpress.bounds import Bounds
from crawler.wordpress.census import Census
from crawler.wordpress.effort import Pace
from crawler.wordpress.query import origin_of


class SurveySpider(Spider):
    """Ask for one URL after the other, as the census says.

    ``account`` tells what was found, None before the end; ``error`` is set
    where the census cannot go on.
    """

    name = "survey"

    def __init__(self, arguments: Arguments, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.arguments = arguments
        self.allow_hosts = arguments.allow_hosts
        self.error: CrawlerError | None = None
        self.account: dict[str, Any] | None = None
        self.census = Census(
            arguments.site, arguments.collections, allow_hosts=arguments.allow_hosts
        )
        self._began = datetime.now(UTC)
        self._crawl_delay: float | None = None
        self._latencies: list[float] = []
        self._opt_out: list[dict[str, Any]] = []

    @property
    def bounds(self) -> Bounds:
        """Where this crawl may ask: as soon as the API is found, only there."""
        found = self.census.harvest.found
        return Bounds(
            origin_of(self.arguments.site),
            self.allow_hosts,
            found.root.origin if found is not None else None,
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = cls(read_survey_arguments(kwargs))
        spider._set_crawler(crawler)
        crawler.signals.connect(spider.site_told, signal=site_told)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        settings.set("USER_AGENT", user_agent(settings.get("CONTACT")), priority="spider")
        for name in ("FEEDS", "ITEM_PIPELINES"):  # the command writes one file for all sites
            settings.set(name, {}, priority="spider")

    def site_told(self, name: str, told: Any) -> None:
        """Hear what the site says beside its answers: its robots.txt, and of the use of texts."""
        if name == "robots":
            self._crawl_delay = told["crawl_delay"]
        elif name == "opt_out":
            self._opt_out += told

    async def start(self) -> AsyncIterator[Any]:
        for request in self._next_request():
            yield request

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Request]:
        self._latencies.append(response.meta.get("download_latency", 0.0))
        try:
            self.census.feed(response.status, response.url, header_pairs(response), response.body)
        except CrawlerError as error:
            self.error = error
            return
        yield from self._next_request()

    def failed(self, failure: Failure) -> Iterator[Request]:
        if not self.crawler.crawling:
            return  # told to stop: nobody waited for the answer
        try:
            self.census.fail(reason_of(failure))
        except CrawlerError as error:
            self.error = error
            return
        yield from self._next_request()

    def closed(self, reason: str) -> None:
        stats = self.crawler.stats
        latencies = sorted(self._latencies)
        self.account = describe(
            self.arguments.site,
            self.census,
            error=str(self.error) if self.error is not None else None,
            surveyed=self._began,
            opt_out=None if self.settings["OPT_OUT_SIGNALS"] == "ignore" else self._opt_out,
            requests=stats.get_value("downloader/request_count", 0),
            pace=Pace(
                delay=self.settings.getfloat("DOWNLOAD_DELAY"),
                crawl_delay=self._crawl_delay,
                latency=latencies[len(latencies) // 2] if latencies else None,
            ),
        )

    def _next_request(self) -> Iterator[Request]:
        if self.census.url is not None:
            yield Request(self.census.url, errback=self.failed, dont_filter=True)
