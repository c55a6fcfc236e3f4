"""A dataset as it stands: the last full run and the increments after it, folded into one file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from crawler.errors import ArgumentError
from crawler.feeds.compression import READ_ERRORS
from crawler.feeds.reading import lines_of
from crawler.feeds.verifying import RUN, read_run
from crawler.state.places import Places

LIMITS = ("limit", "after", "before", "filters")
"""Arguments with which a run is a part of the site, and never the ground of a snapshot."""

LEFT_OUT = "duplicates.jsonl"
REPLACED = "replaced"
"""Stands for the records of a collection that a full run has all anew."""

WHOLE = frozenset({"complete", "complete_visible"})
PUBLISHED = frozenset({0, 3})
"""Exit statuses of runs whose files count."""


@dataclass(frozen=True, slots=True)
class Member:
    """One run of a dataset: its folder, and what its run.json says."""

    folder: Path
    run: Mapping[str, Any]

    @property
    def full(self) -> bool:
        """Whether it asked for everything."""
        whole = not any(self.run["arguments"].get(name) for name in LIMITS)
        return whole and self.run["arguments"].get("mode", "full") == "full"

    @property
    def first(self) -> bool:
        """Whether it left nothing out as known: a full run, or an increment to nothing."""
        if self.full:
            return True
        compared = [each["compared"] for each in self.run.get("collections", ())]
        return bool(compared) and not any(
            each["changed_after"] or each["left_out"] for each in compared
        )

    def replaced(self) -> list[str]:
        """Name the collections of which it has all there is, by how their record_ids begin."""
        if not self.first:
            return []
        return [
            f"{self.run['site']}#{each['namespace']}/{each['rest_base']}/"
            for each in self.run.get("collections", ())
            if each["verdict"] in WHOLE
        ]

    def files(self) -> list[Path]:
        """Return the files of records, in the order in which they were listed."""
        listed = [Path(told["path"]) for told in self.run["files"] if told["format"] == "jsonl"]
        own = [path for path in listed if not path.is_absolute() and path.name != LEFT_OUT]
        return [self.folder / path for path in own]

    def left_out(self) -> list[Path]:
        """Return the file that names the copies that were left out, if there is one."""
        path = self.folder / LEFT_OUT
        return [path] if path.exists() else []


def members_of(folder: Path, dataset: str | None = None) -> list[Member]:
    """Return the runs below *folder* that a snapshot is made of, in the order of their time.

    The first is the last full one that is complete, else the last full one. Raises
    ArgumentError where there is none, or where *dataset* has to be said.
    """
    runs = [Member(path.parent, read_run(path.parent)) for path in sorted(folder.glob(f"*/{RUN}"))]
    runs = [each for each in runs if each.run["exit_status"] in PUBLISHED]
    if dataset is not None:
        runs = [each for each in runs if each.run["dataset"] == dataset]
    named = sorted({str(each.run["dataset"]) for each in runs})
    if len(named) > 1:
        raise ArgumentError(
            f"{str(folder)!r} holds runs of {len(named)} datasets: {', '.join(named)}; "
            "--dataset names one"
        )
    runs.sort(key=lambda each: (each.run["started"], each.folder.name))
    full = [number for number, each in enumerate(runs) if each.full]
    full = full or [number for number, each in enumerate(runs) if each.first][:1]
    if not full:
        raise ArgumentError(
            f"{str(folder)!r} holds no full run that was published"
            + (f" in {dataset!r}" if dataset is not None else "")
        )
    complete = [number for number in full if runs[number].run["exit_status"] == 0]
    first = (complete or full)[-1]
    return runs[first:]


def fold(members: Sequence[Member]) -> Iterator[bytes]:
    """Yield the line of each record in its latest version, without those that are gone.

    Everything is read twice; where each record stands is kept on disk. Raises ArgumentError
    where a file cannot be read.
    """
    with Places() as places:
        for number, _line, record in _records(members):
            if record["kind"] == REPLACED:
                places.drop_all(record["record_id"])
            elif record["kind"] == "tombstone":
                places.drop([record["record_id"]])
            else:
                places.put([(record["record_id"], number)])
        for number, line, record in _records(members):
            if (
                record["kind"] not in ("tombstone", REPLACED)
                and places.get(record["record_id"]) == number
            ):
                yield line if line.endswith(b"\n") else line + b"\n"


def _records(members: Iterable[Member]) -> Iterator[tuple[int, bytes, Mapping[str, str]]]:
    """Yield each row of all files with its number: copies that were left out as tombstones.

    They come first: one may have been asked for again, and delivered, when what
    it is a copy of was gone.
    """
    number = 0
    for member in members:
        for prefix in member.replaced():
            yield number, b"", {"kind": REPLACED, "record_id": prefix}
        for path in member.left_out():
            for line in _read(path):
                number += 1
                yield number, line, {**_parsed(path, line), "kind": "tombstone"}
        for path in member.files():
            for line in _read(path):
                number += 1
                yield number, line, _parsed(path, line)


def _read(path: Path) -> Iterator[bytes]:
    try:
        yield from (line for line in lines_of(path) if line.strip())
    except READ_ERRORS as error:
        reason = getattr(error, "strerror", None) or error
        raise ArgumentError(f"{str(path)!r} cannot be read: {reason}") from error


def _parsed(path: Path, line: bytes) -> dict[str, str]:
    try:
        record = orjson.loads(line)
        if isinstance(record, dict) and isinstance(record.get("record_id"), str):
            return {"kind": record.get("kind"), "record_id": record["record_id"]}
    except orjson.JSONDecodeError:
        pass
    raise ArgumentError(f"{str(path)!r} holds a line that is no record: scrapy verify tells more")
