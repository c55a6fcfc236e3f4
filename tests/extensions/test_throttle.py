from __future__ import annotations

import pytest
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from crawler.extensions.throttle import PaceThrottle


@pytest.mark.parametrize("delay", [0, "0", 0.0, "-1"])
def test_own_site(delay):
    """Without a delay there is no throttle, on or not."""
    with pytest.raises(NotConfigured):
        PaceThrottle.from_crawler(crawler_with(DOWNLOAD_DELAY=delay, AUTOTHROTTLE_ENABLED=True))


@pytest.mark.parametrize("delay", [0.1, "1", 5])
def test_guest(delay):
    """With one it is Scrapy's."""
    throttle = PaceThrottle.from_crawler(
        crawler_with(DOWNLOAD_DELAY=delay, AUTOTHROTTLE_ENABLED=True)
    )
    assert throttle.target_concurrency == 1


def test_switched_off():
    """AUTOTHROTTLE_ENABLED=False holds at any delay."""
    with pytest.raises(NotConfigured):
        PaceThrottle.from_crawler(crawler_with(DOWNLOAD_DELAY=1, AUTOTHROTTLE_ENABLED=False))


def crawler_with(**settings):
    return get_crawler(settings_dict=settings)
