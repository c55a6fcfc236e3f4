"""What a state file knows, and the runs beside it: read, never changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from crawler.errors import PublicationError
from crawler.state.journal import FOLDER, look_into
from crawler.state.lease import is_alive, name_of
from crawler.wordpress.known import State
from crawler.wordpress.site import site_identity

LEDGER, INDEX, OTHER, FREE = "ledger", "dedupe index", "other", "free"

PARTS = {
    LEDGER: ("ledger", "collection", "run"),
    INDEX: ("dedupe_document", "dedupe_key"),
}
"""What takes room in the file, each with its tables; the first of them is what is counted."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of one collection of a site in a dataset.

    ``last_run`` is the start of the last run that brought a record of it, None
    where none did; ``watermark`` what all changes are known up to. Both are RFC
    3339 in UTC.
    """

    dataset: str
    site: str
    collection: str
    records: dict[State, int]
    watermark: str | None
    last_run: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the file: how many rows that count, and bytes; None where nobody can tell."""

    name: str
    rows: int | None
    bytes: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """What a run that lives holds: a site in a dataset, which is "" as long as it has no name."""

    dataset: str
    site: str
    machine: str
    process: int
    beat: str


@dataclass(frozen=True, slots=True)
class Unended:
    """A run whose journal is there.

    ``state`` is "under way" where its process lives, "unfinished" where the same
    command goes on with it, "set aside" where none does, "unreadable" where
    nothing of it can be told. ``answers`` are those that it has.
    """

    state: str
    path: str
    bytes: int
    dataset: str | None = None
    site: str | None = None
    run_id: str | None = None
    started: str | None = None
    last_answer: str | None = None
    answers: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it; ``bytes`` are those of the file and of its log."""

    path: str
    bytes: int
    collections: Sequence[Kept] = ()
    parts: Sequence[Part] = ()
    runs: Sequence[Unended] = ()
    held: Sequence[Held] = field(default=())


def look(database: sqlite3.Connection, path: Path, *, now: datetime) -> Overview:
    """Read what the state file at *path* knows. Raises PublicationError."""
    try:
        database.execute("BEGIN")  # all of it as it is at one moment
        try:
            held = list(_held(database, now))
            collections, parts = list(_collections(database)), list(_parts(database))
        finally:
            database.execute("ROLLBACK")
    except sqlite3.Error as error:
        raise PublicationError(f"the state file cannot be read: {error}") from error
    logs = [path, path.with_name(f"{path.name}-wal")]
    size = sum(each.stat().st_size for each in logs if each.exists())
    return Overview(str(path), size, collections, parts, list(runs_beside(path, held)), held)


def runs_beside(path: Path, held: Sequence[Held] = ()) -> Iterator[Unended]:
    """Give the runs whose journals are beside the state file at *path*, by their names."""
    names = {name_of(each.dataset, each.site) for each in held}
    for journal in sorted((path.parent / FOLDER).glob("*.journal*")):
        if journal.suffix == ".new":
            continue  # one that is just being begun
        try:
            size = journal.stat().st_size
        except FileNotFoundError:
            continue  # its run has just ended
        found = look_into(journal)
        if found is None:
            yield Unended("unreadable", str(journal), size)
            continue
        header = found.header
        arguments = header["command"]["arguments"]
        site, dataset = site_identity(arguments["site"]), arguments["dataset"]
        if journal.suffix != ".journal":
            state = "set aside"
        else:
            state = "under way" if name_of(dataset, site) in names else "unfinished"
        yield Unended(
            state,
            str(journal),
            size,
            dataset,
            site,
            header["run_id"],
            _utc(datetime.fromisoformat(header["started"])),
            found.last or None,
            sum(map(len, found.answers.values())),
        )


def _collections(database: sqlite3.Connection) -> Iterator[Kept]:
    started = dict(database.execute("SELECT id, started FROM run"))
    counts: dict[int, dict[State, int]] = {}
    last: dict[int, int] = {}
    for number, state, count, run in database.execute(
        "SELECT collection, state, count(*), max(run) FROM ledger GROUP BY collection, state"
    ):
        counts.setdefault(number, {})[State(state)] = count
        last[number] = max(run, last.get(number, 0))
    for number, dataset, site, name, watermark in database.execute(
        "SELECT c.id, d.name, c.site, c.name, c.watermark FROM collection c"
        " JOIN dataset d ON d.id = c.dataset ORDER BY d.name, c.site, c.id"
    ):
        run = started.get(last.get(number, 0))
        yield Kept(dataset, site, name, counts.get(number, {}), watermark, run)


def _parts(database: sqlite3.Connection) -> Iterator[Part]:
    """Give the parts of the file; their bytes where SQLite is built to count its pages."""
    count = "SELECT count(*) FROM {}"
    rows = {
        name: database.execute(count.format(tables[0])).fetchone()[0]
        for name, tables in PARTS.items()
    }
    try:
        bytes_of = dict(
            database.execute(
                "SELECT coalesce(m.tbl_name, s.name), sum(s.pgsize) FROM dbstat s"
                " LEFT JOIN sqlite_master m ON m.name = s.name WHERE s.aggregate = TRUE GROUP BY 1"
            )
        )
    except sqlite3.OperationalError:  # no such table
        for name in PARTS:
            yield Part(name, rows[name], None)
        return
    for name, tables in PARTS.items():
        yield Part(name, rows[name], sum(bytes_of.pop(table, 0) for table in tables))
    yield Part(OTHER, None, sum(bytes_of.values()))
    [free] = database.execute("PRAGMA freelist_count").fetchone()
    [page] = database.execute("PRAGMA page_size").fetchone()
    yield Part(FREE, None, free * page)


def _held(database: sqlite3.Connection, now: datetime) -> Iterator[Held]:
    """Give what runs hold that live; of one that has two names for its site, both."""
    for name, machine, process, beat in database.execute(
        "SELECT name, machine, process, beat FROM lease ORDER BY name"
    ):
        if is_alive(machine, process, beat, now=now.timestamp()):
            dataset, _, site = name.rpartition(" ")
            number = int(process.partition("@")[0])
            host = machine.partition("/")[0]
            yield Held(dataset, site, host, number, _utc(datetime.fromtimestamp(beat, UTC)))


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
