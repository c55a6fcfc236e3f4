"""What a run left, with everything taken out that differs between two runs of one site."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zstandard

OF_ONE_RUN = ("run_id", "started", "ended", "resumed", "requests", "bytes", "politeness")
OF_ONE_FILE = ("path", "bytes", "sha256")

FETCHED = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(?=[\",\w:]{0,14}RUN)")


@dataclass(frozen=True)
class Outcome:
    """``files`` by their names, ``run`` is run.json, ``state`` what is known of records."""

    files: dict[str, bytes]
    run: dict[str, Any]
    state: dict[str, list[Any]]


def outcome_of(place: Path, output: Path | None) -> Outcome:
    """Read what was published under *place*, and in the *output* of -o or -O.

    There is one folder of one run, with nothing hidden in it, and no journal.
    """
    [folder] = (place / "exports").glob("[!.]*/*")
    run = json.loads((folder / "run.json").read_bytes())
    files = {}
    for path in [*folder.iterdir(), *([output] if output else [])]:
        if path.name != "run.json":
            files[path.name] = masked(unpacked(path), run["run_id"])
    left = [str(path) for path in place.rglob("*.part")]
    assert left == [], left
    assert [path.name for path in (place / "state").glob("journals/*")] == []
    state = state_of(place / "state" / "presscrawl.sqlite3")
    return Outcome(files, without(run), state)


def unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(data)
    if path.suffix == ".zst":
        with zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True) as reader:
            return reader.read()
    return data


def masked(data: bytes, run_id: str) -> bytes:
    """Put words in place of the run's name, and of the times at which pages came.

    In JSON and CSV alike such a time stands before the name of the run.
    """
    return FETCHED.sub(b"NOW", data.replace(run_id.encode(), b"RUN"))


def without(run: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in run.items() if name not in OF_ONE_RUN}
    kept["files"] = [
        {name: value for name, value in each.items() if name not in OF_ONE_FILE}
        for each in run["files"]
    ]
    return kept


def state_of(path: Path) -> dict[str, list[Any]]:
    """Read the ledger and the index of texts; no lease and no intent is left."""
    with closing(sqlite3.connect(path)) as database:
        execute = database.execute
        assert execute("SELECT * FROM intent").fetchall() == []
        assert execute("SELECT * FROM lease").fetchall() == []
        assert execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        runs = execute("SELECT count(*) FROM run")
        watermarks = execute(
            "SELECT name, fields, watermark IS NULL, swept, unswept FROM collection ORDER BY 1"
        )
        ledger = execute(
            "SELECT c.name, l.id, dated, hex(hash), hex(bonds), state, copy_of FROM ledger l"
            " JOIN collection c ON c.id = l.collection ORDER BY 1, 2"
        )
        texts = execute("SELECT record_id, hex(sha256), cluster FROM dedupe_document ORDER BY 1")
        return {
            "runs": runs.fetchall(),
            "watermarks": watermarks.fetchall(),
            "ledger": ledger.fetchall(),
            "texts": texts.fetchall(),
        }
