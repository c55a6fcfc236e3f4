from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.guesses import guess_roots, root_in, spellings
from crawler.wordpress.query import origin_of, read_root

SITE = "https://example.org"


def folders(answered, named=""):
    roots = guess_roots(origin_of(SITE), answered, named)
    written = [root.url.removeprefix(SITE) for root, _ in roots]
    return [url.removesuffix("?rest_route=/") for url in written if "?" in url]


class TestGuessRoots:
    def test_host(self):
        """At a host's root the three forms of core are tried, in this order."""
        roots = guess_roots(origin_of(SITE), "/", "")

        assert [(root.url.removeprefix(SITE), how) for root, how in roots] == [
            ("/wp-json/", "wp-json"),
            ("/index.php/wp-json/", "index.php"),
            ("/?rest_route=/", "rest_route"),
        ]

    @pytest.mark.parametrize(
        ("answered", "named", "expected"),
        [
            ("/blog/", "/blog/", ["/blog/", "/"]),
            ("/blog", "/blog", ["/blog/", "/"]),
            ("/blog/2024/05/a-post/", "", ["/blog/2024/05/a-post/", "/blog/", "/"]),
            ("/blog/page.html", "", ["/blog/", "/"]),
            ("/page.html", "", ["/"]),
            ("/index.php", "", ["/"]),
            ("/blog/index.php/2024/", "", ["/blog/", "/"]),
            ("/blog/wp-json/wp/v2/posts", "", ["/blog/", "/"]),
            ("/login/", "/blog/", ["/login/", "/blog/", "/"]),
            ("/a/b/c/", "/d/e/f/", ["/a/b/c/", "/d/e/f/", "/"]),
        ],
    )
    def test_folders(self, answered, named, expected):
        """The folder of the page comes first, the host's root last."""
        assert folders(answered, named) == expected

    @given(*[st.text(alphabet="ab/.-", max_size=20).map("/".__add__)] * 2)
    def test_bounded(self, answered, named):
        """Never more than nine, each once, the host's root among them."""
        roots = [root.url for root, _ in guess_roots(origin_of(SITE), answered, named)]

        assert len(roots) == len(set(roots)) <= 9
        assert f"{SITE}/wp-json/" in roots


class TestRootIn:
    @pytest.mark.parametrize(
        ("url", "root"),
        [
            (f"{SITE}/wp-json", f"{SITE}/wp-json/"),
            (f"{SITE}/fr/wp-json/wp/v2/posts/7?x=1", f"{SITE}/fr/wp-json/"),
            (f"{SITE}/index.php/wp-json/", f"{SITE}/index.php/wp-json/"),
            (f"{SITE}/?rest_route=/wp/v2/posts", f"{SITE}/?rest_route=/"),
            (f"{SITE}/blog/index.php?rest_route=", f"{SITE}/blog/index.php?rest_route=/"),
            (f"{SITE}/api/wp/v2", f"{SITE}/api/"),
            (f"{SITE}/wp/v2/posts", f"{SITE}/"),
            (
                "https://public-api.wordpress.com/rest/v1.1/sites/7/posts",
                "https://public-api.wordpress.com/wp/v2/sites/7/",
            ),
        ],
    )
    def test_url_of_the_api(self, url, root):
        """Any URL below the root tells the root."""
        assert root_in(url) == read_root(root)

    @pytest.mark.parametrize(
        "url",
        [
            f"{SITE}/",
            f"{SITE}/wp-jsonish/",
            f"{SITE}/wp/v20/",
            f"{SITE}/?p=1",
            "https://public-api.wordpress.com/",
        ],
    )
    def test_any_other(self, url):
        """Any other URL tells nothing."""
        assert root_in(url) is None


class TestSpellings:
    @pytest.mark.parametrize(
        ("root", "expected"),
        [
            ("/wp-json/", ["/wp-json/wp/v2/posts", "/?rest_route=/wp/v2/posts"]),
            ("/?rest_route=/", ["/?rest_route=/wp/v2/posts", "/wp-json/wp/v2/posts"]),
            (
                "/blog/index.php?rest_route=/",
                ["/blog/index.php?rest_route=/wp/v2/posts", "/blog/wp-json/wp/v2/posts"],
            ),
            (
                "/blog/index.php/wp-json/",
                ["/blog/index.php/wp-json/wp/v2/posts", "/blog/?rest_route=/wp/v2/posts"],
            ),
            ("/renamed/", ["/renamed/wp/v2/posts"]),
        ],
    )
    def test_forms(self, root, expected):
        """A route is written as it is asked for, and in the other form of the same folder."""
        urls = spellings(read_root(f"{SITE}{root}"), "/wp/v2/posts")

        assert list(urls) == [f"{SITE}{path}" for path in expected]

    def test_wordpress_com(self):
        """WordPress.com has one form only."""
        root = read_root("https://public-api.wordpress.com/wp/v2/sites/7/")

        assert spellings(root, "/wp/v2/tags") == (
            "https://public-api.wordpress.com/wp/v2/sites/7/tags",
        )
