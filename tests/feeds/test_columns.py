from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ArgumentError
from crawler.feeds.columns import (
    DECLARED_KEYS,
    Column,
    check_fields,
    columns_named,
    columns_of,
    fields_of,
)
from crawler.items import ITEM_CLASSES, Item, Provenance

HEAD = [field.name for field in fields(Item)]
PROVENANCE = [f"provenance.{field.name}" for field in fields(Provenance)]

KINDS = st.sets(st.sampled_from(list(ITEM_CLASSES)), min_size=1)


def names(kinds):
    return [column.name for column in columns_of(kinds)]


class TestColumnsOf:
    @given(KINDS)
    def test_any_kinds(self, kinds):
        """Head first, provenance last, every field of every kind once, and no other."""
        listed = columns_of(kinds)
        shown = {column.field for column in listed}

        assert names(kinds)[: len(HEAD)] == HEAD
        assert names(kinds)[-len(PROVENANCE) :] == PROVENANCE
        assert len(set(names(kinds))) == len(listed)
        assert shown == {field.name for kind in kinds for field in fields(ITEM_CLASSES[kind])}

    @given(KINDS, st.randoms(use_true_random=False))
    def test_order_of_kinds(self, kinds, random):
        """The order in which the kinds are named does not matter."""
        shuffled = sorted(kinds)
        random.shuffle(shuffled)

        assert columns_of(shuffled) == columns_of(kinds)

    def test_document(self):
        """Declared objects become dotted columns in their place, the others are one."""
        listed = names(["document"])
        start = listed.index("terms") + 1

        assert listed[start : start + 10] == [
            "featured_media.id",
            "featured_media.source_url",
            "featured_media.alt_text",
            "featured_media.caption",
            "featured_media.mime_type",
            "featured_media.width",
            "featured_media.height",
            "featured_media.resolved",
            "featured_media.reason",
            "comments",
        ]
        assert {"extra", "raw", "cleaning", "linked", "parent", "authors"} <= set(listed)

    def test_declared_keys(self):
        """Each declared object is a field of some kind, and its keys are told apart."""
        known = fields_of(ITEM_CLASSES)

        assert set(DECLARED_KEYS) <= set(known)
        assert all(len(set(keys)) == len(keys) for keys in DECLARED_KEYS.values())
        assert not any("." in name for name in known)

    def test_unknown_kind(self):
        """It is refused with the kinds there are."""
        with pytest.raises(
            ArgumentError, match=r"^kinds must be among document, .*, got 'posts'$"
        ):
            columns_of(["document", "posts"])


def test_chosen_and_renamed():
    """A mapping gives the names in the header, for dotted columns the part before the dot."""
    chosen = {"title": "headline", "dedupe.cluster": "group", "source": "from"}

    assert columns_named(chosen) == (
        Column("headline", "title"),
        Column("group", "dedupe", "cluster"),
        Column("from.url", "source", "url"),
        Column("from.name", "source", "name"),
        Column("from.basis", "source", "basis"),
    )


class TestCheckFields:
    @pytest.mark.parametrize(
        "chosen", [["title"], ["provenance"], ["provenance.url"], ["extra.acf"], []]
    )
    def test_known(self, chosen):
        """Fields, their declared keys, and any key of a free-form object pass."""
        check_fields(chosen, ["document"])

    @pytest.mark.parametrize(
        ("name", "meant"),
        [
            ("titel", "title"),
            ("provenance.ulr", "provenance.url"),
            ("featured_media.source", "featured_media.source_url"),
        ],
    )
    def test_misspelt(self, name, meant):
        """It is refused with the name that was meant."""
        with pytest.raises(
            ArgumentError, match=rf"^no item has the field '{name}': did you mean '{meant}'\?$"
        ):
            check_fields(["id", name], ["document"])

    def test_of_another_kind(self):
        """A field of a kind that does not come is refused with the fields that do."""
        with pytest.raises(ArgumentError, match="'embeds': the fields are record_id, kind, "):
            check_fields(["embeds"], ["term"])
