"""Every request is judged before anything is looked up or connected to."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.middlewares.refusals import Refusals, RequestRefused
from crawler.wordpress.bounds import Bounds, Refusal, is_web, show_place


class OriginRefused(RequestRefused):
    """A request leads off the site.

    Raised by the guard. It is not retried; the spider's errback takes the text
    as the reason.
    """


class OriginGuard:
    """Let through what is within the spider's ``bounds``, robots.txt and redirects included.

    A spider without bounds is none of ours: it may ask whom it likes, over HTTP.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.refusals = Refusals(crawler, "middlewares/origin_refused_count/{}")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        bounds: Bounds | None = getattr(self.crawler.spider, "bounds", None)
        if bounds is None:
            kind = None if is_web(request.url) else Refusal.SCHEME
        else:
            kind = bounds.refusal(request.url)
        if kind is not None:
            place = show_place(request.url)
            self.refusals.add(kind, place)
            raise OriginRefused(f"not asked ({kind}): {place}")
