import json
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from types import MappingProxyType

import orjson
import pytest
import scrapy
from hypothesis import given
from hypothesis import strategies as st

from crawler.feeds.line_breaks import breaks_lines
from crawler.feeds.strict_json import (
    mend,
    on_one_line,
    plain,
    to_json,
    write_json,
)
from tests.feeds.sample_items import ANY_JSON, BROKEN_TEXT, PROVENANCE, document


class Scraped(scrapy.Item):
    name = scrapy.Field()


@dataclass(slots=True)
class Note:
    text: str


def refuse_constant(name):
    raise AssertionError(f"{name} is not of JSON")


def read_strictly(data: bytes):
    return json.loads(data.decode("utf-8"), parse_constant=refuse_constant)


def expected(value):
    """Say in Python what the JSON of a value must read back as."""
    if isinstance(value, str):
        return mend(value)[0]
    if isinstance(value, float):
        return value if value - value == 0 else None  # neither nan nor inf
    if isinstance(value, list):
        return [expected(each) for each in value]
    if isinstance(value, dict):
        return {mend(key)[0]: expected(each) for key, each in value.items()}
    return value


def names(value) -> int:
    """Count the members of all objects in a value."""
    if isinstance(value, dict):
        return len(value) + sum(map(names, value.values()))
    return sum(map(names, value)) if isinstance(value, list) else 0


class TestToJson:
    @given(ANY_JSON)
    def test_any_value(self, value):
        """It is strict JSON on one line, and reads back as the value."""
        data = to_json(value)

        assert len(data.decode().splitlines()) == 1
        assert names(read_strictly(data)) == names(value)
        if names(expected(value)) == names(value):  # no two names became one
            assert read_strictly(data) == expected(value)

    @given(ANY_JSON)
    def test_slow_way(self, value):
        """What both ways can write, both write alike."""
        try:
            fast = to_json(value)
        except TypeError:
            return
        assert write_json(value)[0] == fast

    @pytest.mark.parametrize("depth", [253, 254, 255, 1_000, 100_000])
    def test_deep(self, depth):
        """However deep it is, all levels come out."""
        value: list = []
        for _ in range(depth):
            value = [value]

        assert to_json(value) == b"[" * (depth + 1) + b"]" * (depth + 1)

    @pytest.mark.parametrize("number", [2**63, 2**64 - 1, 2**64, -(2**63) - 1, 10**4000])
    def test_long_integer(self, number):
        """An integer keeps its digits, however many."""
        assert to_json({"n": number}) == f'{{"n":{number}}}'.encode()

    def test_not_a_number(self):
        """NaN and infinity are null, with or without something else to mend."""
        numbers = [float("nan"), float("inf"), -float("inf"), 0.5]

        assert to_json(numbers) == b"[null,null,null,0.5]"
        assert to_json([*numbers, "\ud800"]) == '[null,null,null,0.5,"\ufffd"]'.encode()

    def test_names_that_become_one(self):
        """Two names that differ in their surrogates only are both there."""
        value = dict(zip(["\ud800", "\ud801", "\ufffd"], [1, 2, 3], strict=True))

        assert read_strictly(to_json(value)) == {
            "\ufffd": 1,
            "\ufffd\ufffd": 2,
            "\ufffd\ufffd\ufffd": 3,
        }

    def test_names_that_are_no_strings(self):
        """They are written as the standard library writes them."""
        value = {7: "a", None: "b", True: "c", 1.5: "d"}

        assert read_strictly(to_json(value)) == json.loads(json.dumps(value))

    def test_what_projects_put_into_items(self):
        """Dates, sets, decimals, bytes, views and members of an Enum have a JSON form."""

        class Colour(Enum):
            RED = "red"

        value = {
            "at": datetime(2026, 3, 1, 8, tzinfo=UTC),
            "set": {"b", "a", "c"},
            "decimal": Decimal("1.10"),
            "bytes": b"caf\xc3\xa9",
            "view": MappingProxyType({"a": 1}),
            "pair": (1, Colour.RED),
            "queue": deque([2, 3]),
            "item": Scraped(name="Ada"),
            "row": PROVENANCE,
        }
        data = to_json(value)

        assert read_strictly(data) == {
            "at": "2026-03-01T08:00:00+00:00",
            "set": ["a", "b", "c"],
            "decimal": "1.10",
            "bytes": "café",
            "view": {"a": 1},
            "pair": [1, "red"],
            "queue": [2, 3],
            "item": {"name": "Ada"},
            "row": {name: getattr(PROVENANCE, name) for name in PROVENANCE.__slots__},
        }
        assert write_json(value)[0] == data

    @pytest.mark.parametrize("value", [object(), deque, 1j, lambda: None])
    def test_no_json_form(self, value):
        """What has no JSON form is refused, and named."""
        with pytest.raises(TypeError, match="has no JSON form"):
            to_json({"a": [value]})

    def test_holds_itself(self):
        """A value that holds itself is refused; one that occurs twice is not."""
        value: list = []
        value.append(value)
        twice = {"\ud800": 1}

        with pytest.raises(ValueError, match="holds itself"):
            to_json(value)
        assert len(read_strictly(to_json([twice, twice]))) == 2


@pytest.mark.parametrize("char", ["\u2028", "\u2029", "\x85"])
@pytest.mark.parametrize(
    "place",
    [
        lambda char: document(title=f"a{char}b"),
        lambda char: document(content_html="é" * 5_000 + char),
        lambda char: document(extra={"acf": [{"note": f"a{char}b"}]}),
        lambda char: document(extra={f"a{char}b": 1}),
        lambda char: {f"a{char}b": 1},
        lambda char: Note(f"a{char}b"),
        lambda char: document(title=f"a{char}\ud800"),
        lambda char: {"a": 1, "b": (f"{char}",)},
        lambda char: f"{char}{char}",
    ],
)
def test_line_separators(char, place):
    """Wherever it stands, it is escaped, and reads back as it was."""
    value = place(char)
    data = to_json(value)

    assert len(data.decode().splitlines()) == 1
    assert f"\\u{ord(char):04x}".encode() in data
    assert char in json.dumps(read_strictly(data), ensure_ascii=False)


def test_nothing_to_escape():
    """Characters made of the same bytes stay as they are."""
    value = {"a": "è é Å “quoted” « x » \u2027\u202a"}

    data = to_json(value)

    assert data == json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    assert on_one_line(data, value) is data


@given(st.text("a\u2028\u2029\x85\xa9\xa8\u2027é\u00e2\u0080 ") | st.text())
def test_line_breaks(text):
    """What is compiled tells the same as the Python: whether a text would be more than a line."""
    lines = pytest.importorskip("crawler.compiled.lines", exc_type=ImportError)
    data = orjson.dumps(text.encode("utf-8", "replace").decode())

    told = lines.breaks_lines(data)

    assert told == breaks_lines(data, orjson.loads(data))
    assert told == any(char in text for char in "\u2028\u2029\x85")


class TestMend:
    @given(BROKEN_TEXT)
    def test_any_text(self, text):
        """What comes out can be encoded; the count is that of the replaced; twice is once."""
        mended, replaced = mend(text)
        mended.encode("utf-8")

        assert mended.count("\ufffd") == text.count("\ufffd") + replaced
        assert mend(mended) == (mended, 0)

    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def test_sound_text(self, text):
        """Text without surrogates stays as it is."""
        assert mend(text) == (text, 0)

    def test_order(self):
        """A low one before a high one is two lone ones, and their neighbours stay."""
        assert mend("a\ude00\ud83db") == ("a\ufffd\ufffdb", 2)


def test_plain_is_one_step():
    """A set comes out sorted whatever the order in which it was made."""
    assert plain({"b", "a"}) == plain({"a", "b"}) == ["a", "b"]
