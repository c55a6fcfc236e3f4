"""This crawler beside bare Scrapy and dlt, interleaved, on the same generated posts.

python -m benchmarks                               all, five rounds
python -m benchmarks --profile raw --only raw,bare
python -m benchmarks --against ../other-checkout   this checkout beside another, seven pairs

Rows are checked, speed is only reported. Exit status: 0, 1 where a run failed or its rows are not
the posts that were served, 2 where the arguments make no sense.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.contestants import GROUPS, PROFILES, Contestant, field, two_checkouts
from benchmarks.generate import FIRST_ID, ID_STEP, POSTS
from benchmarks.measure import RunError, run_rounds, serving
from benchmarks.report import QUIET_LOAD, Pair, document, notes, ratio_table, table


def read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--profile", choices=(*PROFILES, *GROUPS), default="both")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--posts", type=int, default=POSTS)
    parser.add_argument("--only", help="names, as in raw,bare,dlt")
    parser.add_argument("--against", type=Path, help="another checkout of this project")
    parser.add_argument("--pairs", type=int, default=7, help="rounds with --against")
    parser.add_argument("--extra", default="", help="further arguments of our own command")
    parser.add_argument("--json", type=Path, help="write everything to this file")
    return parser.parse_args(arguments)


def chosen(given: argparse.Namespace) -> list[Contestant]:
    """Return who runs; ends with status 2 where that cannot be."""
    if given.against:
        if not (given.against / "scrapy.cfg").is_file():
            stop(
                f"--against expects a checkout of this project, {given.against} has no scrapy.cfg"
            )
        return two_checkouts(given.against, given.profile, given.extra)
    contestants = field(None if given.only else given.profile, given.extra)
    if given.only:
        names = given.only.split(",")
        known = [contestant.name for contestant in contestants]
        if unknown := [name for name in names if name not in known]:
            stop(f"--only expects some of {','.join(known)}, got {unknown[0]!r}")
        contestants = [each for each in contestants if each.name in names]
    if any(each.name == "dlt" for each in contestants) and not importlib.util.find_spec("dlt"):
        stop("dlt is not installed here: pip install -e '.[bench]', or leave it out with --only")
    return contestants


def stop(message: str) -> None:
    """End with a usage error."""
    print(f"benchmarks: error: {message}", file=sys.stderr)
    raise SystemExit(2)


def pairs_of(contestants: Sequence[Contestant], *, checkouts: bool) -> list[Pair]:
    """Return which are divided: ours by each peer, or here by there."""
    names = [contestant.name for contestant in contestants]
    if checkouts:
        return list(zip(names[::2], names[1::2], strict=True))
    mine = [name for name in names if name in PROFILES]
    peers = [name for name in names if name not in PROFILES]
    if not mine:
        return list(zip(peers[1:], peers, strict=False))
    return [(name, peer) for name in mine for peer in peers]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rounds and print the table."""
    given = read_arguments(arguments)
    contestants = chosen(given)
    load = os.getloadavg()[0]
    if load > QUIET_LOAD:
        print(f"The machine is not quiet, its load is {load:.2f}", file=sys.stderr)
    rounds = given.pairs if given.against else given.rounds
    expected = [FIRST_ID + ID_STEP * index for index in range(given.posts)]
    try:
        with serving(given.posts) as server:
            results = run_rounds(contestants, server, expected, rounds)
    except RunError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    pairs = pairs_of(contestants, checkouts=bool(given.against))
    print(f"{given.posts:,} posts, medians of {rounds} interleaved rounds (least..most)\n")
    print("\n".join(table(contestants, results)))
    if pairs:
        print("\n" + "\n".join(ratio_table(pairs, results)))
    for note in notes(contestants, results, load):
        print(note)
    if given.json:
        text = json.dumps(document(given.posts, pairs, results, load), indent=2)
        given.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
