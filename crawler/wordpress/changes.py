"""What tells one version of a record from the next: a hash of its own fields, as received."""

from __future__ import annotations

import json
from collections.abc import Collection as Names
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from crawler.wordpress.fields import FIELDS, IGNORED, LOCAL_DATES, PRUNED, taxonomies_of
from crawler.wordpress.index import Collection
from crawler.wordpress.page import Record, id_of
from crawler.wordpress.values import to_moment

HASH_BYTES = 16
BONDS_BYTES = 8
BONDS = ("author", "featured_media", "link", "parent", "post", "slug")
"""What changes in WordPress without the date of the last change moving, terms besides."""


_EPOCH, _SECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=1)
_IDS = {int}


class Version(NamedTuple):
    """One record as it was received.

    ``dated`` is the date by which changes are asked for, in seconds since 1970:
    of the last change, of a comment its own; None where the record has none.
    ``hash`` is of all its own fields but that date, ``bonds`` of those that a
    sweep over all records asks for; None where a kind has no such fields.
    """

    id: int
    dated: int | None
    hash: bytes
    bonds: bytes | None


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
    own, taxonomies = FIELDS[collection.kind], taxonomies_of(collection)
    apart = {*IGNORED, *own.private, *LOCAL_DATES, "modified_gmt", *PRUNED, *taxonomies, *left_out}
    dated = "modified_gmt" if keeps_changes(collection) else "date_gmt"
    layout: tuple[str, ...] = ()  # of the last record: most have the same
    names: list[str] = []
    for record in records:
        number = id_of(record)
        if number is None:
            continue
        if tuple(record) != layout:
            layout = tuple(record)
            names = sorted(record.keys() - apart)
        terms = [(name, _in_order(record.get(name))) for name in taxonomies]
        fields = [*zip(names, map(record.__getitem__, names), strict=True), *terms]
        fields += [
            (name, _pruned(record[name], PRUNED[name])) for name in PRUNED if name in record
        ]
        yield Version(
            number,
            _seconds(record.get(dated)),
            _hash([field for field in fields if _says_something(field[1])], HASH_BYTES),
            _hash([*map(record.get, BONDS), *terms], BONDS_BYTES)
            if is_dated(collection)
            else None,
        )


def _says_something(value: Any) -> bool:
    """Tell a value, such as 0 and False, from null, "", [] and {}: as good as no field."""
    return bool(value) or value == 0


def _in_order(terms: Any) -> Any:
    """Sort ids of terms: WordPress lists them by name, and those of one name as it happens."""
    return sorted(terms) if type(terms) is list and set(map(type, terms)) == _IDS else terms


def _pruned(value: Any, members: tuple[str, ...]) -> Any:
    """Keep what later pages bring, too."""
    if not isinstance(value, dict):
        return None
    return {name: value[name] for name in members if name in value}


def _seconds(value: Any) -> int | None:
    moment = to_moment(value) if isinstance(value, str) else None
    return None if moment is None else (moment - _EPOCH) // _SECOND


def _hash(value: list[Any], size: int) -> bytes:
    try:
        written = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        written = _write_odd(value).encode()
    return sha256(written).digest()[:size]


def _write_odd(value: list[Any]) -> str:
    """Write what orjson does not: integers of more than 64 bits, and nesting, to a depth."""
    parts = []
    for each in enumerate(value):
        with suppress(RecursionError):
            parts.append(json.dumps(each, sort_keys=True))
    return ",".join(parts)
