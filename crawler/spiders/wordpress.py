"""Harvest one WordPress site over its REST API."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    IgnoreRequest,
)
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler import __version__
from crawler.arguments import Arguments, read_arguments
from crawler.errors import ArgumentError, CrawlerError
from crawler.headers import header_pairs
from crawler.items import Item, Provenance
from crawler.middlewares.compression import gzipped_body
from crawler.middlewares.refusals import RequestRefused, SiteStopped
from crawler.resuming import begin, read_beginning
from crawler.run import Run, check_feed_paths, site_folder, with_empty_files
from crawler.state.journal import Answered
from crawler.state.linked import LinkedOnDisk
from crawler.state.run_state import RunState
from crawler.wordpress.alias_search import AliasSearch
from crawler.wordpress.api_root import Found
from crawler.wordpress.bounds import Bounds
from crawler.wordpress.harvest import Harvest, Wanted
from crawler.wordpress.passes import MAX_GONE
from crawler.wordpress.query import ApiRoot, origin_of
from crawler.wordpress.rest_errors import Absence
from crawler.wordpress.walk import MAX_PAGES, MAX_RECORDS

record_gone = object()
"""A signal: a record is there no more; sent with its ``record_id``."""

records_read = object()
"""A signal: its ``items``, in their order, are the next to be given."""

HASTY_RETRIES = 1
"""Times that a part of a page is sent again: halving takes many, and most of them fail."""

ABSENCES: dict[type[BaseException], Absence] = {
    CannotResolveHostError: Absence.AWAY,
    DownloadConnectionRefusedError: Absence.AWAY,
    TunnelError: Absence.AWAY,
    DownloadCancelledError: Absence.TOO_LARGE,  # DOWNLOAD_MAXSIZE
    RequestRefused: Absence.NOT_ASKED,
}


class WordPressSpider(Spider):
    """Ask for one URL after the other, as the harvest says; yield the items.

    Each answer decides the next request, so there is never more than one in
    flight. What was answered before the run was killed is taken from its
    journal. ``error`` is set where the harvest cannot go on. ``alias_searches``,
    where something sets it, gives what to ask first, as soon as the API is found.
    """

    name = "wordpress"

    def __init__(
        self,
        arguments: Arguments,
        run: Run,
        state: RunState,
        *,
        max_pages: int = MAX_PAGES,
        max_records: int = MAX_RECORDS,
        sweep_every: int = 1,
        max_gone: float = MAX_GONE,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arguments = arguments
        self.run = run
        self.state = state
        self.allow_hosts = arguments.allow_hosts
        self.kinds = arguments.kinds  # the columns of a CSV
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
                max_pages=max_pages,
                max_records=max_records,
                changes_only=arguments.incremental,
                sweep_every=sweep_every,
                max_gone=max_gone,
            ),
            allow_hosts=arguments.allow_hosts,
            linked=self.linked,
            known=state.known,
            recorder=state.ledger,
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
    def api_root(self) -> ApiRoot | None:
        """Where the API is; None until it is found."""
        return self.harvest.found.root if self.harvest.found is not None else None

    @property
    def dataset(self) -> str:
        """The name under which runs belong together: the user's word, or the site's name."""
        found = self.harvest.found
        return self.run.dataset or site_folder(found.site if found else self.arguments.site)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        arguments = read_arguments(kwargs)
        settings = crawler.settings
        caps = {
            "max_pages": read_cap(
                "WORDPRESS_MAX_PAGES", settings.get("WORDPRESS_MAX_PAGES", MAX_PAGES)
            ),
            "max_records": read_cap(
                "WORDPRESS_MAX_RECORDS", settings.get("WORDPRESS_MAX_RECORDS", MAX_RECORDS)
            ),
            "sweep_every": read_cap("SWEEP_EVERY", settings.get("SWEEP_EVERY", 1)),
        }
        max_gone = read_part("SWEEP_MAX_GONE", settings.get("SWEEP_MAX_GONE", MAX_GONE))
        check_feed_paths(settings.getdict("FEEDS"))
        feeds = with_empty_files(settings.getdict("FEEDS"), arguments.sure_kinds)
        settings.set("FEEDS", feeds, priority=settings.getpriority("FEEDS") or 0)
        run, state = begin(read_beginning(arguments, settings, datetime.now(UTC)))
        spider = cls(arguments, run, state, max_gone=max_gone, **caps)
        spider._set_crawler(crawler)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        settings.set("USER_AGENT", user_agent(settings.get("CONTACT")), priority="spider")

    async def start(self) -> AsyncIterator[Any]:
        for each in self._go_on():
            yield each
        async for each in self._look_first():
            yield each

    async def discover(self, response: Response) -> AsyncIterator[Request | Item]:
        """Take an answer on the way to the API; once it is there, see whose else it is."""
        for each in self.parse(response):
            yield each
        async for each in self._look_first():
            yield each

    async def failed_to_discover(self, failure: Failure) -> AsyncIterator[Request | Item]:
        for each in self.failed(failure):
            yield each
        async for each in self._look_first():
            yield each

    async def _look_first(self) -> AsyncIterator[Request | Item]:
        """Make one search after the other, and go on after the last."""
        while self._is_due and self.error is None and not self.stopping:
            try:
                if (search := await self._next_search()) is not None:
                    self.harvest.look_first(search)
            except CrawlerError as error:
                self.error = error
                return
            if self.stopping:  # while it waited for another crawl
                return
            for each in self._go_on():
                yield each

    async def _next_search(self) -> AliasSearch | None:
        found = self.harvest.found
        if self.alias_searches is not None and found is not None:
            self._searches, self.alias_searches = self.alias_searches(found), None
        search = await anext(self._searches, None) if self._searches is not None else None
        if search is None:
            self._searches = None
        return search

    @property
    def _is_on_the_way(self) -> bool:
        """Whether aliases are looked for, or will be."""
        return self.alias_searches is not None or self._searches is not None

    @property
    def _is_due(self) -> bool:
        """Whether the next search is to be begun."""
        found, looking = self.harvest.found is not None, self.harvest.is_looking
        return self._is_on_the_way and found and not looking and self.harvest.url is not None

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Request | Item]:
        answered = Answered(
            asked=self.harvest.url or "",
            status=response.status,
            url=response.url,
            headers=tuple(header_pairs(response)),
            body=response.body,
            fetched_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            requests=self.requests,
            bytes=self.bytes,
            gzipped=gzipped_body(response),
        )
        yield from self._feed(answered, fresh=True)
        yield from self._go_on()

    def failed(self, failure: Failure) -> Iterator[Request | Item]:
        if self.stopping:
            return  # nobody waited for the answer
        try:
            reason = reason_of(failure)
            if isinstance(failure.value, SiteStopped):
                items = self.harvest.stop(reason)
            else:
                items = self.harvest.fail(reason, absence_of(failure))
        except CrawlerError as error:
            self.error = error
            return
        yield from self._give(items)
        yield from self._go_on()

    def closed(self, reason: str) -> None:
        self.linked.close()

    @property
    def stopping(self) -> bool:
        """Whether the crawl was told to stop: by a signal, most often."""
        return not self.crawler.crawling

    @property
    def requests(self) -> int:
        """How many requests the run has cost, those before it was killed included."""
        now: int = self.crawler.stats.get_value("downloader/request_count", 0)
        return self.state.journal.found.requests + now

    @property
    def bytes(self) -> int:
        """How many bytes came, in the same way."""
        now: int = self.crawler.stats.get_value("downloader/response_bytes", 0)
        return self.state.journal.found.bytes + now

    def _go_on(self) -> Iterator[Request | Item]:
        """Take what is here already, and ask for the first thing that is not."""
        while self.error is None and self.harvest.url is not None and not self._is_due:
            answered = self.state.replay(self.harvest.url)
            if answered is None:
                # the walk decides what is asked twice, not the filter for duplicates
                on = (self.discover, self.failed_to_discover) if self._is_on_the_way else None
                back, failed = on or (self.parse, self.failed)
                yield Request(
                    self.harvest.url, back, errback=failed, dont_filter=True, meta=self._meta()
                )
                return
            yield from self._feed(answered, fresh=False)

    def _meta(self) -> dict[str, Any]:
        """Say how the request stands to those before it, for who decides when it is sent.

        ``again``: the same was just answered with nothing of use.
        """
        meta: dict[str, Any] = {"again": True} if self.harvest.again else {}
        return meta | {"max_retry_times": HASTY_RETRIES} if self.harvest.hasty else meta

    def _feed(self, answered: Answered, *, fresh: bool) -> Iterator[Item]:
        """Let the harvest take an answer; a *fresh* one that it accepted is kept."""
        try:
            items = self.harvest.feed(
                answered.status,
                answered.url,
                answered.headers,
                answered.body,
                self._provenance(answered),
            )
            if fresh and self.harvest.accepted:
                self.state.keep(answered)
            if self.harvest.found is not None:
                self.state.settle(self.dataset, self.harvest.found.site)
        except CrawlerError as error:
            self.error = error
            return
        yield from self._give(items)

    def _give(self, items: list[Item]) -> Iterator[Item]:
        """Give what the harvest gave, once all that concerns it has been told."""
        self._log_faults()
        self._tell_gone()
        self.crawler.signals.send_catch_log(records_read, items=items)
        yield from items

    def _tell_gone(self) -> None:
        """Tell who keeps what records were, before anything is compared with them again."""
        for record_id in self.harvest.gone:
            self.crawler.signals.send_catch_log(record_gone, record_id=record_id)
        self.harvest.gone.clear()

    def _log_faults(self) -> None:
        """Tell of errors of our own: run.json has what they cost, the log where they are."""
        for fault in self.harvest.faults:
            self.logger.error("An error of ours, at %s", self.harvest.url, exc_info=fault)
        self.harvest.faults.clear()

    def _provenance(self, answered: Answered) -> Provenance:
        found = self.harvest.found
        return Provenance(
            url=answered.url,
            fetched_at=answered.fetched_at,
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


def read_cap(name: str, value: Any) -> int:
    """Read a number of which there is one at least. Raises ArgumentError.

    >>> read_cap("WORDPRESS_MAX_PAGES", "500")
    500
    """
    try:
        cap = int(value)
    except (TypeError, ValueError):
        cap = 0
    if cap < 1:
        raise ArgumentError(f"{name} must be a whole number from 1 on, got {value!r}")
    return cap


def read_part(name: str, value: Any) -> float:
    """Read a part of a whole. Raises ArgumentError.

    >>> read_part("SWEEP_MAX_GONE", "0.2")
    0.2
    """
    try:
        part = float(value)
    except (TypeError, ValueError):
        part = -1.0
    if not 0 <= part <= 1:
        raise ArgumentError(f"{name} must be a number from 0 to 1, got {value!r}")
    return part


def absence_of(failure: Failure) -> Absence:
    """Tell what it means that no response came; an error may say so itself, by its ``absence``.

    >>> absence_of(Failure(DownloadConnectionRefusedError("refused")))
    <Absence.AWAY: 'away'>
    """
    told = getattr(failure.value, "absence", None)
    if isinstance(told, Absence):
        return told
    if isinstance(failure.value, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(failure.value):
        return Absence.TOO_LARGE  # when it was unpacked
    kinds = (ABSENCES[kind] for kind in type(failure.value).__mro__ if kind in ABSENCES)
    return next(kinds, Absence.BROKEN_OFF)


def reason_of(failure: Failure) -> str:
    r"""Say in few words why no response came.

    >>> reason_of(Failure(TimeoutError("User timeout caused connection failure.\nMore")))
    'User timeout caused connection failure.'
    """
    return words_of(failure.value)


def words_of(error: BaseException | None) -> str:
    """Say the same of an exception."""
    cause = getattr(error, "__cause__", None)
    reasons = getattr(error, "reasons", None) or getattr(cause, "reasons", None)  # Twisted's
    text = (reasons[0].getErrorMessage() if reasons else str(error)).strip()
    return text.splitlines()[0][:200] if text else type(error).__name__
