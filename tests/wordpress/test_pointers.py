from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.follow import NOTHING, read_follow
from crawler.wordpress.links import MAX_LINKS
from crawler.wordpress.pointers import (
    BOUND,
    GONE,
    MAX_POINTERS,
    OFF_SITE,
    TOO_LONG,
    fields_for,
    read_pointers,
)
from crawler.wordpress.query import origin_of, read_root
from tests.wordpress.json_values import VALUES
from tests.wordpress.test_links import HREFS

ROOT = read_root("https://example.org/wp-json/")
PLAIN = read_root("https://example.org/?rest_route=/")
MAP = read_follow("acme:map")
ALL = read_follow("all")
WHOLE = "https://rels.acme.example/map"
CURIES = [{"name": "acme", "href": "https://rels.acme.example/{rel}"}]


def point(href, root=ROOT):
    [pointer] = read_pointers({"_links": {"acme:map": [{"href": href}]}}, root, MAP)
    return pointer


class TestAddress:
    @pytest.mark.parametrize(
        ("href", "address"),
        [
            ("/wp-json/acme/v1/map/7", "https://example.org/wp-json/acme/v1/map/7"),
            ("acme/v1/map/7", "https://example.org/wp-json/acme/v1/map/7"),
            ("https://example.org/map?id=7#here", "https://example.org/map?id=7"),
            ("http://example.org/map", "https://example.org/map"),
            ("https://www.example.org/map", "https://example.org/map"),
            ("//EXAMPLE.org:443/map", "https://example.org/map"),
            ("/map of cornwall", "https://example.org/map%20of%20cornwall"),
        ],
    )
    def test_on_site(self, href, address):
        """An address on the site is asked on the origin of the API, however it is written."""
        pointer = point(href)
        assert (pointer.address, pointer.refusal, pointer.href) == (address, None, href)

    @pytest.mark.parametrize(
        "href",
        [
            "https://evil.example/map",
            "//10.0.0.7/map",
            "http://169.254.169.254/latest/meta-data/",
            "https://example.org@evil.example/map",
            "https://user:secret@example.org/map",
            "https://example.org.evil.example/map",
            "https://example.org:8443/map",
            "https://example.org\\@evil.example/map",
            "/\\evil.example/map",
            "https://[::1/map",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:,x",
            "ftp://example.org/map",
            "gopher://example.org/",
        ],
    )
    def test_off_site(self, href):
        """Any other is not asked, and the document says why."""
        pointer = point(href)
        assert (pointer.address, pointer.refusal) == (None, OFF_SITE)

    @pytest.mark.parametrize("href", ["/" + "a" * 1_000_000, "/" + "é" * 1900])
    def test_long(self, href):
        """One that is too long is not cut into another."""
        assert (point(href).address, point(href).refusal) == (None, TOO_LONG)

    @pytest.mark.parametrize("root", [ROOT, PLAIN])
    def test_root_of_the_api(self, root):
        """An address that is the API's root leads nowhere: what it named was deleted."""
        pointer = point(root.url, root)
        assert (pointer.address, pointer.refusal) == (None, GONE)

    @given(href=HREFS, root=st.sampled_from([ROOT, PLAIN]))
    def test_law(self, href, root):
        """Whatever a link holds, what is asked is on the site, in characters of a URL."""
        for pointer in read_pointers({"_links": {"acme:map": href}}, root, MAP):
            assert (pointer.address is None) == (pointer.refusal is not None)
            if pointer.address is not None:
                assert origin_of(pointer.address) == root.origin
                assert "@" not in pointer.address.split("/")[2]
                assert pointer.address.isascii()
                assert pointer.address.isprintable()
                assert "#" not in pointer.address


class TestReadPointers:
    def test_templated(self):
        """A template is no address."""
        links = {"acme:map": [{"href": "/wp-json/acme/{id}", "templated": True}]}
        assert read_pointers({"_links": links}, ROOT, MAP) == []

    def test_what_leads_back(self):
        """With all, neither the record itself is asked for nor what goes in batches."""
        rels = ("self", "collection", "about", "author", "wp:term", "version-history", "acme:map")
        links = {rel: [{"href": "/wp-json/wp/v2/x/7"}] for rel in rels} | {"curies": CURIES}
        assert [each.rel for each in read_pointers({"_links": links}, ROOT, ALL)] == ["acme:map"]

    def test_many(self):
        """Of a hundred links twenty are asked for; the others say so."""
        links = {"acme:map": [f"/wp-json/x/{number}" for number in range(MAX_LINKS)]}
        pointers = read_pointers({"_links": links}, ROOT, MAP)

        assert sum(each.address is not None for each in pointers) == MAX_POINTERS
        assert [each.refusal for each in pointers[MAX_POINTERS:]] == [BOUND] * 80

    @pytest.mark.parametrize(
        ("name", "text"), [("acme:map", "acme:map"), (WHOLE, "acme:map"), (WHOLE, WHOLE)]
    )
    def test_short_or_whole(self, name, text):
        """A rel that the site writes out is found by its short name, too."""
        record = {"_links": {name: "/wp-json/x/7", "curies": CURIES}}
        [pointer] = read_pointers(record, ROOT, read_follow(text))
        assert pointer.rel == text

    @pytest.mark.parametrize("record", [{}, {"_links": None}, {"_links": []}, {"_links": "x"}])
    def test_none(self, record):
        """A record without links has none of another rel."""
        assert read_pointers(record, ROOT, ALL) == []

    @given(links=VALUES)
    def test_any_json(self, links):
        """Whatever stands under _links, reading it raises nothing."""
        for pointer in read_pointers({"_links": links}, ROOT, ALL):
            assert pointer.rel


class TestFieldsFor:
    def test_named(self):
        """A rel that was named is asked for though the first page has none of it."""
        assert fields_for([], ROOT, read_follow("acme:map,acme:shop")) == [
            "_links.acme:map",
            "_links.acme:shop",
        ]

    def test_every(self):
        """With all, the rels of the first page that are followed."""
        links = {"self": "/x", "author": "/x", "acme:map": "/wp-json/x/7", "version-history": "/y"}
        assert fields_for([{"_links": links}, {}, {"_links": []}], ROOT, ALL) == [
            "_links.acme:map"
        ]

    @pytest.mark.parametrize("follow", [MAP, ALL, read_follow(WHOLE)])
    def test_written_out(self, follow):
        """Where one is a whole address, which cannot be named, all links are asked for."""
        record = {"_links": {WHOLE: "/wp-json/x/7", "curies": CURIES}}
        assert fields_for([record], ROOT, follow) == ["_links"]

    def test_nothing(self):
        """Where nothing is followed nothing is needed."""
        assert fields_for([{"_links": {"acme:map": "/x"}}], ROOT, NOTHING) == []
