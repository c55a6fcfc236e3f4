from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing

import pytest

from crawler.state import unfinished
from crawler.state.unfinished import Unfinished
from tests.running import ROOT

KEY, SHA = 77, b"the same text"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "presscrawl.sqlite3"


@pytest.fixture
def two(path):
    """Two runs at the same time."""
    with ExitStack() as stack:
        yield [stack.enter_context(closing(Unfinished(path))) for _ in range(2)]


def delivers(*rows):
    """What a run has delivered, as the index gives it."""
    return lambda number, most: [row for row in rows if row[0] > number][:most]


def row(number=1, record_id="a#1", cluster=None):
    return (number, record_id, SHA, cluster, KEY)


def told(path):
    with closing(sqlite3.connect(path.parent / f"{path.name}-running" / "texts.sqlite3")) as file:
        texts = file.execute("SELECT record_id FROM text ORDER BY record_id").fetchall()
        return [name for (name,) in texts], file.execute("SELECT count(*) FROM run").fetchone()[0]


def test_same_text(two):
    """What one has delivered the other finds, with what it represents, and not its own."""
    first, second = two
    assert not first.exchange(delivers(row(cluster="a#0")))  # it knows of nobody yet, or of both
    second.exchange(delivers())
    first.exchange(delivers(row(cluster="a#0")))

    match = second.find("b#1", SHA, KEY)
    assert (match.record_id, match.cluster) == ("a#1", "a#0")
    assert (match.kind, match.similarity) == ("exact", 1.0)
    assert second.find("a#1", SHA, KEY) is None, "a record is no copy of itself"
    assert second.find("b#1", b"another text", KEY) is None
    assert second.find("b#1", SHA, KEY + 1) is None
    assert first.find("b#1", SHA, KEY) is None, "its own is no business of the others"


def test_represents_itself(two):
    """A record of no cluster is its own."""
    first, second = two
    first.exchange(delivers(row()))
    second.exchange(delivers())
    assert second.find("b#1", SHA, KEY).cluster == "a#1"


def test_alone(path):
    """A run that is alone tells nothing; to one that comes later it tells everything."""
    with closing(Unfinished(path)) as first:
        first.exchange(delivers(row(1), row(2, "a#2")))
        assert told(path) == ([], 1)
        with closing(Unfinished(path)) as second:
            first.exchange(delivers(row(1), row(2, "a#2")))
            assert told(path) == (["a#1", "a#2"], 2)
            assert second.find("b#1", SHA, KEY).record_id == "a#1"


def test_many(two, path, monkeypatch):
    """What is too much for one time comes at the next ones."""
    monkeypatch.setattr(unfinished, "MOST_SHARED", 2)
    rows = [row(number, f"a#{number}") for number in range(1, 6)]
    for expected in (2, 4, 5, 5):
        two[0].exchange(delivers(*rows))
        assert len(told(path)[0]) == expected


def test_end(two, path):
    """Whoever ends takes back what it told, and the others learn that it has ended."""
    first, second = two
    first.exchange(delivers(row()))
    assert not second.exchange(delivers())
    first.close()

    assert told(path) == ([], 1)
    assert second.exchange(delivers())
    assert not second.exchange(delivers())
    assert second.find("b#1", SHA, KEY) is None
    second.close()
    second.close()
    assert [each.suffix for each in (path.parent / f"{path.name}-running").iterdir()] == [
        ".sqlite3"
    ]


def test_lost(two):
    """A record that nobody has after all is found no more."""
    first, second = two
    first.forget("a#1")  # nothing was told yet
    first.exchange(delivers(row()))
    second.exchange(delivers())
    first.forget("a#1")
    assert second.find("b#1", SHA, KEY) is None


def test_killed(path):
    """What a killed process has told is cleared away by the next that looks."""
    code = (
        "import os, signal, sys; from pathlib import Path;"
        "from crawler.state.unfinished import Unfinished; path = Path(sys.argv[1]);"
        "run, other = Unfinished(path), Unfinished(path);"
        f"run.exchange(lambda number, most: [(1, 'a#1', {SHA!r}, None, {KEY})]);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, path], cwd=ROOT, check=False)
    assert told(path) == (["a#1"], 2)

    with closing(Unfinished(path)) as run:
        assert run.find("b#1", SHA, KEY) is None
        assert told(path) == ([], 1)
        run.exchange(delivers(row()))
        assert told(path) == ([], 1), "it is alone"


def test_lock_that_is_gone(two, path):
    """A run whose lock file was deleted counts as dead."""
    first, second = two
    for lock in (path.parent / f"{path.name}-running").glob("*.lock"):
        lock.unlink()
    first.exchange(delivers(row()))
    assert told(path) == ([], 1)
    second.exchange(delivers())


def test_broken(path, caplog):
    """Where nothing can be told, the run goes on, and the log says what that means."""
    folder = path.parent / f"{path.name}-running"
    folder.mkdir(parents=True)
    (folder / "texts.sqlite3").write_bytes(b"no database at all" * 100)
    with closing(Unfinished(path)) as run:
        assert not run.exchange(delivers(row()))
        assert run.find("b#1", SHA, KEY) is None
        run.forget("a#1")
    assert "What other runs deliver meanwhile is not marked" in caplog.text


def test_no_locks(path, monkeypatch):
    """Where the system has no locks, nothing is told and nothing found."""
    monkeypatch.setattr(unfinished, "fcntl", None)
    with closing(Unfinished(path)) as run:
        assert not run.exchange(delivers(row()))
    assert not path.parent.exists()
