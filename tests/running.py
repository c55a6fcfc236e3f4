"""Whole crawls in a process of their own, as a user starts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

FILES = {
    "document": "documents.jsonl",
    "media": "media.jsonl",
    "comment": "comments.jsonl",
    "term": "terms.jsonl",
    "user": "users.jsonl",
    "tombstone": "tombstones.jsonl",
}
"""The file of a run's folder that holds each kind."""

LOOPBACK = {"DOWNLOAD_DELAY": 0, "RETRY_BACKOFF": 0.01, "DEDUPE_EXACT": "mark"}
"""Settings for a site on the same machine, which has no other guests.

Copies are delivered, so that what is complete can be counted in the files; tests
of dropping them say so.
"""


@dataclass(frozen=True)
class Crawl:
    """What one command left: its status, its words, and the run's folder.

    ``folder`` is the newest run's, None where no run got that far; ``run`` is
    its run.json, None where there is none.
    """

    status: int
    stdout: str
    stderr: str
    folder: Path | None
    run: dict[str, Any] | None

    def items(self, kind: str) -> list[dict[str, Any]]:
        """Read the items of one kind, in the order of their file; none where it is absent."""
        if self.folder is None:
            return []
        return list(read_lines(self.folder / FILES[kind]))

    def ids(self) -> dict[str, list[int]]:
        """Give each collection (wp/v2/posts) with the ids delivered, in order, twice if twice."""
        found: dict[str, list[int]] = {}
        for kind in FILES:
            for item in self.items(kind):
                name, _, number = item["record_id"].partition("#")[2].rpartition("/")
                assert int(number) == item["id"], f"{item['record_id']!r} but id {item['id']!r}"
                found.setdefault(name, []).append(item["id"])
        return found

    @property
    def errors(self) -> list[str]:
        """The lines that tell people what went wrong, without the words before them."""
        begin = "scrapy: error: "
        lines = self.stderr.splitlines()
        return [line.removeprefix(begin) for line in lines if line.startswith(begin)]

    def collections(self) -> dict[str, dict[str, Any]]:
        """Give what run.json says of each collection (wp/v2/posts)."""
        assert self.run is not None, f"no run.json; status {self.status}, stderr:\n{self.stderr}"
        listed = self.run["collections"]
        return {f"{each['namespace']}/{each['rest_base']}": each for each in listed}


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Read JSON Lines; a line ends at a line feed and nowhere else."""
    if path.exists():
        for line in path.read_bytes().split(b"\n"):
            if line:
                yield json.loads(line)


def run_crawl(
    tmp_path: Path,
    *args: str,
    settings: Mapping[str, object] | None = None,
    spider: str = "wordpress",
    output: Sequence[str] = (),
    env: Mapping[str, str | None] | None = None,
    module: str = "scrapy",
    timeout: float = 120,
) -> Crawl:
    """Run ``scrapy crawl`` with the spider's *args* (``site=...``) and wait for its end.

    What it writes goes under *tmp_path*; *output* holds further words of the
    command line (``-O``, ``posts.csv``). A warning is an error in there too.
    *module* is what runs in its place, and takes the same words.
    """
    process = start_crawl(
        tmp_path, *args, settings=settings, spider=spider, output=output, env=env, module=module
    )
    return finish(tmp_path, process, timeout=timeout)


def start_crawl(
    tmp_path: Path,
    *args: str,
    settings: Mapping[str, object] | None = None,
    spider: str = "wordpress",
    output: Sequence[str] = (),
    env: Mapping[str, str | None] | None = None,
    stdout: int = subprocess.PIPE,
    module: str = "scrapy",
) -> subprocess.Popen[str]:
    """Start ``scrapy crawl``, as run_crawl does, and give its process."""
    words = ["crawl", spider]
    words += [word for argument in args for word in ("-a", argument)]
    for name, value in {**LOOPBACK, **(settings or {})}.items():
        words += ["-s", f"{name}={value}"]
    return start_scrapy(tmp_path, *words, *output, env=env, stdout=stdout, module=module)


def start_scrapy(
    tmp_path: Path,
    *words: str,
    env: Mapping[str, str | None] | None = None,
    stdout: int = subprocess.PIPE,
    module: str = "scrapy",
) -> subprocess.Popen[str]:
    """Start any command of ``scrapy``; what it writes goes under *tmp_path*.

    *env* is added to this process's environment; None takes a variable away.
    """
    places = {
        "PRESSCRAWL_EXPORTS_DIR": str(tmp_path / "exports"),
        "PRESSCRAWL_STATE_PATH": str(tmp_path / "state" / "presscrawl.sqlite3"),
    }
    merged: dict[str, str | None] = {**os.environ, **places, **(env or {})}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", module, *words],
        cwd=ROOT,
        env={name: value for name, value in merged.items() if value is not None},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def finish(tmp_path: Path, process: subprocess.Popen[str], *, timeout: float = 120) -> Crawl:
    """Wait for the end of a command that start_scrapy started, and give what it left."""
    with process:
        try:
            stdout, stderr = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    folder = newest_run(tmp_path / "exports")
    run = read_run(folder) if folder else None
    return Crawl(process.returncode, stdout or "", stderr, folder, run)


def read_run(folder: Path) -> dict[str, Any] | None:
    """Read the run.json of a run's folder; None where there is none."""
    run_json = folder / "run.json"
    return json.loads(run_json.read_bytes()) if run_json.exists() else None


def newest_run(exports: Path) -> Path | None:
    """Find the folder of the newest run, ``<site>/<started>``; None where there is none."""
    folders = [path for path in exports.glob("[!.]*/[!.]*") if path.is_dir()]
    return max(folders, key=lambda path: path.stat().st_mtime_ns, default=None)
