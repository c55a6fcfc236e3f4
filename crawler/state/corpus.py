"""Texts of files that are there already, on disk while their clusters are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from crawler.dedupe.clusters import Components, join_alike
from crawler.dedupe.fingerprint import Fingerprint
from crawler.dedupe.keys import Keys
from crawler.dedupe.parameters import Parameters
from crawler.dedupe.similarity import estimate, jaccard
from crawler.state.database import open_scratch

MEMORY_KB = 65_536
MOST_COMPARED = 200
"""Comparisons of a text within one band."""

NO_DATE = "~"  # after all dates

_SCHEMA = """
CREATE TABLE text (
    id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, sketch BLOB, shingles BLOB);
CREATE TABLE key (key INTEGER, text INTEGER, PRIMARY KEY (key, text)) WITHOUT ROWID;
CREATE TABLE record (
    id TEXT, text INTEGER, date TEXT, file INTEGER, PRIMARY KEY (id, text)) WITHOUT ROWID;
CREATE TABLE component (text INTEGER PRIMARY KEY, root INTEGER NOT NULL);
CREATE TABLE cluster (root INTEGER PRIMARY KEY, date TEXT, id TEXT);
"""


@dataclass(frozen=True, slots=True)
class Member:
    """A record of a cluster, beside its representative; that has neither kind nor similarity."""

    id: str
    file: int
    kind: str | None
    similarity: float | None


class Corpus:
    """Records with their texts, in a file without a name, which is gone when it is closed."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._keys = Keys("", parameters)
        self._database = open_scratch(_SCHEMA, memory_kb=MEMORY_KB)
        self._database.execute("BEGIN")  # which never ends: all of this is forgotten

    def add(self, record_id: str, file: int, date: str | None, text: Fingerprint) -> None:
        """Add a record; one that comes again with the same text is one record."""
        execute = self._database.execute
        added = execute(
            "INSERT OR IGNORE INTO text (sha256, sketch, shingles) VALUES (?, ?, ?)",
            (text.sha256, text.sketch, text.shingles),
        )
        row = execute("SELECT id FROM text WHERE sha256 = ?", (text.sha256,)).fetchone()
        if added.rowcount and text.signature is not None:
            self._database.executemany(
                "INSERT OR IGNORE INTO key VALUES (?, ?)",
                [(key, row[0]) for key in self._keys.of_bands(text.signature)],
            )
        execute(
            "INSERT INTO record VALUES (?, ?, ?, ?) ON CONFLICT (id, text) DO UPDATE"
            " SET date = min(date, excluded.date), file = min(file, excluded.file)",
            (record_id, row[0], date or NO_DATE, file),
        )

    def clusters(self) -> Iterator[list[Member]]:
        """Give each cluster of two records or more, the representative first.

        That is the earliest by date, then by id; in the same order come the
        clusters, and the others in each.
        """
        self._find_components()
        self._database.execute(
            "INSERT INTO cluster SELECT c.root, min(r.date), NULL FROM record r"
            " JOIN component c ON c.text = r.text GROUP BY c.root HAVING count(DISTINCT r.id) > 1"
        )
        self._database.execute(
            "UPDATE cluster SET id = (SELECT min(r.id) FROM component c JOIN record r"
            " ON r.text = c.text WHERE c.root = cluster.root AND r.date = cluster.date)"
        )
        for root, first in self._database.execute(
            "SELECT root, id FROM cluster ORDER BY date, id"
        ):
            yield self._members(root, first)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _find_components(self) -> None:
        """Join texts that are alike, and texts of one record."""
        execute = self._database.execute
        components = Components(execute("SELECT coalesce(max(id), 0) FROM text").fetchone()[0] + 1)
        for (key,) in execute("SELECT key FROM key GROUP BY key HAVING count(*) > 1"):
            texts = execute(  # in the order of hashes, which is not that of the input
                "SELECT k.text FROM key k JOIN text t ON t.id = k.text WHERE k.key = ?"
                " ORDER BY t.sha256",
                (key,),
            ).fetchall()
            join_alike([text for (text,) in texts], components, self._alike, most=MOST_COMPARED)
        versions = "SELECT id, min(text) FROM record GROUP BY id HAVING count(*) > 1"
        for record_id, first in execute(versions):
            for (text,) in execute("SELECT text FROM record WHERE id = ?", (record_id,)):
                components.join(first, text)
        numbers = execute("SELECT id FROM text").fetchall()
        rows = ((number, components.find(number)) for (number,) in numbers)
        self._database.executemany("INSERT INTO component VALUES (?, ?)", rows)
        execute("CREATE INDEX component_root ON component (root)")
        execute("CREATE INDEX record_text ON record (text)")

    def _alike(self, one: int, other: int) -> bool:
        (first, shingles), (second, others) = self._text(one), self._text(other)
        least = self._parameters.threshold
        if estimate(first, second) < least - self._parameters.margin:
            return False
        return jaccard(shingles, others) >= least

    def _members(self, root: int, first: str) -> list[Member]:
        rows: dict[str, list[int]] = {}
        files: dict[str, int] = {}
        for record_id, text, file in self._database.execute(
            "SELECT r.id, r.text, r.file FROM component c JOIN record r ON r.text = c.text"
            " WHERE c.root = ? ORDER BY r.id <> ?, r.date, r.id",
            (root, first),
        ):
            rows.setdefault(record_id, []).append(text)
            files[record_id] = min(file, files.get(record_id, file))
        own = rows.pop(first)
        members = [Member(first, files[first], None, None)]
        for record_id, texts in rows.items():
            exact = bool(set(own) & set(texts))
            similarity = 1.0 if exact else self._nearest(own, texts)
            kind = "exact" if exact else "near"
            members.append(Member(record_id, files[record_id], kind, similarity))
        return members

    def _nearest(self, some: list[int], others: list[int]) -> float:
        """Give the similarity of the versions that are most alike."""
        return max(
            jaccard(self._text(one)[1], self._text(other)[1]) for one in some for other in others
        )

    @lru_cache(maxsize=1000)  # noqa: B019 - a corpus lives as long as its command
    def _text(self, number: int) -> tuple[bytes, bytes]:
        """Give sketch and shingles, b"" where the text is too short for any."""
        row = self._database.execute(
            "SELECT sketch, shingles FROM text WHERE id = ?", (number,)
        ).fetchone()
        return row[0] or b"", row[1] or b""
