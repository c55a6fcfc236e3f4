"""What was published: which version of each record, collection by collection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from crawler.errors import PublicationError
from crawler.state.database import open_scratch
from crawler.wordpress.changes import Version
from crawler.wordpress.known import Grave, Known, State

MEMORY_KB = 8192

_SCHEMA = """
CREATE TABLE version (
    name INTEGER NOT NULL, id INTEGER NOT NULL, dated INTEGER, hash BLOB NOT NULL, bonds BLOB,
    state INTEGER NOT NULL, copy_of TEXT, PRIMARY KEY (name, id)) WITHOUT ROWID;
CREATE INDEX version_copy ON version (copy_of) WHERE copy_of IS NOT NULL;
"""


@dataclass(frozen=True, slots=True)
class Concluded:
    """A collection at the end of a run.

    ``name`` is that of record_ids (wp/v2/posts); ``fields`` what was asked for
    in ``_fields``, None for everything; ``whole`` says that all that visitors
    may read was had, or was as it was: nothing lost, nothing left aside by the
    user's limits. ``swept`` says that all ids were compared, ``learnt`` that
    records came from which ``fields`` were learnt.
    """

    name: str
    fields: str | None
    whole: bool
    swept: bool = True
    learnt: bool = True


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
        self._database = open_scratch(_SCHEMA, memory_kb=MEMORY_KB)
        self._database.execute("BEGIN")  # which never ends: all of this is forgotten
        self._numbers: dict[str, int] = {}  # of collections, by their names
        self._lapsed: dict[str, set[int]] = {}  # by the names of collections

    def receive(self, name: str, versions: Iterable[Version]) -> None:
        """Note the versions of one page of the collection *name*."""
        number = self._number(name)
        self._write(
            "INSERT OR REPLACE INTO version VALUES (?, ?, ?, ?, ?, 0, NULL)",
            [(number, each.id, each.dated, each.hash, each.bonds) for each in versions],
        )

    def see_again(self, name: str, seen: Iterable[tuple[Version, Known]]) -> None:
        """Note records that are as they were; only of another date there is anything to keep."""
        number = self._number(name)
        self._write(
            "INSERT OR REPLACE INTO version VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    *(number, version.id, version.dated, version.hash, version.bonds),
                    *(int(known.state), known.copy_of),
                )
                for version, known in seen
                if not known.is_listed_as(version)
            ],
        )

    def bury(self, name: str, grave: Grave) -> None:
        """Note that a record is gone; of one that was taken down nothing is kept."""
        known = grave.known if grave.state is not State.SUPPRESSED else None
        kept = (known.dated, known.hash, known.bonds) if known is not None else (None, b"", None)
        row = (self._number(name), grave.id, *kept, int(grave.state))
        self._write("INSERT OR REPLACE INTO version VALUES (?, ?, ?, ?, ?, ?, NULL)", [row])

    def lapse(self, record_id: str) -> None:
        """Note that copies of a record are copies of nothing any more."""
        name, _, number = record_id.partition("#")[2].rpartition("/")
        self._lapsed.setdefault(name, set()).add(int(number))

    def has_delivered(self, name: str, number: int) -> bool:
        """Tell whether this run has delivered a record."""
        row = self._database.execute(
            "SELECT 1 FROM version WHERE name = ? AND id = ? AND state = ?",
            (self._number(name), number, int(State.DELIVERED)),
        ).fetchone()
        return row is not None

    def copies_of(self, record_id: str) -> list[tuple[str, int]]:
        """Give what this run left out for a record: (name, id)."""
        names = {number: name for name, number in self._numbers.items()}
        rows = self._database.execute(
            "SELECT name, id FROM version WHERE copy_of = ? AND state = ?",
            (record_id, int(State.LEFT_OUT)),
        )
        return [(names[number], each) for number, each in rows]

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
        self._orphan(database, published.site)

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
        number, watermark = database.execute(
            "SELECT id, watermark FROM collection WHERE dataset = ? AND site = ? AND name = ?", key
        ).fetchone()
        if concluded.whole:
            database.execute(
                "UPDATE collection SET watermark = ? WHERE id = ?",
                (self._watermark(concluded.name, watermark, started), number),
            )
        if concluded.whole and concluded.learnt:
            database.execute(
                "UPDATE collection SET fields = ? WHERE id = ?", (concluded.fields, number)
            )
        database.execute(
            "UPDATE collection SET swept = iif(?1, ?2, swept), unswept = iif(?1, 0, unswept + 1)"
            " WHERE id = ?3",
            (concluded.swept, run, number),
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

    def _orphan(self, database: sqlite3.Connection, site: str) -> None:
        """Mark what is left out, on any site, for a text that is not there any more.

        This run may have left it out before it knew of that.
        """
        database.executemany(
            "UPDATE ledger SET state = ? WHERE copy_of = ? AND state = ?",
            (
                (int(State.ORPHANED), f"{site}#{name}/{number}", int(State.LEFT_OUT))
                for name, numbers in sorted(self._lapsed.items())
                for number in sorted(numbers)
            ),
        )

    def _watermark(self, name: str, before: str | None, started: str) -> str:
        """Give the latest change that was seen; none that the site dates into the future."""
        latest = self._database.execute(
            "SELECT max(dated) FROM version WHERE name = ?", (self._number(name),)
        ).fetchone()[0]
        if latest is None:
            return before or started
        moment = datetime.fromtimestamp(latest, UTC)
        seen = moment.isoformat(timespec="seconds").replace("+00:00", "Z")
        return max(before or "", min(seen, started))

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
