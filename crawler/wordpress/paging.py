"""Which request comes next, and when a collection has ended, with which verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from crawler.wordpress.by_id import ByIdWay
from crawler.wordpress.keyset import KeysetWay, can_keyset
from crawler.wordpress.missing import Lost, MissingWay
from crawler.wordpress.newest import NewestWay
from crawler.wordpress.page import Page, Record
from crawler.wordpress.rest_errors import Meaning, RestError
from crawler.wordpress.walk import Ask, End, Plan, Seen, Tally, Way

MAX_FAILURES = 3
"""Failed requests in a row, each asked again by the machine, that end a walk."""

MAX_BROKEN = 12
"""The same, while records are asked for by id: halving 100 down to one takes seven."""

MAX_SWEEPS = 3
"""Times the ids are listed where the site changes under the listing."""


class Verdict(StrEnum):
    """What is known of a collection at its end."""

    COMPLETE = "complete"  # everything that was announced is there
    COMPLETE_VISIBLE = "complete_visible"  # and what is not there is shown to nobody
    LIMITED = "limited"  # everything that the user's limits admit
    PARTIAL = "partial"  # something is missing, and named
    DENIED = "denied"  # the site does not let visitors read it
    FAILED = "failed"  # nothing could be had


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
    """

    def __init__(self, plan: Plan) -> None:
        self.outcome: Outcome | None = None
        self._plan = plan
        self._seen = Seen()
        self._fallbacks = _ways(plan, self._seen)
        self._way: Way = self._fallbacks.pop(0)
        self._sweep: ByIdWay | None = None  # lists ids only, after the way
        self._sweeps = 0
        self._reached_end = False  # whether the way came to the last page
        self._announced: int | None = None
        self._hidden: int | None = None
        self._delivered = 0
        self._gone = 0
        self._lost: list[Lost] = []
        self._notes: list[str] = []
        self._answered = False
        self._error: RestError | None = None  # the last one
        self._failures = 0  # in a row
        self._envelope: bool | None = None  # None: not yet needed

    @property
    def ask(self) -> Ask:
        """The next request."""
        ask = self._way.ask()
        if self._envelope:
            return replace(ask, params=(*ask.params, ("_envelope", "1")))
        return ask

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
        self._failures = 0
        if not self._answered and page.totals is None and self._envelope is None:
            self._envelope = True  # where headers are stripped, the body may hold them
            return []
        if not self._answered and self._envelope:
            self._envelope = page.totals is not None
            self._notes.append("X-WP-Total is stripped from the headers")
        self._answered = True
        fresh = self._way.take(page)
        if self._way is self._sweep:
            fresh = []
        self._delivered += len(fresh)
        self._go_on()
        return fresh

    def fail(self, error: RestError) -> list[Record]:
        """Take an error in place of the page; no records come of it."""
        if self._envelope and not self._answered:
            self._envelope = False
            return []
        self._error = error
        self._failures += error.meaning in (Meaning.FAILED, Meaning.BLOCKED)
        self._way.fail(error)
        if isinstance(self._way, MissingWay):
            if self._failures >= MAX_BROKEN:
                self._way.give_up(error.reason)
        elif self._failures >= MAX_FAILURES:
            self._way.tally.stop(End.FAILED, error.reason)
        self._go_on()
        return []

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
        self._reached_end = tally.end is End.DONE
        if self._announced is None:
            self._announced = tally.announced
        if self._wants_sweep(way):
            self._start_sweep()
        elif self._fallbacks and self._wants_another(tally):
            self._notes.append(f"{tally.reason}: asked in another way")
            self._way = self._fallbacks.pop(0)
        else:
            self._hidden = None if tally.uncounted or self._plan.limit else tally.hidden
            self._name_rest(tally)
            self._conclude()

    def _wants_another(self, tally: Tally) -> bool:
        if tally.end is End.STUCK:
            return True
        return tally.end is End.FAILED and not self._answered and self._may_recover()

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
        failed = self._error is not None and self._error.meaning is Meaning.FAILED
        return failed and self._failures < MAX_FAILURES

    def _start_sweep(self) -> None:
        self._sweeps += 1
        self._way = self._sweep = ByIdWay(self._plan, Seen(), ids_only=True)

    def _after_sweep(self, sweep: ByIdWay) -> None:
        tally = sweep.tally
        if self._announced is None:
            self._announced = tally.announced
        shaky = tally.end is not End.DONE or tally.missing > 0
        if shaky and self._sweeps < MAX_SWEEPS and self._failures < MAX_FAILURES:
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
        rest = 0 if announced is None else announced - self._delivered - known
        # a walk that broke off has not seen its end, however many came meanwhile
        if rest > 0 or not self._reached_end:
            count = rest if rest > 0 else None
            self._lost.append(Lost(tally.reason or str(tally.end), count=count))

    def _conclude(self) -> None:
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
            refused = self._error is not None and self._error.meaning in (
                Meaning.DENIED,
                Meaning.ABSENT,
            )
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
    plain = replace(plan, capabilities=replace(plan.capabilities, orderby=frozenset()))
    ways: list[Way] = [KeysetWay(plan, seen)] if can_keyset(plan) else []
    return [*ways, ByIdWay(plan, seen), ByIdWay(plain, seen)]
