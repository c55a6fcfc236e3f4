from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scrapy import Request
from twisted.web.client import URI

from crawler.wordpress.bounds import Bounds, Refusal, is_web, show_place
from crawler.wordpress.query import origin_of
from crawler.wordpress.site import allowed, plain_origin, read_allow_hosts
from tests.crawl.hostile_hrefs import hostile_hrefs

SITE = origin_of("http://example.org")
HOSTS = read_allow_hosts("cms.example,[::1]:8080")
BEFORE = Bounds(SITE, HOSTS)
AFTER = Bounds(SITE, HOSTS, origin_of("https://www.example.org"))

pieces = st.sampled_from(
    [
        *("http://", "https:", "//", "/", "\\", "@", ":", "?", "#", "[::1]", "[", "]", "80"),
        *("example.org", "evil.example", "127.1", "0x7f", ".", "．", "／", "ⓔ", "%", "%40"),
        *("\t", "\r\n", "\0", " "),
    ]
)
tails = st.lists(pieces, max_size=6).map("".join)
heads = st.sampled_from(["http://example.org", "https://www.example.org", "http://cms.example:8"])
ends = st.sampled_from(["", "", "/", "?", "#", ":80/", ":"])
near_urls = st.tuples(heads, ends, tails | st.text(max_size=20)).map("".join)
urls = near_urls | st.lists(pieces, max_size=8).map("".join) | st.text(max_size=40)


class TestRefusal:
    @pytest.mark.parametrize(
        "url",
        [
            "http://example.org/",
            "http://example.org:80/x",
            "HTTP://WWW.EXAMPLE.ORG/",
            "https://example.org/wp-json/",
            "https://www.example.org?rest_route=/",
            "https://cms.example:8443/",
            "http://[::1]:8080/",
        ],
    )
    def test_at_discovery(self, url):
        """The site, its https and www. origins, and what the user allowed may be asked."""
        assert BEFORE.refusal(url) is None

    @pytest.mark.parametrize("url", ["https://www.example.org/x", "http://cms.example/"])
    def test_later(self, url):
        """Once the API is found it is there alone, and where the user allowed it."""
        assert AFTER.refusal(url) is None

    @pytest.mark.parametrize(
        ("url", "kind"),
        [
            ("", "scheme"),
            ("//example.org/", "scheme"),
            ("file:///etc/hosts", "scheme"),
            ("httpx://example.org/", "scheme"),
            (" http://example.org/", "scheme"),
            ("http://me@example.org/", "credentials"),
            ("http://example.org@evil.example/", "credentials"),
            ("http:example.org", "malformed"),
            ("http:///example.org", "malformed"),
            ("http://example.org\\.evil.example/", "malformed"),
            ("http://example.org./", "malformed"),
            ("http://example.org:0/", "malformed"),
            ("http://example.org:99999/", "malformed"),
            ("http://2130706433/", "malformed"),
            ("http://0x7f.1/", "malformed"),
            ("http://[fe80::1%25lo]/", "malformed"),
            ("http://evil.example/", "host"),
            ("http://127.0.0.1/", "host"),
            ("http://[::ffff:7f00:1]:8080/", "host"),
            ("http://example.org:22/", "port"),
            ("http://[::1]:8081/", "port"),
            ("https://example.org:8443/", "port"),
            (f"http://example.org/{'a' * 9000}", "length"),
        ],
    )
    def test_refused(self, url, kind):
        """Anything else is refused, before and after, and its kind says why."""
        assert (BEFORE.refusal(url), AFTER.refusal(url)) == (kind, kind)

    @pytest.mark.parametrize(
        "url", ["http://example.org/", "https://example.org/", "http://www.example.org/"]
    )
    def test_later_elsewhere(self, url):
        """Once the API is found, the site's other origins are not asked."""
        assert BEFORE.refusal(url) is None
        assert AFTER.refusal(url) == Refusal.PORT

    @given(urls)
    def test_as_discovery_judges(self, url):
        """Discovery asks for nothing that the guard would refuse, and the other way round."""
        assert (BEFORE.refusal(url) is None) == allowed(url, SITE, HOSTS)

    @given(near_urls, st.sampled_from([BEFORE, AFTER]))
    def test_second_reading(self, url, bounds):
        """What may be asked is on the same host and port for those who connect, too."""
        assume(bounds.refusal(url) is None)
        origin = plain_origin(url)
        request = Request(url)
        parts = urlsplit(request.url)
        assert (parts.hostname, parts.port or origin.port) == (origin.host, origin.port)
        assert not set(parts.netloc) & set("@\\%\t\r\n\0 ")
        assert bounds.refusal(request.url) is None
        uri = URI.fromBytes(request.url.encode("ascii"))
        assert uri.host.decode().strip("[]").lower() == origin.host
        assert uri.port == origin.port

    def test_the_table(self):
        """None of the hostile hrefs may be asked."""
        hrefs = hostile_hrefs("example.org", 9, "/canary")
        assert [name for name, href in hrefs.items() if BEFORE.refusal(href) is None] == []


class TestRedirect:
    @pytest.mark.parametrize(
        ("location", "kind"),
        [
            ("/x", None),
            ("?page=2", None),
            ("https://www.example.org/", None),
            (" /x ", None),
            ("//evil.example/", "host"),
            ("http://[::1", "malformed"),
            ("ftp://example.org/", "scheme"),
            (f"/{'a' * 9000}", "length"),
        ],
    )
    def test_location(self, location, kind):
        """A redirect is judged by where it leads from here."""
        assert BEFORE.redirect_refusal("http://example.org/blog/", location) == kind


def test_named_hosts():
    """Named are the very hosts, without their ports; www. before one makes another."""
    assert AFTER.named_hosts == {"example.org", "cms.example", "::1"}


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://me:secret@evil.example:81/x?y#z", "http://evil.example:81"),
        ("http://me:sec/ret@evil.example/", "http://evil.example"),
        ("http://me:secret@" + "a" * 500, "http://" + "a" * 100),
        ("HTTPS://Evil.example/@someone", "https://evil.example"),
        ("http://a\nb\x1b[0m/", "http://a\\nb\\x1b[0m"),
        ("http:\\\\evil.example\\x", "http://evil.example"),
        ("data:text/html;base64,AAAA", "data:"),
        ("a" * 100 + ":x", "a URL without a scheme"),
        ("", "a URL without a scheme"),
    ],
)
def test_show_place(url, shown):
    """A log line has the place and nothing else: no credentials, no path, no control character."""
    assert show_place(url) == shown


@given(urls)
def test_shown_in_one_line(url):
    """Whatever comes, a line stays a line, and short."""
    shown = show_place(url)
    assert shown.isascii()
    assert shown.isprintable()
    assert len(shown) < 150


@pytest.mark.parametrize("scheme", ["http", "https", "HTTP"])
def test_is_web(scheme):
    """Whatever the host, these are the schemes."""
    assert is_web(f"{scheme}://anywhere.example:8080/")
    assert not is_web(f"{scheme}x://anywhere.example/")
    assert not is_web(scheme)
