"""The cells of our CSV files, written and read: RFC 4180, and no cell is live in a spreadsheet.

A cell is null (empty), a number or true/false (bare), or text. Text is quoted where RFC 4180
wants it, and where it is empty (``""``), which tells it from null. Text that a spreadsheet could
take for a formula gets one ESCAPE in front, and so does text that begins with ESCAPE: a text cell
that begins with ESCAPE always has one too many, and `read_cell` takes it away.

What is promised holds for readers that take the file as what it is: UTF-8, split at commas.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

from crawler.feeds.strict_json import mend, to_json

ESCAPE = "'"
LINE_END = "\r\n"

_UNSEEN = (  # what shows nothing, so that a spreadsheet may strip it
    r"\s\x00-\x20\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    r"\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3164\ufe00-\ufe0f\ufeff"
    r"\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FORMULA = (  # = + - @ in every width and height that Unicode has, and the minus sign
    r"=+\-@＝＋－＠\u207a-\u207c\u208a-\u208c\u2212\u2a75\u2a76\ufb29\ufe62\ufe63\ufe66\ufe6b"
)
_LIVE = re.compile(rf"[{ESCAPE}\t\r\n]|[{_UNSEEN}]*[{_FORMULA}]")
_CELL = re.compile(r'"([^"]*(?:""[^"]*)*)"|([^",\r\n]*)')


def write_cell(value: Any, *, note_replaced: Callable[[int], Any] | None = None) -> str:
    """Write one value as a cell; *note_replaced* is as in `to_json`.

    >>> [write_cell(value) for value in (None, "", -5, True, "-5", "'tis", "a, b", [1, "x"])]
    ['', '""', '-5', 'true', "'-5", "''tis", '"a, b"', '"[1,""x""]"']
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else ""
    data = to_json(value, note_replaced=note_replaced).decode()
    if data[0] in "[{":
        return _text(data)
    return write_cell(orjson.loads(data))  # a date, a Decimal, a member of an Enum


def _text(text: str) -> str:
    if not text:
        return '""'
    if _LIVE.match(text):
        text = ESCAPE + text
    if '"' in text:  # four times the search for one character: 50 times as fast as a pattern
        return '"' + text.replace('"', '""') + '"'
    if "," in text or "\n" in text or "\r" in text:
        return f'"{text}"'
    return text


def write_row(cells: Iterable[str]) -> tuple[bytes, int]:
    r"""Join written cells to a row; say how many lone surrogates became U+FFFD.

    A row of one null is written as one empty text, or it would be a blank
    line, which readers skip.

    >>> write_row(["a", "", "1"])
    (b'a,,1\r\n', 0)
    """
    row = ",".join(cells) or '""'
    try:
        return f"{row}{LINE_END}".encode(), 0
    except UnicodeEncodeError:
        row, replaced = mend(row)
        return f"{row}{LINE_END}".encode(), replaced


def read_cell(cell: str | None) -> str | None:
    """Give back the text that was written; None for null.

    >>> read_cell("'=1+1"), read_cell("''tis"), read_cell("-5")
    ('=1+1', "'tis", '-5')
    """
    return cell[1:] if cell is not None and cell.startswith(ESCAPE) else cell


def read_rows(lines: Iterable[bytes]) -> Iterator[dict[str, str | None]]:
    r"""Read a file that we wrote, opened in binary mode, as a dict a row.

    Every value is the original text, None for null; numbers, true/false and
    JSON cells come as they are written. Raises ValueError for what is no CSV.

    >>> list(read_rows([b"id,title,link\r\n", b"7,\"'=a, b\",\r\n"]))
    [{'id': '7', 'title': '=a, b', 'link': None}]
    """
    records = _records(lines)
    names = [name or "" for name in next(records, [])]
    for number, cells in enumerate(records, start=1):
        if len(cells) != len(names):
            raise ValueError(f"row {number} has {len(cells)} cells, the header {len(names)}")
        yield dict(zip(names, cells, strict=True))


def read_header(head: bytes) -> list[str] | None:
    r"""Read the names of the columns off the beginning of a file; None where they are cut.

    >>> read_header(b"id,title\r\n7,x\r\n")
    ['id', 'title']
    """
    try:
        first = next(_records(head.splitlines(keepends=True)), [])
    except ValueError:
        return None
    return [name or "" for name in first]


def _records(lines: Iterable[bytes]) -> Iterator[list[str | None]]:
    record: list[bytes] = []
    quotes = 0
    for line in lines:
        record.append(line)
        quotes += line.count(b'"')
        if quotes % 2 == 0:  # not inside a quoted cell
            if text := b"".join(record).decode().removesuffix("\n").removesuffix("\r"):
                yield _split(text)
            record, quotes = [], 0
    if record:
        raise ValueError(f"the quote that opens in {b''.join(record)[:100]!r} is never closed")


def _split(record: str) -> list[str | None]:
    cells: list[str | None] = []
    position = 0
    while match := _CELL.match(record, position):
        quoted, bare = match.groups()
        cells.append(read_cell(quoted.replace('""', '"') if quoted is not None else bare or None))
        position = match.end() + 1
        if position > len(record):
            return cells
        if record[match.end()] != ",":
            break
    raise ValueError(f"a quote stands inside a bare cell in {record[:100]!r}")
