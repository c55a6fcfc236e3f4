from __future__ import annotations

from types import SimpleNamespace

import pytest
from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from crawler.middlewares.redirect import SameSiteRedirectMiddleware

URL = "https://example.org/wp-json/wp/v2/posts"


@pytest.fixture
def crawler():
    crawler = get_crawler(Spider)
    crawler.spider = SimpleNamespace(allow_hosts=frozenset({"api.example.net"}))
    return crawler


@pytest.fixture
def middleware(crawler):
    return SameSiteRedirectMiddleware.from_crawler(crawler)


def answer(status, location=None):
    headers = {"Location": location} if location else {}
    return Response(URL, status=status, headers=headers)


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/wp-json/wp/v2/posts/", "https://example.org/wp-json/wp/v2/posts/"),
        ("https://www.example.org/x", "https://www.example.org/x"),
        ("https://api.example.net/x", "https://api.example.net/x"),
    ],
    ids=["path", "www", "allowed"],
)
def test_on_the_site(middleware, location, url):
    """A redirect on the site, or to a host that is allowed, is followed."""
    followed = middleware.process_response(Request(URL), answer(301, location))
    assert isinstance(followed, Request)
    assert followed.url == url


@pytest.mark.parametrize(
    "location",
    [
        "https://example.net/",
        "//evil.example/",
        "https://example.org:8443/",
        "https://example.org.evil.example/",
        "http://169.254.169.254/latest/",
    ],
)
def test_off_the_site(middleware, crawler, caplog, location):
    """One that leads off it comes to the spider as it is, counted, and both ends are named."""
    response = answer(302, location)
    assert middleware.process_response(Request(URL), response) is response
    assert crawler.stats.get_value("middlewares/redirect_refused_count") == 1
    [line] = [each.getMessage() for each in caplog.records if "Not followed" in each.getMessage()]
    assert line.startswith(f"Not followed off the site: {URL} -> http")


def test_no_redirect(middleware):
    """Any other answer passes."""
    for response in (answer(200), answer(304), answer(404, "https://example.net/")):
        assert middleware.process_response(Request(URL), response) is response


def test_other_spider(crawler):
    """A spider without allow_hosts stays on the hosts that it asks."""
    crawler.spider = Spider(name="other")
    middleware = SameSiteRedirectMiddleware.from_crawler(crawler)
    response = answer(301, "https://api.example.net/x")
    assert middleware.process_response(Request(URL), response) is response
    assert middleware.process_response(Request(URL), answer(301, "/x")) is not None
