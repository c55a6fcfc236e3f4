from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.query import read_root
from crawler.wordpress.robots import (
    FILES,
    MAX_BYTES,
    forbids_all,
    is_taken_for_a_page,
    rules_of,
    spellings,
)

SITE = "https://example.org"


class TestSpellings:
    @pytest.mark.parametrize(
        ("url", "others"),
        [
            ("/wp-json/", ["/?rest_route=/", "/wp-json/"]),
            ("/wp-json", ["/?rest_route=/", "/wp-json/"]),
            ("/wp-json/wp/v2/posts/7", ["/?rest_route=/wp/v2/posts/7", "/wp-json/wp/v2/posts/7"]),
            (
                "/index.php/wp-json/wp/v2/tags?page=2",
                ["/?rest_route=/wp/v2/tags&page=2", "/wp-json/wp/v2/tags?page=2"],
            ),
            (
                "/blog/wp-json/wp/v2/tags",
                ["/blog/?rest_route=/wp/v2/tags", "/blog/wp-json/wp/v2/tags"],
            ),
            (
                "/blog/index.php?rest_route=%2Fwp%2Fv2%2Ftags&page=2",
                ["/blog/?rest_route=/wp/v2/tags&page=2", "/blog/wp-json/wp/v2/tags?page=2"],
            ),
            ("/?rest_route=/", ["/?rest_route=/", "/wp-json/"]),
            ("/?page=2&rest_route=/x", ["/?rest_route=/x&page=2", "/wp-json/x?page=2"]),
        ],
    )
    def test_route(self, url, others):
        """A route is judged as it is asked for, in a query, and in a path."""
        assert spellings(SITE + url) == list(
            dict.fromkeys([SITE + url, *(SITE + o for o in others)])
        )

    @pytest.mark.parametrize("path", ["/", "/about/", "/wp-jsons/x", "/?s=wp-json", "/robots.txt"])
    def test_other(self, path):
        """What is no route has one spelling."""
        assert spellings(SITE + path) == [SITE + path]

    @pytest.mark.parametrize("home", ["", "/blog", "/a/b"])
    def test_other_prefix(self, home):
        """A site may call its API by another name."""
        root = read_root(f"{SITE}{home}/api-v9/")
        url = f"{SITE}{home}/api-v9/wp/v2/posts?page=2"
        assert spellings(url, root) == [url, f"{SITE}{home}/?rest_route=/wp/v2/posts&page=2"]
        assert spellings(url) == [url]

    def test_root_below_index(self):
        """Permalinks without rewriting stand below index.php."""
        root = read_root(f"{SITE}/index.php/wp-json/")
        assert f"{SITE}/wp-json/wp/v2/posts" in spellings(f"{root.url}wp/v2/posts", root)

    @pytest.mark.parametrize("root", [f"{SITE}/?rest_route=/", f"{SITE}/"])
    def test_other_root(self, root):
        """A root without a path of its own has nothing to be told by."""
        assert spellings(f"{SITE}/about/", read_root(root)) == [f"{SITE}/about/"]

    @given(st.text(alphabet="abc/%?&=.wp-json ", max_size=40))
    def test_any(self, path):
        """The address itself is always among them."""
        url = f"{SITE}/{path}"
        assert spellings(url)[0] == url


class TestFile:
    @pytest.mark.parametrize("status", [200, 204, 400, 401, 403, 404, 410, 451])
    def test_no_rules(self, status):
        """What is absent or refused forbids nothing."""
        assert not forbids_all(status)

    @pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 599, 100, 304])
    def test_unknown_rules(self, status):
        """Where rules may be that nobody could read, all is forbidden."""
        assert forbids_all(status)

    @pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
    def test_cut(self, end):
        """Half a rule is none: Disallow: / would be what is left of Disallow: /private."""
        line = b"Disallow: /private" + end
        body = line * (MAX_BYTES // len(line) + 50)
        rules = rules_of(body)
        assert MAX_BYTES - len(line) <= len(rules) <= MAX_BYTES
        assert rules.rstrip(b"\r\n").endswith(b"/private")
        assert rules_of(line) == line
        assert rules_of(b"a" * (MAX_BYTES + 1)) == b""


class TestIsTakenForAPage:
    @pytest.mark.parametrize("file", FILES)
    def test_slash(self, file):
        """WordPress puts a slash behind a file that is none, and nothing else."""
        url = f"{SITE}{file}"
        assert is_taken_for_a_page(url, f"{url}/", "WordPress")
        for target in (f"{url}/?x=1", f"http://www.example.org{file}/", f"{SITE}/", url, "[::1"):
            assert not is_taken_for_a_page(url, target, "WordPress")

    def test_other_pages(self):
        """An address that may be a page's is one, with the slash."""
        url = f"{SITE}/about.html"
        assert not is_taken_for_a_page(url, f"{url}/", "WordPress")

    @pytest.mark.parametrize("by", ["", "Yoast SEO", "WordPress and me"])
    def test_others(self, by):
        """A redirect of a plugin, a proxy or a server may lead to the file."""
        url = f"{SITE}/robots.txt"
        assert not is_taken_for_a_page(url, f"{url}/", by)
