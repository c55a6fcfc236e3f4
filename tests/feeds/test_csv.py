import io
import json
import logging
from dataclasses import dataclass

import pytest
import scrapy
from hypothesis import given
from hypothesis import strategies as st
from scrapy.utils.misc import build_from_crawler
from scrapy.utils.test import get_crawler

from crawler.errors import ArgumentError
from crawler.feeds.cells import read_rows
from crawler.feeds.columns import columns_of
from crawler.feeds.csv import CsvExporter, write_header
from crawler.items import ITEM_CLASSES
from tests.feeds.sample_items import ANY_TEXT, PROVENANCE, document, one_of_each


def write(*items, crawler=None, **options) -> bytes:
    file = io.BytesIO()
    exporter = build_from_crawler(CsvExporter, crawler or get_crawler(), file, **options)
    exporter.start_exporting()
    for item in items:
        exporter.export_item(item)
    exporter.finish_exporting()
    return file.getvalue()


def export(*items, **options) -> list[dict[str, str | None]]:
    return list(read_rows(io.BytesIO(write(*items, **options))))


def header(*items, **options) -> list[str]:
    return write(*items, **options).split(b"\r\n")[0].decode().split(",")


class TestColumns:
    def test_all_kinds(self):
        """Without a word on kinds the columns are those of all, whatever comes first."""
        names = [column.name for column in columns_of(ITEM_CLASSES)]

        assert header(*one_of_each()) == header(*reversed(one_of_each())) == names
        assert [row["kind"] for row in export(*one_of_each())] == list(ITEM_CLASSES)

    def test_kinds_of_the_feed(self):
        """The feed's kinds decide, then the spider's."""

        class Library(scrapy.Spider):
            name = "library"
            kinds = ("term", "user")

        crawler = get_crawler(Library)
        crawler.spider = crawler._create_spider()

        assert header(kinds=["user"], crawler=crawler)[-11:-6] == [
            *("name", "description", "url", "extra", "raw")
        ]
        assert header(crawler=crawler) == [column.name for column in columns_of(["term", "user"])]

    def test_no_items(self):
        """A file without rows has its header."""
        assert write(kinds=["tombstone"]) == write_header(columns_of(["tombstone"]))

    def test_chosen(self):
        """FEED_EXPORT_FIELDS picks, orders and renames; an object gives its dotted columns."""
        chosen = {"id": "number", "provenance.dataset": "dataset", "extra.author": "author"}

        assert export(document(), fields_to_export=chosen) == [
            {"number": "7", "dataset": "example.org", "author": "3"}
        ]
        assert header(document(), fields_to_export=["title", "source"]) == [
            *("title", "source.url", "source.name", "source.basis")
        ]

    def test_other_items(self):
        """The first of items that are not ours decides, as with Scrapy's exporter."""

        class Scraped(scrapy.Item):
            name = scrapy.Field(serializer=str.upper)
            tags = scrapy.Field()

        @dataclass
        class Row:
            name: str
            source: dict

        assert export(Scraped(name="a", tags=["x"]), {"name": "b"}) == [
            {"name": "A", "tags": '["x"]'},
            {"name": "b", "tags": None},
        ]
        assert export(Row("a", {"any": 1})) == [{"name": "a", "source": '{"any":1}'}]

    def test_without_header(self):
        """It can be left out, as with Scrapy's exporter."""
        assert write({"a": 1}, include_headers_line=False) == b"1\r\n"


class TestCells:
    def test_flattened(self):
        """Declared objects are dotted, lists and other objects JSON, null is empty."""
        [row] = export(
            document(
                featured_media={"id": 3, "source_url": "https://example.org/a.jpg", "width": 640},
                authors=[{"id": 1, "name": "Ada, of L."}],
                dedupe={"similarity": 0.5},
                slug="",
            )
        )

        assert row["featured_media.id"] == "3"
        assert row["featured_media.width"] == "640"
        assert row["featured_media.reason"] is None
        assert json.loads(row["authors"]) == [{"id": 1, "name": "Ada, of L."}]
        assert json.loads(row["extra"]) == {"author": 3, "tags": [1, 2]}
        assert row["dedupe.similarity"] == "0.5"
        assert row["protected"] == "false"
        assert row["provenance.url"] == PROVENANCE.url
        assert row["slug"] == ""
        assert row["raw"] is None

    def test_unresolved(self):
        """A linked object that was denied says so, and why."""
        [row] = export(document(featured_media={"id": 7, "resolved": False, "reason": "denied"}))

        assert row["featured_media.id"] == "7"
        assert row["featured_media.resolved"] == "false"
        assert row["featured_media.reason"] == "denied"

    def test_live_and_numbers(self):
        """Text that looks like a formula is escaped, a negative number is a number."""
        data = write(
            document(title="=HYPERLINK(1)", slug="-5", word_count=-5),
            fields_to_export=["title", "slug", "word_count"],
        )

        assert data.splitlines()[1] == b"'=HYPERLINK(1),'-5,-5"

    @given(st.lists(ANY_TEXT | st.none(), min_size=1))
    def test_round_trip(self, titles):
        """Any text comes back from a whole file of items."""
        items = [document(title=title, content_html=title) for title in titles]
        rows = export(*items, kinds=["document"])

        assert [row["title"] for row in rows] == titles
        assert [row["content_html"] for row in rows] == titles

    def test_surrogates(self):
        """They become U+FFFD, and are counted."""
        crawler = get_crawler()
        [row] = export(document(title="a\ud800", extra={"x": "\ud800"}), crawler=crawler)

        assert row["title"] == "a\ufffd"
        assert json.loads(row["extra"]) == {"x": "\ufffd"}
        assert crawler.stats.get_value("feeds/replaced_surrogate_count/csv") == 2


class TestLeftOut:
    def test_no_column(self, caplog):
        """A value without a column is counted, each time, and warned of once."""
        crawler = get_crawler()
        with caplog.at_level(logging.WARNING, "crawler.feeds.csv"):
            export(
                document(source={"url": "https://a.example", "via": "b"}, dedupe=["odd"]),
                document(source={"via": "c"}),
                *one_of_each()[1:2],
                kinds=["document"],
                crawler=crawler,
            )
        messages = [record.getMessage() for record in caplog.records]

        assert crawler.stats.get_value("feeds/left_out_count/source") == 2
        assert crawler.stats.get_value("feeds/left_out_count/dedupe") == 1
        assert crawler.stats.get_value("feeds/left_out_count/field") == 8
        assert messages.count("CSV has no column for source.via; JSON Lines has it") == 1
        assert messages.count("CSV has no column for alt_text; JSON Lines has it") == 1

    def test_later_fields(self):
        """So is a field of a later dict that the first did not have."""
        crawler = get_crawler()
        export({"a": 1}, {"a": 2, "b": 3}, {"a": 2, "b": None, "c": 4}, crawler=crawler)

        assert crawler.stats.get_value("feeds/left_out_count/field") == 2

    def test_chosen(self):
        """What the user did not choose is not missed."""
        crawler = get_crawler()
        export(document(), fields_to_export=["id"], crawler=crawler)

        assert not [key for key in crawler.stats.get_stats() if "left_out" in key]


class TestReadHead:
    def test_known_kinds(self):
        """The header is known before the first item where the kinds are."""
        feed = {"item_export_kwargs": {"kinds": ["term"]}}

        assert CsvExporter.read_head(get_crawler(), feed) == write(kinds=["term"])
        assert CsvExporter.read_head(get_crawler(), {"fields": ["id"]}) == b"id\r\n"
        assert CsvExporter.read_head(get_crawler(), {}) is None

    def test_left_out(self):
        """Without a header a file begins with its first row."""
        feed = {"fields": ["id"], "item_export_kwargs": {"include_headers_line": False}}

        assert CsvExporter.read_head(get_crawler(), feed) == b""

    @pytest.mark.parametrize(
        ("feed", "message"),
        [
            ({"fields": ["titel"], "item_export_kwargs": {"kinds": ["term"]}}, "field 'titel'"),
            ({"item_export_kwargs": {"kinds": ["posts"]}}, "got 'posts'"),
            ({"item_export_kwargs": {"delimiter": ";"}}, "include_headers_line, kinds, got 'deli"),
            ({"encoding": "latin-1"}, "csv is written in utf-8, not in 'latin-1'"),
        ],
    )
    def test_refused(self, feed, message):
        """Options that cannot be honoured are refused before the crawl."""
        with pytest.raises(ArgumentError, match=message):
            CsvExporter.read_head(get_crawler(), feed)
