"""The gate before the network: one request at a time, and none while the site wants quiet."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response

from crawler.middlewares.refusals import SiteStopped
from crawler.wordpress.pauses import OVERLOADED, TOLD_TO_WAIT, back_off, read_retry_after

logger = logging.getLogger(__name__)

LOOK_UP = 0.5
"""Seconds after which a pause looks whether the crawl is being stopped."""


class Gate:
    """Lets one request of a crawler through at a time, whatever it is for.

    Scrapy's slots keep to one in flight with a delay only. A pause that the
    site asked for (Retry-After), or that follows a failure, is the whole
    site's: robots.txt, retries and redirects wait too. ``crawl_delay`` is
    robots.txt's, in seconds after an answer; ``overloads`` counts the answers
    in a row by which the site said that it is busy; ``asked`` whether the quiet
    is the site's own wish; ``come_back`` is set where
    it wants to be left alone for longer than RETRY_AFTER_MAX.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self.crawler = crawler
        self.longest = settings.getfloat("RETRY_AFTER_MAX")
        self.first = settings.getfloat("RETRY_BACKOFF")
        self.most = settings.getfloat("RETRY_BACKOFF_MAX")
        self.codes = {int(code) for code in settings.getlist("RETRY_HTTP_CODES")}
        self.crawl_delay: float | None = None
        self.overloads = 0
        self.asked = False
        self.come_back: datetime | None = None
        self.waited = 0.0
        self.pauses: Counter[str] = Counter()
        self._why_stopped = ""
        self._free = asyncio.Lock()
        self._inside: Request | None = None
        self._quiet_until = 0.0  # by the monotonic clock
        self._left_at: float | None = None  # when the last answer, or failure, came

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        await self._free.acquire()
        try:
            await self._wait()
        except BaseException:
            self._free.release()
            raise
        self._inside = request

    def process_response(self, request: Request, response: Response) -> Response:
        if self._leave(request):
            self._listen(request, response)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        known = isinstance(exception, IgnoreRequest | DownloadCancelledError)
        if self._leave(request) and not known:
            self._back_off(_attempt(request), type(exception).__name__)

    def back_off(self, request: Request, why: str) -> None:
        """Leave the site alone after an answer to *request* that only its reader understood."""
        self._back_off(_attempt(request), why)

    @property
    def quiet_for(self) -> float:
        """For how many seconds the site still wants quiet; 0 where it does not."""
        return max(0.0, self._quiet_until - monotonic())

    def describe(self) -> dict[str, Any]:
        """Say in run.json what the site asked for, and how long it was waited for."""
        return {
            "crawl_delay": self.crawl_delay,
            "pauses": dict(sorted(self.pauses.items())),
            "waited": round(self.waited, 1),
            "come_back": _stamp(self.come_back) if self.come_back is not None else None,
        }

    async def _wait(self) -> None:
        begin = monotonic()
        until = self._quiet_until
        if self.crawl_delay is not None and self._left_at is not None:
            until = max(until, self._left_at + self.crawl_delay)
        while (left := until - monotonic()) > 0 and self.come_back is None:
            if self._stopping():
                raise SiteStopped("the crawl was stopped")
            await asyncio.sleep(min(left, LOOK_UP))
        self.waited += monotonic() - begin
        if self.come_back is not None:
            raise SiteStopped(self._why_stopped)

    def _stopping(self) -> bool:
        """Tell whether the engine closes: it waits for what is in here."""
        slot = self.crawler.engine._slot
        return not self.crawler.crawling or slot is None or slot.closing is not None

    def _leave(self, request: Request) -> bool:
        """Let the next one in; tell whether *request* was inside, and not answered before it."""
        if self._inside is not request:
            return False
        self._inside = None
        self._left_at = monotonic()
        self._free.release()
        return True

    def _listen(self, request: Request, response: Response) -> None:
        """Hear whether the site wants quiet."""
        overloaded = response.status in OVERLOADED
        self.overloads = self.overloads + 1 if overloaded else 0
        seconds = retry_after(response)
        if seconds and seconds > self.longest:
            self._stop(seconds, response)
        elif seconds:
            self._pause(seconds, "retry_after", f"HTTP {response.status}")
        elif response.status in self.codes:
            failures = self.overloads if overloaded else _attempt(request)
            self._back_off(failures, f"HTTP {response.status}")

    def _back_off(self, failures: int, why: str) -> None:
        chance = random.random()
        seconds = back_off(failures, first=self.first, most=self.most, chance=chance)
        self._pause(seconds, "back_off", why)

    def _pause(self, seconds: float, kind: str, why: str) -> None:
        self.pauses[kind] += 1
        self.crawler.stats.inc_value(f"middlewares/pause_count/{kind}")
        until = monotonic() + seconds
        if until > self._quiet_until:
            self._quiet_until, self.asked = until, kind == "retry_after"
        logger.info("Nothing is asked for %.1f s (%s, %s)", seconds, kind, why)

    def _stop(self, seconds: float, response: Response) -> None:
        self.come_back = datetime.now(UTC) + timedelta(seconds=seconds)
        self._why_stopped = (
            f"the site wants to be left alone until {_stamp(self.come_back)} "
            f"(HTTP {response.status}, Retry-After), which is more than RETRY_AFTER_MAX"
        )
        self.crawler.stats.inc_value("middlewares/pause_count/too_long")
        self.pauses["too_long"] += 1
        logger.warning("Nothing more is asked: %s", self._why_stopped)


def retry_after(response: Response) -> float | None:
    """Read for how long an answer asks to be left alone, in seconds; None where it does not."""
    values = response.headers.getlist("Retry-After")
    if response.status not in TOLD_TO_WAIT or not values:
        return None
    date = response.headers.get("Date")
    return read_retry_after(
        [value.decode("latin-1") for value in values],
        now=datetime.now(UTC),
        date=date.decode("latin-1") if date is not None else None,
    )


def _attempt(request: Request) -> int:
    return int(request.meta.get("retry_times", 0)) + 1


def _stamp(moment: datetime) -> str:
    """Write a moment as RFC 3339, to the next full second."""
    rounded = moment.replace(microsecond=0) + timedelta(seconds=bool(moment.microsecond))
    return rounded.isoformat().replace("+00:00", "Z")
