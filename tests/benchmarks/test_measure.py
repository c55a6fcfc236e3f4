"""What the runner says of a run: measured, counted, and its rows checked."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

import benchmarks
from benchmarks.contestants import BARE, Contestant
from benchmarks.measure import Run, RunError, Server, rotated, run_once, serving
from benchmarks.report import ratio_table, ratios

POSTS = 120
EXPECTED = [101 + 3 * at for at in range(POSTS)]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(POSTS) as started:
        yield started


def runs_python(code: str) -> Contestant:
    """A contestant that is a line of Python in the folder of its run."""
    return Contestant(
        "line", "a line", lambda site, folder: [sys.executable, "-c", code], "*.jsonl"
    )


def test_bare_scrapy(server):
    """The bare spider delivers each post once, a request a page."""
    run = run_once(BARE, server, EXPECTED)

    assert (run.rows, run.requests) == (POSTS, 2)
    assert 0 < run.cpu < 60
    assert 0 < run.wall < 60
    assert 20 < run.peak_mb < 500


def test_a_row_is_missing(server):
    """A contestant that leaves posts out, or has them twice, has no figures."""
    short = runs_python(
        "print('{\"id\": 101}', '{\"id\": 101}', sep=chr(10), file=open('a.jsonl', 'w'))"
    )

    with pytest.raises(RunError, match=r"^line: 2 rows with 1 different ids, expected 120 posts"):
        run_once(short, server, EXPECTED)


def test_a_run_fails(server):
    """A run that ends with an error is no run, and its last words are shown."""
    with pytest.raises(RunError, match=r"(?s)^line ended with status 1:.*out of flour"):
        run_once(runs_python("raise SystemExit('out of flour')"), server, EXPECTED)


def test_order_of_rounds():
    """Every contestant is first in some round, and runs once in each."""
    three = [replace(BARE, name=name) for name in "abc"]
    orders = ["".join(each.name for each in rotated(three, number)) for number in range(4)]

    assert orders == ["abc", "bca", "cab", "abc"]


def test_ratio_is_taken_within_a_round():
    """A slow round slows both: the median of the ratios does not see it."""

    def run(cpu: float) -> Run:
        return Run(wall=cpu, cpu=cpu, peak_mb=1, requests=1, rows=1, computed=0)

    rounds = [{"a": run(cpu / 2), "b": run(cpu)} for cpu in (2.0, 2.2, 9.0)]

    assert ratios(rounds, ("a", "b"), "cpu") == [0.5, 0.5, 0.5]
    assert "0.500 (0.500..0.500)" in ratio_table([("a", "b")], rounds)[1]


@pytest.mark.parametrize(
    "name",
    [
        module.name
        for module in pkgutil.iter_modules(benchmarks.__path__, "benchmarks.")
        if not module.ispkg and module.name != "benchmarks.__main__"
    ],
)
def test_examples(name):
    """The examples in docstrings hold."""
    assert doctest.testmod(importlib.import_module(name)).failed == 0
