"""What tells one version of a record from the next: a hash of its own fields, as received."""

from __future__ import annotations

import json
from collections.abc import Collection as Names
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from crawler.wordpress.fields import FIELDS, IGNORED, LOCAL_DATES, PRUNED, taxonomies_of
from crawler.wordpress.index import Collection
from crawler.wordpress.page import Record, id_of
from crawler.wordpress.values import to_utc

HASH_BYTES = 16
BONDS_BYTES = 8
BONDS = ("author", "featured_media", "link", "parent", "post", "slug")
"""What changes in WordPress without the date of the last change moving, terms besides."""

RENDERED = frozenset({"content", "excerpt", "description"})


@dataclass(frozen=True, slots=True)
class Version:
    """One record as it was received.

    ``dated`` is the date by which changes are asked for, UTC: of the last
    change, of a comment its own; None where the record has none. ``hash`` is
    of all its own fields but that date, ``bonds`` of those that a sweep over
    all records asks for; None where a kind has no such fields.
    """

    id: int
    dated: str | None
    hash: bytes
    bonds: bytes | None

    @property
    def seconds(self) -> int | None:
        """``dated`` in seconds since 1970."""
        return None if self.dated is None else int(datetime.fromisoformat(self.dated).timestamp())


def sweep_fields(collection: Collection) -> str:
    """Name what a sweep over all records asks for: what tells that one is another by now.

    >>> from crawler.wordpress.core import USERS, core_collection
    >>> sweep_fields(core_collection("user", USERS))
    'id'
    >>> sweep_fields(core_collection("comment", ("comment", "comments")))
    'author,date,date_gmt,featured_media,id,link,parent,post,slug'
    """
    if not is_dated(collection):
        return "id"
    dated = "modified_gmt" if keeps_changes(collection) else "date_gmt"
    return ",".join(sorted({"id", "date", dated, *BONDS, *taxonomies_of(collection)}))


def is_dated(collection: Collection) -> bool:
    """Whether its records have a date by which changes can be asked for."""
    return "date_gmt" in FIELDS[collection.kind].mapped


def keeps_changes(collection: Collection) -> bool:
    """Whether its records have a date of their last change; it does not tell of all of them."""
    return "modified_gmt" in FIELDS[collection.kind].mapped


def versions_of(
    records: Iterable[Record], collection: Collection, *, left_out: Names[str] = ()
) -> Iterator[Version]:
    """Give the version of each record; *left_out* are fields that only some pages bring."""
    own = FIELDS[collection.kind]
    unread = frozenset((*IGNORED, *own.private, *LOCAL_DATES, "modified_gmt", *PRUNED, *left_out))
    dated = "modified_gmt" if keeps_changes(collection) else "date_gmt"
    taxonomies = taxonomies_of(collection)
    bonds = (*BONDS, *taxonomies) if is_dated(collection) else ()
    for record in records:
        number = id_of(record)
        if number is None:
            continue
        fields = {
            name: value
            for name, value in record.items()
            if name not in unread and (value or value == 0)  # nothing empty: null, "", [], {}
        }
        for name in PRUNED.keys() & record.keys():
            fields[name] = _pruned(record[name], PRUNED[name])
        in_order = {name: _in_order(record.get(name)) for name in taxonomies}
        fields |= {name: ids for name, ids in in_order.items() if ids}
        bound = [in_order.get(name, record.get(name)) for name in bonds]
        yield Version(
            number,
            _date(record.get(dated)),
            _hash_fields(fields),
            _hash(bound, BONDS_BYTES) if bonds else None,
        )


def _in_order(value: Any) -> Any:
    """Sort ids of terms: WordPress lists them by name, and those of one name as it happens."""
    ids = isinstance(value, list) and all(type(each) is int for each in value)
    return sorted(value) if ids else value


def _pruned(value: Any, members: tuple[str, ...]) -> Any:
    """Keep what later pages bring, too."""
    if not isinstance(value, dict):
        return None
    return {name: value[name] for name in members if name in value}


def _date(value: Any) -> str | None:
    return to_utc(value) if isinstance(value, str) else None


def _hash_fields(fields: Record) -> bytes:
    """Hash long texts as they are: to write them as JSON would take longer than to hash them."""
    texts = []
    for name in RENDERED & fields.keys():
        value = fields[name]
        text = value.get("rendered") if isinstance(value, dict) else None
        if isinstance(text, str):
            texts.append((name, text))
            fields[name] = {**value, "rendered": len(text)}
    texts.sort()
    return _hash(fields, HASH_BYTES, *(text for _, text in texts))


def _hash(value: Any, size: int, *texts: str) -> bytes:
    try:
        written = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        written = _write_odd(value).encode()
    hashed = sha256(written)
    for text in texts:
        hashed.update(text.encode())
    return hashed.digest()[:size]


def _write_odd(value: Any) -> str:
    """Write what orjson does not: integers of more than 64 bits, and nesting, to a depth."""
    fields = value.items() if isinstance(value, dict) else enumerate(value)
    parts = []
    for name, each in fields:
        with suppress(RecursionError):
            parts.append(json.dumps([name, each], sort_keys=True))
    return ",".join(sorted(parts))
