"""Redirects are followed on the site only."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.middlewares.refusals import Refusals
from crawler.wordpress.bounds import Bounds, Refusal, show_place
from crawler.wordpress.query import origin_of
from crawler.wordpress.robots import is_taken_for_a_page

REDIRECTS = frozenset({301, 302, 303, 307, 308})
SECRETS = ("Authorization", "Cookie", "Proxy-Authorization")


class NoRules(IgnoreRequest):
    """A robots.txt that stays a redirect: it counts as none (RFC 9309, section 2.3.1.2)."""


class SameSiteRedirectMiddleware:
    """Follow a redirect within the spider's ``bounds``; hand any other on as it came.

    A spider without bounds stays on the site of the request. A robots.txt that
    is a redirect in the end is none: what stands in it are no rules. Nor is one
    that WordPress takes for a page.
    """

    def __init__(self, crawler: Crawler, redirects: RedirectMiddleware) -> None:
        self.crawler = crawler
        self.redirects = redirects
        self.refusals = Refusals(crawler, "middlewares/origin_refused_count/{}")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        redirects = RedirectMiddleware(crawler.settings)
        redirects.crawler = crawler  # its from_crawler warns where no Referer is sent
        return cls(crawler, redirects)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        followed = self._follow(request, response)
        if isinstance(followed, Response) and 300 <= response.status < 400 and is_robots(request):
            raise NoRules(f"no robots.txt: a redirect ({response.status}), not followed")
        return followed

    def _follow(self, request: Request, response: Response) -> Request | Response:
        location = response.headers.get("Location")
        if location is None or response.status not in REDIRECTS:
            return response
        bounds = self._bounds(request)
        target = location.decode("latin-1")
        by = (response.headers.get("X-Redirect-By") or b"").decode("latin-1")
        if is_taken_for_a_page(request.url, target, by):
            return response
        kind = bounds.redirect_refusal(request.url, target)
        if kind is not None:
            return self._refuse(kind, target, response)
        try:
            followed = self.redirects.process_response(request, response)
        except IgnoreRequest as error:  # one redirect too many
            raise (NoRules if is_robots(request) else IgnoreRequest)(str(error)) from error
        if isinstance(followed, Response):
            return followed
        kind = bounds.refusal(followed.url)  # as Scrapy reads it: a backslash is a slash to it
        if kind is not None:
            return self._refuse(kind, followed.url, response)
        if origin_of(followed.url) != origin_of(request.url):
            for name in SECRETS:  # Scrapy keeps a cookie for another port of the host
                followed.headers.pop(name, None)
        return followed

    def _refuse(self, kind: Refusal, target: str, response: Response) -> Response:
        self.refusals.add(kind, f"a redirect to {show_place(target)}")
        return response

    def _bounds(self, request: Request) -> Bounds:
        bounds: Bounds | None = getattr(self.crawler.spider, "bounds", None)
        return Bounds(origin_of(request.url)) if bounds is None else bounds


def is_robots(request: Request) -> bool:
    """Tell whether this is Scrapy's own request for the rules, and nobody's for a page."""
    first: str = request.meta.get("redirect_urls", [request.url])[0]
    return bool(request.meta.get("dont_obey_robotstxt")) and first.endswith("/robots.txt")
