from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ArgumentError
from crawler.wordpress.query import origin_of
from crawler.wordpress.site import (
    allowed,
    normalise_site,
    pin,
    plain_origin,
    read_allow_hosts,
    same_site,
    site_identity,
    wordpress_com_name,
)

SITE = "https://example.org"


class TestNormaliseSite:
    @pytest.mark.parametrize(
        ("argument", "url"),
        [
            ("https://example.org", "https://example.org"),
            ("https://example.org/", "https://example.org"),
            (" HTTPS://Example.ORG:443/ ", "https://example.org"),
            ("http://example.org:80", "http://example.org"),
            ("http://example.org:/", "http://example.org"),
            ("http://example.org:443/", "http://example.org:443"),
            ("http://127.0.0.1:8088/", "http://127.0.0.1:8088"),
            ("http://[::0:1]:80/", "http://[::1]"),
            ("https://example.org./", "https://example.org"),
            ("https://bücher.example/", "https://xn--bcher-kva.example"),
            ("https://example.org/Blog/", "https://example.org/Blog/"),
            ("https://example.org/blog", "https://example.org/blog"),
            ("https://example.org/a/../b/./c", "https://example.org/b/c"),
            ("https://example.org/../../x", "https://example.org/x"),
            ("https://example.org//blog//", "https://example.org/blog/"),
            ("https://example.org/caf\u00e9/", "https://example.org/caf%C3%A9/"),
            ("https://example.org/@someone", "https://example.org/@someone"),
            ("https://example.org/#comments", "https://example.org"),
            ("https://example.org/?rest_route=/#x", "https://example.org/?rest_route=/"),
            ("https://example.org?p=12", "https://example.org/?p=12"),
        ],
    )
    def test_one_spelling(self, argument, url):
        """Every way to write an address ends in the same one, path and query kept."""
        assert normalise_site(argument) == url
        assert normalise_site(url) == url

    @pytest.mark.parametrize(
        ("argument", "message"),
        [
            ("", "expected a site, as in https://example.org"),
            (
                "example.org",
                "'example.org' has no http:// or https:// scheme; try https://example.org",
            ),
            (
                "//a.example/b",
                "'//a.example/b' has no http:// or https:// scheme; try https://a.example/b",
            ),
            (
                "http:/example.org",
                "'http:/example.org' has no http:// or https:// scheme; try https://example.org",
            ),
            (
                "https:",
                "'https:' has no http:// or https:// scheme; try https://example.org",
            ),
            (
                "my site",
                "'my site' has no http:// or https:// scheme; try https://example.org",
            ),
            (
                "ftp://example.org",
                "'ftp://example.org' is neither an http:// nor an https:// URL",
            ),
            (
                "https://a.example/a b",
                "'https://a.example/a b' has a space, a backslash or a control character in it",
            ),
            (
                "https://exam\nple.org",
                "'https://exam\\nple.org' has a space, a backslash or a control character in it",
            ),
            (
                "https://example.org\\@10.0.0.7",
                "'https://***@10.0.0.7' has a space, a backslash or a control character in it",
            ),
            (
                "https:///blog",
                (
                    "'https:///blog' has no host and port that can be used: "
                    "its host stands in no plain place"
                ),
            ),
            (
                "https://a..b/",
                "'https://a..b/' has no host and port that can be used: 'a..b' is no host name",
            ),
            (
                "https://example.org:0/",
                "'https://example.org:0/' has no host and port that can be used: 0 is no port",
            ),
        ],
    )
    def test_refused(self, argument, message):
        """The message quotes what was given and says what is wrong with it."""
        with pytest.raises(ArgumentError) as caught:
            normalise_site(argument)

        assert str(caught.value) == message

    @pytest.mark.parametrize("port", ["65536", "-1", "٣", "x", "80 "])
    def test_bad_port(self, port):
        """A port that is none is refused."""
        with pytest.raises(ArgumentError, match=r"^'https://example.org:"):
            normalise_site(f"https://example.org:{port}/")

    def test_unclosed_bracket(self):
        """An address that cannot be parsed is refused like any other."""
        with pytest.raises(ArgumentError, match=r"^'https://\[::1/' has no host"):
            normalise_site("https://[::1/")

    def test_too_long(self):
        """A URL longer than any that is sent is refused, and not repeated whole."""
        with pytest.raises(ArgumentError, match=r"4096 characters at most$") as caught:
            normalise_site("https://example.org/" + "a" * 5000)

        assert len(str(caught.value)) < 300

    @pytest.mark.parametrize(
        "argument",
        [
            "https://editor:hunter2@example.org/",
            "https://editor:hun/ter2@example.org/",
            "https://editor:hunter2@example.org:x/",
            "editor:hunter2@example.org",
            "ftp://editor:hunter2@example.org",
            "//editor:hunter2@example.org",
            "https://editor:hunter2 @example.org",
        ],
    )
    def test_credentials(self, argument):
        """A user name is refused, and the password is in no message."""
        with pytest.raises(ArgumentError) as caught:
            normalise_site(argument)

        assert "hunter2" not in str(caught.value)
        assert "ter2" not in str(caught.value)

    @given(st.text(max_size=60) | st.text(max_size=60).map("https://".__add__))
    def test_any_text(self, text):
        """What is accepted is stable and has an origin; all else is one line of advice."""
        try:
            url = normalise_site(text)
        except ArgumentError as error:
            url, said = "", str(error)
        if not url:
            assert len(said.splitlines()) == 1
            return
        assert normalise_site(url) == url
        assert url.isascii()
        assert site_identity(url).startswith(str(origin_of(url)))


class TestSiteIdentity:
    @pytest.mark.parametrize(
        ("url", "identity"),
        [
            ("https://example.org", "https://example.org"),
            ("https://example.org/blog/", "https://example.org/blog"),
            ("https://example.org/blog?x=1", "https://example.org/blog"),
            ("https://example.org/?rest_route=/wp/v2/posts", "https://example.org"),
            ("https://example.org/wp-json", "https://example.org"),
            ("https://example.org/blog/wp-json/wp/v2/posts", "https://example.org/blog"),
            ("https://example.org/index.php/wp-json/", "https://example.org"),
            ("https://example.org/wp-jsonish/", "https://example.org/wp-jsonish"),
            (
                "https://public-api.wordpress.com/wp/v2/sites/x.example::blog/posts?page=2",
                "https://public-api.wordpress.com/wp/v2/sites/x.example::blog",
            ),
            ("https://public-api.wordpress.com/", "https://public-api.wordpress.com"),
        ],
    )
    def test_addresses_of_one_site(self, url, identity):
        """However the site was named, also by its API, it is known by one name."""
        assert site_identity(url) == identity


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/wp/v2/sites/123/posts", "123"),
        ("/rest/v1.1/sites/x.example::blog/", "x.example::blog"),
        ("/wp/v2/sites/", None),
        ("/wp/v2/", None),
    ],
)
def test_wordpress_com_name(path, name):
    """A path of the public API names a site by its id or domain, or none."""
    assert wordpress_com_name(path) == name


class TestSameSite:
    @pytest.mark.parametrize(
        ("a", "b"),
        [
            (SITE, "https://example.org/anywhere?x=1"),
            (SITE, "https://EXAMPLE.org:443/"),
            (SITE, "https://www.example.org"),
            ("https://www.example.org", SITE),
            ("http://example.org", SITE),
            ("http://example.org:80", "https://www.example.org:443/"),
            ("http://127.0.0.1:8088", "http://127.0.0.1:8088/x"),
            ("http://www.localhost:8088", "http://localhost:8088"),
            (origin_of(SITE), origin_of("https://www.example.org")),
        ],
    )
    def test_same(self, a, b):
        """www., an upgrade to https and default ports make no other site."""
        assert same_site(a, b)

    @pytest.mark.parametrize(
        "b",
        [
            "http://example.org",
            "https://example.org:8443",
            "https://blog.example.org",
            "https://wwwexample.org",
            "https://www.www.example.org",
            "https://example.org.evil.example",
            "https://example.org@evil.example/",
            "https://evil.example/?https://example.org",
            "https://user@example.org/",
            "https://example.org\\.evil.example/",
            "https://example.org./",
            "https://exam\nple.org/",
            "https:///example.org",
            "//example.org/",
            "ftp://example.org/",
            "javascript:alert(1)",
            "example.org",
            "",
            "https://[::1",
        ],
    )
    def test_other(self, b):
        """Anything else is another site, or none."""
        assert not same_site(SITE, b)
        assert not allowed(b, SITE)

    def test_upgrade_on_another_port(self):
        """Only the default port of http leads to https by itself."""
        assert not same_site("http://example.org:8080", SITE)
        assert not same_site("http://example.org", "https://example.org:8443")

    @given(st.text(st.characters(max_codepoint=127), min_size=1, max_size=30))
    def test_text_after_the_host(self, text):
        """A text put after the host makes another host, unless it begins what follows a host."""
        if same_site(SITE, f"{SITE}{text}"):
            assert text[0] in "/?#:"


class TestAllowed:
    @pytest.mark.parametrize(
        ("url", "hosts"),
        [
            ("https://cms.example/wp-json/", "cms.example"),
            ("http://cms.example:8080/", "cms.example"),
            ("http://cms.example:8080/", "CMS.example:8080"),
            ("https://cms.example/", "cms.example:443"),
            ("http://[::1]:8080/", "[::1]:8080"),
            ("http://[::1]:8080/", "[0:0::1]"),
            ("http://10.0.0.7/", "cms.example,10.0.0.7"),
        ],
    )
    def test_host_that_the_user_named(self, url, hosts):
        """allow_hosts opens a host on any port, or on the one port it names."""
        assert allowed(url, SITE, read_allow_hosts(hosts))
        assert not allowed(url, SITE)

    @pytest.mark.parametrize(
        ("url", "hosts"),
        [
            ("http://cms.example:8081/", "cms.example:8080"),
            ("https://www.cms.example/", "cms.example"),
            ("https://me@cms.example/", "cms.example"),
            ("file:///etc/hosts", "cms.example"),
        ],
    )
    def test_host_that_the_user_did_not_name(self, url, hosts):
        """allow_hosts opens nothing beside what it names."""
        assert not allowed(url, SITE, read_allow_hosts(hosts))


class TestReadAllowHosts:
    def test_list(self):
        """Hosts come in any case, with blanks; empty entries count for nothing."""
        assert read_allow_hosts(" A.example ,, [::0001]:80,") == {"a.example", "[::1]:80"}
        assert read_allow_hosts(["a.example", "127.0.0.1:08088"]) == {
            "a.example",
            "127.0.0.1:8088",
        }
        assert read_allow_hosts("") == frozenset()

    @pytest.mark.parametrize(
        "entry",
        [
            "https://cms.example/",
            "cms.example/blog",
            "cms.example:",
            "cms.example:0",
            "cms.example:65536",
            "a b",
            "*.example",
            "::1",
            "me:hunter2@cms.example",
        ],
    )
    def test_no_host(self, entry):
        """What is neither host nor host:port is refused, with an example of both."""
        with pytest.raises(ArgumentError, match=r"^allow_hosts takes host or host:port") as caught:
            read_allow_hosts(entry)

        assert "hunter2" not in str(caught.value)


def test_pin():
    """Path and query stay, whatever host was claimed."""
    origin = origin_of("https://example.org")

    assert pin("http://10.0.0.7:81?x=1#y", origin) == "https://example.org/?x=1"
    assert pin("http://me@evil.example/wp-json/", origin) == "https://example.org/wp-json/"


@given(st.text(max_size=60) | st.text(max_size=60).map("https://".__add__))
def test_plain_origin_of_any_text(text):
    """Any text has a plain origin or none; it never raises."""
    origin = plain_origin(text)
    assert origin is None or plain_origin(str(origin)) == origin
