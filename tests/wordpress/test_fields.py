"""Which fields are asked for, and how many names are told apart."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.fields import (
    FIELDS,
    FIELDS_BUDGET,
    IGNORED,
    MAX_NAMES,
    PRUNED,
    FieldList,
    Names,
    field_list,
)
from crawler.wordpress.query import MAX_URL_BYTES, build_url, read_root
from tests.wordpress.sample_records import BOOKS, COMMENT, COMMENTS, POST, POSTS, SHAPES, a_reader


def as_wordpress_filters(record, value):
    """Apply `_fields` as rest_filter_response_fields of WordPress does."""
    keyed = {}
    for field in re.split(r"[\s,]+", value):
        *parents, last = field.split(".")
        inner = keyed
        for parent in parents:
            if inner.get(parent) is True:
                return _intersect(record, keyed)  # its `break 2`: the rest is not looked at
            inner = inner.setdefault(parent, {})
        inner[last] = True
    return _intersect(record, keyed)


def _intersect(value, keyed):
    return {
        name: _intersect(inner, keyed[name])
        if isinstance(inner, dict) and isinstance(keyed[name], dict)
        else inner
        for name, inner in value.items()
        if name in keyed
    }


class TestFieldList:
    def test_post(self):
        """What is mapped, what stays in extra, what plugins add; not the heavy ones."""
        seen = [*POST, "acf", "yoast_head", "yoast_head_json", "class_list"]

        chosen = field_list(POSTS, seen)

        assert chosen == FieldList(
            "acf,author,categories,comment_status,content,date,date_gmt,excerpt,featured_media,"
            "format,guid,id,link,meta,modified,modified_gmt,ping_status,slug,status,sticky,tags,"
            "template,title,type,yoast_head_json.author,yoast_head_json.canonical,"
            "yoast_head_json.og_locale"
        )

    def test_nothing_seen(self):
        """An empty first page has taught nothing: the next is asked whole too."""
        assert field_list(POSTS, []) == FieldList(None)

    def test_private_fields(self):
        """What a leaking site says about commenters is not asked for."""
        value = field_list(COMMENTS, [*COMMENT, "author_email", "author_ip"]).value

        assert "author_email" not in value
        assert "author_ip" not in value
        assert "author_avatar_urls" not in value

    def test_needs(self):
        """Other rooms add theirs, nested or heavy ones too."""
        value = field_list(POSTS, POST, needs=["_links.author", "class_list"]).value

        assert {"_links.author", "class_list"} <= set(value.split(","))

    def test_member_beside_its_object(self):
        """A member is left out beside its object: WordPress drops all names after it."""
        needs = ["content.rendered", "a.b", "a.b.c", "yoast_head_json"]

        names = field_list(POSTS, [*POST, "yoast_head_json"], needs=needs).value.split(",")

        assert "content.rendered" not in names
        assert "a.b" in names
        assert "a.b.c" not in names
        assert [name for name in names if name.startswith("yoast")] == ["yoast_head_json"]

    @pytest.mark.parametrize(
        "name",
        ["a,b", "a.b", "a b", "a\n", "", "x" * 101, "a'b", "<a>", "a%00", "a&b=c", "ä\x00"],
    )
    def test_unsafe_name(self, name):
        """A name that `_fields` cannot carry is left out, and reported."""
        chosen = field_list(POSTS, [*POST, name])

        assert chosen.value == field_list(POSTS, POST).value
        assert chosen.unsafe == (name,)

    def test_over_budget(self):
        """Too many plugin fields: WordPress's own and the needs remain, the rest is named."""
        plugin = [f"plugin_field_{number:03}" for number in range(100)]

        chosen = field_list(BOOKS, [*POST, "genres", *plugin], needs=["_links.up"])

        names = chosen.value.split(",")
        assert {"_links.up", "content", "author", "genres", "categories", "meta"} <= set(names)
        assert not set(names) & set(plugin)
        assert chosen.over_budget == tuple(plugin)

    def test_needs_over_budget(self):
        """Where not even the needs fit, the records are asked for whole and nothing is lost."""
        needs = [f"need_{number}" for number in range(50)]

        assert field_list(POSTS, [*POST, "acf", "a b"], needs=needs, budget=500) == FieldList(None)

    def test_budget_is_bytes(self):
        """Letters that a URL writes in several bytes are counted as such."""
        names = [f"поле_{number:03}" for number in range(60)]
        chosen = field_list(POSTS, [*POST, *names])

        assert len(",".join(names)) < FIELDS_BUDGET
        assert chosen.over_budget == tuple(names)

    @given(seen=st.lists(st.text() | st.sampled_from([*POST, *IGNORED, *PRUNED])))
    def test_any_names(self, seen):
        """Whatever a site calls its fields: a short URL, and each name accounted for."""
        chosen = field_list(POSTS, seen)

        if seen:
            names = chosen.value.split(",")
            assert names == sorted(set(names))
            assert set(FIELDS["document"].mapped) <= set(names)
            left_out = {*chosen.unsafe, *chosen.over_budget, *IGNORED, *PRUNED}
            assert set(seen) <= {*names, *left_out}
            url = build_url(
                read_root("https://example.org/wp-json/"),
                POSTS.route,
                [("_fields", chosen.value)],
            )
            assert len(url) < MAX_URL_BYTES / 2
        assert field_list(POSTS, reversed(seen)) == chosen

    @pytest.mark.parametrize(("collection", "record"), SHAPES)
    @given(
        plugin=st.dictionaries(
            st.from_regex(r"[a-z_]{1,12}", fullmatch=True),
            st.integers() | st.text() | st.lists(st.text()),
            max_size=8,
        ),
        seo=st.dictionaries(
            st.sampled_from(["author", "canonical", "og_locale", "schema"]), st.text()
        ),
    )
    def test_same_item(self, collection, record, plugin, seo):
        """A record asked for by fields is the item that the whole record is."""
        record = {**plugin, **record, "yoast_head_json": seo, "class_list": ["post-7"]}
        chosen = field_list(collection, record)

        asked = as_wordpress_filters(record, chosen.value)

        assert a_reader(collection).read(asked) == a_reader(collection).read(record)


class TestNames:
    def test_order(self):
        """Names are given sorted, each once."""
        names = Names()
        names.update(["b", "a"])
        names.update(["b"])

        assert list(names) == ["a", "b"]
        assert len(names) == 2
        assert names.omitted == 0

    def test_long_name(self):
        """A long name is cut to 100 characters, and the cut shows."""
        names = Names()
        names.update(["x" * 1000])

        assert list(names) == ["x" * 99 + "…"]

    def test_many_names(self):
        """What comes after the first so many is counted, not kept."""
        names = Names()
        names.update(f"field{number}" for number in range(MAX_NAMES + 5))
        names.update(["field0"])

        assert len(names) == MAX_NAMES
        assert names.omitted == 5
