from __future__ import annotations

from datetime import UTC, datetime

import pytest
from rich.console import Console

from crawler.state.overview import Held, Kept, Overview, Part, Unended
from crawler.state.take_down import AUTHORS, Done, Target
from crawler.state_report import state_report, tell_lifted, tell_taken_down
from crawler.wordpress.known import State

NOW = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
SITE = "https://example.org"
GAP = " " * 20  # of a watermark


def shown(**fields):
    """Print it where there is room for 80 columns, as it would be in a log."""
    console = Console(width=80, highlight=False, color_system=None)
    with console.capture() as capture:
        report = state_report(Overview("state", 1234, **fields), now=NOW)
        console.print(report, soft_wrap=True)
    return [line.rstrip() for line in capture.get().splitlines()]


def test_sites():
    """Each site has its table, with the columns that have something in any of them."""
    tables = shown(
        collections=[
            Kept("news", SITE, "wp/v2/posts", {State.DELIVERED: 12}, None, "2026-11-22T01:02:03Z"),
            Kept("news", SITE, "wp/v2/things", {}, "2026-11-23T18:02:00Z", None),
            Kept("hills", "https://a.example", "wp/v2/posts", {State.ORPHANED: 3}, None, None),
        ]
    )
    assert tables == [
        "https://example.org in the dataset 'news'",
        "collection    delivered  left out  gone  to ask again  watermark         last run",
        "wp/v2/posts          12         0     0             0" + GAP + "2026-11-22 01:02",
        "wp/v2/things          0         0     0             0  2026-11-23 18:02",
        "https://a.example in the dataset 'hills'",
        "collection    delivered  left out  gone  to ask again  watermark         last run",
        "wp/v2/posts           0         0     0             3",
        "state: 1 KB ()",
    ]


def test_parts():
    """What nobody can tell is left out."""
    parts = [Part("ledger", 1, None), Part("dedupe index", 2, 12), Part("free", None, 4096)]
    assert shown(parts=parts) == [
        "state: 1 KB (ledger, 1 record; dedupe index 12 B, 2 texts; free 4 KB)"
    ]


def test_runs():
    """A run says when its last answer came, else when it began."""
    told = (None, SITE, "example.org/1", "2026-11-23T19:00:00Z")
    runs = [
        Unended("unfinished", "a", 999_600, *told),
        Unended("set aside", "b", 5, *told, "2026-11-23T19:29:00Z", 7),
        Unended("unreadable", "c", 5),
    ]
    held = [Held("", SITE, "host", 7, "2026-11-23T19:29:50Z")]
    assert shown(runs=runs, held=held)[1:] == [
        "unfinished: the run example.org/1, 0 answers, 1.0 MB, begun 30 min ago: a",
        "set aside: the run example.org/1, 7 answers, 5 B, the last 60 s ago: b",
        "unreadable: c, 5 B",
        "held: https://example.org, by process 7 on host, last sign of life 10 s ago",
    ]


@pytest.mark.parametrize(
    ("target", "done", "line"),
    [
        (Target("news", SITE), Done(1, 0, 0), "1 record taken down"),
        (Target("news", SITE), Done(0, 0, 0), "0 records taken down"),
        (Target("news", SITE, AUTHORS, 7), Done(1, 0, 0), "taken down"),
        (Target("news", SITE, AUTHORS, 7), Done(0, 0, 0), "was taken down before"),
    ],
)
def test_taken_down(target, done, line):
    """What was taken down is named as records are."""
    lines = tell_taken_down(target, done, ())
    assert lines[0] == f"{target} in the dataset 'news': {line}"
    assert ("of this author" in lines[1]) == (target.id is not None)
    assert "dedupe index" not in lines[1]


def test_journals():
    """Only journals that may hold records of the site are named."""
    runs = [
        Unended("unfinished", "a", 1, None, "http://www.example.org"),
        Unended("unfinished", "b", 1, None, "https://example.com"),
        Unended("unreadable", "c", 1),
    ]
    lines = tell_taken_down(Target("news", SITE), Done(1, 2, 1), runs)
    assert lines[1] == "2 texts taken out of the dedupe index, 1 copy to be asked for again"
    assert [line[0] for line in lines if "answers of a run" in line] == ["a"]


def test_lifted():
    """One record is lifted in other words than a site."""
    [line] = tell_lifted(Target("news", SITE), 2)
    assert line.endswith("'news': 2 records taken down no more; they are new to the next crawl")
    assert len(tell_lifted(Target("news", SITE, AUTHORS, 7), 1)) == 2
