"""What a walk missed, asked for by id; what cannot be had is named."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from crawler.wordpress.page import Page, Record, id_of
from crawler.wordpress.rest_errors import Meaning, RestError
from crawler.wordpress.walk import (
    Ask,
    End,
    Plan,
    Seen,
    Tally,
    id_chunks,
    ids_of,
    join_ids,
)

_SHUT = frozenset({Meaning.DENIED, Meaning.BLOCKED, Meaning.CLOSED})


@dataclass(frozen=True, slots=True)
class Lost:
    """Records that exist and could not be had, and why.

    ``ids`` where they are known; ``count`` is None where nobody counted.
    """

    reason: str
    ids: tuple[int, ...] = ()
    count: int | None = None


@dataclass(frozen=True, slots=True)
class _Batch:
    ids: tuple[int, ...]
    confirm: bool = False  # ask whether they are still listed, not for the records


class MissingWay:
    """Records by ``include=``; a batch that fails is halved down to the one that breaks it."""

    def __init__(self, plan: Plan, seen: Seen, missing: Iterable[int], *, size: int) -> None:
        self.tally = Tally()
        self.lost: list[Lost] = []
        self.gone = 0
        self._plan = plan
        self._seen = seen
        self._absent: list[int] = []
        self._size = size
        self._alive: Ask | None = None  # under way, to see whether the site is there at all
        self._batches = deque(
            _Batch(ids) for ids in id_chunks(sorted(missing), size=size, budget=plan.id_budget)
        )
        self._end_if_done()

    def ask(self) -> Ask:
        """Give the next batch."""
        if self._alive is not None:
            return self._alive
        batch = self._batches[0]
        params = (
            ("per_page", str(len(batch.ids))),
            *self._plan.filters,
            ("include", join_ids(batch.ids)),
        )
        return Ask(params, "id" if batch.confirm else None, hasty=len(batch.ids) < self._size)

    def take(self, page: Page) -> list[Record]:
        """Take a batch; give its records not seen before."""
        if self._alive is not None:
            self._alive = None
            return []
        batch = self._batches.popleft()
        came = set(ids_of(page))
        wanted = [number for number in batch.ids if number not in came]
        if batch.confirm:
            self._lose([number for number in batch.ids if number in came], "listed, not given")
            told = page.totals is None or page.totals.records <= len(batch.ids)
            if came <= set(batch.ids) and told:
                self.gone += len(wanted)
            else:
                self._lose(wanted, "the site does not give records by id")
            fresh = []
        else:
            self._absent += wanted
            asked = set(batch.ids)
            named = (record for record in page.records if id_of(record) in asked)
            # sites list the newest first, and what came first stands for its copies
            fresh = sorted(self._seen.unseen(named), key=lambda record: id_of(record) or 0)
        self._end_if_done()
        return fresh

    def fail(self, error: RestError) -> None:
        """Halve the batch, or name the one record that cannot be had."""
        if self._alive is not None or error.meaning in _SHUT:
            self.give_up(error.reason)
            return
        if error.meaning is Meaning.RETRY:
            return  # it is no fault of the batch
        batch = self._batches.popleft()
        if len(batch.ids) > 1 and error.meaning in (Meaning.SHRINK, Meaning.SKIP):
            middle = len(batch.ids) // 2
            halves = (batch.ids[:middle], batch.ids[middle:])
            self._batches.extendleft(_Batch(ids, batch.confirm) for ids in reversed(halves))
        else:
            self._lose(batch.ids, error.reason)
        self._end_if_done()

    def check(self, alive: Ask) -> None:
        """Ask for what came before: where it does not, the site is at fault and no batch is."""
        if self._batches:
            self._alive = alive

    def resize(self, size: int) -> None:
        """Leave the batches as they are: one that fails is halved."""

    def give_up(self, reason: str) -> None:
        """Name everything not yet received as lost."""
        self._lose([n for batch in self._batches for n in batch.ids] + self._absent, reason)
        self._batches.clear()
        self._absent = []
        self.tally.stop(End.FAILED, reason)

    def _lose(self, ids: Iterable[int], reason: str) -> None:
        named = tuple(ids)
        if named:
            self.lost.append(Lost(reason, named, len(named)))

    def _end_if_done(self) -> None:
        if not self._batches and self._absent:
            chunks = id_chunks(self._absent, size=self._size, budget=self._plan.id_budget)
            self._batches.extend(_Batch(ids, confirm=True) for ids in chunks)
            self._absent = []
        if not self._batches:
            self.tally.stop(End.DONE)
