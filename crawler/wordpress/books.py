"""The books of a harvest: what earlier runs published of a site, and what this one finds."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Iterator
from itertools import compress

from crawler.errors import CrawlerError
from crawler.items import Provenance, Tombstone
from crawler.wordpress.changes import versions_of
from crawler.wordpress.known import TAKEN_DOWN, KnownRecords, NothingKnown, Recorder, State
from crawler.wordpress.page import Record, id_of
from crawler.wordpress.progress import Progress, fault_of
from crawler.wordpress.records import AnyItem

USERS = "wp/v2/users"


class Books:
    """Compares records with what is ``known``, and has the *recorder* keep what they are now.

    ``gone`` are record_ids of what is there no more, to be taken by who keeps what they were.
    With *changes_only* what is as it was is not given out, and what is gone gets a tombstone.
    """

    def __init__(
        self, known: KnownRecords | None, recorder: Recorder | None, *, changes_only: bool
    ) -> None:
        self.known = known or NothingKnown()
        self.gone: list[str] = []
        self._recorder = recorder
        self._changes_only = changes_only
        self._lapsed: list[str] = []  # record_ids of texts that are not there any more

    def vanished(self, there: Names[str]) -> dict[str, int]:
        """Count what was delivered of collections that are not *there* any more, by name."""
        missing = (name for name in self.known.names() if name not in there)
        delivered = {name: len(self.known.in_state(name, State.DELIVERED)) for name in missing}
        return {name: count for name, count in delivered.items() if count}

    def authors_taken_down(self) -> frozenset[int]:
        """Give the ids of users of whom nothing is delivered any more."""
        states = (self.known.in_state(USERS, state) for state in TAKEN_DOWN)
        return frozenset(number for numbers in states for number in numbers)

    def fields_before(self, name: str) -> str | None:
        """Give what was asked for before, where only changes are wanted: only so they compare."""
        return self.known.fields(name) if self._changes_only else None

    def enter(
        self,
        progress: Progress,
        records: list[Record],
        items: list[AnyItem],
        faults: list[Exception],
    ) -> tuple[list[Record], list[AnyItem]]:
        """Enter the records of a page; give those that are to be given out, and their items."""
        if not records or self._recorder is None:
            return records, items
        try:
            versions = list(versions_of(records, progress.collection, left_out=progress.left_out))
            given = progress.walk.sort(records, versions)
        except CrawlerError:
            raise
        except Exception as error:  # none is given out that may have been taken down
            faults.append(error)
            for record in records:
                progress.walk.lose(id_of(record), fault_of(error))
            return [], []
        self._recorder.receive(progress.name, given.versions)
        self._recorder.see_again(progress.name, given.unchanged)
        if all(given.delivered):
            return records, items
        return list(compress(records, given.delivered)), list(compress(items, given.delivered))

    def bury(
        self, progress: Progress, site: str, provenance: Provenance | None
    ) -> list[Tombstone]:
        """Enter what is gone, and which texts are not there any more; give the tombstones."""
        walk, recorder = progress.walk, self._recorder
        if recorder is None:
            return []  # nothing is known that could be gone
        stones = []
        for grave in walk.graves:
            recorder.bury(progress.name, grave)
            self.gone.append(f"{site}#{progress.name}/{grave.id}")
            if self._changes_only:
                stones.append(progress.tombstone(grave, site, provenance))
        for number in walk.lapsed:
            record_id = f"{site}#{progress.name}/{number}"
            recorder.lapse(record_id)
            self._lapsed.append(record_id)
        walk.graves, walk.lapsed = [], []
        return stones

    def take_copies(self) -> Iterator[tuple[str, int]]:
        """Give what was left out for texts that are not there any more, once: (name, id)."""
        lapsed, self._lapsed = self._lapsed, []
        for record_id in lapsed:
            yield from self.known.copies_of(record_id)
