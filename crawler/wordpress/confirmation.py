"""Asks whether what a list of all ids did not name is gone, withdrawn, or there after all."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from crawler.wordpress.missing import Lost
from crawler.wordpress.page import Page
from crawler.wordpress.rest_errors import Meaning, RestError
from crawler.wordpress.walk import Ask, Plan, id_chunks, ids_of, join_ids

MAX_FAILURES = 3
"""Requests in a row without an answer, each asked again by the machine, that end it."""

ABSENT = ("_invalid_id", "_invalid", "_not_found")
"""Ends of the codes that speak of a record: rest_post_invalid_id, rest_term_invalid."""


class Confirmation:
    """Ask for records by ``include``, and for each that does not come at its own address.

    ``gone`` are those of which the site says that there is none, ``withdrawn``
    those that it shows to visitors no more, ``there`` those that came after
    all. ``unclear`` names the others: of them nothing is known.
    """

    def __init__(self, plan: Plan, ids: Iterable[int]) -> None:
        self.gone: list[int] = []
        self.withdrawn: list[int] = []
        self.there: list[int] = []
        self.unclear: list[Lost] = []
        self.again = False
        self._failures = 0
        size, listed = plan.capabilities.per_page, sorted(ids)
        by_list = "include" in plan.capabilities.params
        chunks = id_chunks(listed, size=size, budget=plan.id_budget) if by_list else []
        self._batches = deque(chunks)
        self._singles = deque([] if by_list else listed)

    @property
    def ask(self) -> Ask | None:
        """The next request; None when nothing is left to ask."""
        if self._batches:
            batch = self._batches[0]
            return Ask((("per_page", str(len(batch))), ("include", join_ids(batch))), fields="id")
        if self._singles:
            return Ask((), fields="id", single=self._singles[0])
        return None

    def take(self, page: Page) -> None:
        """Take what came: a batch, or one record."""
        self.again, self._failures = False, 0
        came = set(ids_of(page))
        if self._batches:
            batch = self._batches.popleft()
            self.there += [number for number in batch if number in came]
            self._singles += [number for number in batch if number not in came]
            return
        number = self._singles.popleft()
        if number in came:
            self.there.append(number)
        else:
            self._note(number, "something else came at its address")

    def fail(self, error: RestError) -> None:
        """Take an error: of a single record it may be the site's word on it."""
        if not error.repeated and not self.again:
            self.again = True
            return
        self.again = False
        word = None if self._batches else self._word_of(error)
        if word is not None:
            self._failures = 0
            word.append(self._singles.popleft())
            return
        self._failures += 1
        if self._failures >= MAX_FAILURES or error.meaning is Meaning.BLOCKED:
            self.give_up(error.reason)
        elif self._batches:
            self._singles += self._batches.popleft()
        else:
            self._note(self._singles.popleft(), error.reason)

    def _word_of(self, error: RestError) -> list[int] | None:
        """Tell what WordPress says of a record; None where it is not WordPress that says it."""
        code = error.code or ""
        if error.status in (404, 410) and code.endswith(ABSENT):
            return self.gone
        denied = error.meaning is Meaning.DENIED and error.status in (401, 403)
        return self.withdrawn if denied and code.startswith("rest_") else None

    def give_up(self, reason: str) -> None:
        """Name everything not yet confirmed."""
        left = (*self._singles, *(number for batch in self._batches for number in batch))
        self.unclear.append(Lost(f"not listed, and not confirmed: {reason}", left, len(left)))
        self._batches.clear()
        self._singles.clear()

    def _note(self, number: int, reason: str) -> None:
        self.unclear.append(Lost(f"not listed, and not confirmed: {reason}", (number,), 1))
