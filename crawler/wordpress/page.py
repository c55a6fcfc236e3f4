"""Bytes of a response -> the records of one page, or the REST error they carry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from crawler.errors import ProtocolError
from crawler.wordpress.challenge import challenge
from crawler.wordpress.rest_errors import Meaning, RestError, Shape, read_error
from crawler.wordpress.salvage import Mend, Salvaged, salvage

Record = dict[str, Any]

MAX_ID = 2**63 - 1
"""What a database column can hold, and every reader of our files."""

_CHARSET = re.compile(r"charset=[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_DIED = re.compile(
    rb"fatal error|parse error|there has been a critical error|allowed memory size"
    rb"|maximum execution time|error establishing a database connection",
    re.IGNORECASE,
)
_MAINTENANCE = re.compile(rb"briefly unavailable for scheduled maintenance", re.IGNORECASE)
_NEAR = 20_000


@dataclass(frozen=True, slots=True)
class Totals:
    """What the server says the collection holds."""

    records: int
    pages: int


@dataclass(frozen=True, slots=True)
class Page:
    """One response of a collection.

    ``totals`` is None where a proxy stripped the headers; ``strangers`` counts
    entries of the list that are no objects. ``mends`` say what was done to read
    it. ``cut`` tells that the list had no end, ``unreadable`` how many entries
    came and could not be read: both are asked for again. ``lost`` counts rows
    of which nothing could be had, not even an id.
    """

    records: tuple[Record, ...]
    totals: Totals | None
    strangers: int = 0
    mends: tuple[Mend, ...] = ()
    cut: bool = False
    unreadable: int = 0
    lost: int = 0

    @property
    def received(self) -> int:
        """How many rows it stands for, records or not."""
        return len(self.records) + self.strangers + self.unreadable + self.lost

    @property
    def whole(self) -> bool:
        """Whether everything that was sent could be read."""
        return not self.cut and not self.unreadable


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
    read = _read(headers, body)
    if read is None:
        return read_error(status, None, shape_of(status, headers, body))
    document = read.document
    received = status, headers
    if isinstance(document, dict) and {"body", "status", "headers"} <= document.keys():
        status, document, headers = _open_envelope(status, document)
    if isinstance(document, dict) and document and all(map(str.isdecimal, document)):
        document = list(document.values())  # a list from which PHP code took an entry
    if not 200 <= status < 300 or not isinstance(document, list):
        return read_error(status, document, shape_of(*received, body))
    records = tuple(record for record in document if isinstance(record, dict))
    totals = read_totals(headers.get("x-wp-total"), headers.get("x-wp-totalpages"))
    strangers = len(document) - len(records)
    return Page(records, totals, strangers, read.mends, read.cut, read.unreadable)


def read_resource(status: int, headers: Mapping[str, str], body: bytes) -> Any | RestError:
    """Read the response to a request for one resource: its JSON, whatever that is.

    >>> read_resource(200, {}, b'{"id": 7}')
    {'id': 7}
    """
    read = _read(headers, body)
    if read is None or not read.whole:
        return read_error(status, None, shape_of(status, headers, body))
    document = read.document
    refused = isinstance(document, dict) and {"code", "message", "data"} <= document.keys()
    if refused or not 200 <= status < 300:
        return read_error(status, document, shape_of(status, headers, body))
    return document


def as_error(page: Page, status: int) -> Page | RestError:
    """Give an error in place of a page that is not whole: for one who cannot use a part of it.

    >>> as_error(Page((), None, cut=True), 200).reason
    'HTTP 200, cut off'
    """
    if page.whole:
        return page
    what = "cut off" if page.cut else "with unreadable entries"
    return RestError(Meaning.SHRINK, status, None, f"HTTP {status}, {what}", repeated=False)


def shape_of(status: int, headers: Mapping[str, str], body: bytes) -> Shape:
    """Tell what a response that is no page looks like."""
    near = body[:_NEAR]
    return Shape(
        web_page=is_web_page(headers, body),
        firewall=challenge(status, headers.items(), body),
        broke=_DIED.search(near) is not None,
        later="retry-after" in headers or _MAINTENANCE.search(near) is not None,
        empty=not body.strip(),
    )


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
    """Decode JSON as sites send it: see ``salvage``; it must be whole.

    Raises ProtocolError where it is no JSON, or where some of it is missing.
    """
    read = _read({}, body)
    if read is None or not read.whole:
        raise ProtocolError(f"the response is no JSON: {len(body)} bytes of something else")
    return read.document


def _read(headers: Mapping[str, str], body: bytes) -> Salvaged | None:
    """Read JSON as it should be, or what can be made of it."""
    try:
        return Salvaged(orjson.loads(body))
    except orjson.JSONDecodeError:
        charset = _CHARSET.search(headers.get("content-type", "")[:200])
        return salvage(body, charset[1] if charset else None)


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
