"""Items as JSON Lines: a strict JSON object a line, its fields in the order of the dataclass."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import IO, Any

import orjson

from crawler.feeds.exporter import RowExporter
from crawler.feeds.strict_json import on_one_line, plain, write_json


class JsonLinesExporter(RowExporter):
    """Writes items of any kind as JSON Lines.

    None is null, and so is a float that is no number. Lone surrogates become
    U+FFFD, which is counted.
    """

    format_name = "jsonl"
    options = frozenset({"kinds", "export_empty_fields"})

    def __init__(self, file: IO[bytes], **options: Any) -> None:
        super().__init__(file, **options)
        self._native: dict[type, bool] = {}

    def encode(self, item: Any) -> bytes:
        value = item
        if self.fields_to_export is not None or not self._is_native(type(item)):
            value = dict(self.get_serialized_fields(item))
        try:
            data = orjson.dumps(value, default=plain, option=orjson.OPT_APPEND_NEWLINE)
        except TypeError:
            return self._mend(value)
        return on_one_line(data, value)

    def _is_native(self, item_class: type) -> bool:
        """Tell whether orjson alone writes items of this class as we would.

        A dataclass that is not slotted may hold what is no field of it.
        """
        native = self._native.get(item_class)
        if native is None:
            native = item_class is dict or _is_plain_dataclass(item_class)
            self._native[item_class] = native
        return native

    def _mend(self, value: Any) -> bytes:
        data, replaced = write_json(value)
        self.count("feeds/replaced_surrogate_count/jsonl", replaced)
        return data + b"\n"


def _is_plain_dataclass(item_class: type) -> bool:
    return (
        is_dataclass(item_class)
        and item_class.__dictoffset__ == 0  # slotted
        and not any(
            field.name.startswith("_") or "serializer" in field.metadata
            for field in fields(item_class)
        )
    )
