from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.changes import BONDS_BYTES, HASH_BYTES, versions_of
from crawler.wordpress.fields import PRUNED
from crawler.wordpress.index import Capabilities, Collection
from tests.running import ROOT

ABLE = Capabilities(frozenset(), frozenset(), 100, "core")
POSTS = Collection("wp/v2", "posts", "/wp/v2/posts", "document", "post", ABLE)
COMMENTS = Collection("wp/v2", "comments", "/wp/v2/comments", "comment", "comment", ABLE)
TAGS = Collection("wp/v2", "tags", "/wp/v2/tags", "term", "post_tag", ABLE)

POST = {
    "id": 7,
    "date": "2024-05-01T12:00:00",
    "date_gmt": "2024-05-01T10:00:00",
    "modified": "2024-06-01T12:00:00",
    "modified_gmt": "2024-06-01T10:00:00",
    "slug": "high-tide",
    "author": 3,
    "featured_media": 0,
    "categories": [5],
    "title": {"rendered": "High tide"},
    "acf": {"depth": 4},
}


def version(record, collection=POSTS, **options):
    [found] = versions_of([record], collection, **options)
    return found


class TestHash:
    def test_sizes(self):
        """A version takes few bytes, whatever the record is."""
        found = version(POST)
        assert (found.id, found.dated) == (7, 1717236000)
        assert (len(found.hash), len(found.bonds)) == (HASH_BYTES, BONDS_BYTES)

    @pytest.mark.parametrize(
        "changed",
        [
            {"title": {"rendered": "Low tide"}},
            {"author": 4},
            {"categories": [5, 8]},
            {"acf": {"depth": 5}},
            {"acf": {}},
            {"yoast_head_json": {"canonical": "https://example.org/elsewhere"}},
            {"sticky": True},
            {"id": 8},
            {"price": 0},
            {"in_stock": False},
        ],
    )
    def test_changed(self, changed):
        """What an editor changes changes the hash, fields of plugins too."""
        assert version(POST | changed).hash != version(POST).hash

    @pytest.mark.parametrize(
        "changed",
        [
            {"modified": "2024-07-01T12:00:00", "modified_gmt": "2024-07-01T10:00:00"},
            {"date": "2024-05-01T13:00:00"},
            {"_links": {"version-history": [{"count": 4}]}},
            {"class_list": ["post-7"]},
            {"yoast_head": "<title>"},
            {"meta": []},
            {"excerpt": None},
            {"format": ""},
        ],
    )
    def test_unchanged(self, changed):
        """A new date alone is no change, nor what nobody asks for, nor an empty field."""
        assert version(POST | changed).hash == version(POST).hash

    def test_first_page(self):
        """A record of the first page, which is asked whole, is the same as on any other."""
        whole = POST | {
            "odd name": 1,
            "yoast_head_json": {"title": "High tide", "canonical": "https://example.org/7"},
        }
        later = POST | {"yoast_head_json": {"canonical": "https://example.org/7"}}

        assert version(whole, left_out={"odd name"}) == version(later)

    def test_pruned_to_nothing(self):
        """A pruned field that is no object, as PHP may send it, counts as absent."""
        odd, absent = POST | {"yoast_head_json": []}, POST | {"yoast_head_json": None}
        assert version(odd) == version(absent)

    @given(st.permutations(list(POST.items())))
    def test_order_of_fields(self, fields):
        """The order in which fields come says nothing."""
        assert version(dict(fields)) == version(POST)

    def test_order_of_pruned_fields(self):
        """Nor does it in another process, whose sets have another order."""
        both = POST | {name: {"og_locale": "en", "og:locale": "en"} for name in PRUNED}
        code = (
            f"from tests.wordpress.test_changes import version;print(version({both!r}).hash.hex())"
        )
        hashes = {
            subprocess.run(
                [sys.executable, "-c", code],
                env=os.environ | {"PYTHONHASHSEED": str(seed)},
                cwd=ROOT,
                capture_output=True,
                encoding="utf-8",
                check=True,
            ).stdout
            for seed in range(6)
        }
        assert hashes == {version(both).hash.hex() + "\n"}

    def test_hostile_terms(self):
        """Terms that are no ids are not sorted: nested lists take long to compare."""
        deep: object = 1
        for _ in range(400):
            deep = [deep]
        started = time.perf_counter()
        found = version(POST | {"categories": [deep] * 1000})

        assert time.perf_counter() - started < 5
        assert found.hash != version(POST).hash

    def test_odd_values(self):
        """Numbers beyond 64 bits and endless nesting give a hash, too, the same each time."""
        deep: object = 1
        for _ in range(2000):
            deep = [deep]
        one = POST | {"views": 2**70, "deep": deep, "shallow": [2**70]}

        assert version(one) == version(one)
        assert version(one).hash != version(one | {"views": 2**71}).hash

    def test_odd_bonds(self):
        """The same in a field that a sweep asks for."""
        assert version(POST | {"author": 2**70}).bonds != version(POST | {"author": 2**71}).bonds

    def test_deep_bond(self):
        """A field that cannot be written hides no change of another."""
        deep: object = 1
        for _ in range(3000):
            deep = [deep]
        one, other = ({"tags": deep, "categories": [number]} for number in (5, 6))
        assert version(POST | one).bonds != version(POST | other).bonds


class TestBonds:
    @pytest.mark.parametrize(
        "changed",
        [{"author": 4}, {"featured_media": 9}, {"parent": 2}, {"slug": "x"}, {"categories": [8]}],
    )
    def test_changed(self, changed):
        """What changes without a date changes them."""
        assert version(POST | changed).bonds != version(POST).bonds

    def test_terms_in_any_order(self):
        """Terms of one name come as it happens: that is no change."""
        one, other = ({"categories": [5, 7, 2]}, {"categories": [7, 5, 2]})
        assert version(POST | one) == version(POST | other)

    def test_others(self):
        """What has a date does not."""
        assert version(POST | {"title": {"rendered": "Low tide"}}).bonds == version(POST).bonds

    def test_of_a_sweep(self):
        """A sweep, which asks for them alone, comes to the same."""
        swept = {name: POST[name] for name in ("id", "author", "featured_media", "slug")}
        assert version(swept | {"categories": [5]}).bonds == version(POST).bonds


class TestKinds:
    def test_comment(self):
        """A comment has a date of its own, and moves with its post."""
        comment = {"id": 1, "date_gmt": "2024-05-01T10:00:00", "link": "https://a.example/b/"}
        found = version(comment, COMMENTS)
        moved = version(comment | {"link": "https://a.example/c/"}, COMMENTS)

        assert found.dated == 1714557600
        assert moved.bonds != found.bonds

    def test_term(self):
        """A term has neither."""
        found = version({"id": 1, "name": "The sea"}, TAGS)
        assert (found.dated, found.bonds) == (None, None)

    def test_zero_date(self):
        """WordPress's zero date is none."""
        assert version(POST | {"modified_gmt": "0000-00-00T00:00:00"}).dated is None
        assert version(POST | {"modified_gmt": 0}).dated is None

    @pytest.mark.parametrize(
        ("date", "dated"),
        [
            ("2024-06-01T12:00:00+02:00", 1717236000),
            ("1969-12-31T23:59:59", -1),
            ("9999-12-31T23:59:59", 253402300799),
            ("9999-12-31T23:59:59-14:00", None),
            ("0001-01-01T00:00:00+14:00", None),
            ("2024-02-30T10:00:00", None),
            ("2024-06-01T10:00:00" + "0" * 1000, None),
        ],
    )
    def test_odd_dates(self, date, dated):
        """A date is read with its zone; what is none, or beyond all calendars, is none."""
        assert version(POST | {"modified_gmt": date}).dated == dated

    def test_without_id(self):
        """What has no id has no version."""
        assert list(versions_of([{"id": None}, {"id": "7"}], TAGS)) == [version({"id": "7"}, TAGS)]
