"""A delay that follows the site's own pace, unless the user's site takes any pace."""

from __future__ import annotations

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.extensions.throttle import AutoThrottle


class PaceThrottle(AutoThrottle):
    """AutoThrottle, and off at DOWNLOAD_DELAY=0: one setting for a site of one's own."""

    def __init__(self, crawler: Crawler) -> None:
        if crawler.settings.getfloat("DOWNLOAD_DELAY") <= 0:
            raise NotConfigured
        super().__init__(crawler)
