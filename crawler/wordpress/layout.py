"""What becomes of each field, decided once for all records of the same field names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crawler.wordpress.fields import (
    FIELDS,
    IDS,
    IGNORED,
    MAPS,
    PRUNED,
    local_dates_of,
    taxonomies_of,
)
from crawler.wordpress.index import Collection
from crawler.wordpress.reading import Reading

Tidy = Callable[[Reading, str], None]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields of a record go.

    ``extra`` are copied there, then ``tidy`` puts some of them in order;
    ``missing`` are the oddities to count. ``unmapped`` and ``ignored`` are
    names for the certificate.
    """

    extra: tuple[str, ...]
    tidy: tuple[tuple[Tidy, str], ...]
    missing: tuple[str, ...]
    unmapped: tuple[str, ...]
    ignored: tuple[str, ...]


def lay_out(collection: Collection, names: Iterable[str]) -> Layout:
    """Decide what becomes of the fields *names* of a record of *collection*."""
    own = FIELDS[collection.kind]
    taxonomies = taxonomies_of(collection)
    left_out = IGNORED.keys() | {*own.private, *local_dates_of(collection)}
    names = tuple(names)
    extra = tuple(name for name in names if name not in left_out and name not in own.mapped)
    core = {*own.known, *taxonomies}
    return Layout(
        extra=extra,
        tidy=tuple(
            (tidy, name) for name in extra if (tidy := _tidy_for(name, own.known, taxonomies))
        ),
        missing=tuple(f"missing/{name}" for name in own.required if name not in names),
        unmapped=tuple(name for name in extra if name not in core and name not in PRUNED),
        ignored=tuple(name for name in names if name in left_out),
    )


def _tidy_for(name: str, known: tuple[str, ...], taxonomies: tuple[str, ...]) -> Tidy | None:
    if name in MAPS:
        return Reading.tidy_map
    if name in PRUNED:
        return Reading.tidy_pruned
    if name in taxonomies:
        return Reading.tidy_term_ids
    return Reading.tidy_id if name in IDS and name in known else None
