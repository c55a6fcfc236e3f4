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
        # 14 rows a document by default: its record_id, its text, its bands; each a hash of 48
        # bits, which SQLite keeps in 6 bytes
        """CREATE TABLE dedupe_key (key INTEGER NOT NULL, document INTEGER NOT NULL,
        PRIMARY KEY (key, document)) WITHOUT ROWID""",
    ),
    (
        "CREATE TABLE run (id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, started TEXT NOT NULL)",
        # watermark: all that was changed until then is known; NULL: nothing is known to be
        """CREATE TABLE collection (id INTEGER PRIMARY KEY, dataset INTEGER NOT NULL,
        site TEXT NOT NULL, name TEXT NOT NULL, fields TEXT, watermark TEXT,
        UNIQUE (dataset, site, name))""",
        # dated: seconds since 1970; state: see ledger.py; copy_of: the record_id of what a copy
        # was left out for; run: the one that saw it last
        """CREATE TABLE ledger (collection INTEGER NOT NULL, id INTEGER NOT NULL, dated INTEGER,
        hash BLOB NOT NULL, bonds BLOB, state INTEGER NOT NULL, run INTEGER NOT NULL,
        copy_of TEXT, PRIMARY KEY (collection, id)) WITHOUT ROWID""",
        "CREATE TABLE intent (holder TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID",
        """CREATE TABLE lease (name TEXT PRIMARY KEY, token TEXT NOT NULL, machine TEXT NOT NULL,
        process TEXT NOT NULL, beat REAL NOT NULL) WITHOUT ROWID""",
    ),
    (
        # the lower id is that of the site which was there first
        """CREATE TABLE site (id INTEGER PRIMARY KEY AUTOINCREMENT, dataset INTEGER NOT NULL,
        site TEXT NOT NULL, host TEXT NOT NULL, name TEXT, route TEXT NOT NULL,
        UNIQUE (dataset, site))""",
        """CREATE TABLE site_sample (site INTEGER NOT NULL, id INTEGER NOT NULL,
        identity BLOB NOT NULL, modified TEXT, text BLOB, PRIMARY KEY (site, id)) WITHOUT ROWID""",
        # wanted: which records were asked for; total: how many the site said there were
        """CREATE TABLE site_asked (site INTEGER NOT NULL, wanted TEXT NOT NULL, total INTEGER,
        until TEXT NOT NULL, PRIMARY KEY (site, wanted)) WITHOUT ROWID""",
    ),
    (
        # swept: the last run that compared all ids; unswept: published runs since then
        "ALTER TABLE collection ADD COLUMN swept INTEGER",
        "ALTER TABLE collection ADD COLUMN unswept INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX ledger_copy ON ledger (copy_of) WHERE copy_of IS NOT NULL",
    ),
)
"""Step N makes version N + 1 (PRAGMA user_version) of version N. Never changed once released."""

VERSION = len(MIGRATIONS)
