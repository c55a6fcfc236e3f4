"""What a run adds to the dedupe index, in memory and nameless files until it is published."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from tempfile import TemporaryFile
from typing import IO

from crawler.dedupe.keys import Keys

CACHE_KB = 32_768
PENDING = 16_384
"""Documents in memory, 3 to 4 KB each, before they are written together, which is several times
quicker than one by one; and what is in memory is found without a statement."""

BUFFER = 1 << 16
"""Bytes of shingles, of some fifteen documents, that are written together."""

OWN_KEYS = 2  # of the record and of the text; those of bands come after

# No index by record: a record is found by its key, as everything else
_SCHEMA = """
CREATE TABLE staged.document (
    id INTEGER PRIMARY KEY, record_id TEXT NOT NULL, sha256 BLOB, cluster TEXT, signature BLOB,
    sketch BLOB);
CREATE TABLE staged.keys (document INTEGER PRIMARY KEY, {keys});
CREATE TABLE staged.key (
    key INTEGER NOT NULL, document INTEGER NOT NULL, PRIMARY KEY (key, document)) WITHOUT ROWID;
CREATE TABLE staged.shingles (
    document INTEGER PRIMARY KEY, start INTEGER NOT NULL, size INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A delivered record.

    ``sha256`` is None where its text is not compared, ``cluster`` where it
    represents its own, ``signature`` and ``sketch`` where near copies are not
    looked for.
    """

    record_id: str
    sha256: bytes | None
    cluster: str | None
    signature: bytes | None
    sketch: bytes | None


class Staging:
    """What one run has added: documents numbered from 1, under their keys.

    The youngest are in memory, those before in tables attached to the
    connection as ``staged``, packed shingles in a file beside.
    """

    def __init__(self, database: sqlite3.Connection, keys: int) -> None:
        """Be attached to *database*; *keys* is how many a document has at most."""
        self._database = database
        self._most_keys = keys
        self._added = 0
        self._documents: dict[int, tuple[Entry, tuple[int, ...]]] = {}  # with their keys
        self._by_key: dict[int, int | tuple[int, ...]] = {}
        self._places: dict[int, tuple[int, int]] = {}  # of shingles: where, and how many bytes
        self._in_tables = False  # something is looked up there, too
        self._file: IO[bytes] = TemporaryFile("w+b", BUFFER)  # noqa: SIM115 - closed by `close`
        self._end = 0
        # "" is SQLite's name for a private database on disk, in its folder for temporary files
        database.execute("ATTACH '' AS staged")
        database.execute(f"PRAGMA staged.cache_size = -{CACHE_KB}")
        database.execute("PRAGMA staged.journal_mode = OFF")  # what fails is never published
        database.execute("PRAGMA staged.synchronous = OFF")
        database.executescript(
            _SCHEMA.format(keys=", ".join(f"k{number} INTEGER" for number in range(keys)))
        )

    def close(self) -> None:
        """Let go of the file of shingles."""
        with suppress(OSError):  # a full disk; what is in there is forgotten
            self._file.close()

    def add(self, entry: Entry, keys: tuple[int, ...], shingles: bytes | None) -> None:
        """Add a record under its *keys*: of the record, of the text, of bands."""
        self._added += 1
        document = self._added  # a number of its own, even where one was removed again
        self._documents[document] = (entry, keys)
        by_key = self._by_key
        for key in keys:
            if key not in by_key:
                by_key[key] = document
                continue
            others = by_key[key]
            by_key[key] = (*(others if isinstance(others, tuple) else (others,)), document)
        self.keep(-document, shingles)
        if len(self._documents) >= PENDING:
            self._make_room()

    def keep(self, document: int, shingles: bytes | None) -> None:
        """Keep the shingles of a text that is at hand; of this run's by its number below 0."""
        if shingles is not None:
            self._file.write(shingles)
            self._places[document] = (self._end, len(shingles))
            self._end += len(shingles)
            if len(self._places) >= 2 * PENDING:
                self._make_room()

    def write(self) -> None:
        """Move what is in memory into the tables."""
        execute_many = self._database.executemany
        execute_many(
            "INSERT INTO staged.document VALUES (?, ?, ?, ?, ?, ?)",
            [
                (number, each.record_id, each.sha256, each.cluster, each.signature, each.sketch)
                for number, (each, _) in self._documents.items()
            ],
        )
        none = (None,) * self._most_keys
        marks = ", ".join("?" * (self._most_keys + 1))
        execute_many(
            f"INSERT INTO staged.keys VALUES ({marks})",
            [(number, *keys, *none[len(keys) :]) for number, (_, keys) in self._documents.items()],
        )
        execute_many(
            "INSERT OR REPLACE INTO staged.shingles VALUES (?, ?, ?)",
            [(document, *place) for document, place in self._places.items()],
        )
        for memory in (self._documents, self._by_key, self._places):
            memory.clear()

    def _make_room(self) -> None:
        """Write what is in memory, so that it can be looked up there."""
        first = min(self._documents, default=self._added + 1)
        self.write()
        self._in_tables = True
        self._database.execute(
            f"INSERT OR IGNORE INTO staged.key {self._all_keys('document >= ?1')}", (first,)
        )

    def _all_keys(self, which: str) -> str:
        """Write what selects key and document, in the order of a table of both."""
        each = " UNION ALL ".join(
            f"SELECT k{number} AS key, document FROM wanted WHERE k{number} IS NOT NULL"
            for number in range(self._most_keys)
        )
        return (
            f"WITH wanted AS MATERIALIZED (SELECT * FROM staged.keys WHERE {which})"
            f" {each} ORDER BY 1, 2"
        )

    def remove(self, documents: Iterable[int]) -> None:
        """Take documents out again; their keys lead nowhere from then on."""
        for document in documents:
            if self._documents.pop(document, None) is None:
                self._database.execute("DELETE FROM staged.document WHERE id = ?", (document,))

    def rows(self, keys: tuple[int, ...]) -> list[tuple[int, int]]:
        """Find documents by any of *keys*: (key, document)."""
        by_key = self._by_key
        rows: list[tuple[int, int]] = []
        for key in keys:
            if key in by_key:
                found = by_key[key]
                for document in found if isinstance(found, tuple) else (found,):
                    rows.append((key, document))
        if self._in_tables:
            rows += self._database.execute(_select_keys(len(keys)), keys)
        return rows

    def entry(self, document: int) -> Entry | None:
        """Give a document; None where it was removed again."""
        if document in self._documents:
            return self._documents[document][0]
        row = self._database.execute(
            "SELECT record_id, sha256, cluster, signature, sketch FROM staged.document"
            " WHERE id = ?",
            (document,),
        ).fetchone()
        return Entry(*row) if row else None

    def documents_of(self, record_id: str, record_key: int) -> list[int]:
        """Find what was added of a record."""
        return [
            document
            for _, document in self.rows((record_key,))
            if (entry := self.entry(document)) is not None and entry.record_id == record_id
        ]

    def since(self, number: int, most: int) -> list[tuple[int, str, bytes, str | None, int]]:
        """Give what was added after a number, in order: Delivered, in `unfinished`."""
        written = self._database.execute(
            "SELECT id, record_id, sha256, cluster, k1 FROM staged.document"
            " JOIN staged.keys ON document = id"
            " WHERE id > ? AND sha256 IS NOT NULL ORDER BY id LIMIT ?",
            (number, most),
        ).fetchall()
        in_memory = [
            (document, each.record_id, each.sha256, each.cluster, keys[1])
            for document, (each, keys) in self._documents.items()
            if document > number and each.sha256 is not None
        ]
        return (written + in_memory)[:most]

    def shingles_of(self, document: int) -> bytes | None:
        """Give what `keep` kept; None where that text is not at hand."""
        place = self._places.get(document)
        if place is None and self._in_tables:
            place = self._database.execute(
                "SELECT start, size FROM staged.shingles WHERE document = ?", (document,)
            ).fetchone()
        if place is None:
            return None
        start, size = place
        self._file.seek(start)
        packed = self._file.read(size)
        self._file.seek(self._end)
        return packed

    def publish(self, dataset: str, keys: Keys) -> None:
        """Move all that is written into the index, in the transaction that is open."""
        execute = self._database.execute
        execute("INSERT OR IGNORE INTO dataset (name) VALUES (?)", (dataset,))
        number = execute("SELECT id FROM dataset WHERE name = ?", (dataset,)).fetchone()[0]
        base = last_document(self._database)
        self._remove_earlier_versions(keys)
        execute(
            "INSERT INTO main.dedupe_document"
            " (id, dataset, record_id, sha256, cluster, signature, sketch)"
            " SELECT id + ?, ?, record_id, sha256, cluster, signature, sketch FROM staged.document"
            " WHERE sha256 IS NOT NULL ORDER BY id",
            (base, number),
        )
        published = "document IN (SELECT id FROM staged.document WHERE sha256 IS NOT NULL)"
        execute(  # in the order of the table: each of its pages is written once
            "INSERT OR IGNORE INTO main.dedupe_key (key, document)"
            f" SELECT key, document + ?1 FROM ({self._all_keys(published)})",
            (base,),
        )

    def count_overtaken(self, since: int) -> int:
        """Count the texts that were also published after document *since*, by other runs."""
        row = self._database.execute(
            "SELECT count(*) FROM staged.document s JOIN staged.keys n ON n.document = s.id"
            " WHERE EXISTS ("
            " SELECT 1 FROM main.dedupe_key k"
            " CROSS JOIN main.dedupe_document d ON d.id = k.document"
            " WHERE k.key = n.k1 AND k.document > ?"
            " AND d.sha256 = s.sha256 AND d.record_id <> s.record_id)",
            (since,),
        ).fetchone()
        return int(row[0])

    def _remove_earlier_versions(self, keys: Keys) -> None:
        """Remove what the records of this run were published with before."""
        earlier = self._database.execute(
            "SELECT d.id, d.record_id, d.sha256, d.signature FROM staged.document s"
            " CROSS JOIN staged.keys n ON n.document = s.id"
            # CROSS keeps this order: SQLite would begin with all that was ever published
            " CROSS JOIN main.dedupe_key k ON k.key = n.k0"
            " CROSS JOIN main.dedupe_document d ON d.id = k.document"
            " WHERE d.record_id = s.record_id"
        ).fetchall()
        self._database.executemany(
            "DELETE FROM main.dedupe_document WHERE id = ?", [(row[0],) for row in earlier]
        )
        sizes = {len(row[3] or b"") for row in earlier}  # each threshold has its own
        known = {size: keys.signed(size) for size in sizes}
        self._database.executemany(
            "DELETE FROM main.dedupe_key WHERE key = ? AND document = ?",
            [
                (key, document)
                for document, record_id, sha256, signature in earlier
                for key in known[len(signature or b"")].of_all(record_id, sha256, signature)
            ],
        )


def last_document(database: sqlite3.Connection) -> int:
    """Give the highest number that a published document has; 0 where there is none."""
    row = database.execute("SELECT coalesce(max(id), 0) FROM main.dedupe_document").fetchone()
    return int(row[0])


@cache
def _select_keys(count: int) -> str:
    marks = ", ".join(f"(?{number})" for number in range(1, count + 1))
    return (  # a third quicker than key IN (...)
        f"WITH wanted (number) AS (VALUES {marks})"
        " SELECT key, document FROM wanted CROSS JOIN staged.key ON key = number"
    )
