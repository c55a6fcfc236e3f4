"""A page that breaks, asked for in smaller parts, down to the record that breaks it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from crawler.wordpress.missing import Lost
from crawler.wordpress.page import Page, Record, Totals, id_of
from crawler.wordpress.rest_errors import Meaning, RestError
from crawler.wordpress.walk import Ask, capped_size, trusted_totals

MAX_ROW_FAILURES = 3
"""Failures in a row after which a row that is known to come is asked for: is the site there?"""

_NAMES = "id"
_PLACES = frozenset({"per_page", "page", "offset"})


@dataclass(frozen=True, slots=True)
class Span:
    """Rows of a query, by their place in its order."""

    start: int
    size: int


class Parts:
    """The rows of one page, asked for in parts until each of them is there or named.

    It is given the page or the error that came for the whole, and then, as a
    way is, what comes for each ``ask``. When ``done``, ``page`` stands for the
    whole: its records are ids and dates, of what came and of what is lost.
    ``lost`` names records by id, ``nowhere`` those that are known by their
    place alone. ``down`` is the error of a site that gives nothing any more,
    None where it was the page.
    """

    def __init__(
        self, ask: Ask, *, params: frozenset[str], alive: Ask | None, date: str = "date"
    ) -> None:
        self.whole = span_of(ask)
        self._date = date  # the field by which the rows are ordered
        self.lost: list[Lost] = []
        self.nowhere: list[Lost] = []
        self.down: RestError | None = None
        self.largest = 0  # part that came
        self._like = ask
        self._by_offset = "offset" in params
        # rows of one date have no order: what breaks may not be what is named a moment later
        self._confirms = "include" in params
        self._alive = alive or ask_for(ask, Span(self.whole.start + self.whole.size - 1, 1))
        self._rows: list[Record] = []
        self._ids: set[int] = set()
        self._totals: Totals | None = None
        self._todo = deque([self.whole])
        self._naming: Span | None = None
        self._named: Record | None = None  # and not yet asked for by its id
        self._reason = ""  # of the last failure
        self._checking = False  # whether the site is there at all
        self._failures = 0  # in a row

    @property
    def done(self) -> bool:
        """Whether nothing is left to ask for."""
        return not (self._todo or self._naming or self._named or self._checking)

    @property
    def page(self) -> Page:
        """The page as it would have come, of ids and dates."""
        totals = self._totals
        if totals is not None:
            totals = Totals(totals.records, -(-totals.records // self.whole.size))
        return Page(tuple(self._rows), totals, lost=len(self.nowhere))

    @property
    def short(self) -> bool:
        """Whether fewer rows came than should stand here, or nobody said how many should."""
        if self._totals is None:
            return True
        behind = self._totals.records - self.whole.start
        return len(self._rows) + len(self.nowhere) < min(self.whole.size, behind)

    def ask(self) -> Ask:
        """Give the next request."""
        if self._checking:
            return replace(self._alive, fields="id", hasty=True)
        if self._named is not None:
            rows = (("per_page", "1"), ("include", str(id_of(self._named))))
            return Ask(rows, self._like.fields, hasty=True)
        if self._naming is not None:
            return self._ask_for(self._naming, _NAMES)
        return self._ask_for(self._todo[0], self._like.fields)

    def _ask_for(self, span: Span, fields: str | None) -> Ask:
        asked = ask_for(self._like, span, by_offset=self._by_offset)
        return replace(asked, fields=fields, hasty=True)

    def take(self, page: Page) -> list[Record]:
        """Take a part; give its records."""
        self._failures = 0
        if self._checking:
            self._checking = False
            return []
        if self._named is not None:
            return self._confirm(self._named, page)
        if self._naming is not None:
            self._name(page)
            return []
        span = self._todo.popleft()
        self._totals = self._totals or trusted_totals(page)
        fresh = [record for record in page.records if self._note(record)]
        if page.whole:
            self.largest = max(self.largest, min(span.size, page.received))
            self._todo.extendleft(self._behind_cap(span, page))
        else:
            self._reason = "cut off" if page.cut else "unreadable"
            self._ask_rest(span, page)
        return fresh

    def fail(self, error: RestError) -> None:
        """Take an error in place of a part: halve it, or name the one record in it."""
        self._failures += 1
        if error.meaning is Meaning.END:  # that is an answer
            self._end(None)
        elif self._checking or error.meaning is not Meaning.SHRINK:
            self._end(error)
        elif self._named is not None:
            self._lose(self._named)
        elif self._naming is not None:
            self._lose_place(self._naming)
        else:
            self._reason = error.reason
            self._halve(self._todo.popleft())
        if self._failures >= MAX_ROW_FAILURES and not self.done:
            self._checking = True

    def _end(self, error: RestError | None) -> None:
        checked, self._checking = self._checking, False
        if error is None and checked:
            self._failures = 0
            return
        self.down = error
        self._todo.clear()
        self._naming = self._named = None

    def _note(self, record: Record) -> bool:
        """Note that a row came; tell whether it is a record that had not."""
        number = id_of(record)
        if number is None:
            self._rows.append({})
            return False
        if number in self._ids:
            return False
        self._ids.add(number)
        before = self._rows[-1].get(self._date) if self._rows else None
        date = record.get(self._date) or before  # a named row has none: its neighbour's
        self._rows.append({"id": number, self._date: date})
        return True

    def _behind_cap(self, span: Span, page: Page) -> list[Span]:
        """Give what a site that lowers per_page in silence left out of a part."""
        totals = trusted_totals(page)
        if totals is None or not self._by_offset:
            return []
        size = capped_size(span.size, page, totals)
        return [Span(span.start + size, span.size - size)] if size < span.size else []

    def _ask_rest(self, span: Span, page: Page) -> None:
        """Ask for what a part that is not whole did not have."""
        left = span.size - page.received
        if self._by_offset and page.cut and page.received and not page.unreadable:
            if left > 0:
                self._todo.appendleft(Span(span.start + page.received, left))
        elif span.size > 1 or not page.records:
            self._halve(span)

    def _halve(self, span: Span) -> None:
        if span.size > 1:
            self._todo.extendleft(reversed(_smaller(span, self._by_offset)))
        elif self._like.fields is not None:
            self._lose_place(span)
        else:
            self._naming = span

    def _name(self, page: Page) -> None:
        """Take the id of a row that cannot be had; a row that is not there any more needs none."""
        span, self._naming = self._naming, None
        if not page.records:
            return
        number = id_of(page.records[0])
        if number is None and span is not None:
            self._lose_place(span)
        elif number is not None and number not in self._ids:
            if self._confirms:
                self._named = page.records[0]
            else:
                self._lose(page.records[0])

    def _confirm(self, named: Record, page: Page) -> list[Record]:
        """Take what came for the id of the row that broke: the record, or nothing of use."""
        came = [record for record in page.records if id_of(record) == id_of(named)]
        if not came:
            self._lose(named)
        self._named = None
        return [record for record in came if self._note(record)]

    def _lose(self, named: Record) -> None:
        self._named = None
        self._note(named)
        self.lost.append(Lost(self._reason, (id_of(named) or 0,), 1))

    def _lose_place(self, span: Span) -> None:
        self._naming = None
        last = self._rows[-1].get("id") if self._rows else None
        place = f"after {last}" if last else f"in row {span.start + 1}"
        reason = f"{self._reason}: a record {place}, whose id is not given"
        self.nowhere.append(Lost(reason, count=1))


def span_of(ask: Ask) -> Span:
    """Read which rows of its query a request is for.

    >>> span_of(Ask((("per_page", "50"), ("page", "3"))))
    Span(start=100, size=50)
    """
    given = dict(ask.params)
    size = int(given["per_page"])
    return Span(int(given.get("offset", (int(given.get("page", 1)) - 1) * size)), size)


def ask_for(ask: Ask, span: Span, *, by_offset: bool = False) -> Ask:
    """Ask for other rows of the same query; by number of page where ``offset`` is no parameter.

    >>> ask_for(Ask((("per_page", "50"), ("page", "3"))), Span(110, 10)).params
    (('per_page', '10'), ('page', '12'))
    """
    others = tuple(pair for pair in ask.params if pair[0] not in _PLACES)
    place = ("offset", span.start) if by_offset else ("page", span.start // span.size + 1)
    rows = (("per_page", str(span.size)), *others)
    return replace(ask, params=(*rows, (place[0], str(place[1]))) if span.start else rows)


def _smaller(span: Span, by_offset: bool) -> list[Span]:
    """Divide a span: in halves, or so that each part is a page of its size.

    >>> _smaller(Span(0, 25), True)
    [Span(start=0, size=12), Span(start=12, size=13)]
    >>> len(_smaller(Span(50, 25), False))
    5
    """
    if by_offset:
        half = span.size // 2
        return [Span(span.start, half), Span(span.start + half, span.size - half)]
    size = next(size for size in range(span.size // 2, 0, -1) if span.size % size == 0)
    return [Span(start, size) for start in range(span.start, span.start + span.size, size)]
