from __future__ import annotations

from types import SimpleNamespace

import pytest
from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.test import get_crawler

from crawler.middlewares.origin_guard import OriginGuard, OriginRefused
from crawler.wordpress.bounds import Bounds
from crawler.wordpress.query import origin_of

COUNT = "middlewares/origin_refused_count"


@pytest.fixture
def crawler():
    crawler = get_crawler(Spider)
    crawler.spider = SimpleNamespace(bounds=Bounds(origin_of("https://example.org")))
    return crawler


@pytest.fixture
def guard(crawler):
    return OriginGuard.from_crawler(crawler)


def test_on_the_site(guard, crawler):
    """What lies on the site passes, its robots.txt too."""
    for url in ("https://example.org/wp-json/", "https://www.example.org/robots.txt"):
        assert guard.process_request(Request(url)) is None
    assert crawler.stats.get_stats() == {}


@pytest.mark.parametrize(
    ("url", "kind", "place"),
    [
        ("https://evil.example/x?y", "host", "https://evil.example"),
        ("https://example.org:8443/", "port", "https://example.org:8443"),
        ("https://me:secret@example.org/", "credentials", "https://example.org"),
        ("file:///etc/hosts", "scheme", "file:"),
        ("data:,x", "scheme", "data:"),
        ("http://2130706433/", "malformed", "http://2130706433"),
        ("https://evil.example/" + "a" * 2**20, "length", "https://evil.example"),
    ],
)
def test_off_the_site(guard, crawler, caplog, url, kind, place):
    """Anything else ends there: counted by kind, told once, and no URL is in what is told."""
    for _ in range(2):
        with pytest.raises(OriginRefused) as caught:
            guard.process_request(Request(url))
        assert isinstance(caught.value, IgnoreRequest)  # which nobody retries
        assert str(caught.value) == f"not asked ({kind}): {place}"
    assert crawler.stats.get_stats() == {f"{COUNT}/{kind}": 2}
    assert [each.getMessage() for each in caplog.records] == [f"Refused ({kind}): {place}"]
    assert caplog.records[0].levelname == "WARNING"


def test_many_hosts(guard, crawler, caplog):
    """A site that makes up hosts does not fill the log."""
    for number in range(50):
        with pytest.raises(OriginRefused):
            guard.process_request(Request(f"https://evil-{number}.example/"))
    assert crawler.stats.get_stats() == {f"{COUNT}/host": 50}
    assert len(caplog.records) == 21
    assert "only counted" in caplog.records[-1].getMessage()


def test_other_spider(guard, crawler):
    """A spider without bounds may ask whom it likes, over HTTP."""
    crawler.spider = Spider(name="other")
    assert guard.process_request(Request("http://127.0.0.1:9/")) is None
    with pytest.raises(OriginRefused, match="scheme"):
        guard.process_request(Request("file:///etc/hosts"))
