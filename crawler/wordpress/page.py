"""Bytes of a response -> the records of one page, or the REST error they carry."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from crawler.errors import ProtocolError
from crawler.wordpress.rest_errors import RestError, read_error

Record = dict[str, Any]

MAX_ID = 2**63 - 1
"""What a database column can hold, and every reader of our files."""

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Totals:
    """What the server says the collection holds."""

    records: int
    pages: int


@dataclass(frozen=True, slots=True)
class Page:
    """One response of a collection.

    ``totals`` is None where a proxy stripped the headers; ``strangers`` counts
    entries of the list that are no objects.
    """

    records: tuple[Record, ...]
    totals: Totals | None
    strangers: int = 0

    @property
    def received(self) -> int:
        """How many entries came, records or not."""
        return len(self.records) + self.strangers


def read_totals(records: object, pages: object) -> Totals | None:
    """Read X-WP-Total and X-WP-TotalPages; None where they are absent or no numbers.

    >>> read_totals("231", "3")
    Totals(records=231, pages=3)
    >>> read_totals("many", "3")
    """
    counted = [_count(value) for value in (records, pages)]
    if counted[0] is None or counted[1] is None:
        return None
    return Totals(counted[0], counted[1])


def _count(value: object) -> int | None:
    text = str(value).strip() if isinstance(value, str | int) else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def read_page(status: int, headers: Mapping[str, str], body: bytes) -> Page | RestError:
    """Read one response of a collection; *headers* by lower-case name.

    A list is a page, enveloped or not; anything else is an error, also with
    status 200.
    """
    try:
        document = read_json(body)
    except ProtocolError:
        return read_error(status, None, web_page=is_web_page(headers, body))
    if isinstance(document, dict) and {"body", "status", "headers"} <= document.keys():
        status, document, headers = _open_envelope(status, document)
    if isinstance(document, dict) and document and all(map(str.isdecimal, document)):
        document = list(document.values())  # a list from which PHP code took an entry
    if not 200 <= status < 300 or not isinstance(document, list):
        return read_error(status, document)
    records = tuple(record for record in document if isinstance(record, dict))
    totals = read_totals(headers.get("x-wp-total"), headers.get("x-wp-totalpages"))
    return Page(records, totals, strangers=len(document) - len(records))


def read_resource(status: int, headers: Mapping[str, str], body: bytes) -> Any | RestError:
    """Read the response to a request for one resource: its JSON, whatever that is.

    >>> read_resource(200, {}, b'{"id": 7}')
    {'id': 7}
    """
    try:
        document = read_json(body)
    except ProtocolError:
        return read_error(status, None, web_page=is_web_page(headers, body))
    refused = isinstance(document, dict) and {"code", "message", "data"} <= document.keys()
    return read_error(status, document) if refused or not 200 <= status < 300 else document


def _open_envelope(status: int, envelope: Record) -> tuple[int, object, Mapping[str, Any]]:
    inner = envelope["status"]
    headers = envelope["headers"]
    names = headers.items() if isinstance(headers, dict) else ()
    return (
        inner if isinstance(inner, int) and not isinstance(inner, bool) else status,
        envelope["body"],
        {str(name).lower(): value for name, value in names},
    )


def read_json(body: bytes) -> Any:
    """Decode JSON as sites send it: UTF-8, a byte order mark, lone surrogates.

    Lone surrogates become U+FFFD. Raises ProtocolError where it is no JSON.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        reason = str(error)
    try:
        text = body.decode("utf-8-sig", errors="replace")
        return _scrub(json.loads(text, object_pairs_hook=_scrub_keys))
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"the response is no JSON: {reason}") from error


def _scrub_keys(pairs: list[tuple[str, Any]]) -> Record:
    return {_scrub(name): _scrub(value) for name, value in pairs}


def _scrub(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_scrub(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None  # NaN and Infinity have no place in JSON
    return value


def is_web_page(headers: Mapping[str, str], body: bytes) -> bool:
    """Tell a web page from broken JSON, by its type or its first bytes."""
    if "html" in headers.get("content-type", "").lower() and body.lstrip()[:1] not in b"[{":
        return True
    return body.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html"))


def id_of(record: Record) -> int | None:
    """Read the id of a record; None where it has none that can be used.

    >>> id_of({"id": 7}), id_of({"id": "7"}), id_of({"id": True})
    (7, 7, None)
    """
    value = record.get("id")
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
        value = int(value)
    return value if type(value) is int and 0 <= value <= MAX_ID else None
