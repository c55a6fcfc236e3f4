"""The way by date: after the last date seen, less the ids already seen there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.wordpress.by_id import ByIdWay
from crawler.wordpress.page import Page, Record, Totals, id_of
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
    capped_size,
    echo_size,
    join_ids,
    most_empty,
    most_rows,
    refused_size,
    trusted_totals,
)

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\Z")
_AT_FAULT = frozenset({Meaning.SHRINK, Meaning.SKIP})
_SECOND = 1
_HOUR_AND_SECOND = 3601


@dataclass(slots=True)
class Segment:
    """The walk between two moves of the cursor: one query, its pages, its rows."""

    after: str | None
    exclude: tuple[int, ...] = ()
    page: int = 1
    total: int | None = None
    fresh: int = 0
    short: int = 0


def can_keyset(plan: Plan) -> bool:
    """Tell whether the collection lists what the way by date needs."""
    able, cursor = plan.capabilities, plan.cursor
    wanted = {cursor.after, cursor.before, "exclude"}
    return wanted <= able.params and cursor.field in able.orderby


def date_of(record: Record, name: str = "date") -> str | None:
    """Give a record's site-local date; None where it is none that can be compared."""
    value = record.get(name)
    usable = isinstance(value, str) and _DATE.match(value) and value[:4] != "0000"
    return value if usable else None


def shift(date: str, seconds: int) -> str | None:
    """Move a site-local date; None where it leaves the calendar.

    >>> shift("2024-03-31T03:00:00", -1)
    '2024-03-31T02:59:59'
    """
    try:
        moved = datetime.fromisoformat(date) + timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        return None
    return moved.isoformat(timespec="seconds")


class KeysetWay:
    """Oldest first; each query starts a second before the last date seen.

    Site-local dates are compared as they are: WordPress orders and filters by
    that column. A date in the hour that the clocks skip is read an hour later
    (PHP does that), and would skip an hour of posts: by night, when clocks are
    put forward, the query starts an hour and a second before the last date.
    At the end the whole is counted once more.
    """

    def __init__(self, plan: Plan, seen: Seen) -> None:
        self.tally = Tally()
        self._plan = plan
        self._seen = seen
        self._size = plan.capabilities.per_page
        self._segment = Segment(plan.start)
        self._before: Segment | None = None  # the segment whose count is not yet explained
        self._window: ByIdWay | None = None
        self._last: str | None = None  # the last date seen
        self._floor: str | None = None  # never start before it: the user's bound
        self._tail: list[tuple[str, int]] = []  # (date, id) of the last hour seen
        self._room: int | None = None  # for ids in the headers of an answer
        self._idle = 0
        self._moved = False  # whether the walk took more than one query
        self._closing = False
        self._pages_left = plan.max_pages

    def ask(self) -> Ask:
        """Give the next page of the segment, or of the window of one second."""
        if self._closing:
            return Ask((("per_page", "1"), *self._plan.bounds), fields="id")
        if self._window is not None:
            return self._window.ask()
        segment = self._segment
        params: list[tuple[str, str]] = [
            ("per_page", str(self._size)),
            ("orderby", self._plan.cursor.field),
            ("order", "asc"),
            *self._plan.filters,
        ]
        if segment.after:
            params.append((self._plan.cursor.after, segment.after))
        if self._plan.before:
            params.append((self._plan.cursor.before, self._plan.before))
        if segment.exclude:
            params.append(("exclude", join_ids(segment.exclude)))
        if segment.page > 1:
            params.append(("page", str(segment.page)))
        return Ask(tuple(params))

    def take(self, page: Page) -> list[Record]:
        """Take a page; give its records not seen before."""
        self._pages_left -= 1
        if self._pages_left < 0:
            self.tally.stop(End.BOUND, "the cap on pages was reached")
        if self._closing:
            self._close(page)
            return []
        if self._window is not None:
            fresh = self._window.take(page)
            self._segment.fresh += len(fresh)
            self._leave_window()
            return fresh
        if self._room is None and page.records:
            names = sum(len(name) + len("%2C") for name in page.records[0])  # as in _fields
            self._room = self._plan.echo_budget - names
        totals = trusted_totals(page)
        self._count(page, totals)
        uncounted = self._seen.uncounted
        fresh = self._seen.meet(page)
        self._segment.fresh += len(fresh) + self._seen.uncounted - uncounted
        self._advance(page, totals, progress=bool(fresh))
        return fresh

    def fail(self, error: RestError) -> None:
        """End the walk, or give way to another one."""
        if self._window is not None:
            self._window.fail(error)
            self._leave_window()
        elif self._closing:
            self.tally.unsure = True  # the count at the end is a check, which is wanting now
            self.tally.stop(End.DONE)
        elif error.meaning is Meaning.END:
            self._finish()
        elif self._segment.page == 1 and (smaller := refused_size(self._size, error)):
            self._size = smaller
        elif error.params:
            self.tally.stop(End.STUCK, error.reason)
        elif error.meaning in _AT_FAULT and self._segment.exclude and self._last:
            self._enter_window(self._last, _HOUR_AND_SECOND)  # the long list may be at fault
        elif error.meaning is Meaning.SKIP:
            self.tally.stop(End.STUCK, error.reason)
        else:
            self.tally.stop(End.FAILED, error.reason)

    def resize(self, size: int) -> None:
        """Ask for pages of another size; in the middle of a query its pages stay as they are."""
        if self._window is not None:
            self._window.resize(size)
        if self._segment.page == 1:
            self._size = size

    def _count(self, page: Page, totals: Totals | None) -> None:
        segment = self._segment
        if totals is None:
            self.tally.uncounted = True
            return
        if segment.total is None:
            segment.total = totals.records
            self._settle_before(totals.records)
        if self.tally.announced is None:
            self.tally.announced = totals.records
        rows = max(0, totals.records - (segment.page - 1) * self._size)
        segment.short += max(0, min(most_rows(self._size, totals), rows) - page.received)
        self._size = capped_size(self._size, page, totals)

    def _advance(self, page: Page, totals: Totals | None, *, progress: bool) -> None:
        self._idle = 0 if progress else self._idle + 1
        name = self._plan.cursor.field
        rows = ((date_of(record, name), id_of(record) or 0) for record in page.records)
        dated = [(date, number) for date, number in rows if date]
        dates = [date for date, _ in dated]
        if dates != sorted(dates) or (dates and self._last and dates[0] <= self._after()):
            self.tally.stop(End.STUCK, "the site does not keep the order that was asked for")
        elif page.received and self._idle >= MAX_STALE:
            self.tally.stop(End.STUCK, "the site repeats its pages")
        elif self._at_end(page, totals):
            self._finish()
        elif progress and dates:
            self._move(dates[0], dates[-1], dated)
        else:
            self._segment.page += 1
            self.tally.unsure = True

    def _at_end(self, page: Page, totals: Totals | None) -> bool:
        if totals is None:
            return not page.received and self._idle >= MAX_EMPTY
        most = most_empty(totals.pages, self._plan)
        if not page.received and self._idle > most:
            self.tally.stop(End.BOUND, f"{most} empty pages in a row")
        # a full page is never the last one on the header's word alone
        return self._segment.page >= totals.pages and page.received < self._size

    def _move(self, first: str, last: str, dated: list[tuple[str, int]]) -> None:
        """Move the cursor to the last date, with the ids that are seen there."""
        if self._floor is None and self._plan.start:
            self._floor = shift(first, -_SECOND)
        horizon = shift(last, -_HOUR_AND_SECOND) or ""
        self._tail = [entry for entry in (*self._tail, *dated) if entry[0] > horizon]
        self._last = last = max(last, self._last or last)
        steps = (_HOUR_AND_SECOND, _SECOND) if _by_night(last) else (_SECOND,)
        for seconds in steps:
            after = self._start(last, seconds)
            ids = tuple(dict.fromkeys(number for date, number in self._tail if date > after))
            if self._fits(ids):
                self._turn(Segment(after, ids))
                return
        self._enter_window(last, steps[0])

    def _fits(self, ids: tuple[int, ...]) -> bool:
        room = self._room or 0
        return len(join_ids(ids)) <= self._plan.id_budget and echo_size(ids) <= room

    def _start(self, last: str, seconds: int) -> str:
        after = shift(last, -seconds) or last
        return max(after, self._floor) if self._floor else after

    def _enter_window(self, last: str, seconds: int) -> None:
        """Walk by id the records of one second, which are too many to exclude."""
        bounds: Params = (
            *self._plan.filters,
            (self._plan.cursor.after, self._start(last, seconds)),
            (self._plan.cursor.before, shift(last, _SECOND) or last),
        )
        self._window = ByIdWay(self._plan, self._seen, bounds=bounds, size=self._size)

    def _leave_window(self) -> None:
        window = self._window
        if window is None or window.tally.end is None:
            return
        self._window = None
        self._segment.short += window.short
        self.tally.unsure |= window.tally.missing > 0
        self._tail = []
        if window.tally.end is not End.DONE:
            self.tally.stop(window.tally.end, window.tally.reason)
        else:
            self._turn(Segment(self._last))

    def _turn(self, segment: Segment) -> None:
        self._moved = True
        self._before, self._segment = self._segment, segment

    def _settle_before(self, left: int) -> None:
        """Explain what the segment before counted by what is left after it."""
        before = self._before
        if before is not None and before.total is not None:
            self.tally.settle(before.total - left, before.fresh, before.short)
        self._before = None

    def _after(self) -> str:
        return self._segment.after or ""

    def _finish(self) -> None:
        segment = self._segment
        if segment.total is None:
            self._settle_before(0)
        else:
            self.tally.settle(segment.total, segment.fresh, segment.short)
        tally = self.tally
        if self._moved and not (tally.missing or tally.uncounted or tally.unsure):
            self._closing = True
        else:
            tally.stop(End.DONE)

    def _close(self, page: Page) -> None:
        """Compare with the count at the end.

        A post that is dated back during the walk is passed over; where another
        is published meanwhile, what is left to walk still adds up.
        """
        if page.totals is None:
            self.tally.unsure = True
        else:
            shown = page.totals.records - self.tally.hidden
            self.tally.missing += max(0, shown - len(self._seen.ids) - self._seen.uncounted)
        self.tally.stop(End.DONE)


def _by_night(date: str) -> bool:
    """Tell whether clocks are put forward at this hour somewhere: midnight to four.

    >>> _by_night("2024-03-31T03:00:00"), _by_night("2024-03-31T04:00:00")
    (True, False)
    """
    return date[11:13] < "04"
