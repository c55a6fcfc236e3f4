"""A value as strict JSON on one line, in UTF-8."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

import orjson
from itemadapter import ItemAdapter, is_item

if TYPE_CHECKING:
    from crawler.feeds.line_breaks import breaks_lines
else:  # pragma: no cover - it depends on the machine
    try:
        from crawler.compiled.lines import breaks_lines
    except ImportError:
        from crawler.feeds.line_breaks import breaks_lines

_DONE: Any = object()
_ESCAPED = {ord(char): f"\\u{ord(char):04x}" for char in "\u2028\u2029\x85"}


def to_json(value: Any, *, note_replaced: Callable[[int], Any] | None = None) -> bytes:
    r"""Encode *value*; what it holds of lone surrogates becomes U+FFFD.

    *note_replaced* is told how many there were, where there were any.

    >>> to_json({"id": 7, "title": "a\u2028b", "rating": float("nan")})
    b'{"id":7,"title":"a\\u2028b","rating":null}'
    >>> to_json(2**70)
    b'1180591620717411303424'
    """
    try:
        return on_one_line(orjson.dumps(value, default=plain), value)
    except TypeError:
        data, replaced = write_json(value)
        if replaced and note_replaced is not None:
            note_replaced(replaced)
        return data


def on_one_line(data: bytes, value: Any) -> bytes:
    """Escape in *data*, the JSON of *value*, what some readers take for the end of a line.

    That is U+2028, U+2029 and U+0085: ``str.splitlines`` splits there, and
    JSON lets them stand as they are.
    """
    if breaks_lines(data, value):
        data = data.replace(b"\xe2\x80\xa8", b"\\u2028")
        data = data.replace(b"\xe2\x80\xa9", b"\\u2029")
        data = data.replace(b"\xc2\x85", b"\\u0085")
    return data


def mend(text: str) -> tuple[str, int]:
    r"""Replace lone surrogates by U+FFFD; say how many there were.

    Two that make a character become that character.

    >>> ascii(mend("a\ud800b \ud83d\ude00"))
    "('a\\ufffdb \\U0001f600', 1)"
    """
    mended = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return mended, mended.count("\ufffd") - text.count("\ufffd")


def plain(value: Any) -> Any:
    """Turn what is not of JSON into what is: one step, the encoder asks again.

    Sets are sorted, so that the same input gives the same bytes. Raises
    TypeError for what has no JSON form.
    """
    if is_item(value):
        return dict(ItemAdapter(value))
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Set):
        return sorted(value, key=to_json)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(f"a value of type {type(value).__name__} has no JSON form: {value!r:.200}")


def write_json(value: Any) -> tuple[bytes, int]:
    """Encode what orjson refuses, slowly; say how many surrogates were replaced.

    That is: lone surrogates, integers above 64 bits, more than 254 levels,
    keys that are no strings. Levels cost no stack, so there may be any number.
    Raises TypeError for what has no JSON form, ValueError for a value that
    holds itself.
    """
    writer = _Writer()
    writer.write(value)
    data = b"".join(writer.out)
    return data.decode().translate(_ESCAPED).encode(), writer.replaced


@dataclass(slots=True)
class _Open:
    """A list or an object that is being written."""

    entries: Iterator[Any]
    names: set[str] | None  # the names written so far; None in a list
    container: Any
    empty: bool = True


class _Writer:
    """Writes JSON with a stack of its own."""

    def __init__(self) -> None:
        self.out: list[bytes] = []
        self.replaced = 0
        self._stack: list[_Open] = []
        self._open: set[int] = set()

    def write(self, value: Any) -> None:
        self._begin(value)
        while self._stack:
            top = self._stack[-1]
            entry = next(top.entries, _DONE)
            if entry is _DONE:
                self._end()
                continue
            if not top.empty:
                self.out.append(b",")
            top.empty = False
            if top.names is not None:
                self._name(entry[0], top.names)
                entry = entry[1]
            self._begin(entry)

    def _begin(self, value: Any) -> None:
        if isinstance(value, Enum):
            value = value.value
        if isinstance(value, str):
            self.out.append(orjson.dumps(self._mended(value)))
        elif isinstance(value, int) and not isinstance(value, bool):
            self.out.append(int.__repr__(value).encode())
        elif isinstance(value, dict):
            self._start(value, value.items(), set())
        elif isinstance(value, (list, tuple)):
            self._start(value, value, None)
        elif is_dataclass(value) and not isinstance(value, type):
            names = (field.name for field in fields(value))
            self._start(value, ((name, getattr(value, name)) for name in names), set())
        else:
            self._leaf(value)

    def _leaf(self, value: Any) -> None:
        try:
            self.out.append(orjson.dumps(value))  # None, bool, float, datetime, UUID
        except TypeError:
            self._begin(plain(value))

    def _start(self, container: Any, entries: Iterable[Any], names: set[str] | None) -> None:
        if id(container) in self._open:
            raise ValueError("a value that holds itself has no JSON form")
        self._open.add(id(container))
        self._stack.append(_Open(iter(entries), names, container))
        self.out.append(b"[" if names is None else b"{")

    def _end(self) -> None:
        done = self._stack.pop()
        self._open.discard(id(done.container))
        self.out.append(b"]" if done.names is None else b"}")

    def _name(self, key: Any, taken: set[str]) -> None:
        """Write the name of a member; two that became one are told apart."""
        name = self._mended(key if isinstance(key, str) else _key_text(key))
        while name in taken:
            name += "\ufffd"
        taken.add(name)
        self.out += (orjson.dumps(name), b":")

    def _mended(self, text: str) -> str:
        text, replaced = mend(text)
        self.replaced += replaced
        return text


def _key_text(key: Any) -> str:
    """Write a key that is no string as the standard library's json does."""
    if key is None or isinstance(key, (bool, float)):
        return orjson.dumps(key).decode()
    return str(key)
