"""Linked resources of one crawl, on disk: a site with 500,000 terms must not fill the memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from crawler.errors import PublicationError
from crawler.feeds.strict_json import to_json
from crawler.state.database import open_scratch
from crawler.wordpress.linked_cache import Entry
from crawler.wordpress.page import read_json

MEMORY_KB = 8192
MAX_VARIABLES = 500  # of one statement; old SQLites take 999

_SCHEMA = """
CREATE TABLE linked (
    route TEXT NOT NULL, id INTEGER NOT NULL, owner INTEGER, value BLOB NOT NULL,
    PRIMARY KEY (route, id)
) WITHOUT ROWID;
CREATE INDEX linked_owner ON linked (route, owner) WHERE owner IS NOT NULL;
"""


class LinkedOnDisk:
    """A LinkedCache in a file without a name, which is gone when it is closed.

    Raises PublicationError where the disk that holds temporary files is full.
    """

    def __init__(self) -> None:
        self._database = open_scratch(_SCHEMA, memory_kb=MEMORY_KB)

    def put(self, route: str, entries: Iterable[Entry]) -> None:
        rows = [(route, each.id, each.owner, to_json(each.value)) for each in entries]
        statement = "INSERT OR IGNORE INTO linked (route, id, owner, value) VALUES (?, ?, ?, ?)"
        with _told():
            self._database.execute("BEGIN")
            self._database.executemany(statement, rows)
            self._database.execute("COMMIT")

    def get(self, route: str, ids: Iterable[int]) -> Mapping[int, Any]:
        return {number: read_json(value) for number, value in self._rows("id", route, ids)}

    def owned(self, route: str, owners: Iterable[int]) -> Mapping[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        for owner, value in self._rows("owner", route, owners):
            found.setdefault(owner, []).append(read_json(value))
        return found

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _rows(self, column: str, route: str, ids: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        wanted = list(ids)
        for start in range(0, len(wanted), MAX_VARIABLES):
            some: Sequence[int] = wanted[start : start + MAX_VARIABLES]
            marks = ",".join("?" * len(some))
            with _told():
                yield from self._database.execute(
                    f"SELECT {column}, value FROM linked WHERE route = ? AND {column} IN ({marks})"
                    " ORDER BY id",
                    (route, *some),
                )


@contextmanager
def _told() -> Iterator[None]:
    """Say what a failure means; after one, nothing can be rolled back: the file is malformed."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise PublicationError(f"linked resources cannot be kept: {error}") from error
