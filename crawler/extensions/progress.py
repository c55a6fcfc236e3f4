"""Shows how far the crawls of this process are: live on a terminal, else by lines in the log."""

from __future__ import annotations

import atexit
import logging
import sys
from time import monotonic, thread_time
from typing import Any, Self

from rich.live import Live
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call
from twisted.internet.task import LoopingCall

from crawler.errors import ArgumentError
from crawler.middlewares.gate import Gate
from crawler.progress import Board, BoardView, SiteView, Speed, lines, parts_of, parts_of_census
from crawler.report import terminal
from crawler.spiders.survey import SurveySpider
from crawler.spiders.wordpress import WordPressSpider

logger = logging.getLogger(__name__)

MODES = ("auto", "log", "off")
LOOK_SECONDS = 1.0
SHARE = 0.005
"""Of the time, the most that looking may take: after a dear look the next one comes later."""


class Progress:
    """One crawler's place on the board that all crawlers of the process share."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.speed = Speed()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        mode = str(crawler.settings["PROGRESS"]).lower()
        if mode not in MODES:
            raise ArgumentError(f"PROGRESS must be one of {', '.join(MODES)}, got {mode!r}")
        if mode == "off" or not issubclass(crawler.spidercls, WordPressSpider | SurveySpider):
            raise NotConfigured
        progress = cls(crawler)
        crawler.signals.connect(progress.spider_opened, signals.spider_opened)
        crawler.signals.connect(progress.engine_stopped, signals.engine_stopped)
        return progress

    def spider_opened(self) -> None:
        feeds = self.crawler.settings.getdict("FEEDS")
        piped = any(str(uri).startswith("stdout:") for uri in feeds) and sys.stdout.isatty()
        live = str(self.crawler.settings["PROGRESS"]).lower() == "auto" and not piped
        BOARD.join(self, live=live, every=self.crawler.settings.getfloat("PROGRESS_LOG_SECONDS"))

    def engine_stopped(self) -> None:
        BOARD.leave(self)

    def look(self, now: float) -> SiteView:
        """Tell how this crawl stands, at a moment of the monotonic clock."""
        spider, stats = self.crawler.spider, self.crawler.stats
        if not isinstance(spider, WordPressSpider | SurveySpider):
            raise TypeError("`from_crawler` puts no other spider on the board")
        view = SiteView(
            name=spider.arguments.site.partition("://")[2],
            retries=stats.get_value("retry/count", 0),
            requests=stats.get_value("downloader/request_count", 0),
        )
        gate = self.crawler.get_downloader_middleware(Gate)
        if gate is not None:
            view.pause, view.asked = gate.quiet_for, gate.asked
        if isinstance(spider, WordPressSpider):
            view.parts = parts_of(spider.harvest)
            view.rate = self.speed.at(now, records_of(view))
        else:
            view.parts = parts_of_census(spider.census)
        return view


def records_of(view: SiteView) -> int:
    """Count the records of a site so far."""
    return sum(part.done for part in view.parts)


class _Shared:
    """The board: it looks at every crawl once a second, or more rarely where that is dear."""

    def __init__(self) -> None:
        self.expected = 0  # sites of the process, where somebody has said
        self._members: list[Progress] = []
        self._ended = 0
        self._failed = 0
        self._records = 0  # of those that have ended
        self._began = 0.0
        self._next = 0.0
        self._next_log = 0.0
        self._every = 0.0
        self._surveys = False
        self._live: Live | None = None
        self._handlers: list[tuple[Any, Any]] = []
        self._loop: AsyncioLoopingCall | LoopingCall | None = None

    def join(self, member: Progress, *, live: bool, every: float) -> None:
        """Take a crawl onto the board; the first one starts it."""
        now = monotonic()
        self._members.append(member)
        self._surveys = issubclass(member.crawler.spidercls, SurveySpider)
        self._every = every
        if self._loop is None:
            self._began = self._began or now
            self._next_log = now + every
            if live and terminal().is_terminal and not terminal().is_dumb_terminal:
                self._begin_live()
            self._loop = create_looping_call(self._look)
            self._loop.start(LOOK_SECONDS, now=False)

    def leave(self, member: Progress) -> None:
        """Take a crawl off the board; the last one ends it."""
        if member not in self._members:
            return
        view = member.look(monotonic())
        self._records += records_of(view)
        self._ended += 1
        reason = member.crawler.stats.get_value("finish_reason")
        self._failed += reason != "finished"
        self._members.remove(member)
        if not self._members:
            self.close()

    def close(self) -> None:
        """End the view, and put the log where it was."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        if self._loop is not None and self._loop.running:
            self._loop.stop()
        self._loop = None
        for handler, stream in self._handlers:
            handler.setStream(stream)
        self._handlers.clear()

    def _begin_live(self) -> None:
        real = sys.stderr
        self._live = Live(
            console=terminal(), auto_refresh=False, transient=True, redirect_stdout=False
        )
        self._live.start()
        atexit.register(self.close)  # a second signal ends us at once: the cursor comes back
        for handler in logging.root.handlers:  # the log goes above the view
            if isinstance(handler, logging.StreamHandler) and handler.stream is real:
                self._handlers.append((handler, real))
                handler.setStream(sys.stderr)

    def _look(self) -> None:
        now = monotonic()
        if now < self._next:
            return
        if self._live is not None:
            before = thread_time()
            self._live.update(Board(self.view(now)), refresh=True)
            self._next = now + max(LOOK_SECONDS / 2, (thread_time() - before) / SHARE)
        elif now >= self._next_log:
            self._next_log = now + self._every
            for line in lines(self.view(now)):
                logger.info("%s", line)

    def view(self, now: float) -> BoardView:
        """Look at every crawl."""
        sites = [member.look(now) for member in self._members]
        return BoardView(
            sites,
            ended=self._ended,
            expected=max(self.expected, self._ended + len(sites)),
            records=self._records + sum(map(records_of, sites)),
            seconds=now - self._began,
            failed=self._failed,
            counts="totals" if self._surveys else "records",
        )


BOARD = _Shared()
"""A terminal is one for the whole process, whatever the number of its crawlers."""
