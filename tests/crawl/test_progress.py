"""The live view on a terminal, the lines in a log where there is none."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from tests.crawl.layers import serve_under, text
from tests.running import ROOT, run_crawl

COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9]m")


@pytest.fixture
def slow():
    with serve_under(lambda target: time.sleep(0.4)) as server:
        yield server


def on_a_terminal(tmp_path, server, *words, **environment):
    """Crawl with standard error on a terminal of 100 columns; give the status and what it saw."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "PRESSCRAWL_EXPORTS_DIR": str(tmp_path), "COLUMNS": "100", "LINES": "30"}
    env |= {"TERM": "xterm-256color", **environment}
    env = {name: value for name, value in env.items() if value}
    command = [sys.executable, "-m", "scrapy", "crawl", "wordpress", "-a", f"site={server.url}"]
    command += ["-s", "DOWNLOAD_DELAY=0", *words]
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs
    )
    os.close(theirs)
    seen = b""
    with suppress(OSError):  # the end of a terminal whose other side is closed
        while data := os.read(ours, 65536):
            seen += data
    os.close(ours)
    process.communicate(timeout=30)
    return process.returncode, seen.decode()


@pytest.mark.parametrize("no_color", ["", "1"])
def test_live(tmp_path, slow, no_color):
    """A terminal shows how far it is, then the table; in colour unless NO_COLOR is set."""
    status, seen = on_a_terminal(tmp_path, slow, NO_COLOR=no_color)

    assert status == 0
    assert "0 of 1 sites done" in seen
    assert "62/62" in seen or "10/10" in seen
    assert f"{slow.url.rstrip('/')}: finished, exit status 0" in seen
    assert bool(COLOUR.search(seen)) is not bool(no_color)
    log = [line for line in seen.splitlines() if "Spider opened" in line]
    assert len(log) == 1


@pytest.mark.parametrize("words", [["-s", "PROGRESS=off"], ["-s", "PROGRESS=log"]])
def test_not_live(tmp_path, slow, words):
    """A setting takes the view away."""
    _, seen = on_a_terminal(tmp_path, slow, *words)
    assert "sites done" not in seen


def test_log(tmp_path, slow):
    """Where there is no terminal the log has lines, as often as was set."""
    crawl = run_crawl(tmp_path, f"site={slow.url}", settings={"PROGRESS_LOG_SECONDS": 1})

    assert "sites done" not in crawl.stderr
    told = re.findall(r"\[crawler\.extensions\.progress\] INFO: (.*)", crawl.stderr)
    assert told
    place = slow.url.rstrip("/").partition("://")[2]
    assert all(line.startswith(f"{place}: ") for line in told)
    assert any("requests" in line for line in told)


def test_quiet_by_default(tmp_path, slow):
    """A minute is longer than this crawl: no line."""
    crawl = run_crawl(tmp_path, f"site={slow.url}")
    assert "extensions.progress] INFO" not in crawl.stderr


def test_wrong_word(tmp_path):
    """A word that PROGRESS does not know is refused."""
    crawl = run_crawl(tmp_path, "site=http://127.0.0.1:9", settings={"PROGRESS": "fancy"})
    assert crawl.status == 2
    assert crawl.errors == ["PROGRESS must be one of auto, log, off, got 'fancy'"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (text(429, "", ("Retry-After", "4")), "asked to wait"),
        (text(503, ""), "waits"),
    ],
)
def test_quiet(tmp_path, answer, said):
    """The log says that a site gets quiet, and whether it asked for that."""
    answers = [answer]

    def reply(target):
        return answers.pop() if answers and target.startswith("/wp-json/wp/v2/pages") else None

    with serve_under(reply) as server:
        crawl = run_crawl(
            tmp_path,
            f"site={server.url}",
            "collections=pages",
            settings={"PROGRESS_LOG_SECONDS": 1, "RETRY_BACKOFF": 4},
        )

    assert crawl.status == 0, crawl.stderr
    assert re.search(rf"wp/v2/pages [^\n]*, 1 retry, {said} [1-4] s\n", crawl.stderr)
