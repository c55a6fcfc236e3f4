"""Texts that runs under way have delivered and nobody has published: what both have is marked."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO
from uuid import uuid4

from crawler.dedupe.policy import Match
from crawler.feeds.staging import make_folder
from crawler.state.database import transaction

try:
    import fcntl
except ImportError:  # Windows: runs at the same time do not see each other
    fcntl = None  # type: ignore[assignment]  # mypy knows it as a module

logger = logging.getLogger(__name__)

FOLDER_ENDING = "-running"
"""Added to the name of the state file."""

INTERVAL = 1.0
"""Seconds between two looks at who else is there."""

MOST_SHARED = 20_000
"""Texts that are told at one time: that takes a tenth of a second."""

BUSY_SECONDS = 5

_SCHEMA = """
CREATE TABLE IF NOT EXISTS run (id INTEGER PRIMARY KEY AUTOINCREMENT, lock TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS text (
    key INTEGER NOT NULL, run INTEGER NOT NULL, record_id TEXT NOT NULL, sha256 BLOB NOT NULL,
    cluster TEXT, PRIMARY KEY (key, run, record_id)) WITHOUT ROWID;
"""

Delivered = tuple[int, str, bytes, str | None, int]
"""Number in the run, record_id, hash of the text, cluster, key of the text."""


class Unfinished:
    """One run among those that are under way, in a folder beside the state file.

    As long as a run is alone it tells nothing. Each holds a lock on a file of
    its own, which goes with the process however that ends: what a dead run
    has told is deleted by the next that looks. Nothing here ends a run: where it
    cannot be read or written, nothing is marked, and the log says so.
    """

    def __init__(self, state_path: Path) -> None:
        self._folder = state_path.with_name(state_path.name + FOLDER_ENDING)
        self._told = 0  # the number of the last text that the others know
        self._others: frozenset[int] = frozenset()
        self._database: sqlite3.Connection | None = None
        self._lock: IO[bytes] | None = None
        self._number = 0
        if fcntl is not None:
            with self._harmless():
                self._enter()

    def find(self, record_id: str, sha256: bytes, key: int) -> Match | None:
        """Find a record of another run with the same text; never the same record."""
        if not self._others or self._database is None:
            return None
        with self._harmless():
            row = self._database.execute(
                "SELECT record_id, cluster FROM text"
                " WHERE key = ? AND sha256 = ? AND run <> ? AND record_id <> ?"
                " ORDER BY run, record_id LIMIT 1",
                (key, sha256, self._number, record_id),
            ).fetchone()
            if row is not None:
                return Match(row[0], row[1] or row[0], "exact", 1.0, 0)
        return None

    def exchange(self, delivered: Callable[[int, int], Sequence[Delivered]]) -> bool:
        """Tell the others what this run has *delivered*, if there are any.

        *delivered* gives what came after a number, up to so many. True where one
        of the others has ended: it may have published.
        """
        before = self._others
        with self._harmless():
            self._look()
            if self._others:
                self._tell(delivered(self._told, MOST_SHARED))
        return bool(before - self._others)

    def forget(self, record_id: str) -> None:
        """Take back what was told of a record: nobody has it after all."""
        if self._told and self._database is not None:
            with self._harmless():
                self._database.execute(
                    "DELETE FROM text WHERE run = ? AND record_id = ?",
                    (self._number, record_id),
                )

    def close(self) -> None:
        """Take back all that was told: it is published, or it will not be."""
        with self._harmless():
            if self._database is not None:
                self._remove([self._number])
                self._database.close()
        if self._lock is not None:
            self._lock.close()
            Path(self._lock.name).unlink(missing_ok=True)
        self._database = self._lock = None

    def _enter(self) -> None:
        make_folder(self._folder)
        lock = self._folder / f"{uuid4().hex}.lock"
        self._lock = lock.open("wb")
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # before anybody knows of it
        self._database = sqlite3.connect(
            self._folder / "texts.sqlite3", timeout=BUSY_SECONDS, isolation_level=None
        )
        for pragma in ("journal_mode = WAL", "synchronous = OFF"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.executescript(_SCHEMA)
        entered = self._database.execute("INSERT INTO run (lock) VALUES (?)", (lock.name,))
        self._number = entered.lastrowid or 0
        self._look()

    def _look(self) -> None:
        """See who is there, and clear away after the dead."""
        if self._database is None:
            return
        rows = self._database.execute(
            "SELECT id, lock FROM run WHERE id <> ?", (self._number,)
        ).fetchall()
        dead = [(number, lock) for number, lock in rows if not _is_held(self._folder / lock)]
        self._remove([number for number, _ in dead])
        for _, lock in dead:
            (self._folder / lock).unlink(missing_ok=True)
        self._others = frozenset(number for number, _ in rows) - {number for number, _ in dead}

    def _tell(self, delivered: Sequence[Delivered]) -> None:
        if self._database is None or not delivered:
            return
        with transaction(self._database):
            self._database.executemany(
                "INSERT OR IGNORE INTO text (key, run, record_id, sha256, cluster)"
                " VALUES (?, ?, ?, ?, ?)",
                [
                    (key, self._number, record_id, sha256, cluster)
                    for _, record_id, sha256, cluster, key in delivered
                ],
            )
        self._told = delivered[-1][0]

    def _remove(self, runs: Iterable[int]) -> None:
        numbers = [(number,) for number in runs]
        if self._database is not None and numbers:
            with transaction(self._database):
                self._database.executemany("DELETE FROM text WHERE run = ?", numbers)
                self._database.executemany("DELETE FROM run WHERE id = ?", numbers)

    @contextmanager
    def _harmless(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            logger.warning(
                "What other runs deliver meanwhile is not marked: %s: %s", self._folder, error
            )
            if self._database is not None:
                self._database.close()
            self._database, self._others = None, frozenset()


def _is_held(lock: Path) -> bool:
    """Tell whether the run that made this file still goes on."""
    try:
        with closing(lock.open("rb")) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False
