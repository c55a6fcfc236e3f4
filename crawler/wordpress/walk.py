"""What the ways through a collection share: the plan, the ask, the evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from crawler.wordpress.index import Capabilities
from crawler.wordpress.page import Page, Record, Totals, id_of
from crawler.wordpress.query import Params
from crawler.wordpress.rest_errors import RestError

MAX_EMPTY = 3
"""Empty pages in a row that end a collection whose total nobody announced."""

MAX_STALE = 3
"""Pages in a row with nothing but known records: the site repeats itself."""

MAX_HIDDEN_PAGES = 1000
"""Empty pages in a row that are walked through on the word of X-WP-TotalPages."""


MAX_PAGES = 100_000
"""Requests to a collection, where no setting says more or less."""

MAX_RECORDS = 10_000_000
"""Records of a collection, the same."""


MAX_LOST = 100
"""Records of a collection that are looked for one by one: what breaks over more is broken."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A date by which a collection is walked: its field, and the parameters that bound it."""

    field: str
    after: str
    before: str


BY_DATE = Cursor("date", "after", "before")
BY_CHANGE = Cursor("modified", "modified_after", "modified_before")


@dataclass(frozen=True, slots=True)
class Plan:
    """How one collection is to be walked.

    ``filters`` go with every request; ``after`` and ``before`` are the user's
    bounds as the REST API takes them; ``limit`` asks for the newest N only;
    ``cursor`` is the date that the bounds are of, and by which it is walked;
    ``since`` is a bound like ``after``, of an earlier run and not of the user's;
    ``fields`` names what is asked for, None leaves that to who asks;
    ``id_budget`` is the room for lists of ids in a URL, ``echo_budget`` the
    room for them and for names of fields in the answer's headers, in bytes;
    ``max_pages`` and ``max_records`` bound a collection without end,
    ``max_lost`` one that breaks over record after record.
    """

    capabilities: Capabilities
    filters: Params = ()
    after: str | None = None
    before: str | None = None
    limit: int | None = None
    cursor: Cursor = BY_DATE
    since: str | None = None
    fields: str | None = None
    id_budget: int = 2000
    echo_budget: int = 1600
    max_pages: int = MAX_PAGES
    max_records: int = MAX_RECORDS
    max_lost: int = MAX_LOST

    @property
    def limited(self) -> bool:
        """Whether the user asked for less than everything."""
        return bool(self.filters or self.after or self.before or self.limit)

    @property
    def bounds(self) -> Params:
        """The filters and the bounds, as parameters."""
        dates = ((self.cursor.after, self.start), (self.cursor.before, self.before))
        return (*self.filters, *((name, value) for name, value in dates if value))

    @property
    def start(self) -> str | None:
        """The date after which the walk begins."""
        return self.after or self.since


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to the collection's route.

    ``fields`` names the fields to ask for; None asks for the record. ``hasty``
    says that it is one of many for the same rows: it is sent again less often.
    ``single`` is the id where one record's own address is asked.
    """

    params: Params
    fields: str | None = None
    hasty: bool = False
    single: int | None = None

    @property
    def ids_only(self) -> bool:
        """Whether it asks for ids, not records."""
        return self.fields is not None


class End(StrEnum):
    """How a way through a collection ended."""

    DONE = "done"  # the last page was reached
    STUCK = "stuck"  # this way makes no progress; another may
    FAILED = "failed"  # the site does not answer
    BOUND = "bound"  # a bound of ours was hit


@dataclass(slots=True)
class Tally:
    """What a way through a collection found out.

    ``hidden`` were counted by the server and shown to nobody; ``missing`` were
    counted, and no short page explains where they are; ``uncounted`` says that
    a page came without a total, ``unsure`` that rows may have moved between
    two pages: the ids are listed once more then.
    """

    announced: int | None = None
    hidden: int = 0
    missing: int = 0
    uncounted: bool = False
    unsure: bool = False
    end: End | None = None
    reason: str | None = None

    def settle(self, counted: int, received: int, short: int) -> None:
        """Explain *counted* rows by the *received* ones and by *short* pages."""
        gap = max(0, counted - received)
        self.hidden += min(gap, short)
        self.missing += max(0, gap - short)

    def stop(self, end: End, reason: str | None = None) -> None:
        """Note how this way ended; the first word stands."""
        if self.end is None:
            self.end, self.reason = end, reason


class Way(Protocol):
    """A way through a collection: what to ask next, and what the answers mean."""

    tally: Tally

    def ask(self) -> Ask:
        """Give the next request; called only while ``tally.end`` is None."""

    def take(self, page: Page) -> list[Record]:
        """Take the page that was asked for; give its records not seen before."""

    def fail(self, error: RestError) -> None:
        """Take an error in place of the page."""

    def resize(self, size: int) -> None:
        """Ask for pages of another size from now on, where that is possible."""


@dataclass(slots=True)
class Seen:
    """The ids that a crawl of one collection has met.

    ``nameless`` records had none; ``lost`` rows are known by their place alone.
    """

    ids: set[int] = field(default_factory=set)
    nameless: int = 0
    duplicates: int = 0
    lost: int = 0

    @property
    def uncounted(self) -> int:
        """How many rows were met that no id tells apart."""
        return self.nameless + self.lost

    def meet(self, page: Page) -> list[Record]:
        """Give the records of a page that were not met before, and remember all its rows."""
        self.lost += page.lost
        return self.unseen(page.records)

    def unseen(self, records: Iterable[Record]) -> list[Record]:
        """Give the records not met before, and remember them."""
        fresh = []
        for record in records:
            number = id_of(record)
            if number is None:
                self.nameless += 1
            elif number in self.ids:
                self.duplicates += 1
            else:
                self.ids.add(number)
                fresh.append(record)
        return fresh


def most_empty(pages: int, plan: Plan) -> int:
    """Tell how many empty pages in a row are walked through, of a number that was announced.

    More pages than we would ask for at all are nobody's word: three will do.

    >>> from crawler.wordpress.index import Capabilities
    >>> plan = Plan(Capabilities(frozenset(), frozenset(), 100, "core"))
    >>> most_empty(30, plan), most_empty(10**7, plan)
    (1000, 3)
    """
    return MAX_EMPTY if pages > plan.max_pages else MAX_HIDDEN_PAGES


def ids_of(page: Page) -> list[int]:
    """Give the ids of a page's records, in their order."""
    return [number for number in map(id_of, page.records) if number is not None]


def trusted_totals(page: Page) -> Totals | None:
    """Give the totals, unless the page itself contradicts them.

    A site that switches the count off announces 0 above a full page.
    """
    totals = page.totals
    return totals if totals is not None and totals.records >= page.received else None


def refused_size(size: int, error: RestError) -> int | None:
    """Give the number of rows to ask for where *error* refuses *size*; None where it does not.

    >>> from crawler.wordpress.rest_errors import Meaning
    >>> refusal = RestError(Meaning.SHRINK, 400, "rest_invalid_param", "", ("per_page",), 50)
    >>> refused_size(100, refusal), refused_size(50, refusal)
    (50, 25)
    """
    if "per_page" not in error.params or size < 2:
        return None
    maximum = error.per_page_maximum
    return maximum if maximum is not None and 0 < maximum < size else size // 2


def capped_size(asked: int, page: Page, totals: Totals) -> int:
    """Tell how many rows a page holds at least where the server lowered *asked* in silence.

    The number of pages gives it away.

    >>> capped_size(100, Page(({"id": 1},) * 10, Totals(231, 24)), Totals(231, 24))
    10
    """
    if totals.pages < 1 or totals.pages <= -(-totals.records // asked):
        return asked
    return min(asked, max(page.received, -(-totals.records // totals.pages), 1))


def most_rows(asked: int, totals: Totals) -> int:
    """Tell how many rows a page can hold at most, by the number of pages.

    >>> most_rows(100, Totals(62, 4)), most_rows(100, Totals(231, 3))
    (20, 100)
    """
    if totals.pages < 2 or totals.pages <= -(-totals.records // asked):
        return asked
    return -(-totals.records // (totals.pages - 1)) - 1


def sure_size(asked: int, page: Page, totals: Totals) -> int:
    """Tell how many rows a short page holds for sure, be it capped or with hidden rows.

    Of 7 records a page of 4 leaves two pages, as a page of 6 with 2 hidden does:

    >>> sure_size(6, Page(({"id": 1},) * 4, Totals(7, 2)), Totals(7, 2))
    4
    """
    if page.received >= asked or totals.pages < 2:
        return asked
    least = max(page.received, -(-totals.records // totals.pages), 1)
    return least if -(-totals.records // least) == totals.pages else asked


def id_chunks(
    ids: Iterable[int], *, size: int, budget: int, each: int = len(",")
) -> list[tuple[int, ...]]:
    """Cut ids into lists of at most *size* that fit into *budget* bytes of a URL.

    *each* is what an id takes beside its own digits.

    >>> id_chunks([1, 22, 333], size=100, budget=5)
    [(1, 22), (333,)]
    """
    chunks: list[tuple[int, ...]] = []
    chunk: list[int] = []
    used = 0
    for number in ids:
        width = len(str(number)) + each
        if chunk and (len(chunk) >= size or used + width > budget):
            chunks.append(tuple(chunk))
            chunk, used = [], 0
        chunk.append(number)
        used += width
    return [*chunks, tuple(chunk)] if chunk else chunks


def echo_size(ids: Iterable[int]) -> int:
    """Measure a list of ids as WordPress writes it into the Link header of the next page.

    There each id is ``exclude%5B12%5D=3413&``, and a stock nginx takes no more
    than 4 KB of headers: it answers 502.

    >>> echo_size([3413, 22])
    38
    """
    return sum(len(f"exclude%5B{place}%5D={number}&") for place, number in enumerate(ids))


def join_ids(ids: Iterable[int]) -> str:
    """Write ids as the REST API takes a list of them."""
    return ",".join(map(str, ids))
