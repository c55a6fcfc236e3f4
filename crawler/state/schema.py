"""The tables of the state file, as the steps that lead from each version to the next."""

from __future__ import annotations

APPLICATION_ID = 0x50726372
"""What tells our file from another program's database: "Prcr"."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE dataset (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        # cluster: NULL where the record represents its own; signature and sketch: NULL where near
        # copies were not looked for
        """CREATE TABLE dedupe_document (id INTEGER PRIMARY KEY, dataset INTEGER NOT NULL,
        record_id TEXT NOT NULL, sha256 BLOB NOT NULL, cluster TEXT, signature BLOB,
        sketch BLOB)""",
        # 14 rows a document: its record_id, its text, its bands; each a hash of 48 bits, which
        # SQLite keeps in 6 bytes
        """CREATE TABLE dedupe_key (key INTEGER NOT NULL, document INTEGER NOT NULL,
        PRIMARY KEY (key, document)) WITHOUT ROWID""",
    ),
)
"""Step N makes version N + 1 (PRAGMA user_version) of version N. Never changed once released."""

VERSION = len(MIGRATIONS)
