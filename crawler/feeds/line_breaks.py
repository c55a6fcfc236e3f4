"""What some readers take for the end of a line; compiled, it is ``crawler.compiled.lines``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any

import orjson


def breaks_lines(data: bytes, value: Any) -> bool:
    """Tell whether *data*, the JSON of *value*, holds such a character.

    To look for them in the bytes takes longer than to encode, so the bytes that they are made
    of are looked for first, one by one, then the strings are asked, which know how wide they
    are. The long texts are fields of the item; what is nested is small, and quickly encoded by
    itself. Compiled, it is in ``crawler.compiled.lines``.
    """
    if not (b"\xe2" in data and (b"\xa8" in data or b"\xa9" in data)) and not (
        b"\xc2" in data and b"\x85" in data
    ):
        return False
    from crawler.feeds.strict_json import plain

    parts: Iterable[Any] = (value,)
    nested: list[Any] = []
    item_class: type[Any] = type(value)
    if isinstance(value, dict):
        parts, nested = value.values(), [list(value)]
    elif is_dataclass(item_class):
        parts = _getter(item_class)(value)
    for part in parts:
        if type(part) is str:
            if not part.isascii() and _has_break(part):
                return True
        elif part is not None:
            nested.append(part)
    return _has_break(orjson.dumps(nested, default=plain).decode())


def _has_break(text: str) -> bool:
    return "\u2028" in text or "\u2029" in text or "\x85" in text


@cache
def _getter(item_class: type[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """Make what gets the values of all fields of a dataclass."""
    names = [field.name for field in fields(item_class)]
    if len(names) < 2:  # attrgetter gives no tuple then
        return lambda value: tuple(getattr(value, name) for name in names)
    return attrgetter(*names)
