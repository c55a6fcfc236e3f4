"""What was published: which version of each record, collection by collection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

from crawler.errors import PublicationError
from crawler.wordpress.changes import Version

MEMORY_KB = 8192

_SCHEMA = """
CREATE TABLE version (
    name INTEGER NOT NULL, id INTEGER NOT NULL, dated INTEGER, hash BLOB NOT NULL, bonds BLOB,
    state INTEGER NOT NULL, copy_of TEXT, PRIMARY KEY (name, id)) WITHOUT ROWID;
"""


class State(IntEnum):
    """What became of a record."""

    DELIVERED = 0
    LEFT_OUT = 1  # a copy of another record, or dropped by a pipeline of the user's
    GONE = 2  # told by a tombstone, as the next
    WITHDRAWN = 3
    ORPHANED = 4  # a copy whose representative is gone: to be asked for again
    FORGOTTEN = 5  # taken down by the user: a tombstone is still to come
    SUPPRESSED = 6  # taken down, and told by a tombstone


@dataclass(frozen=True, slots=True)
class Concluded:
    """A collection at the end of a run.

    ``name`` is that of record_ids (wp/v2/posts); ``fields`` what was asked for
    in ``_fields``, None for everything; ``whole`` says that all that visitors
    may read was had: nothing lost, nothing left aside by the user's limits.
    """

    name: str
    fields: str | None
    whole: bool


@dataclass(frozen=True, slots=True)
class Published:
    """Whose records they are: run, dataset and site; ``started`` is RFC 3339 in UTC."""

    run_id: str
    started: str
    dataset: str
    site: str
    collections: Sequence[Concluded]


class Ledger:
    """The versions that one run received; they are its own until `publish`.

    They stand in a file without a name, which is gone with the process. Raises
    PublicationError where the disk that holds temporary files is full.
    """

    def __init__(self) -> None:
        # "" is SQLite's name for a private database on disk, in its folder for temporary files
        self._database = sqlite3.connect("", isolation_level=None)
        for pragma in (f"cache_size = -{MEMORY_KB}", "journal_mode = OFF", "synchronous = OFF"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.executescript(_SCHEMA)
        self._database.execute("BEGIN")  # which never ends: all of this is forgotten
        self._numbers: dict[str, int] = {}  # of collections, by their names

    def receive(self, name: str, versions: Iterable[Version]) -> None:
        """Note the versions of one page of the collection *name*."""
        number = self._number(name)
        self._write(
            "INSERT OR REPLACE INTO version VALUES (?, ?, ?, ?, ?, 0, NULL)",
            [(number, each.id, _seconds(each.dated), each.hash, each.bonds) for each in versions],
        )

    def leave_out(self, record_id: str, copy_of: str | None) -> None:
        """Note that a record was not delivered, for its text is that of *copy_of*."""
        self._write(
            "UPDATE version SET state = ?, copy_of = ? WHERE name = ? AND id = ?",
            [(int(State.LEFT_OUT), copy_of, *self._parts(record_id))],
        )

    def forget(self, record_id: str) -> None:
        """Take out a record that did not come through: it is to be asked for again."""
        self._write("DELETE FROM version WHERE name = ? AND id = ?", [self._parts(record_id)])

    def publish(self, database: sqlite3.Connection, published: Published) -> None:
        """Write everything into the state file, in the transaction that is open."""
        execute = database.execute
        execute("INSERT OR IGNORE INTO dataset (name) VALUES (?)", (published.dataset,))
        dataset = execute("SELECT id FROM dataset WHERE name = ?", (published.dataset,)).fetchone()
        run = execute(
            "INSERT INTO run (run_id, started) VALUES (?, ?)",
            (published.run_id, published.started),
        ).lastrowid
        for each in published.collections:
            self._publish(database, (dataset[0], published.site), each, run, published.started)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _publish(
        self,
        database: sqlite3.Connection,
        place: tuple[int, str],
        concluded: Concluded,
        run: int | None,
        started: str,
    ) -> None:
        key = (*place, concluded.name)
        database.execute(
            "INSERT OR IGNORE INTO collection (dataset, site, name) VALUES (?, ?, ?)", key
        )
        number = database.execute(
            "SELECT id FROM collection WHERE dataset = ? AND site = ? AND name = ?", key
        ).fetchone()[0]
        if concluded.whole:
            database.execute(
                "UPDATE collection SET fields = ?, watermark = ? WHERE id = ?",
                (concluded.fields, self._watermark(concluded.name, started), number),
            )
        rows = self._database.execute(
            "SELECT ?, id, dated, hash, bonds, state, ?, copy_of FROM version WHERE name = ?"
            " ORDER BY id",
            (number, run, self._number(concluded.name)),
        )
        database.executemany(
            "INSERT OR REPLACE INTO ledger"
            " (collection, id, dated, hash, bonds, state, run, copy_of)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )

    def _watermark(self, name: str, started: str) -> str | None:
        """Give the latest change that was seen; none that the site dates into the future."""
        latest = self._database.execute(
            "SELECT max(dated) FROM version WHERE name = ?", (self._number(name),)
        ).fetchone()[0]
        if latest is None:
            return started
        moment = datetime.fromtimestamp(latest, UTC)
        return min(moment.isoformat(timespec="seconds").replace("+00:00", "Z"), started)

    def _number(self, name: str) -> int:
        return self._numbers.setdefault(name, len(self._numbers))

    def _parts(self, record_id: str) -> tuple[int, int]:
        name, _, number = record_id.partition("#")[2].rpartition("/")
        return self._number(name), int(number)

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        try:
            self._database.executemany(statement, rows)
        except sqlite3.DatabaseError as error:
            raise PublicationError(f"the ledger cannot be kept: {error}") from error


def _seconds(dated: str | None) -> int | None:
    return None if dated is None else int(datetime.fromisoformat(dated).timestamp())
