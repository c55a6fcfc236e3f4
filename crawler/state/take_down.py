"""Takes down what was published: a site, a record, an author; and lifts that again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches

from crawler.errors import ArgumentError, PublicationError
from crawler.state.database import transaction
from crawler.state.dedupe_index import remove_published
from crawler.state.lease import name_of, refuse_held
from crawler.wordpress.known import State
from crawler.wordpress.site import same_site

AUTHORS = "wp/v2/users"
"""The collection whose rows stand for authors."""

CLOSE = 0.8
"""How alike a name must be to one that is known to be called a slip of the fingers."""

MOST_NAMED = 10
"""Of what there is, where nothing of it is spelt alike."""

_DOWN = f"({int(State.FORGOTTEN)}, {int(State.SUPPRESSED)})"
_EMPTY = f"dated = NULL, hash = x'', bonds = NULL, state = {int(State.FORGOTTEN)}, copy_of = NULL"


@dataclass(frozen=True, slots=True)
class Target:
    """What is taken down: one record, or, where ``id`` is None, a whole site.

    ``name`` is that of the record's collection, as in record_ids (wp/v2/posts).
    """

    dataset: str
    site: str
    name: str = ""
    id: int | None = None

    def __str__(self) -> str:
        """Name it as a record_id does."""
        return self.site if self.id is None else f"{self.site}#{self.name}/{self.id}"

    @property
    def ids(self) -> tuple[str, str]:
        """The first of its record_ids, and what comes after the last."""
        return (f"{self.site}#", f"{self.site}$") if self.id is None else (f"{self}", f"{self} ")


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it.

    ``records`` are those that were not taken down before; ``unknown`` says that
    the one was never published. ``copies`` were left out for them, and are to
    be asked for again.
    """

    records: int
    texts: int
    copies: int
    unknown: bool = False


def find_target(
    database: sqlite3.Connection,
    site: str,
    name: str = "",
    number: int | None = None,
    *,
    dataset: str | None = None,
) -> Target:
    """Find the dataset that has a site, or a record's: a record itself need not be known.

    Raises ArgumentError for what is not known, with what may be meant, and where
    several datasets have it and *dataset* is None.
    """
    with _errors():
        target = Target(*_find_site(database, site, dataset), name, number)
        if number is not None:
            _check_collection(database, target)
        return target


def _find_site(database: sqlite3.Connection, site: str, dataset: str | None) -> tuple[str, str]:
    known = database.execute(
        "SELECT d.name, c.site FROM collection c JOIN dataset d ON d.id = c.dataset"
        " UNION SELECT d.name, s.site FROM site s JOIN dataset d ON d.id = s.dataset"
        " ORDER BY 1, 2"
    ).fetchall()
    if dataset is not None:
        names = sorted({name for name, _ in known})
        if dataset not in names:
            raise ArgumentError(f"no dataset {dataset!r}: {_meant(dataset, names)}")
        known = [(name, each) for name, each in known if name == dataset]
    found = [(name, each) for name, each in known if each == site]
    if not found:
        place = f" in the dataset {dataset!r}" if dataset is not None else ""
        sites = sorted({each for _, each in known})
        same = [each for each in sites if is_near(site, each)]
        raise ArgumentError(f"no site {site!r}{place}: {_meant(site, sites, same)}")
    if len(found) > 1:
        listed = ", ".join(name for name, _ in found)
        raise ArgumentError(f"{site!r} is in {len(found)} datasets: {listed}; --dataset names one")
    return found[0]


def _check_collection(database: sqlite3.Connection, target: Target) -> None:
    """Refuse a collection that is nearly one which the site has."""
    rows = database.execute(
        "SELECT c.name FROM collection c JOIN dataset d ON d.id = c.dataset"
        " WHERE d.name = ? AND c.site = ? ORDER BY c.name",
        (target.dataset, target.site),
    ).fetchall()
    names = [name for (name,) in rows]
    near = get_close_matches(target.name, names, n=1, cutoff=CLOSE)
    if target.name not in names and near:
        raise ArgumentError(f"no collection {target.name!r}: did you mean {near[0]}?")


def is_near(site: str, other: str) -> bool:
    """Tell whether two addresses may be of one site: www., https, a path apart."""
    return same_site(site, other) or same_site(other, site)


def take_down(database: sqlite3.Connection, target: Target) -> Done:
    """Keep nothing of what was published but that it is not to be delivered again, in one step.

    Raises RunHeld where a run has the site, PublicationError where the state
    file cannot be written.
    """
    with _changing(database, target) as dataset:
        unknown = target.id is not None and not _is_known(database, dataset, target)
        marked = _mark_site if target.id is None else _mark_record
        records = marked(database, dataset, target)
        texts = remove_published(database, dataset, *target.ids)
        _remove_sample(database, dataset, target)
        copies = database.execute(
            "UPDATE ledger SET state = ? WHERE state = ? AND copy_of >= ? AND copy_of < ?"
            " AND collection IN (SELECT id FROM collection WHERE dataset = ?)",
            (int(State.ORPHANED), int(State.LEFT_OUT), *target.ids, dataset),
        ).rowcount
        return Done(records, texts, copies, unknown)


def lift(database: sqlite3.Connection, target: Target) -> int:
    """Let what was taken down be published again; count it. Raises as `take_down` does."""
    with _changing(database, target) as dataset:
        return database.execute(
            f"DELETE FROM ledger WHERE state IN {_DOWN} AND (?1 IS NULL OR id = ?1)"
            " AND collection IN (SELECT id FROM collection"
            " WHERE dataset = ?2 AND site = ?3 AND (?1 IS NULL OR name = ?4))",
            (target.id, dataset, target.site, target.name),
        ).rowcount


def _is_known(database: sqlite3.Connection, dataset: int, target: Target) -> bool:
    found = database.execute(
        "SELECT 1 FROM ledger WHERE id = ? AND collection ="
        " (SELECT id FROM collection WHERE dataset = ? AND site = ? AND name = ?)",
        (target.id, dataset, target.site, target.name),
    )
    return found.fetchone() is not None


def _mark_site(database: sqlite3.Connection, dataset: int, target: Target) -> int:
    return database.execute(
        f"UPDATE ledger SET {_EMPTY} WHERE state NOT IN {_DOWN}"
        " AND collection IN (SELECT id FROM collection WHERE dataset = ? AND site = ?)",
        (dataset, target.site),
    ).rowcount


def _mark_record(database: sqlite3.Connection, dataset: int, target: Target) -> int:
    """Mark a record; of one that was never published, which no run has seen, make a row."""
    key = (dataset, target.site, target.name)
    database.execute(
        "INSERT OR IGNORE INTO collection (dataset, site, name) VALUES (?, ?, ?)", key
    )
    return database.execute(
        "INSERT INTO ledger (collection, id, hash, state, run)"
        f" SELECT id, ?, x'', {int(State.FORGOTTEN)}, 0 FROM collection"
        " WHERE dataset = ? AND site = ? AND name = ?"
        f" ON CONFLICT DO UPDATE SET {_EMPTY} WHERE state NOT IN {_DOWN}",
        (target.id, *key),
    ).rowcount


def _remove_sample(database: sqlite3.Connection, dataset: int, target: Target) -> None:
    """Remove a record from the sample by which its site is known on other addresses.

    That of a site which is taken down stays: or it would come back from another address.
    """
    if target.id is not None:
        database.execute(
            "DELETE FROM site_sample WHERE id = ? AND site IN"
            " (SELECT id FROM site WHERE dataset = ? AND site = ? AND route = ?)",
            (target.id, dataset, target.site, f"/{target.name}"),
        )


@contextmanager
def _changing(database: sqlite3.Connection, target: Target) -> Iterator[int]:
    """Make one step, which no run of the site may be beside; give the number of its dataset."""
    with _errors():
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        lease = name_of(target.dataset, target.site)
        what = f"{target.site} in the dataset {target.dataset!r}"
        refuse_held(database, lease, what)  # at once, also while another writes
        with transaction(database):
            refuse_held(database, lease, what)
            [number] = database.execute(
                "SELECT id FROM dataset WHERE name = ?", (target.dataset,)
            ).fetchone()
            yield number


def _meant(name: str, known: Sequence[str], same: Sequence[str] = ()) -> str:
    near = same or get_close_matches(name, known, n=1)
    if near:
        return f"did you mean {near[0]}?"
    if not known:
        return "nothing was published yet"
    more = len(known) - MOST_NAMED
    return f"there is {', '.join(known[:MOST_NAMED])}" + (f" and {more} more" if more > 0 else "")


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise PublicationError(f"the state file cannot be read or written: {error}") from error
