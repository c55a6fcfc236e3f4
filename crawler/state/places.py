"""Where each record of some files stands, on disk: files may hold millions."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from crawler.state.database import open_scratch

MEMORY_KB = 16_384

_SCHEMA = "CREATE TABLE place (record_id TEXT PRIMARY KEY, place INTEGER NOT NULL) WITHOUT ROWID"


class Places:
    """Record id -> a number that says where it stands, in a file without a name.

    The file is gone when it is closed.
    """

    def __init__(self) -> None:
        self._database = open_scratch(_SCHEMA, memory_kb=MEMORY_KB)
        self._database.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._database.close()

    def add(self, record_id: str, place: int = 0) -> bool:
        """Note a record, unless it is known; tell whether it was new."""
        done = self._database.execute(
            "INSERT OR IGNORE INTO place VALUES (?, ?)", (record_id, place)
        )
        return done.rowcount == 1

    def put(self, entries: Iterable[tuple[str, int]]) -> None:
        """Note where records stand, in place of what was known of them."""
        self._database.executemany("INSERT OR REPLACE INTO place VALUES (?, ?)", entries)

    def drop(self, record_ids: Iterable[str]) -> None:
        """Forget records."""
        self._database.executemany(
            "DELETE FROM place WHERE record_id = ?", ((each,) for each in record_ids)
        )

    def drop_all(self, prefix: str) -> None:
        """Forget all records whose id begins so."""
        self._database.execute(
            "DELETE FROM place WHERE record_id >= ?1 AND record_id < ?1 || char(0x10FFFF)",
            (prefix,),
        )

    def get(self, record_id: str) -> int | None:
        """Return where a record stands; None where it is not known."""
        row = self._database.execute(
            "SELECT place FROM place WHERE record_id = ?", (record_id,)
        ).fetchone()
        return None if row is None else int(row[0])

    def __len__(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM place").fetchone()[0])
