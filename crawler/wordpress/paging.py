"""Which request comes next, and when a collection has ended, with which verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from crawler.wordpress.by_id import ByIdWay
from crawler.wordpress.keyset import KeysetWay, can_keyset
from crawler.wordpress.missing import Lost, MissingWay
from crawler.wordpress.newest import NewestWay
from crawler.wordpress.page import MAX_ID, Page, Record, id_of
from crawler.wordpress.parts import Parts, Span, ask_for, span_of
from crawler.wordpress.query import Params
from crawler.wordpress.rest_errors import REFUSALS, Meaning, RestError, no_response
from crawler.wordpress.walk import Ask, End, Plan, Seen, Tally, Way, ids_of

MAX_FAILURES = 3
"""Failed requests in a row, each asked again by the machine, that end a walk."""

MAX_BROKEN = 12
"""The same, while records are asked for by id: then it is looked whether the site is there."""

USUAL = 10
"""Records a page where nobody asks for more: WordPress's default, which no plugin refuses."""

HTTP_BAD_REQUEST = 400

CALM = 10
"""Pages in a row that come well, before a page that was made smaller grows again."""

BUSTER = "_"
"""A parameter that WordPress ignores, and that makes a query one that no cache has seen."""

CACHED = "the site repeats its pages, whatever is asked: a cache ignores the query string"

LONG_LIST = 20
"""Ids in ``exclude`` from which on the list may be what breaks a page."""

MAX_SWEEPS = 3
"""Times the ids are listed where the site changes under the listing."""


RECOVERABLE = frozenset({Meaning.RETRY, Meaning.SHRINK, Meaning.SKIP})
"""Meanings of an error after which asking in another way may help."""


class Verdict(StrEnum):
    """What is known of a collection at its end."""

    COMPLETE = "complete"  # everything that was announced is there
    COMPLETE_VISIBLE = "complete_visible"  # and what is not there is shown to nobody
    LIMITED = "limited"  # everything that the user's limits admit
    PARTIAL = "partial"  # something is missing, and named
    DENIED = "denied"  # the site does not let visitors read it
    FAILED = "failed"  # nothing could be had


WHOLE = frozenset({Verdict.COMPLETE, Verdict.COMPLETE_VISIBLE})
"""Verdicts of a collection of which everything that visitors may read was had."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a collection ended.

    ``announced`` is the first total, None where none was sent; ``hidden`` is
    None where nobody counted; ``gone`` were deleted during the walk;
    ``duplicates`` came more than once; ``notes`` say what else happened.
    """

    verdict: Verdict
    announced: int | None
    delivered: int
    hidden: int | None
    gone: int = 0
    duplicates: int = 0
    lost: tuple[Lost, ...] = ()
    reason: str | None = None
    notes: tuple[str, ...] = ()


class Walk:
    """The state machine of one collection.

    Ask with ``ask``, answer with ``take`` or ``fail``, until ``outcome`` is there:

        walk = Walk(plan)
        while walk.outcome is None:
            answer = send(walk.ask)
            records += walk.take(answer) if isinstance(answer, Page) else walk.fail(answer)

    ``again`` says that the same was just asked and came to nothing.
    """

    def __init__(self, plan: Plan) -> None:
        self.outcome: Outcome | None = None
        self.again = False
        self._plan = plan
        self._seen = Seen()
        self._fallbacks = _ways(plan, self._seen)
        self._way: Way = self._fallbacks.pop(0)
        self._sweep: ByIdWay | None = None  # lists ids only, after the way
        self._sweeps = 0
        self._parts: Parts | None = None  # of a page that failed
        self._alive: Ask | None = None  # something that came
        self._full = plan.capabilities.per_page  # rows of a page at its best
        self._small: int | None = None  # rows of a page where that was too much
        self._in_vain = False  # whether a page came in no part either
        self._calm = 0  # pages in a row that came well
        self._pages = 0
        self._reached_end = False  # whether the way came to the last page
        self._announced: int | None = None
        self._hidden: int | None = None
        self._delivered = 0
        self._gone = 0
        self._lost: list[Lost] = []
        self._nowhere: list[Lost] = []  # the same, without ids, of the listing under way
        self._notes: list[str] = []
        self._answered = False
        self._error: RestError | None = None  # the last one
        self._failures = 0  # in a row
        self._envelope: bool | None = None  # None: not yet needed
        self._ids: frozenset[int] = frozenset()  # of the last page of this way
        self._asked: Params = ()
        self._veiled = False  # whether the last error is a web page of nobody knows whom
        self._busting = False  # a cache gave one page for two queries

    @classmethod
    def of_ids(cls, plan: Plan, ids: Iterable[int]) -> Walk:
        """Ask for these records alone, by their ids."""
        walk = cls(plan)
        walk._fallbacks = []
        walk._hidden = 0
        walk._way = MissingWay(plan, walk._seen, ids, size=plan.capabilities.per_page)
        walk._go_on()
        return walk

    @property
    def ids(self) -> set[int]:
        """The ids that were met so far."""
        return self._seen.ids

    @property
    def ask(self) -> Ask:
        """The next request."""
        ask = self._parts.ask() if self._parts is not None else self._way.ask()
        if ask.fields is None and self._plan.fields is not None:
            ask = replace(ask, fields=self._plan.fields)
        more: Params = (("_envelope", "1"),) if self._envelope else ()
        if self._busting:
            more = (*more, (BUSTER, str(self._pages)))
        return replace(ask, params=(*ask.params, *more)) if more else ask

    @property
    def blocked(self) -> str | None:
        """What answered in the end in place of WordPress; None where WordPress did."""
        error = self._error
        return error.reason if error is not None and error.meaning is Meaning.BLOCKED else None

    @property
    def so_far(self) -> tuple[int, int | None]:
        """How many records were delivered, and of how many; None while nobody has said."""
        announced = self._announced
        if announced is None:
            announced = self._way.tally.announced
        if announced is not None and self._plan.limit is not None:
            announced = min(announced, self._plan.limit)
        return self._delivered, announced

    def take(self, page: Page) -> list[Record]:
        """Take the page that was asked for; give its records not delivered before."""
        if not page.whole and self._parts is None and not self.again:
            self.again = True
            return []
        self.again = False
        self._in_vain = False
        self._failures = 0
        if not self._answered and page.totals is None and self._envelope is None:
            self._envelope = True  # where headers are stripped, the body may hold them
            return []
        if not self._answered and self._envelope:
            self._envelope = page.totals is not None
            self._notes.append("X-WP-Total is stripped from the headers")
        self._answered = True
        if self._parts is None and not page.whole:
            self._divide()
        elif self._repeats(page):
            return []
        fresh = self._take(page)
        self._delivered += len(fresh)
        self._spend_page()
        self._go_on()
        return fresh

    def fail(self, error: RestError) -> list[Record]:
        """Take an error in place of the page; no records come of it."""
        if not error.repeated and not self.again:
            self.again = True
            return []
        self.again = False
        if self._envelope and not self._answered:
            self._envelope = False
            return []
        self._veiled = error.meaning is Meaning.BLOCKED and _is_anonymous(error)
        if self._veiled and not self._in_vain:
            error = replace(error, meaning=Meaning.SHRINK)  # it may be this page alone
        self._error = error
        if self._parts is None and self._may_divide(error):
            self._divide()
        if self._parts is not None:
            self._parts.fail(error)
            self._bound_lost(self._parts)
            self._leave_parts()
        else:
            self._fail(error)
        self._spend_page()
        self._go_on()
        return []

    def stop(self, reason: str) -> None:
        """End here: nothing more may be asked, and what is not there is lost for this *reason*."""
        self._parts = None
        self._failures = MAX_FAILURES  # no other way
        if not self._answered:
            self._error = no_response(reason)
        while self.outcome is None:
            if isinstance(self._way, MissingWay):
                self._way.give_up(reason)
            self._way.tally.stop(End.BOUND, reason)
            self._go_on()

    def _take(self, page: Page) -> list[Record]:
        if self._parts is not None:
            seen = self._seen.ids
            fresh = [each for each in self._parts.take(page) if id_of(each) not in seen]
            self._leave_parts()
        else:
            if page.records and not isinstance(self._way, MissingWay):
                self._alive = self._way.ask()
            fresh = self._way.take(page)
            self._grow()
        if self._way is self._sweep:
            return []
        room = min(self._plan.max_records, self._plan.limit or MAX_ID) - self._delivered
        if len(fresh) > self._plan.max_records - self._delivered:
            self._way.tally.end = None  # it came to its end, and we do not
        return fresh[:room] if len(fresh) > room else fresh

    def _fail(self, error: RestError) -> None:
        """Let the way answer for an error; end it where the site does not answer any more."""
        self._failures += error.meaning in RECOVERABLE or error.meaning is Meaning.BLOCKED
        self._way.fail(error)
        if not isinstance(self._way, MissingWay):
            if self._failures >= MAX_FAILURES:
                self._way.tally.stop(End.FAILED, error.reason)
        elif self._failures % MAX_BROKEN == 0 and self._alive is not None:
            self._way.check(_first_of(self._alive))
        elif self._failures >= (MAX_FAILURES if error.meaning is Meaning.RETRY else MAX_BROKEN):
            self._way.give_up(error.reason)

    def _repeats(self, page: Page) -> bool:
        """Tell whether to ask again, past a cache that gave the same page for another query."""
        if self._parts is not None or isinstance(self._way, MissingWay):
            return False
        asked, before = self._way.ask().params, self._asked
        ids, known = frozenset(ids_of(page)), self._ids
        self._ids, self._asked = ids, asked
        # a window of one second, or a count at the end, is another question with the same answer
        if len(ids) < 2 or ids != known or asked == before or _kind(asked) != _kind(before):
            return False
        if self._busting:
            self._way.tally.stop(End.STUCK, CACHED)
            return False
        self._busting = True
        self._ids, self._asked = known, before
        self._notes.append("a page came twice: asked past the cache, if there is one")
        return True

    # --- a page that breaks -------------------------------------------------------------------

    def _may_divide(self, error: RestError) -> bool:
        """Tell whether a page that failed may come in parts."""
        if error.meaning is not Meaning.SHRINK or error.params or self._in_vain:
            return False
        given = dict(self._way.ask().params)
        by_id = isinstance(self._way, MissingWay)
        count = given["per_page"] == "1" and self._way.ask().ids_only
        return not (by_id or count or given.get("exclude", "").count(",") >= LONG_LIST)

    def _divide(self) -> None:
        able = self._plan.capabilities.params
        alive = _first_of(self._alive) if self._alive is not None else None
        date = self._plan.cursor.field
        self._parts = Parts(self._way.ask(), params=able, alive=alive, date=date)

    def _leave_parts(self) -> None:
        """Go on with the whole page, once all of its parts are there or named."""
        parts = self._parts
        if parts is None or not parts.done:
            return
        self._parts = None
        self._keep_lost(parts)
        if self._announced is None and parts.page.totals is not None:
            self._announced = parts.page.totals.records
        by_date = isinstance(self._way, KeysetWay)
        if parts.down is not None:
            self._remember(parts)
            self._in_vain = True
            if self._veiled:  # it was not the page
                self._error = parts.down = replace(parts.down, meaning=Meaning.BLOCKED)
            if self._answered:
                self._failures = MAX_FAILURES - 2  # one more, in another way, and no further
            self._fail(parts.down)
        elif parts.nowhere and by_date:
            # no date is known to go on from: by id a row has a place of its own
            self._remember(parts)
            swept = "include" in self._plan.capabilities.params
            self._way.tally.stop(End.FAILED if swept else End.STUCK, parts.nowhere[0].reason)
        else:
            self._nowhere += parts.nowhere
            self._way.take(parts.page)
            self._way.tally.unsure |= parts.short  # rows of one date may change places
            self._calm = 0
            if not (parts.lost or parts.nowhere) and 0 < parts.largest < parts.whole.size:
                self._resize(parts.largest)  # not a record was too much, but their number

    def _bound_lost(self, parts: Parts) -> None:
        """Look no more for single records where more and more of them are lost."""
        lost = (*self._lost, *self._nowhere, *parts.lost, *parts.nowhere)
        if sum(each.count or 0 for each in lost) > self._plan.max_lost:
            self._keep_lost(parts)
            self._nowhere += parts.nowhere
            self._remember(parts)
            self._stop(f"more than {self._plan.max_lost} records break their page")

    def _remember(self, parts: Parts) -> None:
        """Remember what came of a page that does not come whole; of a sweep only ids did."""
        if self._way is not self._sweep:
            self._seen.unseen(parts.page.records)

    def _keep_lost(self, parts: Parts) -> None:
        """Name what a page has lost, and no page before it brought, or lost: pages overlap."""
        self._lost += [each for each in parts.lost if self._seen.ids.isdisjoint(each.ids)]

    def _grow(self) -> None:
        """Ask for larger pages again, after some that came well."""
        self._calm += 1
        if self._small is not None and self._calm % CALM == 0:
            self._resize(min(2 * self._small, self._full))

    def _resize(self, size: int) -> None:
        self._small = size if size < self._full else None
        self._way.resize(size)

    def lose(self, number: int | None, reason: str) -> None:
        """Note that a record that was given out came to nothing."""
        self._delivered -= 1
        self._lost.append(Lost(reason, () if number is None else (number,), 1))
        if self.outcome is not None:
            self.outcome = replace(
                self.outcome,
                verdict=Verdict.PARTIAL,
                delivered=self._delivered,
                lost=tuple(self._lost),
            )

    # --- from one way to the next -------------------------------------------------------------

    def _spend_page(self) -> None:
        """Keep to the caps on pages and on records."""
        self._pages += 1
        if self._pages >= self._plan.max_pages:
            self._stop("the cap on pages was reached")
        elif self._delivered >= self._plan.max_records:
            self._stop("the cap on records was reached")

    def _stop(self, reason: str) -> None:
        """End here, by a bound of ours."""
        self._parts = None
        if isinstance(self._way, MissingWay):
            self._way.give_up(reason)
        self._way.tally.stop(End.BOUND, reason)

    def _go_on(self) -> None:
        """Pass from a way that has ended to the next one, or to the verdict."""
        if self._way.tally.end is None:
            return
        if isinstance(self._way, MissingWay):
            self._lost += self._way.lost
            self._gone = self._way.gone
            self._conclude()
        elif self._way is self._sweep:
            self._after_sweep(self._sweep)
        else:
            self._after_way(self._way)

    def _after_way(self, way: Way) -> None:
        tally = way.tally
        self._ids, self._asked = frozenset(), ()
        self._reached_end = tally.end is End.DONE
        if self._announced is None:
            self._announced = tally.announced
        if self._wants_sweep(way):
            self._start_sweep()
        elif self._fallbacks and self._wants_another(tally):
            self._notes.append(f"{tally.reason}: asked in another way")
            self._notes = list(dict.fromkeys(self._notes))
            self._way = self._fallbacks.pop(0)
        elif self._may_ask_for_too_much():
            self._notes.append(f"{tally.reason}: asked for {USUAL} records a page")
            able = replace(self._plan.capabilities, per_page=USUAL)
            self._plan = replace(self._plan, capabilities=able)
            self._full = USUAL
            self._fallbacks = _ways(self._plan, self._seen)
            self._way = self._fallbacks.pop(0)
        else:
            self._hidden = None if tally.uncounted or self._plan.limit else tally.hidden
            self._name_rest(tally)
            self._conclude()

    def _wants_another(self, tally: Tally) -> bool:
        if tally.end is End.STUCK:
            return True
        return tally.end is End.FAILED and not self._answered and self._may_recover()

    def _may_ask_for_too_much(self) -> bool:
        """Tell whether a site refuses whatever is asked, without a word about what it is."""
        refused = self._error is not None and self._error.status == HTTP_BAD_REQUEST
        return refused and not self._answered and self._plan.capabilities.per_page > USUAL

    def _wants_sweep(self, way: Way) -> bool:
        """Tell whether listing the ids can show, or prove, what the way did not."""
        if self._plan.limit or "include" not in self._plan.capabilities.params:
            return False
        if way.tally.end is End.DONE:
            unproven = way.tally.uncounted and isinstance(way, KeysetWay)
            return way.tally.missing > 0 or way.tally.unsure or unproven
        # a page that fails over one of its records can still be listed
        return way.tally.end is End.FAILED and self._may_recover()

    def _may_recover(self) -> bool:
        failed = self._error is not None and self._error.meaning in RECOVERABLE
        return failed and self._failures < MAX_FAILURES

    def _start_sweep(self) -> None:
        self._sweeps += 1
        self._nowhere = []  # it lists them anew
        self._way = self._sweep = ByIdWay(self._plan, Seen(), ids_only=True)

    def _after_sweep(self, sweep: ByIdWay) -> None:
        tally = sweep.tally
        if self._announced is None:
            self._announced = tally.announced
        shaky = tally.end is not End.DONE or tally.missing > 0
        again = tally.end is not End.BOUND and self._sweeps < MAX_SWEEPS
        if shaky and again and self._failures < MAX_FAILURES:
            self._start_sweep()
            return
        self._hidden = None if tally.uncounted else tally.hidden
        missing = sweep.walked - self._seen.ids
        self._name_rest(tally, known=len(missing))
        if missing:
            self._notes.append(f"{len(missing)} records that the walk missed were asked for by id")
            self._way = MissingWay(self._plan, self._seen, missing, size=sweep.size)
        else:
            self._conclude()

    def _name_rest(self, tally: Tally, *, known: int = 0) -> None:
        """Name what no id is known of: the rows behind the point where the way ended."""
        if not self._answered:
            return
        if tally.end is End.DONE:
            if tally.missing:
                self._lost.append(Lost("counted, but on no page", count=tally.missing))
            return
        announced = tally.announced if tally.announced is not None else self._announced
        if announced is not None and self._plan.limit is not None:
            announced = min(announced, self._plan.limit)
        named = sum(each.count or 0 for each in (*self._lost, *self._nowhere))
        rest = 0 if announced is None else announced - self._delivered - known - named
        # a walk that broke off has not seen its end, however many came meanwhile
        if rest > 0 or not self._reached_end:
            count = rest if rest > 0 else None
            self._lost.append(Lost(tally.reason or str(tally.end), count=count))

    def _conclude(self) -> None:
        self._lost += self._nowhere
        self._nowhere = []
        if self._seen.nameless:
            self._lost.append(Lost("without an id", count=self._seen.nameless))
        if self._answered and self._hidden is None and not self._plan.limit:
            self._notes.append("nobody counted: the end is where nothing more came")
        reason = self._error.reason if self._error is not None and not self._answered else None
        self.outcome = Outcome(
            verdict=self._verdict(),
            announced=self._announced,
            delivered=self._delivered,
            hidden=self._hidden,
            gone=self._gone,
            duplicates=self._seen.duplicates,
            lost=tuple(self._lost),
            reason=reason,
            notes=tuple(self._notes),
        )

    def _verdict(self) -> Verdict:
        if not self._answered:
            refused = self._error is not None and self._error.meaning in REFUSALS
            return Verdict.DENIED if refused else Verdict.FAILED
        if self._lost:
            return Verdict.PARTIAL
        if self._plan.limited:
            return Verdict.LIMITED
        return Verdict.COMPLETE if self._hidden == 0 else Verdict.COMPLETE_VISIBLE


def _ways(plan: Plan, seen: Seen) -> list[Way]:
    """List the ways to try, best first; the next one is for a site that refuses the first."""
    if plan.limit:
        return [NewestWay(plan, seen)]
    able = plan.capabilities
    numbered = replace(plan, capabilities=replace(able, params=able.params - {"offset"}))
    plain = replace(plan, capabilities=replace(able, orderby=frozenset()))
    ways: list[Way] = [KeysetWay(plan, seen)] if can_keyset(plan) else []
    ways.append(ByIdWay(plan, seen))
    if "offset" in able.params:  # some sites, and some caches, know no place but a page's number
        ways.append(ByIdWay(numbered, seen))
    return [*ways, ByIdWay(plain, seen)]


def _first_of(ask: Ask) -> Ask:
    """Ask for no more than the first row of what came, by its id."""
    others = tuple(pair for pair in ask.params if pair[0] != "exclude")
    alone = ask_for(replace(ask, params=others), Span(span_of(ask).start, 1))
    return replace(alone, fields="id")


def _kind(params: Params) -> tuple[str | None, ...]:
    """Tell what a query asks for, apart from where it begins."""
    given = dict(params)
    return tuple(given.get(name) for name in ("per_page", "orderby", "before", "include"))


def _is_anonymous(error: RestError) -> bool:
    """Tell whether a web page came that bears no firewall's mark, and says that all is well."""
    return error.firewall is None and error.status is not None and error.status < 300
