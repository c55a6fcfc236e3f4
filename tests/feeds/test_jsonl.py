import io
import json
from dataclasses import dataclass, field, fields

import pytest
import scrapy
from scrapy.utils.misc import build_from_crawler
from scrapy.utils.test import get_crawler

from crawler.errors import ArgumentError, PublicationError
from crawler.feeds.jsonl import JsonLinesExporter
from crawler.feeds.publication import Publication
from tests.feeds.sample_items import PROVENANCE, document, one_of_each


def export(*items, **options) -> list[bytes]:
    file = io.BytesIO()
    exporter = JsonLinesExporter(file, **options)
    exporter.start_exporting()
    for item in items:
        exporter.export_item(item)
    exporter.finish_exporting()
    return file.getvalue().splitlines(keepends=True)


class Scraped(scrapy.Item):
    second = scrapy.Field()
    first = scrapy.Field(serializer=lambda value: value * 2)


@dataclass
class Open:
    """A dataclass that is not slotted may hold what is no field of it."""

    name: str
    count: int = field(default=0, metadata={"serializer": str})


@dataclass(slots=True)
class Slotted:
    name: str
    _hidden: int = 1


class TestFields:
    @pytest.mark.parametrize("item", one_of_each(), ids=lambda item: item.kind)
    def test_each_kind(self, item):
        """All fields are there, in the order of the dataclass, null where there is nothing."""
        [line] = export(item)
        row = json.loads(line)

        assert line.endswith(b"}\n")
        assert list(row) == [each.name for each in fields(item)]
        assert row["provenance"] == {
            each.name: getattr(PROVENANCE, each.name) for each in fields(PROVENANCE)
        }
        assert {name: row[name] for name in row if name != "provenance"} == {
            name: getattr(item, name) for name in row if name != "provenance"
        }

    def test_chosen(self):
        """FEED_EXPORT_FIELDS picks, orders and renames."""
        assert export(document(), fields_to_export=["title", "id"]) == [
            b'{"title":"A walk along the canal","id":7}\n'
        ]
        assert export(document(), fields_to_export={"id": "number"}) == [b'{"number":7}\n']

    def test_other_items(self):
        """Dicts, Scrapy's items and any dataclass are written as Scrapy would."""
        loose = Open("a", 2)
        loose.stray = "x"

        assert export({"b": 1, "a": None}, Scraped(first="x"), loose, Slotted("s")) == [
            b'{"b":1,"a":null}\n',
            b'{"first":"xx"}\n',
            b'{"name":"a","count":"2"}\n',
            b'{"name":"s","_hidden":1}\n',
        ]


class TestHardValues:
    def test_surrogates(self):
        """They become U+FFFD wherever they stand, and are counted."""
        crawler = get_crawler()
        file = io.BytesIO()
        exporter = build_from_crawler(JsonLinesExporter, crawler, file)
        exporter.export_item(document(title="a\ud800", extra={"\udfff": ["\ud83d\ude00"]}))
        row = json.loads(file.getvalue().decode("utf-8"))

        assert row["title"] == "a\ufffd"
        assert row["extra"] == {"\ufffd": ["\U0001f600"]}
        assert list(row) == [each.name for each in fields(document())]
        assert crawler.stats.get_value("feeds/replaced_surrogate_count/jsonl") == 2

    def test_deep_and_long(self):
        """A record of 1,000 levels and an integer of 30 digits come out right."""
        deep: list = []
        for _ in range(1_000):
            deep = [deep]
        [line] = export(document(raw={"deep": deep, "long": 10**30}))

        assert b"[" * 1_001 + b"]" * 1_001 in line
        assert b'"long":1000000000000000000000000000000' in line

    def test_one_line_each(self):
        """A line is a line for str.splitlines too."""
        lines = export(*(document(title=f"a{char}b") for char in "\u2028\u2029\x85\n\r\x1c\v"))
        text = b"".join(lines).decode()

        assert [json.loads(line)["title"][1] for line in text.splitlines()] == list(
            "\u2028\u2029\x85\n\r\x1c\v"
        )


def test_value_without_json_form():
    """The item is not left out in silence: the publication fails and names it."""
    crawler = get_crawler(settings_dict={"EXTENSIONS": {Publication: 100}})
    exporter = build_from_crawler(JsonLinesExporter, crawler, io.BytesIO())
    item = document(extra={"acf": object()})

    with pytest.raises(TypeError):
        exporter.export_item(item)
    error = crawler.get_extension(Publication).error
    assert isinstance(error, PublicationError)
    assert str(error).startswith(f"{item.record_id!r} cannot be written as jsonl: a value of type")


def test_value_without_json_form_and_no_publication():
    """Used by itself, an exporter raises what went wrong, each time."""
    exporter = JsonLinesExporter(io.BytesIO())
    for _ in range(2):
        with pytest.raises(TypeError, match="a value of type object has no JSON form"):
            exporter.export_item({"a": object()})


def test_after_a_failure():
    """One item failed, the file will not be published: what follows goes nowhere."""
    crawler = get_crawler(settings_dict={"EXTENSIONS": {Publication: 100}})
    file = io.BytesIO()
    exporter = build_from_crawler(JsonLinesExporter, crawler, file)
    with pytest.raises(TypeError):
        exporter.export_item({"a": object()})
    exporter.export_item({"a": 1})
    exporter.finish_exporting()

    assert file.getvalue() == b""


class TestReadHead:
    def test_nothing(self):
        """A JSON Lines file begins with its first row."""
        for encoding in (None, "utf-8", "UTF8"):
            assert JsonLinesExporter.read_head(get_crawler(), {"encoding": encoding}) == b""

    @pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig", "no-such"])
    def test_encoding(self, encoding):
        """JSON is UTF-8; another encoding is refused."""
        with pytest.raises(
            ArgumentError, match=f"^jsonl is written in utf-8, not in '{encoding}'"
        ):
            JsonLinesExporter.read_head(get_crawler(), {"encoding": encoding})

    def test_unknown_option(self):
        """It is refused with those there are."""
        with pytest.raises(ArgumentError, match="may hold export_empty_fields, kinds, got 'sort'"):
            JsonLinesExporter.read_head(get_crawler(), {"item_export_kwargs": {"sort": True}})
