"""One collection under way, and how it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from crawler.items import Provenance, Tombstone
from crawler.wordpress.fields import FIELDS_BUDGET, field_list
from crawler.wordpress.index import Collection
from crawler.wordpress.known import Grave
from crawler.wordpress.missing import Lost
from crawler.wordpress.page import Record, id_of
from crawler.wordpress.paging import Outcome, Verdict
from crawler.wordpress.passes import Passes
from crawler.wordpress.records import AnyItem, RecordReader

UNASKED = "some fields of plugins cannot be named in a request: only the first page has them"


@dataclass(slots=True)
class Progress:
    """One collection under way: its walk, its reader, and what was counted."""

    collection: Collection
    walk: Passes
    reader: RecordReader
    oddities: Counter[str]
    fields: str | None = None  # None: asked whole
    notes: list[str] = field(default_factory=list)
    requests: int = 0
    errors: Counter[str] = field(default_factory=Counter)  # by code, or "other"
    mends: Counter[str] = field(default_factory=Counter)  # pages that had to be mended, by how
    left_out: frozenset[str] = frozenset()  # fields that only the first page has
    tombstones: Counter[str] = field(default_factory=Counter)  # by reason
    learnt: bool = False  # whether records came that showed what to ask for

    @property
    def name(self) -> str:
        """The collection's name, as record_ids have it: wp/v2/posts."""
        return name_of(self.collection)

    @property
    def outcome(self) -> Outcome | None:
        """How it ended; None while it is under way."""
        return self.walk.outcome

    def read(
        self, records: list[Record], provenance: Provenance | None, faults: list[Exception]
    ) -> tuple[list[Record], list[AnyItem]]:
        """Read records; one over which our own code fails is named, and costs no other."""
        read, items = [], []
        for record in records:
            try:
                items.append(self.reader.read(record, provenance))
            except Exception as error:
                faults.append(error)
                self.walk.lose(id_of(record), fault_of(error))
            else:
                read.append(record)
        return read, items

    def learn_fields(self, needs: Iterable[str], before: str | None) -> None:
        """Learn from the first page what to ask for; *before* is what an earlier run asked for."""
        seen = set(self.reader.seen)
        names = seen if before is None else {name.partition(".")[0] for name in before.split(",")}
        listed = field_list(self.collection, names, needs=needs, budget=FIELDS_BUDGET)
        self.fields = listed.value
        self.left_out = frozenset({*listed.unsafe, *listed.over_budget, *(seen - names)})
        if listed.unsafe or listed.over_budget:
            self.notes.append(UNASKED)

    def tombstone(self, grave: Grave, site: str, provenance: Provenance | None) -> Tombstone:
        """Make the tombstone of a record of this collection, and count it."""
        self.tombstones[grave.reason] += 1
        return Tombstone(
            record_id=f"{site}#{self.name}/{grave.id}",
            kind="tombstone",
            site=site,
            collection=self.collection.rest_base,
            type=self.collection.type,
            id=grave.id,
            link=None,
            reason=grave.reason,
            last_seen=grave.last_seen,
            provenance=provenance,
        )


def name_of(collection: Collection) -> str:
    """Give the collection's name, as record_ids have it: wp/v2/posts."""
    return f"{collection.namespace}/{collection.rest_base}"


def fault_of(error: Exception) -> str:
    """Name an error of our own as the reason of a loss."""
    return f"an error of ours: {type(error).__name__}"


def outcome_of(progress: Progress) -> Outcome:
    """Give the outcome of a collection; one that was cut short has failed or is partial."""
    outcome = progress.outcome
    if outcome is None:
        return Outcome(
            Verdict.FAILED, None, 0, None, lost=(Lost("not reached"),), reason="not reached"
        )
    return outcome
