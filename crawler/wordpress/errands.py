"""Requests for what documents link to: one errand brings one sort of resource for one page."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from crawler.wordpress.index import Capabilities
from crawler.wordpress.linked import Reason
from crawler.wordpress.missing import Lost
from crawler.wordpress.page import Page, Record, id_of
from crawler.wordpress.paging import Outcome, Verdict, Walk
from crawler.wordpress.query import Params
from crawler.wordpress.rest_errors import Meaning, RestError
from crawler.wordpress.values import to_number
from crawler.wordpress.walk import Plan, id_chunks, join_ids

MAX_FAILURES = 20
"""Failed requests in a row to one route, each asked again by the machine, that close it.

Halving 100 down to two that break the list takes 13.
"""

MAX_REQUESTS = 500
"""For what belongs to one page of documents: a hostile site has comments without end."""

MAX_LOST = 5
"""Comments or attachments that break their page, and are looked for one by one."""

ECHOED = len("parent%5B99%5D=&")
"""What the Link header of an answer adds to each id of a list."""

EXCLUDED = 700
"""Room for `exclude` in the same header, in bytes: with the owners it must stay below 4 KB."""

FORBIDDEN_OWNER = "rest_cannot_read_post"
"""One post of a list may not be read: WordPress refuses the list."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a resource was not had; ``answer`` is the site's word for it."""

    reason: Reason
    answer: str


STRANGERS = Refusal("failed", "the site lists what was not asked for")
ENDLESS = Refusal("bound", f"more than {MAX_REQUESTS} requests for one page of documents")


@dataclass(frozen=True, slots=True)
class Query:
    """What to ask: a route with parameters, or an address on the site's own origin.

    ``single`` says that the answer is one resource, not a list.
    """

    route: str
    params: Params = ()
    address: str | None = None
    single: bool = False


class Errand(Protocol):
    """Ask with ``query``, answer with ``take`` or ``fail``, until ``done``.

    Then ``found`` is what came, ``absent`` the ids that a list left out, and
    ``refused`` what could not be asked for: by id, or by owner.
    """

    word: str  # whose errand: a word of follow=, or another rel
    route: str  # what is closed after too many failures
    found: list[Any]
    absent: list[int]
    refused: dict[int, Refusal]

    @property
    def done(self) -> bool: ...

    @property
    def query(self) -> Query:
        """The next request; read only while not ``done``."""

    def take(self, answer: Any) -> None:
        """Take what came: a Page, or for a single query its JSON."""

    def fail(self, error: RestError) -> None:
        """Take an error in place of it."""

    def close(self, refusal: Refusal) -> None:
        """End here: the route is refused to all."""


def refusal_of(error: RestError) -> Refusal:
    """Say what an error means for the resource that was asked for by itself.

    >>> from crawler.wordpress.rest_errors import read_error
    >>> refusal_of(read_error(404, {"code": "rest_user_invalid_id"})).reason
    'dangling'
    """
    if error.meaning is Meaning.BLOCKED and (error.firewall or error.status in range(200, 300)):
        return Refusal("blocked", error.reason)
    if error.meaning in (Meaning.BLOCKED, Meaning.DENIED, Meaning.CLOSED):
        return Refusal("denied", error.reason)
    if error.meaning is Meaning.GONE:
        return Refusal("dangling", error.reason)
    return Refusal("failed", error.reason)


def closed_by(error: RestError) -> Refusal | None:
    """Tell whether an error to a list means that its route is closed to visitors; None: it is not.

    >>> from crawler.wordpress.rest_errors import read_error
    >>> closed_by(read_error(401, {"code": "rest_user_cannot_view"})).reason
    'denied'
    """
    if error.meaning is Meaning.END or error.code == FORBIDDEN_OWNER:
        return None
    refusal = refusal_of(error)
    if refusal.reason == "dangling":  # no such route: nobody may read what it would give
        return Refusal("denied", error.reason)
    return None if refusal.reason == "failed" else refusal


class _Outcome:
    """What every errand has, empty at first: see Errand."""

    def __init__(self, word: str, route: str) -> None:
        self.word = word
        self.route = route
        self.found: list[Any] = []
        self.absent: list[int] = []
        self.refused: dict[int, Refusal] = {}


class ByIds(_Outcome):
    """Resources by ``include=``; a batch that fails is halved down to the one that breaks it."""

    def __init__(
        self, word: str, route: str, ids: Iterable[int], *, fields: str, size: int, budget: int
    ) -> None:
        super().__init__(word, route)
        self._fields = fields
        self._batches = deque(id_chunks(ids, size=size, budget=budget))

    @property
    def done(self) -> bool:
        return not self._batches

    @property
    def query(self) -> Query:
        batch = self._batches[0]
        params = (("per_page", str(len(batch))), ("include", join_ids(batch)))
        return Query(self.route, (*params, ("_fields", self._fields)))

    def take(self, answer: Page) -> None:
        batch = self._batches.popleft()
        by_id = {id_of(record): record for record in answer.records}
        self.found += [by_id[number] for number in batch if number in by_id]
        self.absent += [number for number in batch if number not in by_id]

    def fail(self, error: RestError) -> None:
        batch = self._batches.popleft()
        if len(batch) > 1:
            self._batches.extendleft(_halves(batch))
        else:
            self.refused[batch[0]] = refusal_of(error)

    def close(self, refusal: Refusal) -> None:
        self.refused |= {number: refusal for batch in self._batches for number in batch}
        self._batches.clear()


class ById(_Outcome):
    """One resource by its own route, which says why a list did not have it."""

    def __init__(self, word: str, route: str, number: int, *, fields: str) -> None:
        super().__init__(word, route)
        self._number = number
        self._fields = fields

    @property
    def done(self) -> bool:
        return bool(self.found or self.refused)

    @property
    def query(self) -> Query:
        return Query(f"{self.route}/{self._number}", (("_fields", self._fields),), single=True)

    def take(self, answer: Any) -> None:
        if isinstance(answer, dict) and id_of(answer) == self._number:
            self.found.append(answer)
        else:
            self.close(Refusal("failed", "another record than was asked for"))

    def fail(self, error: RestError) -> None:
        self.close(refusal_of(error))

    def close(self, refusal: Refusal) -> None:
        self.refused[self._number] = refusal


class ByOwners(_Outcome):
    """Comments by ``post=``, attachments by ``parent=``: a walk through those of many documents.

    A list of owners that is refused or breaks off is halved down to the one
    that is at fault. A site that lists what belongs to others ignores the
    filter, and is not asked on.
    """

    def __init__(
        self,
        word: str,
        route: str,
        owners: Iterable[int],
        *,
        filter_: str,
        able: Capabilities,
        fields: str,
        budget: int,
    ) -> None:
        super().__init__(word, route)
        self._filter = filter_
        self._able = able
        self._fields = fields
        self._batches = deque(id_chunks(owners, size=able.per_page, budget=budget, each=ECHOED))
        self._walk: Walk
        self._came: list[Record] = []
        self._error: RestError | None = None
        self._left = MAX_REQUESTS
        self._start()

    @property
    def done(self) -> bool:
        return not self._batches

    @property
    def query(self) -> Query:
        ask = self._walk.ask
        fields = ask.fields or self._fields
        return Query(self.route, (*ask.params, ("_fields", fields)))

    def take(self, answer: Page) -> None:
        came = self._walk.take(answer)
        own = [each for each in came if to_number(each.get("post")) in self._batches[0]]
        self._came += own
        if len(own) < len(came):
            self.close(STRANGERS)
        else:
            self._go_on()

    def fail(self, error: RestError) -> None:
        self._error = error
        if len(self._batches[0]) > 1 and error.meaning not in (Meaning.END, Meaning.SKIP):
            self._halve()
        else:
            self._walk.fail(error)
        self._go_on()

    def close(self, refusal: Refusal) -> None:
        self.found += self._came
        self.refused |= {number: refusal for batch in self._batches for number in batch}
        self._batches.clear()

    def _start(self) -> None:
        self._came, self._error = [], None
        if self._batches:
            owners = (self._filter, join_ids(self._batches[0]))
            plan = Plan(self._able, filters=(owners,), echo_budget=EXCLUDED, max_lost=MAX_LOST)
            self._walk = Walk(plan)

    def _halve(self) -> None:
        self._batches.extendleft(_halves(self._batches.popleft()))
        self._start()

    def _go_on(self) -> None:
        outcome = self._walk.outcome
        if outcome is not None:
            self._conclude(outcome)
        self._left -= 1
        if self._left == 0:
            self.close(ENDLESS)

    def _conclude(self, outcome: Outcome) -> None:
        whole = outcome.verdict is Verdict.LIMITED  # by the owners, and by nothing else
        if not whole and len(self._batches[0]) > 1:
            self._halve()
            return
        self.found += self._came
        if not whole:
            self.refused[self._batches[0][0]] = self._why(outcome.lost)
        self._batches.popleft()
        self._start()

    def _why(self, lost: Sequence[Lost]) -> Refusal:
        if self._error is not None and not self._came:
            return refusal_of(self._error)
        return Refusal("failed", lost[0].reason if lost else "the walk broke off")


class ByAddress(_Outcome):
    """One link by its own address, whatever it leads to."""

    def __init__(self, rel: str, address: str) -> None:
        super().__init__(rel, rel)  # its addresses are closed together
        self.address = address

    @property
    def done(self) -> bool:
        return bool(self.found or self.refused)

    @property
    def query(self) -> Query:
        return Query("", address=self.address, single=True)

    def take(self, answer: Any) -> None:
        self.found.append(answer)

    def fail(self, error: RestError) -> None:
        web_page = error.meaning is Meaning.BLOCKED and error.firewall is None
        if web_page and error.status in range(200, 300):
            self.close(Refusal("not_json", error.reason))
        else:
            self.close(refusal_of(error))

    def close(self, refusal: Refusal) -> None:
        self.refused[0] = refusal


def _halves(batch: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Halve a batch; the second half first, as ``extendleft`` turns them round."""
    middle = len(batch) // 2
    return [batch[middle:], batch[:middle]]
