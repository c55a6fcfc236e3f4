"""Redirects are followed on the site only."""

from __future__ import annotations

import logging
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Response

from crawler.wordpress.api_root import allowed

logger = logging.getLogger(__name__)


class SameSiteRedirectMiddleware:
    """Follow a redirect that stays on the site; hand any other on as it came.

    The site is that of the request, or a host in the spider's ``allow_hosts``.
    """

    def __init__(self, crawler: Crawler, redirects: RedirectMiddleware) -> None:
        self.crawler = crawler
        self.redirects = redirects

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        redirects = RedirectMiddleware(crawler.settings)
        redirects.crawler = crawler  # its from_crawler warns where no Referer is sent
        return cls(crawler, redirects)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        followed = self.redirects.process_response(request, response)
        if isinstance(followed, Response):
            return followed
        allow_hosts: frozenset[str] = getattr(self.crawler.spider, "allow_hosts", frozenset())
        if allowed(followed.url, request.url, allow_hosts):
            return followed
        self.crawler.stats.inc_value("middlewares/redirect_refused_count")
        logger.warning("Not followed off the site: %s -> %s", request.url, followed.url)
        return response
