from __future__ import annotations

from types import SimpleNamespace

import pytest
from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from crawler.middlewares.redirect import SameSiteRedirectMiddleware
from crawler.wordpress.bounds import Bounds
from crawler.wordpress.query import origin_of

SITE = "https://example.org"
URL = f"{SITE}/wp-json/wp/v2/posts"
COUNT = "middlewares/origin_refused_count"


@pytest.fixture
def crawler():
    crawler = get_crawler(Spider)
    crawler.spider = SimpleNamespace(
        bounds=Bounds(origin_of(SITE), frozenset({"api.example.net", "example.org"}))
    )
    return crawler


@pytest.fixture
def middleware(crawler):
    return SameSiteRedirectMiddleware.from_crawler(crawler)


def answer(status, location=None, url=URL):
    headers = {"Location": location} if location is not None else {}
    return Response(url, status=status, headers=headers)


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
    ("location", "kind"),
    [
        ("https://example.net/", "host"),
        ("//evil.example/", "host"),
        ("///evil.example/", "host"),
        ("https:\\\\evil.example\\", "host"),
        ("https://example.org.evil.example/", "host"),
        ("http://169.254.169.254/latest/", "host"),
        ("https://me@example.org/", "credentials"),
        ("https://[::1", "malformed"),
        ("file:///etc/hosts", "scheme"),
        (f"https://example.org/{'a' * 9000}", "length"),
    ],
)
def test_off_the_site(middleware, crawler, caplog, location, kind):
    """One that leads off it comes to the spider as it is, counted and told once."""
    response = answer(302, location)
    for _ in range(2):
        assert middleware.process_response(Request(URL), response) is response
    assert crawler.stats.get_value(f"{COUNT}/{kind}") == 2
    [line] = [each.getMessage() for each in caplog.records]
    assert line.startswith(f"Refused ({kind}): a redirect to ")
    assert len(line) < 100


@pytest.mark.parametrize("location", ["https://www.example.org/", "https://example.org/x"])
def test_pinned(middleware, crawler, location):
    """Once the API is found a redirect goes nowhere but there."""
    there = origin_of("https://www.example.org")
    crawler.spider.bounds = Bounds(origin_of(SITE), pinned=there)
    request = Request("https://www.example.org/wp-json/wp/v2/posts")
    followed = middleware.process_response(request, answer(301, location, request.url))
    assert isinstance(followed, Request) == location.startswith(str(there))


@pytest.mark.parametrize(
    ("location", "kept"),
    [("/x", True), ("https://api.example.net/", False), (f"{SITE}:81/", False)],
)
def test_secrets(middleware, location, kept):
    """Credentials and cookies stay on the origin for which they are."""
    headers = {"Authorization": "Basic x", "Cookie": "a=b", "Accept": "*/*"}
    followed = middleware.process_response(Request(URL, headers=headers), answer(307, location))
    assert ("Authorization" in followed.headers, "Cookie" in followed.headers) == (kept, kept)
    assert followed.headers["Accept"] == b"*/*"


def test_no_redirect(middleware):
    """Any other answer passes."""
    for response in (answer(200), answer(304), answer(404, "https://example.net/"), answer(301)):
        assert middleware.process_response(Request(URL), response) is response


def test_switched_off(middleware):
    """A request that wants to see the redirect itself gets it."""
    request = Request(URL, meta={"dont_redirect": True})
    response = answer(301, "/x")
    assert middleware.process_response(request, response) is response


class TestRobots:
    URL = f"{SITE}/robots.txt"

    @pytest.mark.parametrize("location", ["https://evil.example/robots.txt", "file:///x", None])
    def test_not_followed(self, middleware, location):
        """A robots.txt that stays a redirect is none, whatever its body says."""
        request = Request(self.URL, meta={"dont_obey_robotstxt": True})
        with pytest.raises(IgnoreRequest, match=r"^no robots\.txt: a redirect \(302\)"):
            middleware.process_response(request, answer(302, location, self.URL))

    def test_followed(self, middleware):
        """One that moved on the site is followed; one that is there passes."""
        request = Request(self.URL, meta={"dont_obey_robotstxt": True})
        moved = middleware.process_response(request, answer(302, "/r.txt", self.URL))
        assert moved.url == f"{SITE}/r.txt"
        with pytest.raises(IgnoreRequest):
            middleware.process_response(moved, answer(302, "https://evil.example/", moved.url))
        response = answer(200, url=self.URL)
        assert middleware.process_response(request, response) is response

    @pytest.mark.parametrize(("by", "followed"), [("WordPress", False), ("a plugin", True)])
    def test_slash(self, middleware, by, followed):
        """One that WordPress takes for a page is none; a redirect of anybody else is followed."""
        request = Request(self.URL, meta={"dont_obey_robotstxt": True})
        response = answer(301, f"{self.URL}/", self.URL)
        response.headers["X-Redirect-By"] = by
        if followed:
            assert middleware.process_response(request, response).url == f"{self.URL}/"
        else:
            with pytest.raises(IgnoreRequest, match=r"^no robots\.txt: a redirect \(301\)"):
                middleware.process_response(request, response)


def test_other_spider(crawler):
    """A spider without bounds stays on the hosts that it asks."""
    crawler.spider = Spider(name="other")
    middleware = SameSiteRedirectMiddleware.from_crawler(crawler)
    response = answer(301, "https://api.example.net/x")
    assert middleware.process_response(Request(URL), response) is response
    assert isinstance(middleware.process_response(Request(URL), answer(301, "/x")), Request)
