"""What holds of every record, whatever a site sends."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ProtocolError
from crawler.wordpress.fields import FIELDS, IGNORED, PRUNED
from crawler.wordpress.records import ODDITIES
from crawler.wordpress.values import has_avatar_hash
from tests.wordpress.sample_records import HASH, SHAPES, a_reader

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(
        [
            "2024-05-01T10:00:00",
            "0000-00-00T00:00:00",
            "12",
            10**30,
            f"https://secure.gravatar.com/avatar/{HASH}?s=96",
        ]
    )
)
MEMBERS = st.text() | st.sampled_from(["rendered", "protected", "width", "height", "sizes"])
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(MEMBERS, inner, max_size=4)
        | st.fixed_dictionaries({"rendered": inner}, optional={"protected": inner})
    ),
    max_leaves=8,
)


def names_of(collection):
    own = FIELDS[collection.kind]
    return [*own.mapped, *own.known, *collection.taxonomies, *IGNORED, *PRUNED, "date", "acf"]


@functools.cache
def types_of(item_class):
    return typing.get_type_hints(item_class)


def has_type(value, hint):
    """Tell whether a value is of an item's type; bool is no int here."""
    origin = typing.get_origin(hint)
    if origin is typing.Literal:
        return value in typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return any(has_type(value, part) for part in typing.get_args(hint))
    return type(value) is (origin or hint)


def check(reader, record):
    """Read a record: declared types, known oddities, no e-mail hash in extra."""
    try:
        item = reader.read(record)
    except ProtocolError:
        return
    for field in dataclasses.fields(item):
        assert has_type(getattr(item, field.name), types_of(type(item))[field.name]), field.name
    assert set(reader.oddities) <= ODDITIES
    assert not has_avatar_hash(item.extra)


@pytest.mark.parametrize(("collection", "record"), SHAPES)
@given(data=st.data())
def test_odd_field(collection, record, data):
    """Any value under any one field: an item of the declared types, or no id."""
    name = data.draw(st.sampled_from(names_of(collection)))
    value = data.draw(JSON)

    check(a_reader(collection), {**record, name: value})


@pytest.mark.parametrize(("collection", "_record"), SHAPES)
@given(data=st.data())
def test_odd_record(collection, _record, data):
    """A record in which nothing is as WordPress sends it is read, or has no id."""
    names = st.sampled_from(names_of(collection)) | st.text()
    record = data.draw(st.dictionaries(names, JSON, max_size=8))

    check(a_reader(collection), {"id": 7, **record})


@pytest.mark.parametrize(("collection", "record"), SHAPES)
@given(data=st.data())
def test_no_value_disappears(collection, record, data):
    """A text that is put under any field but the ignored ones is somewhere in the item."""
    names = [name for name in names_of(collection) if name not in (*IGNORED, *PRUNED, "id")]
    name = data.draw(st.sampled_from(names))
    shape = data.draw(
        st.sampled_from(
            [
                lambda text: [text],
                lambda text: {"rendered": text},
                lambda text: {"rendered": [text]},
                lambda text: {"rendered": "", "raw": text},
                lambda text: {"0": {"1": text}},
            ]
        )
    )
    marked = {**record, name: shape("a lighthouse")}
    if name == "date":
        marked |= {"date_gmt": None}

    assert "a lighthouse" in repr(a_reader(collection).read(marked))
