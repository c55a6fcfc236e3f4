"""JSON as sites send it: with notices around it, cut off, in no encoding, in no header's gzip."""

from __future__ import annotations

import json
import math
import re
import zlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass
from typing import Any, Literal, get_args

import orjson

Mend = Literal["bom", "noise", "compressed", "charset", "loose", "cut", "unreadable"]
"""What was done to a body to read it.

``bom``: a byte order mark, or zero bytes, stood before the JSON. ``noise``:
text stood before, behind or in it, a notice of PHP or a comment of a cache.
``compressed``: it came as gzip, and no header said so. ``charset``: it was no
UTF-8. ``loose``: NaN, half characters or bare control characters stood in it.
``cut``: its end was missing. ``unreadable``: an entry of a list could not be
read, and the others could.
"""

MENDS: tuple[Mend, ...] = get_args(Mend)

MAX_BYTES = 32 * 1024 * 1024
"""Of what is inflated here: as much as the download takes."""

MAX_NOISE = 256 * 1024
"""Characters of notices before JSON; what begins with more is something else."""

MAX_STARTS = 50
"""Places at which JSON is looked for in noise."""

MAX_TOKENS = 400_000
"""Strings and brackets that are looked at in a body that does not parse: half a second at most."""

MAX_DEPTH = 200
"""Of an entry that is read here; deeper ones cannot be written either."""

_BLANK = " \t\r\n\x00\ufeff"
_START = re.compile(r"\[\s*[{\]\[]|\{\s*[\"}]")
_OBJECT = re.compile(r"\{\s*[\"}]")
_REMAINS = re.compile(r"\"\s*:\s*[\"\[{0-9tfn-]")
_MARKUP = re.compile(r"<(?:!doctype|html|head|body|script|title)\b", re.IGNORECASE)
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|["\[\]{},]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")
_PACKED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x9c")


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What could be read of a body.

    ``cut`` says that the end of a list is missing from ``document``,
    ``unreadable`` how many entries are there and cannot be read.
    """

    document: Any
    mends: tuple[Mend, ...] = ()
    cut: bool = False
    unreadable: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return not self.cut and not self.unreadable


def salvage(body: bytes, charset: str | None = None) -> Salvaged | None:
    r"""Read a body that is no JSON as it stands; None where there is none in it.

    *charset* is what its Content-Type says, None where that says nothing.

    >>> salvage(b'<b>Notice</b>: x in y.php\n[{"id": 1}]<!-- cached -->')
    Salvaged(document=[{'id': 1}], mends=('noise',), cut=False, unreadable=0)
    >>> salvage(b'[{"id": 1}, {"id": 2, "sl')
    Salvaged(document=[{'id': 1}], mends=('cut',), cut=True, unreadable=0)
    """
    mends: set[Mend] = set()
    text = _decode(_inflate(body, mends), charset, mends)
    bare = text.strip(_BLANK)
    if text[:1] in ("\ufeff", "\x00"):
        mends.add("bom")
    reading = _Reading(bare)
    found = reading.find()
    if found is None:
        return None
    document, cut, unreadable = found
    mends |= reading.mends
    return Salvaged(document, tuple(mend for mend in MENDS if mend in mends), cut, unreadable)


def _inflate(body: bytes, mends: set[Mend]) -> bytes:
    """Unpack gzip and zlib, twice at most: some caches pack what is packed."""
    for _ in range(2):
        if body[:2] not in _PACKED:
            break
        try:
            body = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body, MAX_BYTES)
        except zlib.error:
            break
        mends.add("compressed")
    return body


def _decode(body: bytes, charset: str | None, mends: set[Mend]) -> str:
    """Read bytes as UTF-8, else as they say they are, else as they look."""
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        if error.end == len(body) and error.reason == "unexpected end of data":
            return body.decode(errors="replace")  # cut off in the middle of a character
    mends.add("charset")
    if body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return body.decode("utf-16", errors="replace")
    encoding = "utf-8" if _MULTIBYTE.search(body) else "cp1252"
    if charset and charset.lower() not in ("utf-8", "utf8"):
        encoding = charset
    try:
        return body.decode(encoding, errors="replace")
    except (LookupError, ValueError):  # no such encoding, or none for text
        return body.decode(errors="replace")


_GOES_ON = (",", ":", "]", "}", '"')
_CLOSERS = {"[": "]", "{": "}"}
_UNREADABLE: Any = object()


_Found = tuple[Any, bool, int]
"""A document, whether it is cut, and how many of its entries are unreadable."""


class _Reading:
    """The search for JSON in one text: what was done to it, and what may still be spent."""

    def __init__(self, text: str) -> None:
        self.mends: set[Mend] = set()
        self._text = text
        self._tokens = MAX_TOKENS

    def find(self) -> _Found | None:
        """Read what stands at the beginning, or else behind some noise."""
        place = 0 if self._text[:1] in ("[", "{") else self._next(0)
        for _ in range(MAX_STARTS):
            if place is None:
                return None
            self.mends = set()
            found, end = self._read(place)
            rest = self._text[end : end + 200].strip(_BLANK) if end is not None else ""
            if rest[:1] in _GOES_ON and found is not None:  # a piece is missing before
                self.mends.add("cut")
                found, rest = (found[0], True, found[2]), ""
            if found is not None and (_is_telling(found) or _is_blank(found, place, rest)):
                if place or rest:
                    self.mends.add("noise")
                return found
            if end is None or (place == 0 and _START.match(self._text)):
                return None  # what comes now lies inside of it, or of its ruins
            place = self._next(end)
        return None

    def _next(self, start: int) -> int | None:
        """Find the next place at which JSON may begin.

        None in a web page, which has JSON in it too and answers nothing; None
        behind the remains of JSON: what comes there is a part of a record.
        """
        match = _START.search(self._text, start, MAX_NOISE)
        if match is None:
            return None
        place = match.start()
        if _MARKUP.search(self._text, 0, place) or _REMAINS.search(self._text, 0, place + 1):
            return None
        return place

    def _read(self, place: int) -> tuple[_Found | None, int | None]:
        """Read the list or object at *place*; give where it ends, too, None where it is cut."""
        spans, end, depth = self._split(place)
        if self._text[place] == "{":
            whole = end is not None and depth <= MAX_DEPTH
            entry = self._load(self._text[place:end]) if whole else _UNREADABLE
            return (None if entry is _UNREADABLE else (entry, False, 0)), end
        entries = [self._load_entry(*span) for span in spans]
        readable = [entry for entry in entries if entry is not _UNREADABLE]
        unreadable = len(entries) - len(readable)
        objects = any(self._is_object(start) for start, _, _ in spans)
        if unreadable and not readable and not objects:
            return None, end  # nothing in it is a record, not even one that cannot be read
        if unreadable:
            self.mends.add("unreadable")
        if end is None:
            self.mends.add("cut")
        return (readable, end is None, unreadable), end

    def _split(self, place: int) -> tuple[list[tuple[int, int, int]], int | None, int]:
        """Find the entries of what begins at *place*: (start, end, depth) each.

        Then the place behind it, None where it is cut, and its greatest depth.
        """
        spans: list[tuple[int, int, int]] = []
        start, deepest, deepest_of_all = place + 1, 0, 0
        closers: list[str] = []  # that are due
        for match in _TOKEN.finditer(self._text, place):
            self._tokens -= 1
            token = match[0]
            if self._tokens < 0 or token == '"':  # a string without an end
                break
            if token in _CLOSERS:
                closers.append(_CLOSERS[token])
                deepest = max(deepest, len(closers))
            elif token in "]}" and closers.pop() != token:
                break  # a piece is missing: what comes belongs to nobody knows what
            depth = len(closers)
            if depth == 0 or (depth == 1 and token == ","):
                if self._text[start : match.start()].strip():
                    spans.append((start, match.start(), deepest))
                start = match.end()
                deepest_of_all, deepest = max(deepest_of_all, deepest), 0
            if depth == 0:
                return spans, match.end(), deepest_of_all
        return spans, None, max(deepest_of_all, deepest)

    def _is_object(self, start: int) -> bool:
        return self._text[start : start + 100].lstrip(_BLANK)[:1] == "{"

    def _load_entry(self, start: int, end: int, depth: int) -> Any:
        """Read one entry of a list."""
        if depth > MAX_DEPTH:
            return _UNREADABLE
        text = self._text[start:end]
        entry = self._load(text)
        if entry is _UNREADABLE and (begin := _OBJECT.search(text)):
            place = begin.start()
            if not _REMAINS.search(text, 0, place + 1):
                return self._load_first(text[place:])
        return entry

    def _load_first(self, text: str) -> Any:
        """Read the object with which a text begins, whatever stands behind it."""
        try:
            entry, _ = _LOOSE.raw_decode(text)
        except (ValueError, RecursionError):
            return _UNREADABLE
        self.mends.add("noise")
        return scrub(entry)

    def _load(self, text: str) -> Any:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            pass
        try:
            loaded = scrub(_LOOSE.decode(text))
        except (ValueError, RecursionError):
            return _UNREADABLE
        self.mends.add("loose")
        return loaded


def _is_telling(found: _Found) -> bool:
    """Tell whether noise would hardly look like this: records, or an object with names."""
    document = found[0]
    if isinstance(document, dict):
        return bool(document)
    return any(isinstance(entry, dict) and entry for entry in document)


def _is_blank(found: _Found, place: int, rest: str) -> bool:
    """Tell whether a list without records is the whole body, and not a bracket in noise."""
    document, cut, unreadable = found
    if rest and not rest.startswith("<!--"):
        return False
    return place == 0 or not (document or cut or unreadable)


def _scrub_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {scrub(name): scrub(value) for name, value in pairs}


def scrub(value: Any) -> Any:
    """Take out of a value what has no place in JSON: half characters, NaN, infinity."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [scrub(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


_LOOSE = json.JSONDecoder(strict=False, object_pairs_hook=_scrub_keys)
