"""Which texts a dataset holds: what its runs published, and what this run has delivered."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from crawler.dedupe.fingerprint import Fingerprint
from crawler.dedupe.keys import Keys
from crawler.dedupe.parameters import Parameters
from crawler.dedupe.policy import Match, in_order
from crawler.dedupe.similarity import estimate, jaccard
from crawler.errors import PublicationError
from crawler.state.database import transaction
from crawler.state.dedupe_staging import OWN_KEYS, Entry, Staging, last_document

CROWD = 32
"""Documents that share a band: further ones are not kept under it, or to look at all of them for
each of them would take hours. They find the first ones, and are found by their other bands."""

VIEW = 1000
"""Lookups in one transaction: for as long as it lasts, what others publish is not seen. To begin
one for each would take longer than to look up."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands among the others, and all that is needed to add it.

    ``match`` is the delivered record of which it is a copy, None where there
    is none; ``known`` the number under which this very text of the record was
    published, None where it was not; ``instead_of`` what this run has added
    of the record before.
    """

    record_id: str
    fingerprint: Fingerprint
    match: Match | None
    known: int | None
    keys: tuple[int, ...]
    instead_of: tuple[int, ...] = ()


class DedupeIndex:
    """The texts of one dataset, in the state file; one run's view of them.

    What a run adds is its own until `publishing`: it stands in a file without
    a name, which is gone with the process, however that ends. Everything that
    reads or writes raises PublicationError where that cannot be done.
    """

    def __init__(self, database: sqlite3.Connection, dataset: str, parameters: Parameters) -> None:
        """Use what `open_state` has opened, and close it in the end."""
        self.parameters = parameters
        self.dataset = dataset
        self._alone = False  # nobody has published anything yet
        self._looked_up = 0
        self._database = database
        self._keys = Keys(dataset, parameters)
        with self._errors():
            self._staged = Staging(database, OWN_KEYS + parameters.bands)
            self._began_after = last_document(database)

    def look_up(self, record_id: str, fingerprint: Fingerprint, *, exact: bool = True) -> Place:
        """Find what a record's text is a copy of; never another version of itself.

        *exact* False leaves the same texts aside.
        """
        keys = self._keys.of_all(record_id, fingerprint.sha256, fingerprint.signature)
        try:
            rows = self._rows(keys)
            if not rows:
                return Place(record_id, fingerprint, None, None, keys)
            return self._place(record_id, fingerprint, keys, rows, exact=exact)
        except sqlite3.Error as error:
            raise _unusable(error) from error

    def add(self, place: Place) -> None:
        """Add a text that is delivered; visible to this run alone until it is published."""
        text = place.fingerprint
        try:
            if place.known is not None:
                self._staged.keep(place.known, text.shingles)
                return
            cluster = place.match.cluster if place.match else None
            self._staged.remove(place.instead_of)
            self._staged.add(
                Entry(place.record_id, text.sha256, cluster, text.signature, text.sketch),
                place.keys,
                text.shingles,
            )
        except (sqlite3.Error, OSError) as error:
            raise _unusable(error) from error

    def pass_over(self, record_id: str) -> None:
        """Note that a record is delivered with a text that is not compared.

        What it was published with before is not its text any more.
        """
        key = self._keys.of_record(record_id)
        with self._errors():
            self._staged.remove(self._staged.documents_of(record_id, key))
            entries = self._entries({document for _, document in self._rows((key,))})
            if any(entry.record_id == record_id for entry in entries.values()):
                self._staged.add(Entry(record_id, None, None, None, None), (key,), None)

    def remove(self, record_id: str) -> None:
        """Take out what this run added of a record: it was not delivered after all."""
        with self._errors():
            key = self._keys.of_record(record_id)
            self._staged.remove(self._staged.documents_of(record_id, key))

    def delivered_since(
        self, number: int, most: int
    ) -> list[tuple[int, str, bytes, str | None, int]]:
        """Give what this run has added after a number: see Delivered in `unfinished`."""
        with self._errors():
            return self._staged.since(number, most)

    def refresh(self) -> None:
        """See from here on what others have published meanwhile."""
        with self._errors():
            self._settle()

    @contextmanager
    def publishing(self) -> Iterator[int]:
        """Show all runs what this one added, in one step with the body of the ``with``.

        Gives the number of texts that other runs have published meanwhile, which
        are there twice. Where the body fails, or the process dies in it, nothing
        is shown.
        """
        with self._errors():
            self._begin()
            self._staged.write()
            self._settle()
        with self._errors(), transaction(self._database):
            overtaken = self._staged.count_overtaken(self._began_after)
            self._staged.publish(self.dataset, self._keys)
            yield overtaken

    def close(self) -> None:
        """Let go of the files; what was not published is forgotten."""
        self._staged.close()
        self._database.close()

    def _place(
        self,
        record_id: str,
        fingerprint: Fingerprint,
        keys: tuple[int, ...],
        rows: Sequence[tuple[int, int]],
        *,
        exact: bool,
    ) -> Place:
        """Compare with each document that *rows* name."""
        entries = self._entries({document for _, document in rows})
        published = _published_as(record_id, fingerprint, entries)
        matches = [
            match
            for document, entry in entries.items()
            if entry.record_id != record_id
            # what was published first stays, whatever comes first today
            if published is None or 0 < document < published
            if (match := self._compare(fingerprint, document, entry, exact=exact))
        ]
        return Place(
            record_id,
            fingerprint,
            self._first_that_stands(matches),
            published if _is_signed_as(fingerprint, entries.get(published or 0)) else None,
            _roomy(keys, rows),
            tuple(
                -number
                for number in entries
                if number < 0 and entries[number].record_id == record_id
            ),
        )

    def _rows(self, keys: tuple[int, ...]) -> list[tuple[int, int]]:
        """Find documents by any of *keys*: (key, document), those of this run below 0."""
        self._looked_up += 1
        if self._looked_up % VIEW == 0:
            self._settle()
        self._begin()
        rows = [(key, -document) for key, document in self._staged.rows(keys)]
        if not self._alone:
            rows += self._database.execute(_select_keys(len(keys)), keys)
        return rows

    def _begin(self) -> None:
        """Begin a transaction where none is open; what others published is seen from here on."""
        if not self._database.in_transaction:
            self._database.execute("BEGIN")
            first = self._database.execute("SELECT 1 FROM main.dedupe_key LIMIT 1").fetchone()
            self._alone = first is None

    def _settle(self) -> None:
        if self._database.in_transaction:
            self._database.execute("COMMIT")

    def _compare(
        self, fingerprint: Fingerprint, document: int, entry: Entry, *, exact: bool
    ) -> Match | None:
        """Compare with one candidate: truly where its text is at hand, else by signature."""
        order = document if document > 0 else (1 << 62) - document
        cluster = entry.cluster or entry.record_id
        if entry.sha256 == fingerprint.sha256:
            return Match(entry.record_id, cluster, "exact", 1.0, order) if exact else None
        if fingerprint.sketch is None or entry.sketch is None:
            return None
        similarity = estimate(fingerprint.sketch, entry.sketch)
        threshold = self.parameters.threshold
        if similarity >= threshold - self.parameters.margin and fingerprint.shingles is not None:
            shingles = self._staged.shingles_of(document)
            if shingles is not None:
                similarity = jaccard(fingerprint.shingles, shingles)
        if similarity < threshold:
            return None
        return Match(entry.record_id, cluster, "near", similarity, order)

    def _first_that_stands(self, matches: Sequence[Match]) -> Match | None:
        """Give the best match that is not outdated by what this run delivered of its record."""
        for match in in_order(matches):
            of_this_run = match.order > 1 << 62
            key = self._keys.of_record(match.record_id)
            if of_this_run or not self._staged.documents_of(match.record_id, key):
                return match
        return None

    def _entries(self, documents: set[int]) -> dict[int, Entry]:
        """Read documents by number, those of this run below 0; those that are gone left out."""
        entries = {}
        for document in sorted(documents, key=lambda number: (number < 0, abs(number))):
            entry = self._published(document) if document > 0 else self._staged.entry(-document)
            if entry is not None:
                entries[document] = entry
        return entries

    def _published(self, document: int) -> Entry | None:
        row = self._database.execute(
            "SELECT record_id, sha256, cluster, signature, sketch FROM main.dedupe_document"
            " WHERE id = ?",
            (document,),
        ).fetchone()
        return Entry(*row) if row else None

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _unusable(error) from error


def remove_published(database: sqlite3.Connection, dataset: int, first: str, end: str) -> int:
    """Remove the texts of all records from one record_id up to another; count them.

    Part of the transaction that is open. The whole index is read, a second for a
    million texts: so what was kept under other parameters goes, too.
    """
    database.execute("CREATE TEMP TABLE IF NOT EXISTS removed (id INTEGER PRIMARY KEY)")
    database.execute("DELETE FROM temp.removed")
    found = database.execute(
        "INSERT INTO temp.removed SELECT id FROM main.dedupe_document"
        " WHERE dataset = ? AND record_id >= ? AND record_id < ?",
        (dataset, first, end),
    )
    if found.rowcount:
        for table, column in (("dedupe_document", "id"), ("dedupe_key", "document")):
            database.execute(
                f"DELETE FROM main.{table} WHERE {column} IN (SELECT id FROM temp.removed)"
            )
    return found.rowcount


def _unusable(error: Exception) -> PublicationError:
    return PublicationError(f"the state file cannot be read or written: {error}")


def _published_as(
    record_id: str, fingerprint: Fingerprint, entries: Mapping[int, Entry]
) -> int | None:
    """Find the number under which this very text was published under this record."""
    for document, entry in entries.items():
        if document > 0 and entry.record_id == record_id and entry.sha256 == fingerprint.sha256:
            return document
    return None


def _is_signed_as(fingerprint: Fingerprint, entry: Entry | None) -> bool:
    """Whether nothing would be gained by adding a text that is published already."""
    return entry is not None and fingerprint.signature in (None, entry.signature)


def _roomy(keys: tuple[int, ...], rows: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """Leave out the bands that so many share that to look at all would take too long."""
    counts = Counter(key for key, _ in rows)
    return (*keys[:OWN_KEYS], *(key for key in keys[OWN_KEYS:] if counts[key] < CROWD))


@cache
def _select_keys(count: int) -> str:
    """Write the statement that finds published documents by *count* keys."""
    marks = ", ".join(f"(?{number})" for number in range(1, count + 1))
    return (  # a third quicker than key IN (...)
        f"WITH wanted (number) AS (VALUES {marks})"
        " SELECT key, document FROM wanted CROSS JOIN main.dedupe_key ON key = number"
    )
