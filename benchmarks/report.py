"""Medians and ratios of the rounds, as a table and as JSON."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from benchmarks.contestants import Contestant
from benchmarks.measure import Run

Rounds = Sequence[dict[str, Run]]
"""For each round the run of each contestant, by its name."""

Pair = tuple[str, str]
"""Two names: what the first took is divided by what the second took."""

QUIET_LOAD = 0.5
"""Processes that want to run on a quiet machine, at most."""

PACKAGES = ("scrapy", "twisted", "orjson", "turbohtml", "dlt")


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Write the median with the least and the most.

    >>> spread([3, 1, 2])
    '2.00 (1.00..3.00)'
    """
    middle = statistics.median(values)
    return f"{middle:.{digits}f} ({min(values):.{digits}f}..{max(values):.{digits}f})"


def ratios(rounds: Rounds, pair: Pair, measure: str) -> list[float]:
    """Divide the two runs of each round; the median of these is what counts.

    Both runs of a round met the same machine, so a ratio says more than the
    quotient of two medians.
    """
    return [getattr(runs[pair[0]], measure) / getattr(runs[pair[1]], measure) for runs in rounds]


def table(contestants: Sequence[Contestant], rounds: Rounds) -> list[str]:
    """Return a line for each contestant under a head."""
    rows = [["", "wall s", "CPU s", "peak MB", "requests", "rows", "posts/s"]]
    for contestant in contestants:
        runs = [each[contestant.name] for each in rounds]
        rows.append(
            [
                contestant.title,
                spread([run.wall for run in runs]),
                spread([run.cpu for run in runs]),
                spread([run.peak_mb for run in runs], 0),
                spread([run.requests for run in runs], 0),
                str(runs[-1].rows),
                f"{statistics.median(run.rows / run.wall for run in runs):,.0f}",
            ]
        )
    return aligned(rows)


def ratio_table(pairs: Sequence[Pair], rounds: Rounds) -> list[str]:
    """Return a line for each pair under a head."""
    rows = [["median of the rounds' ratios", "CPU", "wall"]]
    for pair in pairs:
        cpu, wall = (spread(ratios(rounds, pair, measure), 3) for measure in ("cpu", "wall"))
        rows.append([f"{pair[0]} / {pair[1]}", cpu, wall])
    return aligned(rows)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Pad the cells of *rows*: the first column to the left, the others to the right.

    >>> aligned([["", "n"], ["one", "10"]])
    ['      n', 'one  10']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def notes(contestants: Sequence[Contestant], rounds: Rounds, load: float) -> list[str]:
    """Say what makes the figures less than sure; *load* is that at the start."""
    said = []
    if load > QUIET_LOAD:
        said.append(f"note: the machine was not quiet at the start, its load was {load:.2f}")
    said += [
        f"note: nothing is compiled in {project}: `make setup` there"
        for project in sorted({one.project for one in contestants if one.project})
        if not any((project / "crawler" / "compiled").glob("text.*.so"))
    ]
    for contestant in contestants:
        computed = sum(runs[contestant.name].computed for runs in rounds)
        if computed:
            said.append(
                f"note: {computed} answers to {contestant.name} were not known to the server "
                "beforehand: its wall time holds the server's work too"
            )
    return said


def machine(load: float) -> dict[str, Any]:
    """Describe where the figures were taken, without a name or a path; *load* at the start."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "load_at_start": round(load, 2),
        "packages": versions,
    }


def document(posts: int, pairs: Sequence[Pair], rounds: Rounds, load: float) -> dict[str, Any]:
    """Return all there is to know about the rounds, for a file."""
    return {
        "posts": posts,
        "machine": machine(load),
        "rounds": [{name: asdict(run) for name, run in runs.items()} for runs in rounds],
        "ratios": {
            f"{first} / {second}": {
                measure: statistics.median(ratios(rounds, (first, second), measure))
                for measure in ("cpu", "wall")
            }
            for first, second in pairs
        },
    }
