"""Which requests are sent again, and how often; the gate decides when."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response
from scrapy.utils.misc import load_object
from scrapy.utils.response import response_status_message

from crawler.headers import header_pairs
from crawler.middlewares.gate import Gate, retry_after
from crawler.wordpress.challenge import challenge

AGAIN_ONCE = frozenset({500})
"""Statuses that seldom pass by themselves: a plugin dies over what it was asked for."""


class PatientRetry:
    """Sends again what failed for a while: RETRY_HTTP_CODES, RETRY_EXCEPTIONS, Retry-After.

    Up to RETRY_TIMES, but once where waiting seldom helps (500, a time-out),
    and not at all while the site has turned away as many requests in a row.
    After a firewall's challenge, which a fast guest may have met where a slow
    one does not, the site is left alone for a while, and asked once more.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self.crawler = crawler
        self.times = settings.getint("RETRY_TIMES")
        self.codes = {int(code) for code in settings.getlist("RETRY_HTTP_CODES")}
        self.exceptions = tuple(
            load_object(each) if isinstance(each, str) else each
            for each in settings.getlist("RETRY_EXCEPTIONS")
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        asked = retry_after(response) is not None
        firewall = challenge_of(response)
        if firewall is not None and response.status not in self.codes and not asked:
            why = f"a challenge by {firewall}"
            gate = self.crawler.get_downloader_middleware(Gate)
            if gate is not None:
                gate.back_off(request, why)
            return self._again(request, why, once=True) or response
        if response.status not in self.codes and not asked:
            return response
        once = response.status in AGAIN_ONCE and not asked
        reason = response_status_message(response.status)
        return self._again(request, reason, once=once) or response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        if not isinstance(exception, self.exceptions):
            return None
        once = isinstance(exception, DownloadTimeoutError)
        return self._again(request, exception, once=once)

    def _again(self, request: Request, reason: str | Exception, *, once: bool) -> Request | None:
        if request.meta.get("dont_retry"):
            return None
        times = int(request.meta.get("max_retry_times", self.times))
        gate = self.crawler.get_downloader_middleware(Gate)
        if gate is not None and gate.overloads > self.times + 1:
            times = 0
        spider = self.crawler.spider
        if spider is None:  # it is set before the first request
            return None
        return get_retry_request(
            request,
            spider=spider,
            reason=reason,
            max_retry_times=min(times, 1) if once else times,
        )


def challenge_of(response: Response) -> str | None:
    """Name the firewall that answered in the site's place; None where none did."""
    return challenge(response.status, header_pairs(response), response.body)
