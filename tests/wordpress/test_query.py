from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import CrawlerError, ProtocolError
from crawler.wordpress.query import (
    ApiRoot,
    Origin,
    RootForm,
    build_url,
    clean_route,
    origin_of,
    read_root,
    route_of,
)

PRETTY = read_root("https://example.org/wp-json/")
PLAIN = read_root("https://example.org/?rest_route=/")
FOLDER = read_root("https://example.org/blog/wp-json/")
INDEX_PHP = read_root("https://example.org/index.php/wp-json/")
PLAIN_INDEX_PHP = read_root("https://example.org/blog/index.php?rest_route=/")
COM = read_root("https://public-api.wordpress.com/wp/v2/sites/notes.example::blog/")
ROOTS = [PRETTY, PLAIN, FOLDER, INDEX_PHP, PLAIN_INDEX_PHP, COM]

ROUTES = st.lists(
    st.text(alphabet="abc0-_é ~", min_size=1, max_size=6).filter(lambda word: word.strip("/")),
    min_size=3,
    max_size=5,
).map(lambda words: "/" + "/".join(words))


class TestOriginOf:
    @pytest.mark.parametrize(
        ("url", "origin"),
        [
            ("https://example.org", Origin("https", "example.org", 443)),
            ("HTTP://Example.ORG:8088/a?b#c", Origin("http", "example.org", 8088)),
            ("http://[0::1]/", Origin("http", "::1", 80)),
            ("https://me:secret@example.org/", Origin("https", "example.org", 443)),
            ("https://bücher.example", Origin("https", "xn--bcher-kva.example", 443)),
        ],
    )
    def test_url(self, url, origin):
        """Scheme, host and port are read as they are compared."""
        assert origin_of(url) == origin
        assert origin_of(str(origin)) == origin

    @pytest.mark.parametrize(
        ("origin", "written"),
        [
            (Origin("https", "example.org", 443), "https://example.org"),
            (Origin("https", "example.org", 80), "https://example.org:80"),
            (Origin("http", "::1", 8088), "http://[::1]:8088"),
        ],
    )
    def test_written(self, origin, written):
        """The port is written where it is not the scheme's own."""
        assert str(origin) == written

    @pytest.mark.parametrize(
        "url",
        [
            "", "example.org", "//example.org/", "/wp-json/", "ftp://example.org/",
            "javascript:alert(1)", "https://", "https:///x", "https://[::1", "https://[x]/",
            "https://example.org:99999/", "https://example.org:x/", "https://example.org:0/",
            "https://exa mple.org/", "https://ex%61mple.org/", "https://example.org./",
            "https://example.org\\@10.0.0.7/", "https://example.org\\.evil.example/",
            "https://example.org[::1]/", "https://[::1]example.org/", "https://[example.org]/",
        ],
    )  # fmt: skip
    def test_none(self, url):
        """What has no origin, or could have two, is refused."""
        with pytest.raises(ProtocolError, match=r"has no origin|is not an absolute"):
            origin_of(url)


class TestReadRoot:
    @pytest.mark.parametrize(
        ("url", "root", "form"),
        [
            ("https://example.org/wp-json", "https://example.org/wp-json/", RootForm.PATH),
            ("https://example.org/x/?lang=fr#y", "https://example.org/x/", RootForm.PATH),
            ("https://example.org", "https://example.org/", RootForm.PATH),
            ("https://example.org?rest_route=/", "https://example.org/?rest_route=/", "query"),
            (
                "http://example.org:80/index.php?lang=fr&rest_route=%2Fwp%2Fv2",
                "http://example.org/index.php?rest_route=/",
                "query",
            ),
            ("https://example.org/?rest_route", "https://example.org/?rest_route=/", "query"),
            (
                "https://public-api.wordpress.com/wp/v2/sites/7",
                "https://public-api.wordpress.com/wp/v2/sites/7/",
                "wordpress.com",
            ),
            (
                "https://public-api.wordpress.com/other",
                "https://public-api.wordpress.com/other/",
                "path",
            ),
        ],
    )
    def test_forms(self, url, root, form):
        """A root is known by its looks, and written in one way."""
        assert read_root(url) == ApiRoot(root, RootForm(form))
        assert read_root(root) == read_root(url)

    def test_origin(self):
        """A root knows what it is pinned to."""
        assert read_root("http://127.0.0.1:8088/wp-json/").origin.netloc == "127.0.0.1:8088"


class TestBuildUrl:
    @pytest.mark.parametrize(
        ("root", "url"),
        [
            (PRETTY, "https://example.org/wp-json/wp/v2/posts"),
            (PLAIN, "https://example.org/?rest_route=/wp/v2/posts"),
            (INDEX_PHP, "https://example.org/index.php/wp-json/wp/v2/posts"),
            (PLAIN_INDEX_PHP, "https://example.org/blog/index.php?rest_route=/wp/v2/posts"),
            (COM, "https://public-api.wordpress.com/wp/v2/sites/notes.example::blog/posts"),
        ],
    )
    def test_root_forms(self, root, url):
        """A route is written as the root's form has it, the parameters after it."""
        joint = "&" if "?" in url else "?"

        assert build_url(root, "/wp/v2/posts") == url
        assert build_url(root, "wp/v2/posts", [("page", "2"), ("per_page", "100")]) == (
            f"{url}{joint}page=2&per_page=100"
        )

    def test_root_itself(self):
        """The route / is the index."""
        for root in ROOTS:
            assert build_url(root, "/") == root.url

    def test_other_namespaces_on_wordpress_com(self):
        """WordPress.com puts the site between the namespace and the rest."""
        base = "https://public-api.wordpress.com"

        assert build_url(COM, "/wpcom/v3/x/y") == f"{base}/wpcom/v3/sites/notes.example::blog/x/y"
        assert build_url(COM, "/books") == f"{base}/books/sites/notes.example::blog/"

    def test_odd_characters(self):
        """What would end the path or the value is encoded; what is encoded stays so."""
        url = build_url(PLAIN, "/wp/v2/a?b#c&d+e", [("search", "a&b=c d+é#"), ("lang", "")])

        assert url == (
            "https://example.org/?rest_route=/wp/v2/a%3Fb%23c%26d%2Be"
            "&search=a%26b%3Dc%20d%2B%C3%A9%23&lang="
        )
        assert (
            build_url(PRETTY, "/wp/v2/caf%C3%A9") == "https://example.org/wp-json/wp/v2/caf%C3%A9"
        )

    def test_repeated_parameters(self):
        """Parameters stay in their order, and may come again."""
        params = [("categories[]", "5"), ("categories[]", "7"), ("_fields", "id,title")]

        assert build_url(PRETTY, "/wp/v2/posts", params).partition("?")[2] == (
            "categories%5B%5D=5&categories%5B%5D=7&_fields=id,title"
        )

    @given(
        st.sampled_from(ROOTS),
        st.text(alphabet="/.:@?#%&\\[]ab\n\u00e9", max_size=30),
        st.lists(st.tuples(st.text(max_size=5), st.text(max_size=9)), max_size=3),
    )
    def test_never_another_origin(self, root, route, params):
        """Whatever route and values say, the URL is on the root's origin and ASCII."""
        url = build_url(root, route, params)

        assert origin_of(url) == root.origin
        assert url.isascii()
        assert not set("\n\r\t \\") & set(url)

    @given(
        st.sampled_from([PRETTY, PLAIN]),
        st.lists(
            st.tuples(st.text("abc[]_", min_size=1, max_size=5), st.text(max_size=9)), max_size=3
        ),
    )
    def test_parameters_arrive(self, root, params):
        """What the server reads from the query is what was given."""
        url = build_url(root, "/wp/v2/posts", params)
        received = parse_qsl(urlsplit(url).query, keep_blank_values=True)

        assert [pair for pair in received if pair[0] != "rest_route"] == params


class TestRouteOf:
    @pytest.mark.parametrize(
        ("root", "href"),
        [
            (PRETTY, "https://example.org/wp-json/wp/v2/posts/7"),
            (PRETTY, "http://10.0.0.7:81/wp-json/wp/v2/posts/7/"),
            (PRETTY, "//evil.example/wp-json/wp/v2/posts/7?context=embed#x"),
            (PRETTY, "/wp-json/wp/v2/posts/7"),
            (PRETTY, "wp-json/wp/v2/posts/7"),
            (PRETTY, "https://example.org/fr/wp-json/wp/v2/posts/7"),
            (PRETTY, "https://example.org/?rest_route=/wp/v2/posts/7&lang=fr"),
            (PLAIN, "https://example.org/index.php?lang=fr&rest_route=%2Fwp%2Fv2%2Fposts%2F7"),
            (PLAIN, "https://example.org/wp-json/wp/v2/posts/7"),
            (PLAIN_INDEX_PHP, "https://example.org/blog/index.php/wp-json/wp/v2/posts/7"),
            (read_root("https://example.org/blog/?rest_route=/"),
             "https://example.org/blog/wp-json/wp/v2/posts/7"),
            (INDEX_PHP, "https://example.org/index.php/wp-json/wp/v2/posts/7"),
            (INDEX_PHP, "https://example.org/wp-json/wp/v2/posts/7"),
            (FOLDER, "https://example.org/blog/wp-json/wp/v2/posts/7"),
            (FOLDER, "https://staging.example/wp-json/wp/v2/posts/7"),
            (read_root("https://example.org/rest-v9/"), "http://other.example/rest-v9/wp/v2/posts/7"),
            (read_root("https://example.org/rest-v9/"), "https://example.org/wp-json/wp/v2/posts/7"),
            (read_root("https://example.org/a/rest-v9/"), "/rest-v9/wp/v2/posts/7"),
            (read_root("https://example.org/"), "https://example.org/wp/v2/posts/7"),
            (read_root("https://example.org/"), "https://example.org/wp-json/wp/v2/posts/7"),
            (COM, "https://public-api.wordpress.com/wp/v2/sites/123/posts/7"),
            (COM, "https://notes.example/blog/wp-json/wp/v2/posts/7"),
        ],
    )  # fmt: skip
    def test_route(self, root, href):
        """A link carries a route, in whatever form and on whatever host it is written."""
        assert route_of(root, href) == "/wp/v2/posts/7"

    @pytest.mark.parametrize("root", ROOTS)
    @pytest.mark.parametrize(
        "href",
        [
            "", "/", "https://example.org/", "https://example.org/about/", "mailto:me@example.org",
            "https://example.org/wp-json/", "https://example.org/wp-json",
            "https://example.org/?rest_route=/", "https://example.org/?rest_route=",
            "https://public-api.wordpress.com/wp/v2/sites/7/",
            "https://[::1/wp-json/wp/v2/posts",
            "https://example.org/wp-json/wp/v2/../../wp-login.php",
            "https://example.org/wp-json/wp/v2/%2E%2e/x",
            "https://example.org/wp-json/wp/v2/a%2F..%2Fx",
            "https://example.org/?rest_route=/wp/./v2",
            "https://example.org/?rest_route=/wp/v2%5Cx",
            "https://example.org/?rest_route=/wp/v2%00",
            "/wp-json/wp/v2/\ud800",
        ],
    )  # fmt: skip
    def test_none(self, root, href):
        """The root itself, a page, and ways out of the API are no routes."""
        assert route_of(root, href) is None

    @given(st.sampled_from(ROOTS), ROUTES)
    def test_round_trip(self, root, route):
        """A URL that was built for a route names that route."""
        assert unquote(route_of(root, build_url(root, route)) or "") == route

    @given(st.sampled_from(ROOTS), st.text(max_size=60))
    def test_any_text(self, root, href):
        """Any text is a route that can be asked for on the root's origin, or none."""
        route = route_of(root, href)

        if route is not None:
            assert clean_route(route) == route
            assert origin_of(build_url(root, route)) == root.origin


@given(st.text(max_size=60))
def test_read_root_of_any_text(text):
    """Any text is a root or a CrawlerError."""
    try:
        root = read_root(text)
    except CrawlerError:
        return
    assert origin_of(root.url) == root.origin
