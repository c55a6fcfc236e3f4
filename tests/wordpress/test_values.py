"""Values as PHP sends them, read or refused."""

from __future__ import annotations

import math
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ProtocolError
from crawler.wordpress.values import (
    MAX_NUMBER,
    describe,
    has_avatar_hash,
    read_id,
    to_number,
    to_utc,
    without_avatar_hashes,
)

MD5 = "0123456789abcdef" * 2
GRAVATAR = f"https://secure.gravatar.com/avatar/{MD5}?s=96&d=mm"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


class TestReadId:
    def test_number(self):
        """A number is taken as it is, and is no oddity."""
        oddities = Counter()

        assert read_id({"id": 7}, oddities) == 7
        assert not oddities

    def test_numeric_string(self):
        """A numeric string is coerced, and counted."""
        oddities = Counter()

        assert read_id({"id": "0012"}, oddities) == 12
        assert oddities == {"coerced/id": 1}

    @pytest.mark.parametrize(
        ("record", "named"),
        [
            ({}, "None"),
            ({"id": None}, "None"),
            ({"id": True}, "True"),
            ({"id": -7}, "-7"),
            ({"id": 7.0}, r"7\.0"),
            ({"id": "12abc"}, "'12abc'"),
            ({"id": "٣"}, "'٣'"),
            ({"id": ""}, "''"),
            ({"id": [7]}, "list"),
            ({"id": {"raw": 7}}, "dict"),
            ({"id": 2**63}, str(2**63)),
            ({"id": "9" * 19}, "'9{19}'"),
            pytest.param({"id": 10**5000}, "int of 16610 bits", id="huge"),
            pytest.param({"id": "x" * 10_000_000}, "'x{60}'", id="long"),
        ],
    )
    def test_unusable(self, record, named):
        """An id that cannot be used is refused, and the message names it briefly."""
        with pytest.raises(ProtocolError, match=f"at most 63 bits, got {named}$"):
            read_id(record, Counter())


@given(value=JSON)
def test_description_is_short(value):
    """Whatever the value, its description is one short line."""
    described = describe(value)

    assert len(described) < 700
    assert described.isprintable()


class TestToNumber:
    @pytest.mark.parametrize(
        "value", ["", " 12", "+12", "1e3", "²", "1" * 20, 1.0, None, False, []]
    )
    def test_no_number(self, value):
        """Nothing but a number or its digits is a number."""
        assert to_number(value) is None

    @given(value=JSON)
    def test_bounds(self, value):
        """A number that is read fits 64 bits."""
        number = to_number(value)

        assert number is None or (type(number) is int and abs(number) <= MAX_NUMBER)


class TestToUtc:
    @pytest.mark.parametrize(
        ("value", "utc"),
        [
            ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00Z"),
            ("2024-05-01T10:00:00.250000", "2024-05-01T10:00:00Z"),
            ("2024-05-01T10:00:00-05:30", "2024-05-01T15:30:00Z"),
            ("2024-05-01", "2024-05-01T00:00:00Z"),
            ("0001-01-01T00:00:00+14:00", None),
            ("0000-00-00T00:00:00", None),
            ("May 1st", None),
            pytest.param("2" * 10_000_000, None, id="long"),
        ],
    )
    def test_shapes(self, value, utc):
        """An offset is converted, a missing one is UTC, and nonsense is nothing."""
        assert to_utc(value) == utc

    @given(value=st.text())
    def test_any_text(self, value):
        """Any text is a date in one shape, or nothing."""
        utc = to_utc(value)

        assert utc is None or (len(utc) == 20 and utc.endswith("Z"))


class TestAvatarHashes:
    @pytest.mark.parametrize(
        "value",
        [
            GRAVATAR,
            f"https://i0.wp.com/www.gravatar.com/avatar/{MD5}",
            f"https://secure.gravatar.com/avatar/{MD5}{MD5}?s=24",
            f"https://example.org/cache/Avatar/{MD5.upper()}.png",
            f"<img alt='' src='{GRAVATAR}'>",
            f"https://gravatar.com/{MD5}",
            [{"person": {"photo": [GRAVATAR]}}],
        ],
    )
    def test_hash(self, value):
        """A hash is found wherever it stands, and cut out of a copy."""
        before = repr(value)

        assert has_avatar_hash(value)
        assert not has_avatar_hash(without_avatar_hashes(value))
        assert MD5 not in repr(without_avatar_hashes(value)).lower()
        assert repr(value) == before

    @pytest.mark.parametrize(
        "value",
        [
            "https://example.org/avatar/ada.png",
            f"checksum {MD5}",
            "avatar",
            None,
            7,
            [],
            {"a": ""},
        ],
    )
    def test_no_hash(self, value):
        """An avatar without a hash, or a hash that is no avatar's, is left alone."""
        assert not has_avatar_hash(value)
        assert without_avatar_hashes(value) == value

    def test_rest_is_kept(self):
        """Only the hash goes."""
        assert (
            without_avatar_hashes(f"<img src='{GRAVATAR}'> Ada")
            == "<img src='https://secure.gravatar.com/avatar/?s=96&d=mm'> Ada"
        )

    @pytest.mark.parametrize(
        "unit", ["avatar", "avatar/", "avatar" + "a" * 31 + "g", f"avatar/{MD5} ", f"{MD5} "]
    )
    def test_long_text(self, unit):
        """Ten million hostile characters take a moment, not minutes."""
        text = unit * (10_000_000 // len(unit))
        started = time.process_time()

        cut = without_avatar_hashes(text)

        assert not has_avatar_hash(cut)
        assert time.process_time() - started < 10  # some 0.5 s

    def test_deep_nesting(self):
        """100,000 levels are no trouble."""
        value = deepest = []
        for _ in range(100_000):
            deepest.append([])
            deepest = deepest[0]
        deepest.append(GRAVATAR)

        copied = without_avatar_hashes(value)

        assert has_avatar_hash(value)
        assert not has_avatar_hash(copied)
        for level in (value, copied):  # so that freeing them does not recurse
            while isinstance(level, list):
                level = level.pop()

    @given(value=JSON.filter(lambda value: not _has_nan(value)))
    def test_other_values(self, value):
        """What holds no hash comes back equal."""
        assert without_avatar_hashes(value) == value


def _has_nan(value):
    if isinstance(value, dict):
        return any(map(_has_nan, value.values()))
    if isinstance(value, list):
        return any(map(_has_nan, value))
    return isinstance(value, float) and math.isnan(value)
