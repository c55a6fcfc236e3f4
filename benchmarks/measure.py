"""One run of one contestant: wall, CPU and memory from the kernel, requests from the server."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.contestants import ROOT, Contestant

TIME_LIMIT = 900
"""Seconds after which a run is killed."""

MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in which the kernel counts the peak of memory."""


class RunError(Exception):
    """A contestant failed, or its rows are not the posts that were served."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took. ``computed`` is how many answers the server did not yet know."""

    wall: float
    cpu: float
    peak_mb: float
    requests: int
    rows: int
    computed: int


class Server:
    """The server of one benchmark, a process of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

    def control(self, name: str) -> Any:
        """Ask ``reset`` or ``counts``; both return the counts so far."""
        with self._open(f"{self.url}/_bench/{name}", timeout=30) as response:
            return json.load(response)


@contextlib.contextmanager
def serving(posts: int) -> Iterator[Server]:
    """Start the server, wait until it has made its posts, stop it at the end."""
    command = [sys.executable, "-m", "benchmarks.server", "--posts", str(posts)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            if not url:
                raise RunError(f"the server ended with status {process.wait()}")
            yield Server(url)
        finally:
            process.terminate()


@contextlib.contextmanager
def run_folder() -> Iterator[Path]:
    """Make a folder for one run, and delete it after."""
    folder = Path(tempfile.mkdtemp(prefix="presscrawl-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_once(contestant: Contestant, server: Server, expected: Sequence[int]) -> Run:
    """Run *contestant* once; its rows have to be the posts *expected*, each once."""
    with run_folder() as folder:
        server.control("reset")
        wall, usage = _spawn(contestant, server.url, folder)
        counts = server.control("counts")
        ids = sorted(read_ids(folder, contestant.rows))
        if ids != list(expected):
            raise RunError(
                f"{contestant.name}: {len(ids)} rows with {len(set(ids))} different ids, "
                f"expected {len(expected)} posts, each once"
            )
    return Run(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss * MAXRSS_UNIT / 1e6,
        requests=counts["requests"],
        rows=len(ids),
        computed=counts["computed"],
    )


def _surroundings() -> dict[str, str]:
    """Return the environment; where Python may keep what it compiled, as it does for users.

    The warm-up round compiles, then. Else each start would compile all that is no package, which
    is one file of the peers, and more than a hundred of ours.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _spawn(contestant: Contestant, site: str, folder: Path) -> tuple[float, Any]:
    """Run the command; return its seconds and the resource usage of it and its children.

    The peak that the kernel reports starts from the size of this process at the
    fork, so nothing large is loaded here: the server makes the posts.
    """
    log = folder / "log.txt"
    with log.open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            contestant.command(site, folder),
            cwd=contestant.project or folder,
            env=_surroundings() | contestant.environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        timer = threading.Timer(TIME_LIMIT, process.kill)
        timer.daemon = True
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - started
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            timer.cancel()
            if process.returncode is None:
                process.kill()
    if process.returncode:
        tail = log.read_text(errors="replace")[-3000:]
        raise RunError(f"{contestant.name} ended with status {process.returncode}:\n{tail}")
    return wall, usage


def read_ids(folder: Path, pattern: str) -> Iterator[int]:
    """Read the ``id`` of each line of the files that match *pattern*."""
    for path in sorted(folder.glob(pattern)):
        with path.open("rb") as lines:
            for line in lines:
                yield json.loads(line)["id"]


def rotated(contestants: Sequence[Contestant], round_number: int) -> list[Contestant]:
    """Return *contestants* in the order of one round: each begins in its turn."""
    start = round_number % len(contestants)
    return [*contestants[start:], *contestants[:start]]


def run_rounds(
    contestants: Sequence[Contestant], server: Server, expected: Sequence[int], rounds: int
) -> list[dict[str, Run]]:
    """Warm each contestant up once, then run all of them in each of *rounds* rounds."""
    results: list[dict[str, Run]] = []
    for number in range(rounds + 1):
        runs: dict[str, Run] = {}
        for contestant in rotated(contestants, number):
            run = runs[contestant.name] = run_once(contestant, server, expected)
            label = f"round {number} of {rounds}" if number else "warm-up"
            print(
                f"{label}: {contestant.name}: {run.cpu:.2f} CPU s, {run.wall:.2f} s",
                file=sys.stderr,
            )
        results.append(runs)
    return results[1:]
