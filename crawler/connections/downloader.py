"""Scrapy's downloader, whose requests can be given up: a signal waits for no slow site."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.core.downloader import Downloader
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.internet.defer import Deferred


class StoppableDownloader(Downloader):
    """Knows what it waits for: an answer, a pause between two requests, a Retry-After."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pending: set[Deferred[Response | Request]] = set()

    # Scrapy's still has the old spider argument, which the engine no longer gives
    def fetch(self, request: Request) -> Deferred[Response | Request]:  # type: ignore[override]
        download: Deferred[Response | Request] = super().fetch(request)
        self._pending.add(download)

        def forget(result: Any) -> Any:
            self._pending.discard(download)
            return result

        return download.addBoth(forget)

    def give_up(self) -> None:
        """Let everything that is waited for fail, now."""
        for download in list(self._pending):
            download.cancel()
