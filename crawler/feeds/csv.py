"""Items as CSV: explicit columns in a fixed order, one flattening rule, no live cell."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import IO, TYPE_CHECKING, Any

from itemadapter import ItemAdapter

from crawler.feeds.appending import check_header
from crawler.feeds.cells import write_cell, write_row
from crawler.feeds.columns import Column, check_fields, columns_named, columns_of
from crawler.feeds.exporter import RowExporter, kinds_of
from crawler.feeds.staging import staged_under
from crawler.items import ITEM_CLASSES, Item

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class CsvExporter(RowExporter):
    """Writes items as rows: declared nested objects as dotted columns, the rest as JSON.

    The columns are those of FEED_EXPORT_FIELDS, else of the kinds that the
    feed gets, else of all kinds; for items that are not ours, the fields of
    the first one. A value for which there is no column is counted, and warned
    of once, unless the user chose the fields.
    """

    format_name = "csv"
    options = frozenset({"kinds", "include_headers_line"})

    def __init__(
        self, file: IO[bytes], *, include_headers_line: bool = True, **options: Any
    ) -> None:
        super().__init__(file, **options)
        self.include_headers_line = include_headers_line
        self._columns: tuple[Column, ...] | None = None
        self._wanted: list[tuple[str, str | None]] = []
        self._dotted: dict[str, set[str]] = {}
        self._names: dict[type, tuple[str, ...]] = {}
        self._columnless: dict[type, set[str]] = {}
        self._warned: set[str] = set()

    @classmethod
    def read_head(cls, crawler: Crawler, feed: Mapping[str, Any]) -> bytes | None:
        super().read_head(crawler, feed)
        kwargs = feed.get("item_export_kwargs") or {}
        kinds = kinds_of(crawler, kwargs)
        chosen = feed.get("fields")
        if kinds and chosen:
            check_fields(chosen, kinds)
        columns = known_columns(chosen, kinds)
        if not kwargs.get("include_headers_line", True):
            return b""
        return None if columns is None else write_header(columns)

    def encode(self, item: Any) -> bytes:
        head = b"" if self._columns is not None else self._begin(item)
        row, replaced = write_row(self._cells(item))
        self._note_replaced(replaced)
        return head + row

    def finish_exporting(self) -> None:
        staged = staged_under(self.file)
        continues = staged is not None and staged.continues
        if self._columns is None and not continues and not self.failed:
            self.file.write(self._begin(None))

    def _begin(self, first: Any) -> bytes:
        """Settle the columns; give the header, unless the file has one already."""
        columns = known_columns(self.fields_to_export, self.kinds) or _columns_for(first)
        head = write_header(columns) if self.include_headers_line else b""
        staged = staged_under(self.file)
        if staged is not None and staged.continues:
            if head:
                check_header(staged.target, staged.existing, head)
            staged.head, head = head, b""
        self._columns = columns
        self._wanted = [(column.field, column.key) for column in columns]
        for field, key in self._wanted:
            if key is not None:
                self._dotted.setdefault(field, set()).add(key)
        return head

    def _cells(self, item: Any) -> list[str]:
        values = self._values(item)
        cells = []
        note = self._note_replaced
        for field, key in self._wanted:
            value = values.get(field)
            if key is not None and value is not None:
                value = _member(value, key)
            cells.append("" if value is None else write_cell(value, note_replaced=note))
        if self.fields_to_export is None:
            self._note_left_out(type(item), values)
        return cells

    def _values(self, item: Any) -> dict[str, Any]:
        if isinstance(item, Item):
            names = self._names.get(type(item))
            if names is None:
                names = self._names[type(item)] = tuple(field.name for field in fields(item))
            return dict(zip(names, attrgetter(*names)(item), strict=True))
        adapter = ItemAdapter(item)
        return {
            name: self.serialize_field(adapter.get_field_meta(name), name, value)
            for name, value in adapter.items()
        }

    def _note_replaced(self, replaced: int) -> None:
        self.count("feeds/replaced_surrogate_count/csv", replaced)

    def _note_left_out(self, item_class: type, values: dict[str, Any]) -> None:
        """Count the values that no column shows."""
        if item_class not in self._columnless or item_class not in self._names:
            self._columnless[item_class] = values.keys() - {field for field, _ in self._wanted}
        for field in self._columnless[item_class]:
            if values[field] is not None:
                self._left_out(field, "field")
        for field, keys in self._dotted.items():
            value = values.get(field)
            if isinstance(value, dict):
                for key in value.keys() - keys:
                    self._left_out(f"{field}.{key}", field)
            elif value is not None and not is_dataclass(value):
                self._left_out(field, field)

    def _left_out(self, name: str, counted_as: str) -> None:
        self.count(f"feeds/left_out_count/{counted_as}")
        if name not in self._warned:
            self._warned.add(name)
            logger.warning("CSV has no column for %s; JSON Lines has it", name)


def known_columns(
    chosen: Iterable[str] | Mapping[str, str] | None, kinds: Iterable[str] | None
) -> tuple[Column, ...] | None:
    """Tell the columns of a feed before its first item; None where that item decides."""
    if chosen:
        return columns_named(chosen)
    return columns_of(kinds) if kinds else None


def write_header(columns: Iterable[Column]) -> bytes:
    """Write the header line."""
    return write_row(write_cell(column.name) for column in columns)[0]


def _columns_for(first: Any) -> tuple[Column, ...]:
    if first is None or isinstance(first, Item):
        return columns_of(ITEM_CLASSES)
    return tuple(Column(name, name) for name in ItemAdapter(first).field_names())


def _member(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return value.get(key)
    return getattr(value, key, None) if is_dataclass(value) else None
