"""robots.txt, obeyed as RFC 9309 has it, in whichever spelling a route is asked for."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.misc import build_from_crawler

from crawler.middlewares.gate import Gate
from crawler.middlewares.redirect import NoRules
from crawler.middlewares.refusals import RequestRefused, SiteStopped
from crawler.spiders.wordpress import words_of
from crawler.wordpress.rest_errors import BY_ROBOTS
from crawler.wordpress.robots import forbids_all, rules_of, spellings

site_told = object()
"""A signal: what a site says beside its records, by *name*; *told* goes into run.json."""


class RobotsUnreachable(IgnoreRequest):
    """A robots.txt could not be had: what it forbids is unknown, so nothing is asked."""


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's, but for what follows from a robots.txt that is not there.

    4xx means that there are no rules; 5xx, 429 and no answer that everything is
    forbidden.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._rules: dict[str, asyncio.Future[RobotParser | None]] = {}

    # Scrapy's still has the old spider argument, which the manager no longer gives
    async def process_request(self, request: Request) -> None:  # type: ignore[override]
        if request.meta.get("dont_obey_robotstxt"):
            return
        rules = await self.robot_parser(request)
        if rules is None:
            return
        agent = self._agent(request)
        root = getattr(self.crawler.spider, "api_root", None)
        if not all(rules.allowed(each, agent) for each in spellings(request.url, root)):
            self._stats.inc_value("robotstxt/forbidden")
            raise IgnoreRequest(BY_ROBOTS)

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Give the rules of the origin that *request* is for; None where there are none."""
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._read(origin, request))
        return await asyncio.shield(self._rules[origin])

    async def _read(self, origin: str, request: Request) -> RobotParser | None:
        asked = Request(
            f"{origin}/robots.txt",
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True},
            callback=NO_CALLBACK,
        )
        self._stats.inc_value("robotstxt/request_count")
        try:
            response = await self.crawler.engine.download_async(asked)
        except SiteStopped:
            raise
        except (NoRules, RequestRefused):  # the request itself says better what was refused
            return None
        except Exception as error:
            raise unreachable(words_of(error)) from error
        self._stats.inc_value("robotstxt/response_count")
        self._stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        self._tell(response.status)
        if forbids_all(response.status):
            raise unreachable(f"HTTP {response.status}")
        return await self._parse(response, request) if response.status < 300 else None

    async def _parse(self, response: Response, request: Request) -> RobotParser:
        rules: RobotParser = build_from_crawler(
            self._parserimpl, self.crawler, rules_of(response.body)
        )
        await self.crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=rules, request=request
        )
        delay = rules.crawl_delay(self._agent(request))
        self._tell(response.status, delay)
        self._slow_down(delay)
        return rules

    def _tell(self, status: int, delay: float | None = None) -> None:
        told = {"status": status, "crawl_delay": delay}
        self.crawler.signals.send_catch_log(site_told, name="robots", told=told)

    def _slow_down(self, delay: float | None) -> None:
        """Keep to Crawl-delay; refuse a site whose pace would take for ever."""
        if delay is None or delay <= 0:
            return
        longest = self.crawler.settings.getfloat("CRAWL_DELAY_MAX")
        if delay > longest:
            raise SiteStopped(
                f"its robots.txt wants {delay:g} seconds between two requests, "
                f"and CRAWL_DELAY_MAX is {longest:g}"
            )
        gate = self.crawler.get_downloader_middleware(Gate)
        if gate is not None:
            gate.crawl_delay = max(delay, gate.crawl_delay or 0.0)

    def _agent(self, request: Request) -> str | bytes:
        named: str | bytes | None = self._robotstxt_useragent
        return named or request.headers.get(b"User-Agent") or self._default_useragent


def unreachable(why: str) -> RobotsUnreachable:
    """Say why nothing is asked; *why* is what came in place of the rules."""
    return RobotsUnreachable(
        f"its robots.txt could not be read ({why}), and until it can everything is forbidden"
    )
