"""What a run made, for people: a short table, the files, one record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from crawler.advice import advise
from crawler.wordpress.follow import RELS

COLUMNS = ("announced", "delivered", "new", "changed", "gone", "hidden", "lost", "duplicates")
ALWAYS = frozenset({"announced", "delivered", "duplicates"})
"""Columns that stand there when all of them are 0, too."""

MAX_IDS = 5  # of what is lost
MAX_SHOWN = 160  # characters of a text


def report(run: Mapping[str, Any], folder: Path) -> RenderableType:
    """Show a run: its collections, why some are not complete, its files.

    *run* is what run.json holds, *folder* where that is.
    """
    title = Text(f"{run['site']}: {run['finish_reason']}, exit status {int(run['exit_status'])}")
    table = [_table(run)] if run["collections"] else []
    notes = [Text(f"note: {note}") for note in run.get("notes", ())]
    notes += _come_back(run)
    head = Group(title, *_relation(run))
    advice = [Text(line) for line in advise(run["collections"])]
    return Group(
        head, *table, *_reasons(run), *advice, *notes, *_copies(run), *_files(run, folder)
    )


def record(path: Path) -> RenderableType:
    """Show the first record of a file, its long texts cut, without what is null."""
    try:
        with path.open("rb") as file:
            first = file.readline()
    except FileNotFoundError:
        return Text("")
    if not first:
        return Text("")
    return Text(json.dumps(_short(orjson.loads(first)), indent=2, ensure_ascii=False))


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _short(each) for name, each in value.items() if each is not None}
    if isinstance(value, str) and len(value) > MAX_SHOWN:
        return f"{value[:MAX_SHOWN]}... ({len(value) - MAX_SHOWN} more characters)"
    return value


class _Console(Console):
    """A console that goes on where nobody listens: the run is what matters, not its report."""

    def on_broken_pipe(self) -> None:
        pass


def say_time(seconds: float) -> str:
    """Say how long something takes, as people do.

    >>> say_time(0.4), say_time(75), say_time(4000), say_time(200_000)
    ('1 s', '75 s', '67 min', '56 h')
    """
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 100 * 60 else f"{round(seconds / 3600)} h"


def say_size(size: int) -> str:
    """Say how large something is.

    >>> say_size(812), say_size(81_920), say_size(1_234_567), say_size(23_456_789_000)
    ('812 B', '82 KB', '1.2 MB', '23.5 GB')
    """
    if size < 1000:
        return f"{size} B"
    if size < 999_500:
        return f"{size / 1000:.0f} KB"
    return f"{size / 1e6:.1f} MB" if size < 999_950_000 else f"{size / 1e9:.1f} GB"


def show(renderable: RenderableType, *, fit: bool = False) -> None:
    """Print to standard error: standard output belongs to the feeds.

    With *fit* nothing is wider than the terminal; without it nothing is cut.
    """
    terminal().print(renderable, soft_wrap=not fit)


@cache
def terminal() -> Console:
    """Give the one console of the process: what is printed goes above a live view.

    NO_COLOR in the environment is respected.
    """
    return _Console(stderr=True, highlight=False)


def _table(run: Mapping[str, Any]) -> Table:
    collections, compared = run["collections"], run["arguments"].get("mode") == "incremental"
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    names = [f"{each['namespace']}/{each['rest_base']}" for each in collections]
    rows = [_numbers(each, compared=compared) for each in collections]
    shown = [name for name in COLUMNS if name in ALWAYS or any(row[name] for row in rows)]
    # a terminal that is narrower than the least widths wraps: nothing is cut
    table.add_column("collection", no_wrap=True, min_width=max(map(len, names)))
    for name in shown:
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    table.add_column("verdict", no_wrap=True, min_width=len("complete_visible"))
    for title, row, each in zip(names, rows, collections, strict=True):
        cells = ("?" if row[name] is None else str(row[name]) for name in shown)
        table.add_row(title, *cells, each["verdict"])
    return table


def _come_back(run: Mapping[str, Any]) -> list[Text]:
    """Tell when the site wants to be asked again, where it broke the run off."""
    moment = (run.get("politeness") or {}).get("come_back")
    return [Text(f"come back after {moment}: the site asks for it")] if moment else []


def _numbers(collection: Mapping[str, Any], *, compared: bool) -> dict[str, int | None]:
    """Give the numbers of a collection by column; None is what nobody counted."""
    numbers = {name: collection.get(name, 0) for name in COLUMNS}
    numbers["lost"] = sum(entry["count"] or 0 for entry in collection["lost"])
    if compared:
        told = collection["compared"]
        numbers |= {"new": told["new"], "changed": told["changed"]}
        numbers["gone"] = sum(told["tombstones"].values())
    return numbers


def _copies(run: Mapping[str, Any]) -> list[Text]:
    """Tell of what is not in the files because it is there already."""
    told = run.get("dedupe") or {}
    dropped = sum(number for name, number in told.items() if name.startswith("dropped_"))
    copies = "1 copy" if dropped == 1 else f"{dropped} copies"
    return [Text(f"{copies} left out: see duplicates.jsonl")] if dropped else []


def _relation(run: Mapping[str, Any]) -> list[Text]:
    """Tell whose address else this is, and what came of it."""
    if alias := run.get("alias_of"):
        same = f"{alias['same_records']} of {alias['sampled']} sampled records are the same"
        how = same if alias["basis"] == "sample" else "this crawl has it already"
        done = "harvested all the same" if alias["harvested"] else "not harvested again"
        return [Text(f"alias of {alias['site']} ({how}): {done}")]
    if other := run.get("translation_of"):
        texts = f"{other['same_texts']} of {other['compared_texts']} texts are the same"
        return [Text(f"the records of {other['site']} in other words ({texts}): harvested")]
    return []


def _reasons(run: Mapping[str, Any]) -> list[Text]:
    lines = []
    for each in run["collections"]:
        name = f"{each['namespace']}/{each['rest_base']}"
        if each["reason"]:
            lines.append(Text(f"{name}: {each['reason']}"))
        for lost in each["lost"]:
            if lost["reason"] == each["reason"]:
                continue
            number = "some" if lost["count"] is None else lost["count"]
            lines.append(Text(f"{name}: {number} lost: {lost['reason']}{_ids(lost)}"))
    for gone in run.get("vanished", ()):
        stand = "1 record stands" if gone["records"] == 1 else f"{gone['records']} records stand"
        lines.append(Text(f"{gone['collection']}: the site offers it no more; {stand} as before"))
    return [*lines, *_unresolved(run.get("links", {}))]


def _unresolved(links: Mapping[str, Mapping[str, Any]]) -> list[Text]:
    """Name the rels that failed, that are closed as a whole, or that no record has.

    Failures change the exit status.
    """
    lines = []
    for rel, each in links.items():
        if rel not in RELS and not each["asked"]:
            lines.append(Text(f"links {rel}: no record has this rel"))
        for reason in ("failed", "blocked", "denied"):
            if each.get(reason) and (reason != "denied" or not each["resolved"]):
                answers = (one["answer"] for one in each["unresolved"] if one["reason"] == reason)
                why = next((f": {answer}" for answer in answers), "")
                lines.append(Text(f"links {rel}: {each[reason]} {reason}{why}"))
    return lines


def _ids(lost: Mapping[str, Any]) -> str:
    """Write the first ids of what is lost, in brackets; nothing where none is known."""
    shown = [str(number) for number in lost.get("ids", ())[:MAX_IDS]]
    more = ["..."] if len(lost.get("ids", ())) > MAX_IDS else []
    return f" ({', '.join([*shown, *more])})" if shown else ""


def _files(run: Mapping[str, Any], folder: Path) -> list[Text]:
    paths = [folder / file["path"] for file in run["files"]]
    return [Text(str(_near(path))) for path in (*paths, folder / "run.json")]


def _near(path: Path) -> Path:
    """Write a path as seen from here, where it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
