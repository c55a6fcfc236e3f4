"""Which columns a CSV file has: explicit, in a fixed order, declared here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches

from crawler.errors import ArgumentError
from crawler.items import ITEM_CLASSES, Item, Provenance

DECLARED_KEYS: dict[str, tuple[str, ...]] = {
    "featured_media": (
        *("id", "source_url", "alt_text", "caption", "mime_type", "width", "height"),
        *("resolved", "reason"),  # {"id": 7, "resolved": false, "reason": "denied"}
    ),
    "source": ("url", "name", "basis"),
    "dedupe": ("canonical_sha256", "cluster", "duplicate_of", "similarity"),
    "provenance": tuple(field.name for field in fields(Provenance)),
}
"""The nested objects that become dotted columns, with their keys; all others are one JSON cell."""

_HEAD = tuple(field.name for field in fields(Item))
_TAIL = ("provenance",)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the header, and the value it shows.

    ``key`` is the key of a nested object, None where the field itself is shown.
    """

    name: str
    field: str
    key: str | None = None


def columns_of(kinds: Iterable[str]) -> tuple[Column, ...]:
    """List the columns of a file that holds items of *kinds*.

    The head first, then the further fields kind by kind in the order of
    ITEM_CLASSES, provenance last, whatever the order of *kinds*.

    >>> [column.name for column in columns_of(["user"])][7:13]
    ['slug', 'name', 'description', 'url', 'extra', 'raw']
    >>> columns_of(["tombstone"])[-1]
    Column(name='provenance.api', field='provenance', key='api')
    """
    return columns_named(fields_of(kinds))


def fields_of(kinds: Iterable[str]) -> tuple[str, ...]:
    """List the fields that items of *kinds* have, each once, in the order of the columns."""
    wanted = frozenset(kinds)
    if unknown := wanted - ITEM_CLASSES.keys():
        known = ", ".join(ITEM_CLASSES)
        raise ArgumentError(f"kinds must be among {known}, got {min(unknown)!r}")
    names = dict.fromkeys(_HEAD)
    for kind, item_class in ITEM_CLASSES.items():
        if kind in wanted:
            names |= dict.fromkeys(field.name for field in fields(item_class))
    return (*(name for name in names if name not in _TAIL), *_TAIL)


def columns_named(chosen: Iterable[str] | Mapping[str, str]) -> tuple[Column, ...]:
    """List the columns for the fields that a user chose, in the user's order.

    A declared object becomes its dotted columns; a dotted name is one key of
    an object. A mapping gives the name in the header for each field.

    >>> [column.name for column in columns_named(["title", "source", "extra.acf"])]
    ['title', 'source.url', 'source.name', 'source.basis', 'extra.acf']
    >>> columns_named({"source.url": "from"})
    (Column(name='from', field='source', key='url'),)
    """
    columns: list[Column] = []
    names = chosen if isinstance(chosen, Mapping) else {name: name for name in chosen}
    for name, shown in names.items():
        field, dot, key = name.partition(".")
        if dot:
            columns.append(Column(shown, field, key))
        elif name in DECLARED_KEYS:
            columns += (Column(f"{shown}.{key}", name, key) for key in DECLARED_KEYS[name])
        else:
            columns.append(Column(shown, name))
    return tuple(columns)


def check_fields(chosen: Iterable[str], kinds: Iterable[str]) -> None:
    """Refuse a field that no item of *kinds* has, with the one that may have been meant."""
    known = fields_of(kinds)
    dotted = [column.name for column in columns_of(kinds)]
    for name in chosen:
        field, dot, key = name.partition(".")
        declared = DECLARED_KEYS.get(field)
        if field not in known or (dot and declared is not None and key not in declared):
            close = get_close_matches(name, dict.fromkeys([*known, *dotted]), n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"the fields are {', '.join(known)}"
            raise ArgumentError(f"no item has the field {name!r}: {hint}")
