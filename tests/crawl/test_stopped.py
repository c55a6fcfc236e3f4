"""A crawl that is stopped or killed publishes nothing, and says so if it still can."""

from __future__ import annotations

import resource
import signal
import threading
import time

import pytest

from tests.crawl.layers import serve_under
from tests.running import finish, read_lines, run_crawl, start_crawl

UNMEASURED = {"COVERAGE_PROCESS_CONFIG": None, "COVERAGE_PROCESS_START": None}
"""Keeps coverage out of a process that may not write its data."""

NAMES = ("tags", "posts", "pages", "comments")
COLLECTIONS = f"collections={','.join(NAMES)}"


class Gate:
    """Holds the request for pages back until it is opened."""

    def __init__(self):
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self, target):
        if "/wp/v2/pages" in target:
            self.reached.set()
            self.opened.wait(60)


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.opened.set()


def stop(tmp_path, gate, server, *signals, output):
    """Start a crawl, send it signals while it waits for an answer, and let it go on."""
    process = start_crawl(tmp_path, f"site={server.url}", COLLECTIONS, output=output)
    assert gate.reached.wait(60)
    for each in signals:
        process.send_signal(each)
    if signal.SIGKILL not in signals:
        line = next(line for line in process.stderr if "Received SIG" in line)
        assert "Traceback" not in line
    gate.opened.set()
    return finish(tmp_path, process, timeout=60)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal(tmp_path, gate, number):
    """The request in flight is waited for; nothing is published, status 4, run.json says so."""
    old = tmp_path / "old.jsonl"
    old.write_text('{"id":1}\n')
    with serve_under(gate) as server:
        crawl = stop(tmp_path, gate, server, number, output=["-O", str(old)])

    assert crawl.status == 4, crawl.stderr
    [error] = crawl.errors
    assert "nothing published" in error
    assert "Traceback" not in crawl.stderr
    assert old.read_text() == '{"id":1}\n'
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []
    assert (crawl.run["exit_status"], crawl.run["files"]) == (4, [])
    assert crawl.run["error"] == error
    assert [path.name for path in crawl.folder.iterdir()] == ["run.json"]
    verdicts = {name: each["verdict"] for name, each in crawl.collections().items()}
    assert verdicts["wp/v2/posts"] == "complete"
    assert verdicts["wp/v2/comments"] == "failed"


def test_twice(tmp_path, gate):
    """A second signal does not wait for the answer; nothing is published either."""
    with serve_under(gate) as server:
        process = start_crawl(tmp_path, f"site={server.url}", COLLECTIONS)
        assert gate.reached.wait(60)
        for _ in range(2):
            process.send_signal(signal.SIGINT)
            next(line for line in process.stderr if "Received SIGINT" in line)
        crawl = finish(tmp_path, process, timeout=30)
        assert not gate.opened.is_set()
        gate.opened.set()

    assert crawl.status == 4, crawl.stderr
    assert not list(tmp_path.rglob("*.jsonl"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_no_answer(tmp_path, gate, number):
    """An answer that does not come is not waited for: the run ends within ten seconds, by itself.

    What was answered before is in the journal: the same command asks for the rest.
    """
    with serve_under(gate) as server:
        process = start_crawl(tmp_path, f"site={server.url}", COLLECTIONS)
        assert gate.reached.wait(60)
        process.send_signal(number)
        began = time.monotonic()
        stopped = finish(tmp_path, process, timeout=30)
        took = time.monotonic() - began

        assert took < 10
        assert stopped.status == 4, stopped.stderr
        assert "Traceback" not in stopped.stderr
        assert stopped.run["finish_reason"] == "shutdown"
        assert [path.name for path in stopped.folder.iterdir()] == ["run.json"]
        gate.opened.set()
        before = len(server.requests)
        crawl = run_crawl(tmp_path, f"site={server.url}", COLLECTIONS)
        asked = [each.target for each in server.requests[before:]]

    assert crawl.status == 0, crawl.stderr
    assert crawl.folder == stopped.folder
    assert [target for target in asked if "/posts" in target or "/tags" in target] == []
    assert set(crawl.collections()) == {f"wp/v2/{name}" for name in NAMES}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_pause(tmp_path, sample, number):
    """Nor is a long pause between two requests."""
    process = start_crawl(
        tmp_path, f"site={sample.url}", COLLECTIONS, settings={"DOWNLOAD_DELAY": 60}
    )
    while not sample.requests:
        time.sleep(0.05)
    time.sleep(1)
    process.send_signal(number)
    began = time.monotonic()
    stopped = finish(tmp_path, process, timeout=30)

    assert time.monotonic() - began < 10
    assert stopped.status == 4, stopped.stderr
    assert stopped.run["finish_reason"] == "shutdown"


def test_killed(tmp_path, gate):
    """Killed outright, the old file stands; the same command then does the rest."""
    old = tmp_path / "old.jsonl"
    old.write_text('{"id":1}\n')
    with serve_under(gate) as server:
        killed = stop(tmp_path, gate, server, signal.SIGKILL, output=["-O", str(old)])

        assert killed.status == -signal.SIGKILL
        assert old.read_text() == '{"id":1}\n'
        assert killed.run is None

        crawl = run_crawl(tmp_path, f"site={server.url}", COLLECTIONS, output=["-O", str(old)])
        expected = sum(len(server.site.listed(name)) for name in NAMES)

    assert crawl.status == 0, crawl.stderr
    assert len(list(read_lines(old))) == expected
    assert crawl.folder == killed.folder


def test_sites_that_wait(tmp_path, gate):
    """A signal is for all sites: those that wait for their turn are not begun."""
    with serve_under(gate) as server, serve_under(lambda target: None) as waiting:
        sites = tmp_path / "sites.txt"
        sites.write_text(f"{server.url}\n{waiting.url}\n")
        process = start_crawl(
            tmp_path, f"sites={sites}", COLLECTIONS, settings={"SITES_AT_ONCE": 1}
        )
        assert gate.reached.wait(60)
        process.send_signal(signal.SIGINT)
        next(line for line in process.stderr if "Received SIGINT" in line)
        gate.opened.set()
        crawl = finish(tmp_path, process, timeout=60)

    assert crawl.status == 4, crawl.stderr
    assert waiting.requests == []


def test_disk_full(tmp_path, gate):
    """Where the disk is full nothing is published, and the line names the file."""
    old = tmp_path / "old.jsonl"
    old.write_text('{"id":1}\n')
    with serve_under(gate) as server:
        process = start_crawl(
            tmp_path, f"site={server.url}", COLLECTIONS, output=["-O", str(old)], env=UNMEASURED
        )
        assert gate.reached.wait(60)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (40_000, 40_000))
        gate.opened.set()
        crawl = finish(tmp_path, process, timeout=60)

    assert crawl.status == 4, crawl.stderr
    assert crawl.errors == [f"{str(old)!r} could not be written: File too large"]
    assert "Traceback" not in crawl.stderr
    assert old.read_text() == '{"id":1}\n'
    assert sorted(path.name for path in tmp_path.iterdir()) == ["exports", "old.jsonl", "state"]
    assert (crawl.run["exit_status"], crawl.run["files"]) == (4, [])
