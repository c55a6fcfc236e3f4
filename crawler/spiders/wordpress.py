"""Harvest one WordPress site over its REST API."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler import __version__
from crawler.arguments import Arguments, kinds_of, read_arguments, sure_kinds
from crawler.errors import CrawlerError
from crawler.items import Provenance
from crawler.run import Run, check_feed_paths, open_run, site_folder, with_empty_files
from crawler.state.linked import LinkedOnDisk
from crawler.wordpress.alias_search import AliasSearch
from crawler.wordpress.api_root import Found, site_identity
from crawler.wordpress.bounds import Bounds
from crawler.wordpress.harvest import Harvest, Wanted
from crawler.wordpress.query import origin_of
from crawler.wordpress.records import AnyItem


class WordPressSpider(Spider):
    """Ask for one URL after the other, as the harvest says; yield the items.

    Each answer decides the next request, so there is never more than one in
    flight. ``error`` is set where the harvest cannot go on. ``alias_searches``, where
    something sets it, gives what to ask first, as soon as the API is found.
    """

    name = "wordpress"

    def __init__(self, arguments: Arguments, run: Run, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.arguments = arguments
        self.run = run
        self.allow_hosts = arguments.allow_hosts
        self.kinds = kinds_of(arguments.collections)  # the columns of a CSV
        self.error: CrawlerError | None = None
        self.alias_searches: Callable[[Found], AsyncGenerator[AliasSearch]] | None = None
        self._searches: AsyncGenerator[AliasSearch] | None = None  # what is left of them
        self.linked = LinkedOnDisk()
        self.harvest = Harvest(
            arguments.site,
            Wanted(
                collections=arguments.collections,
                after=arguments.after,
                before=arguments.before,
                filters=arguments.filters,
                limit=arguments.limit,
                raw=arguments.raw,
                follow=arguments.follow,
            ),
            allow_hosts=arguments.allow_hosts,
            linked=self.linked,
        )

    @property
    def bounds(self) -> Bounds:
        """Where this crawl may ask: as soon as its API is found, only there."""
        found = self.harvest.found
        return Bounds(
            origin_of(self.arguments.site),
            self.allow_hosts,
            found.root.origin if found is not None else None,
        )

    @property
    def dataset(self) -> str:
        """The name under which runs belong together: the user's word, or the site's name."""
        found = self.harvest.found
        return self.run.dataset or site_folder(found.site if found else self.arguments.site)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        arguments = read_arguments(kwargs)
        settings = crawler.settings
        check_feed_paths(settings.getdict("FEEDS"))
        feeds = with_empty_files(settings.getdict("FEEDS"), sure_kinds(arguments.collections))
        settings.set("FEEDS", feeds, priority=settings.getpriority("FEEDS") or 0)
        run = open_run(
            site_identity(arguments.site),
            dataset=arguments.dataset,
            exports_dir=settings["EXPORTS_DIR"],
            now=datetime.now(UTC),
        )
        spider = cls(arguments, run)
        spider._set_crawler(crawler)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        settings.set("USER_AGENT", user_agent(settings.get("CONTACT")), priority="spider")

    async def start(self) -> AsyncIterator[Any]:
        for request in self._next_request():
            yield request

    async def discover(self, response: Response) -> AsyncIterator[Request | AnyItem]:
        """Take an answer on the way to the API; once it is there, see whose else it is."""
        came = list(self.parse(response))
        for each in await self._look_further(came):
            yield each

    async def failed_to_discover(self, failure: Failure) -> AsyncIterator[Request | AnyItem]:
        came = list(self.failed(failure))
        for each in await self._look_further(came):
            yield each

    async def _look_further(self, came: list[Request | AnyItem]) -> list[Request | AnyItem]:
        """Go from one search to the next, and in the end to what *came* of the harvest."""
        found = self.harvest.found
        if found is not None and self.alias_searches is not None:
            self._searches, self.alias_searches = self.alias_searches(found), None
        try:
            while self._searches is not None and self.error is None:
                if self.harvest.is_looking:
                    return list(self._next_request())
                search = await anext(self._searches, None)
                if search is None:
                    self._searches = None
                    return list(self._next_request())
                self.harvest.look_first(search)
        except CrawlerError as error:
            self.error = error
        return came if self.error is None else []

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Request | AnyItem]:
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        ]
        try:
            items = self.harvest.feed(
                response.status, response.url, headers, response.body, self._provenance(response)
            )
        except CrawlerError as error:
            self.error = error
            return
        yield from items
        yield from self._next_request()

    def failed(self, failure: Failure) -> Iterator[Request | AnyItem]:
        try:
            items = self.harvest.fail(reason_of(failure))
        except CrawlerError as error:
            self.error = error
            return
        yield from items
        yield from self._next_request()

    def closed(self, reason: str) -> None:
        self.linked.close()

    def _next_request(self) -> Iterator[Request]:
        if self.harvest.url is not None:
            # the walk decides what is asked twice, not the filter for duplicates
            on_the_way = self.harvest.found is None or self.harvest.is_looking
            ways = (self.discover, self.failed_to_discover) if on_the_way else (None, self.failed)
            yield Request(self.harvest.url, ways[0], errback=ways[1], dont_filter=True)

    def _provenance(self, response: Response) -> Provenance:
        found = self.harvest.found
        return Provenance(
            url=response.url,
            fetched_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            run_id=self.run.id,
            dataset=self.dataset,
            crawler_version=__version__,
            api=found.root.url if found is not None else "",
        )


def user_agent(contact: str | None) -> str:
    """Name the project, and whom a site's owner may write to.

    >>> user_agent("https://example.org/about-our-crawler")
    'presscrawl/0.1.0 (+https://example.org/about-our-crawler)'
    """
    return f"presscrawl/{__version__} " + (f"(+{contact})" if contact else "(no contact set)")


def reason_of(failure: Failure) -> str:
    r"""Say in few words why no response came.

    >>> reason_of(Failure(TimeoutError("User timeout caused connection failure.\nMore")))
    'User timeout caused connection failure.'
    """
    error = failure.value
    cause = getattr(error, "__cause__", None)
    reasons = getattr(error, "reasons", None) or getattr(cause, "reasons", None)  # Twisted's
    text = (reasons[0].getErrorMessage() if reasons else str(error)).strip()
    return text.splitlines()[0][:200] if text else type(error).__name__
