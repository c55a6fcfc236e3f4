from __future__ import annotations

import os
import threading
from contextlib import closing
from datetime import UTC, datetime

import pytest

from crawler.errors import ArgumentError, PublicationError
from crawler.state.backup import back_up
from crawler.state.database import open_existing, open_state, transaction
from crawler.state.ledger import Concluded, Ledger, Published
from crawler.wordpress.changes import Version

NOW = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
STARTED = "2026-11-23T19:30:00Z"
POSTS = "wp/v2/posts"
MANY = 2000


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def state(path):
    with closing(open_state(path, now=NOW)) as database:
        yield database


def publish(state, number, count=MANY):
    """Publish a run in which every record has the hash *number*."""
    with closing(Ledger()) as ledger:
        hashed = b"%016d" % number
        ledger.receive(
            POSTS, [Version(each, 1_700_000_000, hashed, None) for each in range(count)]
        )
        concluded = [Concluded(POSTS, None, whole=True)]
        site = "https://example.org"
        with transaction(state):
            ledger.publish(state, Published(str(number), STARTED, "news", site, concluded))


def leftovers(folder):
    return sorted(each.name for each in folder.iterdir() if each.name.startswith("."))


def test_while_runs_publish(state, path, tmp_path):
    """A copy is the file at one moment, whoever writes meanwhile; and nobody waits for it."""
    publish(state, 0)
    done = threading.Event()

    def go_on():
        with closing(open_existing(path)) as database:
            number = 0
            while not done.is_set():
                number += 1
                publish(database, number)

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        for number in range(10):
            back_up(state, tmp_path / f"copy-{number}")
    finally:
        done.set()
        writer.join()

    seen = []
    for number in range(10):
        with closing(open_existing(tmp_path / f"copy-{number}")) as copy:
            rows = copy.execute("SELECT hash, count(*) FROM ledger GROUP BY hash").fetchall()
            [runs] = copy.execute("SELECT count(*) FROM run").fetchone()
        [(hashed, count)] = rows
        assert (int(hashed) + 1, count) == (runs, MANY)
        seen.append(runs)
    assert seen == sorted(seen)
    assert seen[-1] > 1


def test_one_file(state, path, tmp_path):
    """The copy is one file, and works in the place of what was copied."""
    publish(state, 1)
    copy = tmp_path / "copy"
    assert back_up(state, copy) == copy.stat().st_size
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        *("copy", "state", "state-shm", "state-wal")
    ]
    with closing(open_state(copy, now=NOW)) as database:
        publish(database, 2)
        assert database.execute("SELECT count(*) FROM run").fetchone() == (2,)
    assert state.execute("SELECT count(*) FROM run").fetchone() == (1,)


def test_exists(state, tmp_path):
    """A file that is there stays as it is, and so does a link that leads nowhere."""
    (tmp_path / "copy").write_bytes(b"mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("copy", "link"):
        with pytest.raises(ArgumentError, match="exists: name another file for the copy"):
            back_up(state, tmp_path / name)
    assert (tmp_path / "copy").read_bytes() == b"mine"
    assert not (tmp_path / "nowhere").exists()


def test_taken_meanwhile(state, tmp_path, monkeypatch):
    """A name that somebody else takes while the copy is made is theirs."""
    copy = tmp_path / "copy"
    link = os.link

    def late(part, path):
        copy.write_bytes(b"theirs")
        link(part, path)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(ArgumentError, match="exists"):
        back_up(state, copy)
    assert copy.read_bytes() == b"theirs"
    assert leftovers(tmp_path) == []


def test_no_links(state, tmp_path, monkeypatch):
    """Where the file system has no links the copy has its name all the same."""

    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    back_up(state, tmp_path / "copy")
    assert (tmp_path / "copy").exists()
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("name", ["file/copy", "."])
def test_no_place(state, tmp_path, name):
    """A name that cannot be one is refused."""
    (tmp_path / "file").touch()
    with pytest.raises(ArgumentError):
        back_up(state, tmp_path / name)


def test_folder_that_is_not_there(state, tmp_path):
    """A folder is not made: it may be a disk that is not mounted."""
    with pytest.raises(ArgumentError, match="away' is no folder"):
        back_up(state, tmp_path / "away" / "copy")
    assert not (tmp_path / "away").exists()


def test_damaged(state, path, tmp_path):
    """Of a file that is damaged inside no copy is kept."""
    publish(state, 1, count=20_000)
    state.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(4096 * (path.stat().st_size // 8192))
        file.write(b"\xff" * 4096)
    with closing(open_existing(path)) as fresh, pytest.raises(PublicationError, match="damaged"):
        back_up(fresh, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    assert leftovers(tmp_path) == []


class TestOpenExisting:
    def test_missing(self, path):
        """A file that is not there is not made."""
        with pytest.raises(ArgumentError, match=r"there is no .*: nothing was published yet"):
            open_existing(path)
        assert not path.exists()

    def test_no_database(self, path):
        """What is no state file is left where it is."""
        path.write_bytes(b"something else" * 1000)
        with pytest.raises(ArgumentError, match="cannot be opened: file is not a database"):
            open_existing(path)
        assert path.read_bytes() == b"something else" * 1000
        assert [each.name for each in path.parent.iterdir()] == ["state"]
