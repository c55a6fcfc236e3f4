"""What the state file knows, for people and for scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crawler.report import say_size, say_time
from crawler.state.overview import INDEX, LEDGER, Held, Kept, Overview, Part, Unended
from crawler.state.take_down import AUTHORS, Done, Target, is_near
from crawler.wordpress.known import State

COLUMNS = {
    "delivered": (State.DELIVERED,),
    "left out": (State.LEFT_OUT,),
    "gone": (State.GONE, State.WITHDRAWN),
    "to ask again": (State.ORPHANED,),
    "taken down": (State.FORGOTTEN, State.SUPPRESSED),
}
"""Columns of numbers, each with what it counts."""

ALWAYS = frozenset({"delivered", "left out", "gone"})
"""Those that stand there when all of them are 0, too."""

ROWS = {LEDGER: "record", INDEX: "text"}
"""What is counted in a part of the file."""


def state_lines(overview: Overview) -> Iterator[dict[str, Any]]:
    """Give all of it as objects, each with its ``kind``."""
    yield {"kind": "file", "path": overview.path, "bytes": overview.bytes}
    yield from ({"kind": "part", **asdict(each)} for each in overview.parts)
    for each in overview.collections:
        told = asdict(each)
        records = told.pop("records")
        counts = {state.name.lower(): records.get(state, 0) for state in State}
        yield {"kind": "collection", **told, **counts}
    yield from ({"kind": "run", **asdict(each)} for each in overview.runs)
    yield from ({"kind": "lease", **asdict(each)} for each in overview.held)


def state_report(overview: Overview, *, now: datetime) -> RenderableType:
    """Show the collections of each site, what takes room, and the runs beside."""
    parts = "; ".join(_part(each) for each in overview.parts)
    return Group(
        *_sites(overview.collections),
        Text(f"{overview.path}: {say_size(overview.bytes)} ({parts})"),
        *_runs(overview.runs, now),
        *(_lease(each, now) for each in overview.held),
    )


def _sites(collections: Iterable[Kept]) -> Iterator[RenderableType]:
    every = list(collections)
    shown = [
        name for name in COLUMNS if name in ALWAYS or any(_count(each, name) for each in every)
    ]
    width = max((len(each.collection) for each in every), default=0)
    for (dataset, site), group in groupby(every, key=lambda each: (each.dataset, each.site)):
        yield Text(f"{site} in the dataset {dataset!r}")
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column("collection", no_wrap=True, min_width=width)
        for name in shown:
            table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
        for name in ("watermark", "last run"):
            table.add_column(name, no_wrap=True, min_width=16)
        for each in group:
            numbers = (str(_count(each, name)) for name in shown)
            table.add_row(
                each.collection, *numbers, _minute(each.watermark), _minute(each.last_run)
            )
        yield table


def _count(kept: Kept, column: str) -> int:
    return sum(kept.records.get(state, 0) for state in COLUMNS[column])


def _minute(moment: str | None) -> str:
    """Write a moment as people do, in UTC; nothing for none."""
    return (moment or "")[:16].replace("T", " ")


def _part(part: Part) -> str:
    size = "" if part.bytes is None else f" {say_size(part.bytes)}"
    rows = "" if part.rows is None else f", {_number(part.rows, ROWS[part.name])}"
    return f"{part.name}{size}{rows}"


def _runs(runs: Iterable[Unended], now: datetime) -> Iterator[Text]:
    for each in runs:
        size = say_size(each.bytes)
        if each.run_id is None:
            yield Text(f"{each.state}: {each.path}, {size}")
            continue
        told = f"{each.answers} answers, {size}"
        since = each.last_answer or each.started
        ago = (
            f", the last {_ago(since, now)}" if each.last_answer else f", begun {_ago(since, now)}"
        )
        yield Text(f"{each.state}: the run {each.run_id}, {told}{ago}: {each.path}")


def _lease(held: Held, now: datetime) -> Text:
    whose = f"{held.site} in the dataset {held.dataset!r}" if held.dataset else held.site
    sign = f"last sign of life {_ago(held.beat, now)}"
    return Text(f"held: {whose}, by process {held.process} on {held.machine}, {sign}")


def _ago(moment: str | None, now: datetime) -> str:
    then = datetime.fromisoformat(moment) if moment else now
    return f"{say_time((now - then).total_seconds())} ago"


def tell_taken_down(target: Target, done: Done, runs: Iterable[Unended]) -> list[str]:
    """Say what was taken down, what follows from it, and where it still is."""
    whose = f"{target} in the dataset {target.dataset!r}"
    if target.id is None:
        lines = [f"{whose}: {_number(done.records, 'record')} taken down"]
    elif done.records:
        lines = [f"{whose}: taken down" + (", before it was ever published" * done.unknown)]
    else:
        lines = [f"{whose}: was taken down before"]
    if done.texts or done.copies:
        texts, copies = _number(done.texts, "text"), _number(done.copies, "copy", "copies")
        lines.append(f"{texts} taken out of the dedupe index, {copies} to be asked for again")
    lines.append(_what_follows(target))
    lines.append("files that were published before stay as they are")
    lines += [
        f"{each.path}: answers of a run that was not published, these records among them, maybe"
        for each in runs
        if each.site is not None and is_near(each.site, target.site)
    ]
    return lines


def tell_lifted(target: Target, records: int) -> list[str]:
    """Say what is no longer taken down, and what follows from that."""
    whose = f"{target} in the dataset {target.dataset!r}"
    if not records:
        return [f"{whose}: nothing of it was taken down"]
    if target.id is not None:
        lines = [f"{whose}: taken down no more; it is new to the next crawl"]
    else:
        told = _number(records, "record")
        lines = [f"{whose}: {told} taken down no more; they are new to the next crawl"]
    if target.name == AUTHORS:
        lines.append("what of theirs has a tombstone stays taken down, one by one")
    return lines


def _what_follows(target: Target) -> str:
    tombstones = "the next one with mode=incremental writes"
    if target.name == AUTHORS:
        return f"crawls deliver no record of this author; {tombstones} the tombstones"
    if target.id is not None:
        return f"crawls do not deliver it; {tombstones} its tombstone"
    return (
        f"crawls do not deliver them; {tombstones} their tombstones; what the site publishes "
        "from now on is new to them: leave it out after that"
    )


def _number(count: int, one: str, more: str = "") -> str:
    return f"{count} {one if count == 1 else more or f'{one}s'}"
