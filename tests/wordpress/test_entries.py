from __future__ import annotations

import pytest
from hypothesis import given

from crawler.wordpress.entries import MAX_ENTRIES, read_entries
from crawler.wordpress.query import read_root
from tests.wordpress.json_values import VALUES

API = "https://example.org/wp-json"
ROOT = read_root(API)


def only(entry, name="book", root=ROOT):
    (read,) = read_entries({name: entry}, root)
    return read


class TestRoute:
    @pytest.mark.parametrize(
        "links",
        [
            {"wp:items": [{"href": f"{API}/wp/v2/library"}]},
            {"wp:items": [{"href": "http://10.0.0.7/wp-json/wp/v2/library"}]},
            {"wp:items": [{"href": "https://example.org/?rest_route=%2Fwp%2Fv2%2Flibrary"}]},
            {"wp:items": {"href": f"{API}/wp/v2/library"}},
            {"wp:items": f"{API}/wp/v2/library"},
            {"wp:items": [f"{API}/wp/v2/library"]},
            {"wp:items": [None, {"href": 7}, {"href": API}, {"href": "/wp-json/wp/v2/library"}]},
            {"https://api.w.org/items": [{"href": f"{API}/wp/v2/library"}]},
        ],
    )
    def test_link(self, links):
        """The link to the items names the route, in any shape, on whatever host."""
        read = only({"rest_base": "other", "_links": links})

        assert (read.route, read.learnt, read.base) == ("/wp/v2/library", "wp:items", "other")

    @pytest.mark.parametrize(
        ("sent", "expected"),
        [
            ({"rest_base": "library", "rest_namespace": "wp/v2"}, "/wp/v2/library"),
            ({"rest_base": "/library/"}, "/wp/v2/library"),
            ({"rest_base": "events", "rest_namespace": "/notes/v1"}, "/notes/v1/events"),
            ({"rest_base": False, "rest_namespace": None}, "/wp/v2/book"),
            ({"_links": {"wp:items": [{"href": API}]}}, "/wp/v2/book"),
            ({"_links": [], "rest_base": 7}, "/wp/v2/book"),
        ],
    )
    def test_no_link(self, sent, expected):
        """Else rest_namespace and rest_base do; a type's own name where there is none."""
        read = only(sent)

        assert (read.route, read.learnt, read.problem) == (expected, "rest_base", None)

    def test_plain_permalinks(self):
        """With links in the query form the routes are the same."""
        href = "https://example.org/index.php?rest_route=%2Fwp%2Fv2%2Flibrary"
        root = read_root("https://example.org/index.php?rest_route=/")

        assert only({"_links": {"wp:items": [{"href": href}]}}, root=root).route == (
            "/wp/v2/library"
        )

    @pytest.mark.parametrize(
        ("name", "rest_base", "problem"),
        [
            ("face", "a/(?P<id>[\\d]+)/faces", "the route of 'face' is a pattern"),
            ("face", "{face}", "the route of 'face' is a pattern"),
            ("out", "../../x", "the route of 'out' cannot be asked for: '/wp/v2/../../x'"),
            ("long", "x" * 300, f"the route of 'long' cannot be asked for: '/wp/v2/{'x' * 53}'"),
            ("half", "\ud800", "the route of 'half' cannot be asked for: '/wp/v2/\\ud800'"),
            ("line\nbreak", "posts", "'line\\nbreak' is no name of a type"),
            ("n" * 101, "posts", "'" + "n" * 60 + "' is no name of a type"),
        ],
    )  # fmt: skip
    def test_no_route(self, name, rest_base, problem):
        """What cannot be asked for has no route, and says why."""
        read = only({"rest_base": rest_base}, name)

        assert (read.route, read.problem) == (None, problem)

    def test_base_of_a_pattern(self):
        """A collection below another is known by the last word."""
        assert only({"rest_base": "fonts/(?P<id>[\\d]+)/faces"}).base == "faces"


class TestDocument:
    def test_list(self):
        """A list of types is read by their slugs."""
        sent = [{"slug": "book", "rest_base": "library"}, {"rest_base": "lost"}, None]

        assert [entry.route for entry in read_entries(sent, ROOT)] == ["/wp/v2/library"]

    def test_taxonomies(self):
        """The names of a type's taxonomies come as a list or as an object."""
        assert only({"taxonomies": ["genre", 7]}).taxonomies == ("genre",)
        assert only({"taxonomies": {"1": "genre"}}).taxonomies == ("genre",)
        assert only({"taxonomies": False}).taxonomies == ()

    @pytest.mark.parametrize(
        ("name", "machinery"),
        [("wp_block", True), ("nav_menu_item", True), ("post", False), ("wpbook", False)],
    )
    def test_machinery(self, name, machinery):
        """WordPress's own types are known by their names."""
        assert only({}, name).is_machinery is machinery

    @pytest.mark.parametrize(
        ("code", "why"),
        [
            (401, "closed (401)"), ("rest_x", "closed (rest_x)"), ("a\nb", "closed"),
            ("", "closed ()"),
        ],
    )  # fmt: skip
    def test_error(self, code, why):
        """An error object is known by its code, and is no type named code."""
        assert read_entries({"code": code, "message": "No."}, ROOT) == why
        assert only({"rest_base": "snippets"}, "code").route == "/wp/v2/snippets"

    @pytest.mark.parametrize("document", [{}, [], "none", 7, True, [7, None], {"post": []}])
    def test_empty(self, document):
        """A document without an entry is empty."""
        assert read_entries(document, ROOT) == "empty"

    def test_nothing_came(self):
        """No document is not the same as an empty one."""
        assert read_entries(None, ROOT) == "unreadable"

    def test_too_many(self):
        """Only so many entries are read."""
        assert len(read_entries({f"t{n}": {} for n in range(900)}, ROOT)) == MAX_ENTRIES

    @given(VALUES)
    def test_any_json(self, document):
        """Any JSON gives entries, each with a route or a problem, or one line."""
        read = read_entries(document, ROOT)

        if isinstance(read, str):
            assert len(read.splitlines()) == 1
        else:
            assert all((entry.route is None) == (entry.problem is not None) for entry in read)
