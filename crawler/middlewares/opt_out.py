"""What a site says about the use of its texts is heard, and where the user wants it, obeyed."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.errors import ArgumentError
from crawler.headers import header_pairs
from crawler.middlewares.redirect import is_robots
from crawler.middlewares.refusals import SiteStopped
from crawler.middlewares.robots import site_told
from crawler.wordpress.opt_out import (
    MAX_SIGNALS,
    Signal,
    in_headers,
    in_page,
    in_robots,
    in_tdmrep,
)
from crawler.wordpress.robots import TDMREP

MODES = ("record", "obey", "ignore")
_OURS = "tdmrep"  # in the meta of the request for it


class OptOutSignals:
    """Collects the signals of one site in ``signals``, in the order in which they came.

    OPT_OUT_SIGNALS says what follows: ``record`` nothing but a place in
    run.json, ``obey`` the end of the crawl where texts are reserved, ``ignore``
    that nobody listens.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.mode = str(crawler.settings["OPT_OUT_SIGNALS"])
        if self.mode not in MODES:
            raise ArgumentError(
                f"OPT_OUT_SIGNALS must be one of {', '.join(MODES)}, got {self.mode!r}"
            )
        if self.mode == "ignore":
            raise NotConfigured
        self.signals: list[Signal] = []
        self._page_read = False
        self._tdmrep: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Ask for tdmrep.json before anything but robots.txt."""
        if not self._concerns(request) or request.meta.get(_OURS):
            return
        if self._tdmrep is None:
            self._tdmrep = asyncio.ensure_future(self._ask(request.url))
        await asyncio.shield(self._tdmrep)
        self._obey()

    def process_response(self, request: Request, response: Response) -> Response:
        if is_robots(request):
            self._note(in_robots(response.body) if response.status == 200 else [])
        elif self._concerns(request):
            self._note(in_headers(header_pairs(response)))
            content_type = response.headers.get("Content-Type") or b""
            html = content_type.lower().startswith(b"text/html")
            if html and response.status == 200 and not self._page_read:
                self._page_read = True
                self._note(in_page(response.body))
        self._obey()
        return response

    def _concerns(self, request: Request) -> bool:
        """Tell whether this is a request of a spider that is bound to one site."""
        bound = getattr(self.crawler.spider, "bounds", None) is not None
        return bound and not request.meta.get("dont_obey_robotstxt")

    async def _ask(self, url: str) -> None:
        parts = urlsplit(url)
        asked = Request(
            f"{parts.scheme}://{parts.netloc}{TDMREP}",
            meta={_OURS: True, "max_retry_times": 1},
            callback=NO_CALLBACK,
        )
        try:
            response = await self.crawler.engine.download_async(asked)
        except SiteStopped:
            raise
        except Exception:  # forbidden, or no answer: then there is no signal in it
            return
        if response.status == 200:
            self._note(in_tdmrep(response.body))

    def _note(self, found: list[Signal]) -> None:
        for signal in found:
            if signal not in self.signals and len(self.signals) < MAX_SIGNALS:
                self.signals.append(signal)
                told = [asdict(signal)]
                self.crawler.signals.send_catch_log(site_told, name="opt_out", told=told)
                self.crawler.stats.inc_value("middlewares/opt_out_signal_count")

    def _obey(self) -> None:
        if self.mode != "obey":
            return
        for signal in self.signals:
            if signal.opts_out:
                value = f"={signal.value}" if signal.value else ""
                raise SiteStopped(
                    f"the site reserves its texts ({signal.source}: {signal.name}{value}), "
                    "and OPT_OUT_SIGNALS is obey"
                )
