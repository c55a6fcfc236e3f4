"""The newest few records of a collection, for a look."""

from __future__ import annotations

from crawler.wordpress.page import Page, Record
from crawler.wordpress.rest_errors import Meaning, RestError
from crawler.wordpress.walk import Ask, End, Plan, Seen, Tally, refused_size, trusted_totals


class NewestWay:
    """Pages newest first, until ``plan.limit`` records are there or the last page is."""

    def __init__(self, plan: Plan, seen: Seen) -> None:
        self.tally = Tally()
        self._plan = plan
        self._seen = seen
        self._left = plan.limit or 0
        self._page = 1
        self._size = min(plan.capabilities.per_page, max(self._left, 1))
        orders = plan.capabilities.orderby
        self._order = next((order for order in ("date", "id") if order in orders), None)

    def ask(self) -> Ask:
        """Give the next page."""
        order = (("orderby", self._order), ("order", "desc")) if self._order else ()
        page = (("page", str(self._page)),) if self._page > 1 else ()
        return Ask((("per_page", str(self._size)), *order, *self._plan.bounds, *page))

    def take(self, page: Page) -> list[Record]:
        """Take a page; give its records not seen before, up to the limit."""
        totals = trusted_totals(page)
        if totals is not None and self.tally.announced is None:
            self.tally.announced = totals.records
        fresh = self._seen.meet(page)[: self._left]
        self._left -= len(fresh)
        last = self._page >= totals.pages if totals is not None else not fresh
        if last or not self._left:
            self.tally.stop(End.DONE)
        elif page.received and not fresh:
            self.tally.stop(End.STUCK, "the site repeats its pages")
        self._page += 1
        if self._page > self._plan.max_pages:
            self.tally.stop(End.BOUND, "the cap on pages was reached")
        return fresh

    def fail(self, error: RestError) -> None:
        """End at the last page; anything else ends the look."""
        if error.meaning is Meaning.END:
            self.tally.stop(End.DONE)
        elif self._page == 1 and (smaller := refused_size(self._size, error)):
            self._size = smaller
        elif error.meaning is Meaning.SKIP and self._order is not None:
            self._order = None
        else:
            self.tally.stop(End.FAILED, error.reason)

    def resize(self, size: int) -> None:
        """Ask for pages of another size, where that moves no page that is still to come."""
        if self._page == 1:
            self._size = size
