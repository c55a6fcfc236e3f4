"""What a run adds to the dedupe index: in a file without a name, until it is published."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from crawler.dedupe.keys import Keys

CACHE_KB = 32_768
BATCH = 2000
"""Writes to a transaction, two a document: with one for each document all takes thrice the time.
For as long as one lasts, what others publish is not seen."""

# No index by record: a record is found by its key, as everything else
_SCHEMA = """
CREATE TABLE staged.document (
    id INTEGER PRIMARY KEY, record_id TEXT NOT NULL, sha256 BLOB, cluster TEXT, signature BLOB,
    record_key INTEGER NOT NULL, text_key INTEGER);
CREATE TABLE staged.key (
    key INTEGER NOT NULL, document INTEGER NOT NULL, PRIMARY KEY (key, document)) WITHOUT ROWID;
CREATE TABLE staged.shingles (document INTEGER PRIMARY KEY, packed BLOB NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A delivered record.

    ``sha256`` is None where its text is not compared, ``cluster`` where it
    represents its own, ``signature`` where near copies are not looked for.
    """

    record_id: str
    sha256: bytes | None
    cluster: str | None
    signature: bytes | None


class Staging:
    """The tables of one run, attached to its connection as ``staged``."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._added = 0
        self._writes = 0
        # "" is SQLite's name for a private database on disk, in its folder for temporary files
        database.execute("ATTACH '' AS staged")
        database.execute(f"PRAGMA staged.cache_size = -{CACHE_KB}")
        database.execute("PRAGMA staged.journal_mode = OFF")  # what fails is never published
        database.execute("PRAGMA staged.synchronous = OFF")
        database.executescript(_SCHEMA)

    def add(self, entry: Entry, keys: tuple[int, ...], shingles: bytes | None) -> None:
        """Add a record under its *keys*: of the record, of the text, of bands."""
        execute = self._database.execute
        self._begin()
        self._added += 1
        document = self._added  # a number of its own: SQLite would give that of one removed again
        text_key = keys[1] if len(keys) > 1 else None
        execute(
            "INSERT INTO staged.document"
            " (id, record_id, sha256, cluster, signature, record_key, text_key)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                document,
                entry.record_id,
                entry.sha256,
                entry.cluster,
                entry.signature,
                keys[0],
                text_key,
            ),
        )
        execute(_insert_keys(len(keys)), (document, *keys))
        self.keep(-document, shingles)

    def keep(self, document: int, shingles: bytes | None) -> None:
        """Keep the shingles of a text that is at hand; of this run's by its number below 0."""
        if shingles is not None:
            self._begin()
            self._database.execute(
                "INSERT OR REPLACE INTO staged.shingles VALUES (?, ?)", (document, shingles)
            )

    def settle(self) -> None:
        """End the transaction that is open: what others have published is seen from here on."""
        if self._database.in_transaction:
            self._database.execute("COMMIT")

    def _begin(self) -> None:
        self._writes += 1
        if self._writes % BATCH == 0:
            self.settle()
        if not self._database.in_transaction:
            self._database.execute("BEGIN")

    def remove(self, documents: Iterable[int]) -> None:
        """Take documents out again; their keys lead nowhere from then on."""
        for document in documents:
            self._database.execute("DELETE FROM staged.document WHERE id = ?", (document,))

    def documents_of(self, record_id: str, record_key: int) -> list[int]:
        """Find what was added of a record."""
        rows = self._database.execute(
            "SELECT d.id FROM staged.key k CROSS JOIN staged.document d ON d.id = k.document"
            " WHERE k.key = ? AND d.record_id = ?",
            (record_key, record_id),
        )
        return [document for (document,) in rows]

    def since(self, number: int, most: int) -> list[tuple[int, str, bytes, str | None, int]]:
        """Give what was added after a number, in order: Delivered, in `unfinished`."""
        return self._database.execute(
            "SELECT id, record_id, sha256, cluster, text_key FROM staged.document"
            " WHERE id > ? AND sha256 IS NOT NULL ORDER BY id LIMIT ?",
            (number, most),
        ).fetchall()

    def shingles_of(self, document: int) -> bytes | None:
        """Give what `keep` kept; None where that text is not at hand."""
        row = self._database.execute(
            "SELECT packed FROM staged.shingles WHERE document = ?", (document,)
        ).fetchone()
        packed: bytes | None = row[0] if row else None
        return packed

    def publish(self, dataset: str, keys: Keys) -> None:
        """Move everything into the index, in the transaction that is open."""
        execute = self._database.execute
        execute("INSERT OR IGNORE INTO dataset (name) VALUES (?)", (dataset,))
        number = execute("SELECT id FROM dataset WHERE name = ?", (dataset,)).fetchone()[0]
        base = last_document(self._database)
        self._remove_earlier_versions(keys)
        execute(
            "INSERT INTO main.dedupe_document (id, dataset, record_id, sha256, cluster, signature)"
            " SELECT id + ?, ?, record_id, sha256, cluster, signature FROM staged.document"
            " WHERE sha256 IS NOT NULL ORDER BY id",
            (base, number),
        )
        execute(  # in the order of the table: each of its pages is written once
            "INSERT OR IGNORE INTO main.dedupe_key (key, document)"
            " SELECT key, document + ? FROM staged.key"
            " WHERE document IN (SELECT id FROM staged.document WHERE sha256 IS NOT NULL)"
            " ORDER BY key, document",
            (base,),
        )

    def count_overtaken(self, since: int) -> int:
        """Count the texts that were also published after document *since*, by other runs."""
        row = self._database.execute(
            "SELECT count(*) FROM staged.document s WHERE EXISTS ("
            " SELECT 1 FROM main.dedupe_key k"
            " CROSS JOIN main.dedupe_document d ON d.id = k.document"
            " WHERE k.key = s.text_key AND k.document > ?"
            " AND d.sha256 = s.sha256 AND d.record_id <> s.record_id)",
            (since,),
        ).fetchone()
        return int(row[0])

    def _remove_earlier_versions(self, keys: Keys) -> None:
        """Remove what the records of this run were published with before."""
        earlier = self._database.execute(
            "SELECT d.id, d.record_id, d.sha256, d.signature FROM staged.document s"
            # CROSS keeps this order: SQLite would begin with all that was ever published
            " CROSS JOIN main.dedupe_key k ON k.key = s.record_key"
            " CROSS JOIN main.dedupe_document d ON d.id = k.document"
            " WHERE d.record_id = s.record_id"
        ).fetchall()
        self._database.executemany(
            "DELETE FROM main.dedupe_document WHERE id = ?", [(row[0],) for row in earlier]
        )
        self._database.executemany(
            "DELETE FROM main.dedupe_key WHERE key = ? AND document = ?",
            [
                (key, document)
                for document, record_id, sha256, signature in earlier
                for key in keys.of_all(record_id, sha256, signature)
            ],
        )


def last_document(database: sqlite3.Connection) -> int:
    """Give the highest number that a published document has; 0 where there is none."""
    row = database.execute("SELECT coalesce(max(id), 0) FROM main.dedupe_document").fetchone()
    return int(row[0])


@cache
def _insert_keys(count: int) -> str:
    """Write the statement that adds that many keys of one document; two may be equal."""
    values = ", ".join(f"(?{number}, ?1)" for number in range(2, count + 2))
    return f"INSERT OR IGNORE INTO staged.key (key, document) VALUES {values}"
