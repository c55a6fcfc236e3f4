"""The cleaner beside turbohtml's bare conversion and BeautifulSoup's bare parse, interleaved.

python -m benchmarks.clean                 ratios on generated posts, then the hostile bodies
python -m benchmarks.clean --posts 200 --rounds 3 --no-hostile

Times are CPU time of this process; each hostile body is cleaned in a process of its own, for
its peak of memory. Nothing here asserts speed.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from bs4 import BeautifulSoup
from turbohtml import parse_fragment

from benchmarks.generate import generate_posts
from benchmarks.measure import MAXRSS_UNIT
from benchmarks.report import QUIET_LOAD, aligned, spread
from crawler.clean.body import clean_body
from tests.clean.hostile import HOSTILE

BASE = "https://example.org/2026/11/post/"
SOUP_SHARE = 10
"""BeautifulSoup parses one post in so many: it is that much slower."""


def ours(html: str) -> None:
    """Clean with all outputs, fields, rules and the account."""
    clean_body(html, base_url=BASE)


def bare(html: str) -> None:
    """Parse, and write HTML, text and Markdown: what the fastest library does anyway."""
    root = parse_fragment(html, positions=False)
    _ = root.inner_html, root.to_text(), root.to_markdown()


def soup(html: str) -> None:
    """Parse only."""
    BeautifulSoup(html, "lxml")


def microseconds(convert: Callable[[str], None], bodies: Sequence[str]) -> float:
    """Return the CPU time that *convert* takes for one of *bodies*."""
    started = time.process_time()
    for html in bodies:
        convert(html)
    return (time.process_time() - started) / len(bodies) * 1e6


def compare(bodies: Sequence[str], rounds: int) -> list[str]:
    """Return a line for each contestant, and one for each ratio."""
    taken: dict[str, list[float]] = {"ours": [], "bare": [], "soup": []}
    for _ in range(rounds + 1):  # the first warms up
        taken["bare"].append(microseconds(bare, bodies))
        taken["ours"].append(microseconds(ours, bodies))
        taken["soup"].append(microseconds(soup, bodies[::SOUP_SHARE]))
    rows = [["", "us a post"]]
    titles = {"ours": "presscrawl", "bare": "turbohtml, bare", "soup": "BeautifulSoup, parse only"}
    rows += [[titles[name], spread(values[1:], 0)] for name, values in taken.items()]
    for peer in ("bare", "soup"):
        pairs = zip(taken["ours"][1:], taken[peer][1:], strict=True)
        ratios = [mine / theirs for mine, theirs in pairs]
        rows.append([f"presscrawl / {titles[peer]}", spread(ratios)])
    return aligned(rows)


def clean_one(name: str) -> None:
    """Clean one hostile body; print seconds and the peak of memory in MB."""
    html = HOSTILE[name]
    started = time.process_time()
    cleaned = clean_body(html, base_url=BASE)
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT / 1e6
    print(f"{seconds:.2f}", f"{peak:.0f}", ", ".join(cleaned.cleaning["limits"]) or "-", sep="\t")


def hostile() -> list[str]:
    """Return a line for each hostile body."""
    rows = [["", "CPU s", "peak MB", "limits"]]
    for name in HOSTILE:
        command = [sys.executable, "-m", "benchmarks.clean", "--one", name]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rows.append([name, *done.stdout.strip().split("\t")])
    return aligned(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clean", description=__doc__)
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--no-hostile", action="store_true")
    parser.add_argument("--one", choices=HOSTILE, help="clean only this hostile body")
    given = parser.parse_args(arguments)
    if given.one:
        clean_one(given.one)
        return
    load = os.getloadavg()[0]
    if load > QUIET_LOAD:
        print(f"The machine is not quiet, its load is {load:.2f}", file=sys.stderr)
    bodies = [record["content"]["rendered"] for record in generate_posts(given.posts)]
    print("\n".join(compare(bodies, given.rounds)))
    if not given.no_hostile:
        print("\n" + "\n".join(hostile()))


if __name__ == "__main__":
    main()
