"""The passes over a collection that was published before: what changed, what is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from crawler.wordpress.changes import (
    Version,
    is_dated,
    keeps_changes,
    sweep_fields,
    versions_of,
)
from crawler.wordpress.confirmation import Confirmation
from crawler.wordpress.index import Collection
from crawler.wordpress.known import STANDING, TAKEN_DOWN, Grave, Known, KnownRecords, State
from crawler.wordpress.missing import Lost
from crawler.wordpress.page import Page, Record
from crawler.wordpress.paging import WHOLE, Outcome, Verdict, Walk
from crawler.wordpress.rest_errors import RestError
from crawler.wordpress.walk import BY_CHANGE, BY_DATE, Ask, Cursor, Plan

LOOK_BACK = timedelta(hours=2)
"""Before the last change that is known: clocks are put back an hour, and those of sites differ."""

MAX_GONE = 0.2
"""Part of a collection that may be missing at once before that is doubted."""

FELL_SHORT = "not all ids could be listed: nobody knows what is gone"


@dataclass(frozen=True, slots=True)
class Renewal:
    """How a collection is compared with what earlier runs published of it.

    ``name`` is that of its record_ids; ``changes_only`` leaves out what is as
    it was; ``sweep_every`` says in how many runs all ids are compared once;
    above ``max_gone`` of the known records nothing is called gone; ``authors``
    are taken down.
    """

    collection: Collection
    name: str
    known: KnownRecords
    changes_only: bool = False
    sweep_every: int = 1
    max_gone: float = MAX_GONE
    authors: frozenset[int] = frozenset()


@dataclass(slots=True)
class Sorted:
    """The records of a page: which are to be delivered, which are as they were."""

    delivered: list[bool] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)  # of those that are delivered
    unchanged: list[tuple[Version, Known]] = field(default_factory=list)


class Passes:
    """Walks over one collection, one after the other; asked and answered as a single Walk is.

    First what is new or changed, or everything; then, where that was not
    everything, the ids of all, which show what changed without a date, and what
    is missing; then whether that is gone. ``outcome`` is there when nothing is
    left to ask; `wake` begins another pass for what is wanted by its id by then.
    ``graves`` and ``lapsed`` are to be taken by whoever keeps the books.
    """

    def __init__(self, plan: Plan, renewal: Renewal) -> None:
        self.graves: list[Grave] = []
        self.lapsed: list[int] = []  # whose text is not there any more: gone, or another now
        self.counts: Counter[str] = Counter()
        self.since = _since(plan, renewal)
        self.swept: bool | None = None  # None: no sweep was due
        self._plan = plan
        self._renewal = renewal
        self.main = Walk(_main_plan(plan, renewal, self.since))
        self._walk = self.main
        self._gave = self.main  # the walk that gave the last records
        self._sweep: Walk | None = None
        self._confirmation: Confirmation | None = None
        self._by_id: list[Walk] = []
        self._wanted: dict[int, None] = {}  # ids, in the order in which they were found
        self._forced: set[int] = set()  # of records that are delivered as they were, too
        self._buried: set[int] = set()
        self._changed: set[int] = set()
        self._lost: list[Lost] = []
        self._stopped = False
        for number in renewal.known.in_state(renewal.name, State.ORPHANED):
            self.want(number)

    @property
    def ask(self) -> Ask:
        """The next request."""
        confirmation = self._confirmation
        ask = confirmation.ask if confirmation is not None else None
        return ask if ask is not None else self._walk.ask

    @property
    def outcome(self) -> Outcome | None:
        """How the collection ended; None while there is something to ask."""
        if self._confirmation is not None or self._walk.outcome is None:
            return None
        main = self.main.outcome
        if main is None or main.verdict in (Verdict.DENIED, Verdict.FAILED):
            return main
        sweep = self._sweep.outcome if self._sweep is not None else None
        later = [each.outcome for each in self._by_id if each.outcome is not None]
        lost = (*main.lost, *(lost for each in later for lost in each.lost), *self._lost)
        listing = sweep or main
        verdicts = {main.verdict, listing.verdict}
        return replace(
            main,
            verdict=_verdict_of(verdicts, lost),
            announced=listing.announced,
            delivered=main.delivered
            + sum(each.delivered for each in later)
            - self.counts["unchanged"]
            - self.counts["suppressed"],
            hidden=listing.hidden,
            gone=main.gone + sum(each.gone for each in later),
            lost=lost,
            notes=tuple(dict.fromkeys((*main.notes, *(sweep.notes if sweep else ())))),
        )

    @property
    def again(self) -> bool:
        """Whether the same was just asked, and came to nothing."""
        if self._confirmation is not None:
            return self._confirmation.again
        return self._walk.again

    @property
    def blocked(self) -> str | None:
        """What answered in the end in place of WordPress; None where WordPress did."""
        return self._walk.blocked

    @property
    def so_far(self) -> tuple[int, int | None]:
        """How many records came, and of how many; None while nobody has said."""
        delivered, announced = self.main.so_far
        return delivered + sum(each.so_far[0] for each in self._by_id), announced

    @property
    def had_all(self) -> bool:
        """Whether every record that visitors may read came, be it as it was."""
        outcome = self.main.outcome
        return self.since is None and outcome is not None and outcome.verdict in WHOLE

    def take(self, page: Page) -> list[Record]:
        """Take what came; give the records that are to be looked at, by `sort`."""
        if self._confirmation is not None:
            self._confirmation.take(page)
            self._go_on()
            return []
        walk = self._gave = self._walk
        records = walk.take(page)
        if walk is self._sweep:
            self._compare(records)
            records = []
        self._go_on()
        return records

    def fail(self, error: RestError) -> None:
        """Take an error in its place."""
        (self._confirmation or self._walk).fail(error)
        self._go_on()

    def stop(self, reason: str) -> None:
        """End here: nothing more may be asked."""
        self._stopped = True
        if self._confirmation is not None:
            self._confirmation.give_up(reason)
            self._bury(self._confirmation)
        elif self._walk.outcome is None:
            self._walk.stop(reason)
            if self._walk is self._sweep:
                self._lost.append(Lost(reason))
        if self._wanted:
            self._lost.append(Lost(reason, tuple(self._wanted), len(self._wanted)))
            self._wanted.clear()

    def lose(self, number: int | None, reason: str) -> None:
        """Note that a record that was given out came to nothing."""
        self._gave.lose(number, reason)

    def want(self, number: int) -> None:
        """Ask for a record by its id, and deliver it even as it was: it was left out before."""
        if not self._plan.limited:  # the user's limits hold for it, too
            self._forced.add(number)
            self._wanted[number] = None

    def wake(self) -> bool:
        """Begin a pass for what is wanted by id; tell whether there is anything to ask."""
        if self._stopped or not self._wanted or self.outcome is None:
            return False
        if self.outcome.verdict in (Verdict.DENIED, Verdict.FAILED):
            return False
        wanted = [number for number in self._wanted if number not in self._buried]
        self._wanted.clear()
        plan = replace(self._plan, since=None, fields=None)
        self._walk = Walk.of_ids(plan, wanted)
        self._by_id.append(self._walk)
        return self._walk.outcome is None

    def sort(self, records: Sequence[Record], versions: Sequence[Version]) -> Sorted:
        """Tell which of the records that came are to be delivered, and count them."""
        given, renewal = Sorted(), self._renewal
        known = renewal.known.look_up(renewal.name, [each.id for each in versions])
        for record, version in zip(records, versions, strict=True):
            before = known.get(version.id)
            if self._is_taken_down(record, version.id, before):
                self.counts["suppressed"] += 1
                given.delivered.append(False)
                continue
            if before is None or before.state not in STANDING:
                self.counts["new"] += 1
            elif before.is_version(version):
                if renewal.changes_only and version.id not in self._forced:
                    self.counts["unchanged"] += 1
                    given.unchanged.append((version, before))
                    given.delivered.append(False)
                    continue
                self.counts["same"] += 1
            else:
                self.counts["changed"] += 1
                self._lapse(version.id)
            self._wanted.pop(version.id, None)
            given.versions.append(version)
            given.delivered.append(True)
        return given

    # --- from one pass to the next ------------------------------------------------------------

    def _go_on(self) -> None:
        confirmation = self._confirmation
        if confirmation is not None:
            if confirmation.ask is None:
                self._bury(confirmation)
        elif self._walk.outcome is None or self._stopped:
            return
        elif self._walk is self.main:
            self._after_main(self._walk.outcome)
        elif self._walk is self._sweep:
            self.swept = self._walk.outcome.verdict in WHOLE
            if self.swept:
                self._look_for_missing(self._walk.ids)
            else:
                self._lost.append(Lost(FELL_SHORT))

    def _after_main(self, outcome: Outcome) -> None:
        if outcome.verdict in (Verdict.DENIED, Verdict.FAILED):
            return
        renewal = self._renewal
        if renewal.changes_only:
            for number in renewal.known.in_state(renewal.name, State.FORGOTTEN):
                self._dig(number, State.SUPPRESSED, None)
        if self.had_all:
            self._look_for_missing(self.main.ids)
        elif self.since is not None and renewal.known.sweep_due(renewal.name, renewal.sweep_every):
            fields = sweep_fields(renewal.collection)
            # one row that cannot be had, and it proves nothing: no more of them are looked for
            self._walk = self._sweep = Walk(replace(self._plan, fields=fields, max_lost=0))

    def _compare(self, records: Iterable[Record]) -> None:
        """Want whatever a sweep shows to be another than it was."""
        renewal, listed = self._renewal, list(records)
        versions = list(versions_of(listed, renewal.collection))
        known = renewal.known.look_up(renewal.name, [each.id for each in versions])
        for record, version in zip(listed, versions, strict=True):
            before = known.get(version.id)
            if self._is_taken_down(record, version.id, before) or version.id in self.main.ids:
                continue
            stands = before is not None and before.state in STANDING
            if before is None or not stands or not before.is_listed_as(version):
                self._wanted[version.id] = None

    def _look_for_missing(self, listed: set[int]) -> None:
        renewal = self._renewal
        standing = list(renewal.known.standing(renewal.name))
        missing = [each for each in standing if each not in listed and each not in self._buried]
        if not renewal.changes_only:  # what is there is delivered whole: nobody is told of more
            known = renewal.known.look_up(renewal.name, missing)
            for number in missing:
                self._dig(number, State.GONE, known.get(number))
        elif len(missing) > renewal.max_gone * len(standing):
            self._lost.append(Lost(
                f"{len(missing)} of {len(standing)} known records are not there any more, "
                f"which is more than SWEEP_MAX_GONE ({renewal.max_gone:g}): no tombstones",
                count=len(missing),
            ))  # fmt: skip
        elif missing:
            self._confirmation = Confirmation(self._plan, missing)

    def _bury(self, confirmation: Confirmation) -> None:
        """Dig the graves of what is gone."""
        self._confirmation = None
        renewal = self._renewal
        for state, ids in (
            (State.GONE, confirmation.gone),
            (State.WITHDRAWN, confirmation.withdrawn),
        ):
            known = renewal.known.look_up(renewal.name, ids)
            for number in ids:
                self._dig(number, state, known.get(number))
        self.counts["hiccups"] += len(confirmation.there)
        self._lost += confirmation.unclear

    def _dig(self, number: int, state: State, known: Known | None) -> None:
        if number in self._buried:
            return
        renewal = self._renewal
        self._buried.add(number)
        last_seen = renewal.known.last_seen(renewal.name, number)
        self.graves.append(Grave(number, state, last_seen, known))
        self._lapse(number)

    def _lapse(self, number: int) -> None:
        """Note that a text is not there any more; once, however often its record comes."""
        if number not in self._changed:
            self._changed.add(number)
            self.lapsed.append(number)

    def _is_taken_down(self, record: Record, number: int, known: Known | None) -> bool:
        if known is not None and known.state in TAKEN_DOWN:
            return True
        author = record.get("author")
        if type(author) is not int or author not in self._renewal.authors:
            return False
        if known is not None and known.state in STANDING and self._renewal.changes_only:
            self._dig(number, State.SUPPRESSED, known)
        return True


def _since(plan: Plan, renewal: Renewal) -> str | None:
    """Give the moment from which on changes are asked for; None where everything is.

    >>> from crawler.wordpress.core import USERS, core_collection
    >>> from crawler.wordpress.known import NothingKnown
    >>> users = core_collection("user", USERS)
    >>> _since(Plan(users.capabilities), Renewal(users, "wp/v2/users", NothingKnown()))
    """
    since = renewal.known.since(renewal.name) if renewal.changes_only else None
    cursor = _cursor(renewal.collection)
    if since is None or cursor is None or cursor.after not in plan.capabilities.params:
        return None
    try:
        moment = datetime.fromisoformat(since) - LOOK_BACK
    except OverflowError:  # the year 1
        return None
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _cursor(collection: Collection) -> Cursor | None:
    if keeps_changes(collection):
        return BY_CHANGE
    return BY_DATE if is_dated(collection) else None


def _main_plan(plan: Plan, renewal: Renewal, since: str | None) -> Plan:
    if since is not None:
        return replace(plan, since=since, cursor=_cursor(renewal.collection) or BY_DATE)
    if renewal.changes_only and not is_dated(renewal.collection):
        # every run lists them all: a row less a page, and a total that falls shows a move, too
        able = plan.capabilities
        return replace(plan, capabilities=replace(able, params=able.params - {"offset"}))
    return plan


def _verdict_of(verdicts: set[Verdict], lost: Sequence[Lost]) -> Verdict:
    if lost or Verdict.PARTIAL in verdicts:
        return Verdict.PARTIAL
    for verdict in (Verdict.LIMITED, Verdict.COMPLETE_VISIBLE):
        if verdict in verdicts:
            return verdict
    return Verdict.COMPLETE
