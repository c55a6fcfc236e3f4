"""How far the crawls of this process are, as a picture: values in, a rich renderable out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.text import Text

from crawler.report import say_time
from crawler.widths import Shape, fitted
from crawler.wordpress.census import Census
from crawler.wordpress.harvest import Harvest
from crawler.wordpress.progress import Progress

MARGIN = 3
"""Lines of the terminal that are left to others."""

State = Literal["waits", "runs", "done"]


@dataclass(frozen=True, slots=True)
class Part:
    """One collection: *done* records of *announced*, None where nobody has said."""

    name: str
    done: int
    announced: int | None
    state: State
    word: str = ""  # its verdict, once there is one


@dataclass(slots=True)
class SiteView:
    """One site as it is now.

    ``pause`` are the seconds for which it gets quiet, ``asked`` whether it
    asked for that itself.
    """

    name: str
    parts: Sequence[Part] = ()
    retries: int = 0
    requests: int = 0
    pause: float = 0.0
    asked: bool = False
    rate: float | None = None  # records a second, None while that is not known
    what: str = "looks for the API"  # while there are no parts


@dataclass(slots=True)
class BoardView:
    """All sites of the process; ``ended`` are those that are no longer among them.

    ``records`` is how many of what it ``counts`` there are: a survey has totals.
    """

    sites: Sequence[SiteView]
    ended: int
    expected: int
    records: int
    seconds: float
    failed: int = 0
    counts: Literal["records", "totals"] = "records"


@dataclass(slots=True)
class Speed:
    """Records a second over the last looks; call ``at`` at each of them."""

    window: float = 30.0
    _seen: list[tuple[float, int]] = field(default_factory=list)

    def at(self, moment: float, records: int) -> float | None:
        """Tell the speed at *moment*, in seconds of any clock; None at the first look.

        >>> speed = Speed()
        >>> speed.at(0, 0), speed.at(10, 50), speed.at(60, 50)
        (None, 5.0, 0.0)
        """
        self._seen.append((moment, records))
        while len(self._seen) > 2 and moment - self._seen[1][0] >= self.window:
            self._seen.pop(0)
        began, before = self._seen[0]
        return (records - before) / (moment - began) if moment > began else None


def parts_of(harvest: Harvest) -> list[Part]:
    """Tell how far each collection of a harvest is."""
    running = next((each for each in harvest.progress if each.outcome is None), None)
    return [_part(each, running=each is running) for each in harvest.progress]


def _part(progress: Progress, *, running: bool) -> Part:
    collection = progress.collection
    name = f"{collection.namespace}/{collection.rest_base}"
    outcome = progress.outcome
    if outcome is not None:
        return Part(name, outcome.delivered, outcome.announced, "done", str(outcome.verdict))
    done, announced = progress.walk.so_far
    return Part(name, done, announced, "runs" if running else "waits")


def parts_of_census(census: Census) -> list[Part]:
    """Tell how far a survey is: its parts are no collections, but the count of them."""
    if census.harvest.survey is None:
        return []
    counted, all_ = len(census.counts), len(census.harvest.progress)
    return [Part("collections", counted, all_, "runs" if census.url else "done")]


def current(site: SiteView) -> Part | None:
    """Give the collection that is read now; the last one where all are done."""
    running = (part for part in site.parts if part.state == "runs")
    return next(running, site.parts[-1] if site.parts else None)


def seconds_left(part: Part, rate: float | None) -> float | None:
    """Tell how long a collection will take; None where that is not known.

    >>> seconds_left(Part("posts", 50, 100, "runs"), 5.0)
    10.0
    """
    if part.state != "runs" or part.announced is None or not rate:
        return None
    return max(0, part.announced - part.done) / rate


class Board:
    """The live view: a line a collection where the terminal is high enough, else a line a site."""

    def __init__(self, view: BoardView) -> None:
        self.view = view

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        rows = self._rows(max(1, console.size.height - MARGIN))
        columns: dict[str, list[Text]] = {}
        for title, cell in CELLS.items():
            column = [cell(site, part, first) for site, part, first in rows]
            if title in ALWAYS or any(str(each) for each in column):
                columns[self.view.counts if title == "records" else title] = column
        hidden = len(self.view.sites) - len({id(site) for site, _, _ in rows})
        yield Group(fitted(columns, options.max_width, SHAPE), _sum(self.view, hidden))

    def _rows(self, room: int) -> list[tuple[SiteView, Part | None, bool]]:
        """Choose what there is room for: every collection, or the one of each site."""
        high = sum(max(1, len(site.parts)) for site in self.view.sites)
        rows: list[tuple[SiteView, Part | None, bool]] = []
        for site in self.view.sites[:room]:
            parts = [current(site)] if high > room or not site.parts else site.parts
            rows += [(site, part, number == 0) for number, part in enumerate(parts)]
        return rows


def _site(site: SiteView, part: Part | None, first: bool) -> Text:
    return Text(site.name if first else "")


def _collection(site: SiteView, part: Part | None, first: bool) -> Text:
    if part is None:
        return Text(site.what, style="dim")
    return Text(part.name, style="" if part.state == "runs" else "dim")


def _records(site: SiteView, part: Part | None, first: bool) -> Text:
    return Text(records(part) if part is not None else "")


def _rate(site: SiteView, part: Part | None, first: bool) -> Text:
    known = part is not None and part.state == "runs" and site.rate is not None
    return Text(f"{site.rate:.0f}" if known else "")


def _left(site: SiteView, part: Part | None, first: bool) -> Text:
    left = seconds_left(part, site.rate) if part is not None else None
    return Text(say_time(left) if left is not None else "")


def _retries(site: SiteView, part: Part | None, first: bool) -> Text:
    here = part is None or part.state == "runs"
    return Text(str(site.retries) if site.retries and here else "")


def _state(site: SiteView, part: Part | None, first: bool) -> Text:
    if part is not None and part.state != "runs":
        well = part.word.startswith(("complete", "limited"))
        return Text(part.word, style="green" if well else "red")
    return Text(_pause(site), style="yellow")


def _pause(site: SiteView) -> str:
    """Say for how long the site gets quiet, and whether it asked for that; else nothing."""
    if site.pause <= 0:
        return ""
    return f"{'asked to wait' if site.asked else 'waits'} {say_time(site.pause)}"


CELLS: dict[str, Callable[[SiteView, Part | None, bool], Text]] = {
    "site": _site,
    "collection": _collection,
    "records": _records,
    "rec/s": _rate,
    "left": _left,
    "retries": _retries,
    "": _state,
}
"""The columns; those that are not ALWAYS there are when one of their cells holds something."""

ALWAYS = frozenset({"site", "collection", "records"})
SHAPE = Shape(
    names=frozenset({"site", "collection"}),
    right=frozenset({"records", "totals", "rec/s", "left", "retries"}),
    least={"site": 12, "collection": 20, "records": 13, "left": 6, "": 8},
    may_go=("retries", "rec/s", "left"),
)


def records(part: Part) -> str:
    """Write how many records are there, of how many.

    >>> records(Part("posts", 1200, 20000, "runs")), records(Part("posts", 0, None, "waits"))
    ('1,200/20,000', '')
    """
    if part.state == "waits":
        return ""
    return f"{part.done:,}/{part.announced:,}" if part.announced is not None else f"{part.done:,}"


def _sum(view: BoardView, hidden: int) -> Text:
    failed = f", {view.failed} of them not well" if view.failed else ""
    retries = sum(site.retries for site in view.sites)
    facts = [f"{view.ended} of {view.expected} sites done{failed}"]
    facts += [f"{view.records:,} {view.counts}"]
    facts += [_retried(retries)] if retries else []
    facts += [say_time(view.seconds)]
    facts += [f"{hidden} more not shown"] if hidden else []
    return Text("; ".join(facts))


def _retried(number: int) -> str:
    return "1 retry" if number == 1 else f"{number} retries"


def lines(view: BoardView) -> Iterable[str]:
    """Say the same in plain lines, one a site, for a log."""
    for site in view.sites:
        part = current(site)
        if part is None:
            yield f"{site.name}: {site.what}"
            continue
        left = seconds_left(part, site.rate)
        facts = [f"{part.name} {records(part)}"]
        facts += [f"{site.rate:.0f} records/s"] if site.rate is not None else []
        facts += [f"{say_time(left)} left"] if left is not None else []
        facts += [f"{site.requests} requests"]
        facts += [_retried(site.retries)] if site.retries else []
        facts += [_pause(site)] if site.pause > 0 else []
        yield f"{site.name}: {', '.join(facts)}"
