"""The way by id: rows in the order of their ids, page by page."""

from __future__ import annotations

from crawler.wordpress.page import Page, Record
from crawler.wordpress.query import Params
from crawler.wordpress.rest_errors import Meaning, RestError
from crawler.wordpress.walk import (
    MAX_EMPTY,
    MAX_STALE,
    Ask,
    End,
    Plan,
    Seen,
    Tally,
    ids_of,
    most_empty,
    most_rows,
    refused_size,
    sure_size,
    trusted_totals,
)

STABLE_ORDERS = ("id", "date", "slug", "title", "name")
"""Orders in which pages neither repeat nor skip rows of a site at rest, best first."""

MAX_STEPS_BACK = 100


class ByIdWay:
    """Pages of a collection in the order of ids, safe against deletions where it can be.

    Ids only grow, so new rows come last; a deleted row moves all later ones
    forward, over the edge of the page that comes next. Where the collection
    takes ``offset``, each page begins with the last row of the one before: a
    greater id in its place shows the move, and the walk steps back a page.
    Without ``offset`` a falling total shows it.
    """

    def __init__(
        self,
        plan: Plan,
        seen: Seen,
        *,
        bounds: Params | None = None,
        ids_only: bool = False,
        size: int | None = None,
    ) -> None:
        orders = plan.capabilities.orderby
        self.tally = Tally()
        self.walked: set[int] = set()
        self.short = 0
        self._plan = plan
        self._seen = seen
        self._bounds = plan.bounds if bounds is None else bounds
        self._ids_only = ids_only
        self._order = next((order for order in STABLE_ORDERS if order in orders), None)
        self._ordered = self._order == "id"
        self._by_offset = "offset" in plan.capabilities.params
        self.size = size or plan.capabilities.per_page
        self._pages_left = plan.max_pages
        self._total: int | None = None
        self._next = 0  # first row not yet received
        self._asked = 0  # first row of the page under way
        self._last_id = 0
        self._stepped: dict[int, int] = {}  # first row of a page -> first id that stood there
        self._steps_back = 0
        self._uncounted = 0  # rows that no id tells apart
        self._skipped = 0  # rows of pages that failed: no short page explains them
        self._idle = 0  # pages in a row that brought nothing

    def ask(self) -> Ask:
        """Give the next page, overlapping the last one by a row where it can."""
        if self._by_offset:
            self._asked = self._next - self._overlap()
            place = ("offset", str(self._asked))
        else:
            number = self._next // self.size
            self._asked = number * self.size
            place = ("page", str(number + 1))
        order = (("orderby", self._order), ("order", "asc")) if self._order else ()
        params = (("per_page", str(self.size)), *order, *self._bounds)
        fields = "id" if self._ids_only else None
        return Ask((*params, place) if self._asked else params, fields)

    def take(self, page: Page) -> list[Record]:
        """Take a page; give its records not seen before."""
        uncounted = self._seen.uncounted
        fresh = self._seen.meet(page)
        self._uncounted += self._seen.uncounted - uncounted
        ids = ids_of(page)
        known = len(self.walked)
        self.walked.update(ids)
        moved = self._rows_moved(page, ids)
        self._count(page)
        if moved:
            self._step_back(moved, ids)
        else:
            progress = len(self.walked) > known
            empty = not progress and page.received <= self._overlap()
            self._last_id = max(ids, default=self._last_id)
            self._advance(page, progress=progress, empty=empty)
        self._spend_page()
        return fresh

    def fail(self, error: RestError) -> None:
        """Skip the rows of a page that failed, where it is known that more follow."""
        if error.meaning is Meaning.END and self._expected():
            self._step_back(self.size, [])  # rows were deleted: later ones moved to earlier pages
        elif error.meaning is Meaning.END:
            self._finish()
        elif smaller := refused_size(self.size, error):
            self.size = smaller
        elif error.meaning is Meaning.SKIP or error.params:
            self.tally.stop(End.STUCK, error.reason)
        elif error.meaning is not Meaning.RETRY or self._total is None:
            self.tally.stop(End.FAILED, error.reason)
        else:
            behind = min(self._asked + self.size, self._total)
            self._skipped += max(0, behind - self._next)
            self._next = self._asked + self.size
            self._last_id = 0  # what stood there is unknown: no row to overlap with
            if self._next >= self._total:
                self._finish()

    def resize(self, size: int) -> None:
        """Ask for pages of another size; pages by number take one that divides what is behind."""
        if self._by_offset or self._next % size == 0:
            self.size = size

    def _rows_moved(self, page: Page, ids: list[int]) -> int:
        """Tell by how many rows the walk must go back; 0 where nothing moved."""
        total = page.totals.records if page.totals else None
        if total == 0 and self._expected():
            return self.size  # an offset past the end, where rows were before
        fell = self._total - total if self._total is not None and total is not None else 0
        if not self._by_offset:
            return fell if fell > 0 and self._asked > 0 else 0
        if not (self._ordered and ids == sorted(ids)):
            self._ordered = False
            return 0
        gap = bool(ids) and 0 < self._last_id < ids[0]
        # after a step back the same id in the same place means a hidden row, not a move
        if not gap or self._stepped.get(self._asked) == ids[0]:
            return 0
        return fell if 0 < fell < self.size and not self._idle < 0 else self.size

    def _step_back(self, rows: int, ids: list[int]) -> None:
        self._steps_back += 1
        if self._steps_back > MAX_STEPS_BACK:
            self.tally.stop(End.BOUND, f"rows moved {MAX_STEPS_BACK} times during the walk")
            return
        pages = -(-rows // self.size)
        back = rows if self._by_offset else pages * self.size
        self._total = self._asked if not ids else self._total  # no row stands here any more
        self._stepped[self._asked] = ids[0] if ids else 0
        self._next = max(0, self._asked + self._overlap() - back)
        self._last_id = 0 if self._next == 0 else self._last_id
        self._idle = -pages  # known pages come now; that is no repetition

    def _count(self, page: Page) -> None:
        totals = trusted_totals(page)
        if totals is None:
            self.tally.uncounted = True
            if self._asked == 0 and page.received:
                self.size = min(self.size, page.received)  # all that is known of a page
            return
        if totals.records == 0 and self._asked > 0:
            return  # an offset past the end is answered with a total of 0
        if self.tally.announced is None:
            self.tally.announced = totals.records
        if not self._by_offset and self._total not in (None, totals.records):
            self.tally.unsure = True  # pages by number show a move by the total alone
        self._total = totals.records
        rows = min(most_rows(self.size, totals), max(0, totals.records - self._asked))
        self.short += max(0, rows - page.received)
        if page.received < min(self.size, max(0, totals.records - self._asked)):
            self.size = sure_size(self.size, page, totals)

    def _advance(self, page: Page, *, progress: bool, empty: bool) -> None:
        self._idle = 0 if progress else self._idle + 1
        unannounced = self._total is None
        rows = page.received if unannounced and self._by_offset else 0
        self._next = self._asked + (self.size if empty else rows or self.size)
        if not empty and self._idle >= MAX_STALE:
            self.tally.stop(End.STUCK, "the site repeats its pages")
        elif self._total is None:
            if empty and self._idle >= MAX_EMPTY:
                self._finish()
        elif self._next >= self._total and page.received < self.size:
            self._finish()  # a full page is never the last on the header's word alone
        elif empty and self._idle > most_empty(self._total // self.size, self._plan):
            self.tally.stop(End.BOUND, f"{self._idle - 1} empty pages in a row")

    def _expected(self) -> bool:
        """Tell whether the last total promised rows where the walk is now."""
        return self._total is not None and self._asked > 0 and self._next < self._total

    def _overlap(self) -> int:
        room = self._by_offset and self._ordered and self.size > 1
        return 1 if room and self._last_id and self._next else 0

    def _finish(self) -> None:
        if self._total is not None:
            received = len(self.walked) + self._uncounted
            self.tally.settle(self._total - self._skipped, received, self.short)
            self.tally.missing += self._skipped
        self.tally.stop(End.DONE)

    def _spend_page(self) -> None:
        self._pages_left -= 1
        if self._pages_left <= 0:
            self.tally.stop(End.BOUND, "the cap on pages was reached")
