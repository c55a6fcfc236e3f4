"""Whether a run's files are what its run.json says: sizes, hashes, rows, records."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from crawler.errors import ArgumentError
from crawler.feeds.compression import READ_ERRORS, compression_of
from crawler.feeds.reading import lines_of
from crawler.feeds.shape import fault_of
from crawler.state.places import Places

RUN = "run.json"
OTHER_ROWS = frozenset({"duplicates.jsonl"})
"""Files of a run whose rows are no records."""


def read_run(folder: Path) -> dict[str, Any]:
    """Read run.json in *folder*. Raises ArgumentError where there is none that can be read."""
    path = folder / RUN
    try:
        run = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        raise ArgumentError(f"{str(folder)!r} holds no {RUN}: no run ended there") from None
    except (OSError, orjson.JSONDecodeError) as error:
        raise ArgumentError(f"{str(path)!r} cannot be read: {error}") from error
    if not isinstance(run, dict) or not isinstance(run.get("files"), list):
        raise ArgumentError(f"{str(path)!r} is no account of a run")
    return run


def faults_in(folder: Path, run: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each thing in which the files of *run* are not what it says."""
    delivered: Counter[str] = Counter()
    with Places() as seen:
        for told in run["files"]:
            yield from _faults_of_file(folder, told, seen, delivered)
    yield from _faults_of_counts(run, delivered)


def _faults_of_file(
    folder: Path, told: Mapping[str, Any], seen: Places, delivered: Counter[str]
) -> Iterator[str]:
    name = told["path"]
    path = folder / name  # an absolute path stays one
    try:
        size, digest = path.stat().st_size, sha256_of(path)
        if size != told["bytes"]:
            yield f"{name}: {size} bytes, run.json says {told['bytes']}"
        if digest != told["sha256"]:
            yield f"{name}: its SHA-256 is another one"
        if told["format"] == "csv":
            rows = count_rows(path)
        else:
            own = name not in OTHER_ROWS and not Path(name).is_absolute()
            rows, faults = read_records(path, seen if own else None, delivered)
            yield from (f"{name}, {fault}" for fault in faults)
    except READ_ERRORS as error:
        yield f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}"
        return
    if not told["offset"] and rows != told["rows"]:
        yield f"{name}: {rows} rows, run.json says {told['rows']}"


MOST_TOLD = 10
"""Faults in records of one file that are told one by one."""


def read_records(
    path: Path, seen: Places | None, delivered: Counter[str]
) -> tuple[int, list[str]]:
    """Read JSON Lines; return how many rows there are, and what is wrong with them.

    *seen* takes the ids of all records, *delivered* counts them by collection; with None the
    rows are only counted.
    """
    rows = 0
    faults: list[str] = []
    more = 0
    for number, line in enumerate(lines_of(path), start=1):
        if not line.strip():
            continue
        rows += 1
        if seen is None:
            continue
        fault = _fault_of_line(line, seen, delivered)
        if fault is not None and len(faults) < MOST_TOLD:
            faults.append(f"line {number}: {fault}")
        elif fault is not None:
            more += 1
    return rows, [*faults, f"and {more} more lines"] if more else faults


def _fault_of_line(line: bytes, seen: Places, delivered: Counter[str]) -> str | None:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return f"no JSON: {error}"
    fault = fault_of(record)
    if fault is not None:
        return fault
    if record["kind"] == "tombstone":
        return None  # it may follow its record, which changed and was gone an hour later
    delivered[record["record_id"].partition("#")[2].rpartition("/")[0]] += 1
    if not seen.add(record["record_id"]):
        return f"{record['record_id']} is there twice"
    return None


def _faults_of_counts(run: Mapping[str, Any], delivered: Counter[str]) -> Iterator[str]:
    """Compare what collections delivered with the records in the run's own files."""
    if not delivered:
        return  # all of it went elsewhere, as with FEEDS of one's own
    for each in run["collections"]:
        name = f"{each['namespace']}/{each['rest_base']}"
        if delivered[name] != each["delivered"]:
            yield f"{name}: {delivered[name]} records, run.json says {each['delivered']}"


def count_rows(path: Path) -> int:
    """Count the rows of a CSV file below its header; a cell may hold line ends."""
    compression = compression_of(path.name)
    with path.open("rb") as file:
        if compression is None:
            text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
            return max(0, sum(1 for _ in csv.reader(text)) - 1)
        content = b"".join(compression.read(file)).decode("utf-8-sig")
        return max(0, sum(1 for _ in csv.reader(io.StringIO(content, newline=""))) - 1)


def sha256_of(path: Path) -> str:
    """Return the hash of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
