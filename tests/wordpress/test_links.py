from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.links import (
    MAX_HREF_CHARS,
    MAX_LINKS,
    MAX_RELS,
    learn_routes,
    only_editors_read,
    read_links,
    short_rel,
)
from crawler.wordpress.page import MAX_ID
from crawler.wordpress.query import build_url, origin_of, read_root
from tests.wordpress.json_values import VALUES

ROOT = read_root("https://example.org/wp-json/")
PLAIN = read_root("https://example.org/?rest_route=/")
COM = read_root("https://public-api.wordpress.com/wp/v2/sites/example.wordpress.com/")
USER = "https://example.org/wp-json/wp/v2/users/3"
CURIES = [{"name": "acme", "href": "https://rels.acme.example/{rel}", "templated": True}]


def read(links, root=ROOT):
    return [(link.rel, link.route, link.ids, link.filter) for link in read_links(links, root)]


def of(href, root=ROOT):
    [link] = read_links({"x": href}, root)
    return link.route, link.ids, link.filter


class TestShapes:
    @pytest.mark.parametrize(
        "value",
        [
            [{"href": USER}],
            {"href": USER},
            USER,
            [USER],
            [None, 7, {"href": USER}],
            {"1": {"href": USER}},
        ],
    )
    def test_one_link(self, value):
        """A list or PHP's idea of one, an object, a bare address: one link; the rest is none."""
        assert read({"author": value}) == [("author", "/wp/v2/users", (3,), None)]

    @pytest.mark.parametrize(
        "links", [None, [], "", 7, True, [{"href": USER}], {}, {"author": []}, {"author": {}}]
    )
    def test_none(self, links):
        """PHP's empty array, and all that is no object, holds no link."""
        assert read(links) == []

    @pytest.mark.parametrize("entry", [None, [], 7, {"href": None}, {"href": ["x"]}, [[USER]]])
    def test_entry_without_address(self, entry):
        """An entry that has no address as text is no link."""
        assert read({"author": entry}) == []

    def test_terms(self):
        """Each entry keeps the taxonomy and whether it may be embedded; odd ones are absent."""
        href = "https://example.org/wp-json/wp/v2/tags?post=7"
        entries = [
            {"taxonomy": "post_tag", "embeddable": True, "href": href},
            {"taxonomy": ["post_tag"], "embeddable": 1, "href": href},
        ]
        links = read_links({"wp:term": entries}, ROOT)

        assert [(each.taxonomy, each.embeddable) for each in links] == [
            ("post_tag", True),
            (None, False),
        ]
        assert all((each.route, each.ids, each.filter) == of(href) for each in links)

    @pytest.mark.parametrize(
        ("entry", "templated"),
        [
            ({"href": USER, "templated": True}, True),
            ({"href": "https://example.org/wp-json/acme/{id}"}, True),
            ({"href": USER, "templated": False}, False),
        ],
    )
    def test_templated(self, entry, templated):
        """A template is one by its mark or by its braces."""
        [link] = read_links({"acme:x": entry}, ROOT)
        assert link.templated is templated


class TestRels:
    def test_without_curies(self):
        """WordPress's own curie is known where the site declares none."""
        assert read({"https://api.w.org/term": USER})[0][0] == "wp:term"

    def test_curie_of_a_plugin(self):
        """A declared curie shortens the rels that are written out."""
        links = read({"curies": CURIES, "https://rels.acme.example/map": USER})
        assert [rel for rel, *_ in links] == ["curies", "acme:map"]

    @pytest.mark.parametrize(
        "curies",
        [
            "x",
            {"href": "https://rels.acme.example/{rel}"},
            [{"name": 7, "href": "https://rels.acme.example/{rel}"}],
            [{"name": "", "href": "https://rels.acme.example/{rel}"}],
            [{"name": "acme", "href": "https://rels.acme.example/rel"}],
            [{"name": "acme", "href": "{rel}"}],
        ],
    )
    def test_curie_that_is_none(self, curies):
        """A curie without name or template, or of everything, shortens nothing."""
        links = read({"curies": curies, "https://rels.acme.example/map": USER})
        assert links[-1][0] == "https://rels.acme.example/map"

    @given(name=st.text(max_size=8), template=st.text(max_size=20), rel=st.text(max_size=30))
    def test_never_a_rel_of_ours(self, name, template, rel):
        """No curie turns a rel into one without a colon: author stays whom the site calls so."""
        short = short_rel(rel, [(name, template)])
        assert short == rel or ":" in short

    def test_tail_of_a_template(self):
        """What a template has after the rel is cut, too; nothing between is no rel."""
        curie = [("acme", "https://acme.example/{rel}/doc")]
        assert short_rel("https://acme.example/map/doc", curie) == "acme:map"
        assert short_rel("https://acme.example//doc", curie) == "https://acme.example//doc"

    @pytest.mark.parametrize(
        ("rel", "editors"),
        [
            ("version-history", True),
            ("predecessor-version", True),
            ("wp:action-publish", True),
            ("author", False),
        ],
    )
    def test_only_editors_read(self, rel, editors):
        """Revisions and actions are shown to all and answer editors only."""
        assert only_editors_read(rel) is editors


class TestAddresses:
    @pytest.mark.parametrize(
        "href",
        [
            USER,
            "http://10.0.0.7/wp-json/wp/v2/users/3",
            "//evil.example/wp-json/wp/v2/users/3",
            "/wp-json/wp/v2/users/3",
            "/blog/index.php/wp-json/wp/v2/users/3/",
            "https://example.org/?rest_route=/wp/v2/users/3",
            "/index.php?rest_route=%2Fwp%2Fv2%2Fusers%2F3",
            "https://user:secret@example.org/wp-json/wp/v2/users/3#top",
        ],
    )
    def test_same_resource(self, href):
        """Absolute or relative, pretty or plain, on whatever host: route and id count."""
        assert of(href) == of(href, PLAIN) == ("/wp/v2/users", (3,), None)

    @pytest.mark.parametrize(
        ("query", "ids", "by"),
        [
            ("post=7", (7,), "post"),
            ("parent=7", (7,), "parent"),
            ("include=7,8,x,0,9", (7, 8, 9), "include"),
            ("post%5B%5D=7", (7,), "post"),
            ("post=x&parent=7", (7,), "parent"),
            ("post=", (), None),
            ("post=-7", (), None),
            (f"post={MAX_ID}", (MAX_ID,), "post"),
            (f"post={MAX_ID + 1}", (), None),
            ("post=" + "9" * 1500, (), None),
            ("post=７", (), None),
        ],
    )
    def test_filter(self, query, ids, by):
        """The ids of a filter, where they are any."""
        assert of(f"https://example.org/wp-json/wp/v2/media?{query}") == ("/wp/v2/media", ids, by)
        plain = f"https://example.org/?rest_route=/wp/v2/media&{query}"
        assert of(plain, PLAIN) == ("/wp/v2/media", ids, by)

    def test_wordpress_com(self):
        """There the site stands in the middle of the route."""
        base = "https://public-api.wordpress.com/wp/v2/sites/example.wordpress.com"
        assert of(f"{base}/users/3", COM) == ("/wp/v2/users", (3,), None)
        assert of(f"{base}/media?parent=7", COM) == ("/wp/v2/media", (7,), "parent")
        assert of(f"{base}/", COM) == (None, (), None)

    @pytest.mark.parametrize(
        "href",
        [
            "https://example.org/wp-json/",  # where an image was deleted
            "https://example.org/wp-json/?parent=7",
            "https://example.org/about/",
            "",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:,x",
            "https://[::1/wp-json/wp/v2/users/3",
            "/wp-json/../wp-admin/3",
            "/wp-json/wp/v2/%2e%2e/%2E%2E/wp-admin/3",
            "/wp-json/wp/v2/..",
            "/wp-json/wp\\v2/users/3",
            "/wp-json/wp/v2/users%0d%0aHost:%20evil/3",
            "/wp-json/wp/v2/users/\ud800",
            "?rest_route=/../wp-admin",
            "/wp-json/" + "a" * 1_000_000,
        ],
    )
    def test_no_route(self, href):
        """The API's root, a page, another scheme, a way out of the API: no route and no id."""
        assert of(href) == (None, (), None)

    def test_number_at_the_root(self):
        """A number alone is a route, not the id of a resource without one."""
        assert of("/wp-json/7") == ("/7", (), None)

    def test_megabyte(self):
        """Of an address of 1 MB no more is kept than of any other, and at once."""
        start = time.perf_counter()
        [link] = read_links({"author": [USER + "/" * 1_000_000]}, ROOT)

        assert len(link.href) == MAX_HREF_CHARS
        assert link.route is None
        assert time.perf_counter() - start < 1


class TestBounds:
    def test_many(self):
        """Of a thousand rels and of a thousand links of one a hundred are read."""
        assert len(read_links({f"x:{i}": USER for i in range(1000)}, ROOT)) == MAX_RELS
        assert len(read_links({"author": [USER] * 1000}, ROOT)) == MAX_LINKS

    def test_long_rel(self):
        """A rel as long as a page is none, nor is one without a name."""
        assert read({"x" * 10_000: USER, "": USER, "author": USER}) == read({"author": USER})


HREFS = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(
            [
                *"/.?&=#@:\\%[]{}",
                *("..", "//", "%2e", "%2f", "%5c", "wp-json", "rest_route", "sites", "wp", "v2"),
                *("users", "7", "https:", "example.org", "10.0.0.7", "\x00", "\r\n", "é"),
            ]
        ),
        max_size=14,
    ).map("".join),
)


class TestLaws:
    @given(links=VALUES)
    def test_any_json(self, links):
        """Whatever stands under _links, reading it gives links and no exception."""
        for root in (ROOT, PLAIN, COM):
            for link in read_links(links, root):
                assert len(link.href) <= MAX_HREF_CHARS
                assert all(0 < number <= MAX_ID for number in link.ids)
                assert (link.filter is None) or link.ids

    @given(href=HREFS, root=st.sampled_from([ROOT, PLAIN, COM]))
    def test_never_out_of_the_api(self, href, root):
        """The URL that is built of a route begins with the API's root and has no dot segments."""
        for link in read_links({"author": href}, root):
            if link.route is None:
                continue
            url = build_url(root, link.route)
            before_site = "https://public-api.wordpress.com/"
            assert url.startswith(before_site if root is COM else root.url)
            assert origin_of(url) == root.origin
            assert not {"..", "."} & set(url.partition("://")[2].split("/"))
            assert url.isascii()
            assert url.isprintable()


class TestLearnRoutes:
    def test_most_often(self):
        """The route that most records name is that of the rel, each taxonomy for itself."""
        odd = {"_links": {"author": [{"href": "/wp-json/acme/v1/people/3"}]}}
        terms = [
            {"taxonomy": "genre", "href": "/wp-json/wp/v2/genres?post=7"},
            {"taxonomy": "post_tag", "href": "/wp-json/wp/v2/tags?post=7"},
        ]
        usual = {"_links": {"author": [{"href": USER}], "wp:term": terms}}

        assert learn_routes([odd, usual, usual], ROOT) == {
            ("author", None): "/wp/v2/users",
            ("wp:term", "genre"): "/wp/v2/genres",
            ("wp:term", "post_tag"): "/wp/v2/tags",
        }

    def test_deleted_image(self):
        """An address that is the API's root teaches nothing."""
        record = {"_links": {"wp:featuredmedia": [{"href": ROOT.url}]}}
        assert learn_routes([record, {}, {"_links": []}], ROOT) == {}
