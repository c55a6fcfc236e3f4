"""What the state file knows of one site in one dataset."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from crawler.errors import PublicationError
from crawler.state.ledger import Ledger
from crawler.wordpress.known import STANDING, Known, State

BATCH = 500
"""Ids in one statement."""

_STANDING = ", ".join(str(int(state)) for state in sorted(STANDING))


class KnownInState:
    """KnownRecords of what was published, and of the copies that this run leaves out.

    Nothing is known before `settle` has said of which dataset and site.
    """

    def __init__(self, database: sqlite3.Connection, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger
        self._place: tuple[str, str] | None = None
        self._collections: dict[str, int] = {}  # their numbers, by their names

    def settle(self, dataset: str, site: str) -> None:
        """Say what is asked about from now on; may be said again."""
        if self._place == (dataset, site):
            return
        self._place = (dataset, site)
        with self._errors():
            rows = self._database.execute(
                "SELECT c.name, c.id FROM collection c JOIN dataset d ON d.id = c.dataset"
                " WHERE d.name = ? AND c.site = ?",
                (dataset, site),
            )
            self._collections = dict(rows)

    def names(self) -> list[str]:
        return sorted(self._collections)

    def since(self, name: str) -> str | None:
        return self._of_collection("watermark", name)

    def fields(self, name: str) -> str | None:
        return self._of_collection("fields", name)

    def sweep_due(self, name: str, every: int) -> bool:
        with self._errors():
            row = self._database.execute(
                "SELECT unswept FROM collection WHERE id = ?", (self._collections.get(name),)
            ).fetchone()
        return row is not None and row[0] + 1 >= every

    def look_up(self, name: str, ids: Iterable[int]) -> Mapping[int, Known]:
        if (number := self._collections.get(name)) is None:
            return {}
        wanted, found = list(ids), {}
        with self._errors():
            for start in range(0, len(wanted), BATCH):
                batch = wanted[start : start + BATCH]
                marks = ", ".join("?" * len(batch))
                for key, *row in self._database.execute(
                    "SELECT id, hash, bonds, dated, state, copy_of FROM ledger"
                    f" WHERE collection = ? AND id IN ({marks})",
                    (number, *batch),
                ):
                    found[key] = Known(row[0], row[1], row[2], State(row[3]), row[4])
        return found

    def standing(self, name: str) -> Iterator[int]:
        with self._errors():
            for (number,) in self._database.execute(
                f"SELECT id FROM ledger WHERE collection = ? AND state IN ({_STANDING})",
                (self._collections.get(name),),
            ):
                yield number

    def in_state(self, name: str, state: State) -> list[int]:
        with self._errors():
            rows = self._database.execute(
                "SELECT id FROM ledger WHERE collection = ? AND state = ?",
                (self._collections.get(name), int(state)),
            )
            return [number for (number,) in rows]

    def last_seen(self, name: str, number: int) -> str | None:
        with self._errors():
            row = self._database.execute(
                "SELECT max(r.started) FROM ledger l JOIN collection c ON c.id = l.collection"
                " JOIN run r ON r.id IN (l.run, c.swept) WHERE l.collection = ? AND l.id = ?",
                (self._collections.get(name), number),
            ).fetchone()
        return None if row is None else row[0]

    def copies_of(self, record_id: str) -> list[tuple[str, int]]:
        names = {number: name for name, number in self._collections.items()}
        with self._errors():
            rows = self._database.execute(
                "SELECT collection, id FROM ledger WHERE copy_of = ? AND state = ?",
                (record_id, int(State.LEFT_OUT)),
            ).fetchall()
        published = [
            (names[number], each)
            for number, each in rows
            if number in names and not self._ledger.has_delivered(names[number], each)
        ]
        return list(dict.fromkeys((*published, *self._ledger.copies_of(record_id))))

    def _of_collection(self, column: str, name: str) -> str | None:
        with self._errors():
            row = self._database.execute(
                f"SELECT {column} FROM collection WHERE id = ?", (self._collections.get(name),)
            ).fetchone()
        return None if row is None else row[0]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise PublicationError(f"the state file cannot be read: {error}") from error
