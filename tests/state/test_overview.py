from __future__ import annotations

import os
import socket
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.errors import PublicationError
from crawler.state.database import open_state, transaction
from crawler.state.journal import FOLDER, Answered, Journal
from crawler.state.lease import Lease
from crawler.state.ledger import Concluded, Ledger, Published
from crawler.state.overview import FREE, INDEX, LEDGER, OTHER, Held, Kept, Part, Unended, look
from crawler.wordpress.changes import Version
from crawler.wordpress.known import State

NOW = datetime.now(UTC)
STARTED = "2026-11-23T19:30:00Z"
SITE = "https://example.org"
POSTS, PAGES, TAGS = "wp/v2/posts", "wp/v2/pages", "wp/v2/tags"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def state(path):
    with closing(open_state(path, now=NOW)) as database:
        yield database


def publish(state, started=STARTED, *, site=SITE, **ids):
    """Publish ids by collection, ``posts=[1, 2]``."""
    with closing(Ledger()) as ledger:
        for name, numbers in ids.items():
            dated = int(datetime.fromisoformat(STARTED).timestamp())
            versions = [Version(each, dated, b"h" * 16, b"b" * 8) for each in numbers]
            ledger.receive(f"wp/v2/{name}", versions)
        concluded = [Concluded(f"wp/v2/{name}", None, whole=bool(n)) for name, n in ids.items()]
        with transaction(state):
            ledger.publish(state, Published(started, started, "news", site, concluded))


def header(run_id, site=SITE, dataset="news"):
    arguments = {"site": site, "dataset": dataset}
    return {
        "command": {"arguments": arguments},
        "run_id": run_id,
        "folder": "/f",
        "started": "2026-11-23T20:30:00+01:00",
    }


def begin(path, name, *, answers=0, **fields):
    journal = Journal.begin(path.parent / FOLDER / name, header(name, **fields))
    for number in range(answers):
        asked = f"{SITE}/{number // 2}"  # each of them twice
        moment = f"2026-11-23T19:3{number}:00Z"
        journal.add(Answered(asked, 200, asked, (), b"body" * 100, moment))
    return journal


class TestCollections:
    def test_counts(self, state, path):
        """Records are counted by what became of them, with the last run that brought one."""
        publish(state, posts=[1, 2, 3, 4], tags=[1], pages=[])
        publish(state, "2026-11-24T00:00:00Z", posts=[2])
        publish(state, "2026-11-25T00:00:00Z", site="https://a.example", posts=[2])
        for number, each in ((1, State.GONE), (4, State.SUPPRESSED)):
            state.execute("UPDATE ledger SET state = ? WHERE id = ?", (int(each), number))
        posts = {State.DELIVERED: 2, State.GONE: 1, State.SUPPRESSED: 1}

        assert look(state, path, now=NOW).collections == [
            Kept(
                "news",
                "https://a.example",
                POSTS,
                {State.DELIVERED: 1},
                STARTED,
                "2026-11-25T00:00:00Z",
            ),
            Kept("news", SITE, POSTS, posts, STARTED, "2026-11-24T00:00:00Z"),
            Kept("news", SITE, TAGS, {State.GONE: 1}, STARTED, STARTED),
            Kept("news", SITE, PAGES, {}, None, None),
        ]

    def test_again(self, state, path):
        """A second look sees what others have published since the first."""
        assert look(state, path, now=NOW).collections == []
        with closing(open_state(path, now=NOW)) as other:
            publish(other, posts=[1])
        assert len(look(state, path, now=NOW).collections) == 1

    def test_unreadable(self, state, path):
        """What cannot be read is said."""
        state.execute("DROP TABLE ledger")
        with pytest.raises(PublicationError, match="cannot be read: no such table: ledger"):
            look(state, path, now=NOW)


class TestParts:
    def test_bytes(self, state, path):
        """The parts are the whole file."""
        publish(state, posts=range(5000))
        state.execute("DELETE FROM ledger WHERE id < 4000")
        state.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        seen = look(state, path, now=NOW)

        assert [each.name for each in seen.parts] == [LEDGER, INDEX, OTHER, FREE]
        assert [each.rows for each in seen.parts] == [1000, 0, None, None]
        assert sum(each.bytes for each in seen.parts) == seen.bytes == path.stat().st_size
        assert all(each.bytes > 0 for each in seen.parts)

    def test_log(self, state, path):
        """What is not in the file yet counts, too."""
        before = look(state, path, now=NOW).bytes
        publish(state, posts=range(5000))
        log = Path(f"{path}-wal").stat().st_size
        assert look(state, path, now=NOW).bytes == path.stat().st_size + log > before

    def test_without_dbstat(self, state, path):
        """Where SQLite is built without the table that counts pages, rows are all that is told."""
        publish(state, posts=[1])
        state.execute("CREATE TEMP VIEW dbstat AS SELECT * FROM no_such_table")
        parts = look(state, path, now=NOW).parts
        assert parts == [Part(LEDGER, 1, None), Part(INDEX, 0, None)]


class TestRuns:
    def test_kinds(self, state, path):
        """Journals are told apart by whether their run lives, and can be gone on with."""
        for name, dataset in (("a.journal", None), ("b.journal", "news")):
            begin(path, name, dataset=dataset, answers=3).close()
        begin(path, "c.journal", answers=1).set_aside("aside-20261123T193000Z")
        (path.parent / FOLDER / "d.journal").write_bytes(b"no journal")
        (path.parent / FOLDER / "e.journal.new").write_bytes(b"PCJ1")
        lease = Lease(path)
        lease.take(f"news {SITE}", SITE)
        told = look(state, path, now=NOW).runs
        lease.release()

        assert [(each.state, Path(each.path).name) for each in told] == [
            ("unfinished", "a.journal"),
            ("under way", "b.journal"),
            ("set aside", "c.journal.aside-20261123T193000Z"),
            ("unreadable", "d.journal"),
        ]
        folder = path.parent / FOLDER
        assert told[1] == Unended(
            "under way",
            str(folder / "b.journal"),
            (folder / "b.journal").stat().st_size,
            "news",
            SITE,
            "b.journal",
            STARTED,
            "2026-11-23T19:32:00Z",
            3,
        )

    @pytest.mark.parametrize("torn", [b"\x00" * 40, b"\x00\x00\x00\x05\x00\x00\x00\x05abcde"])
    def test_torn(self, state, path, torn):
        """What is torn at the end of a journal is not counted, and stays: its run may live."""
        journal = begin(path, "a.journal", answers=2)
        with journal.path.open("ab") as file:
            file.write(torn)
        content = journal.path.read_bytes()
        [told] = look(state, path, now=NOW).runs
        journal.close()

        assert (told.answers, told.bytes) == (2, len(content))
        assert journal.path.read_bytes() == content


class TestHeld:
    def test_alive(self, state, path):
        """What a living run holds is told, under each of its names; what a dead one held not."""
        lease = Lease(path)
        for name in (f" {SITE}", f"my news {SITE}"):
            lease.take(name, SITE)
        dead = ("news https://a.example", "t", "elsewhere", "7@1", NOW.timestamp() - 1000)
        state.execute("INSERT INTO lease VALUES (?, ?, ?, ?, ?)", dead)
        held = look(state, path, now=NOW).held
        lease.release()

        beats = {datetime.fromisoformat(each.beat) for each in held}
        assert all(abs(beat - NOW) < timedelta(minutes=5) for beat in beats)
        host = socket.gethostname()
        assert [(each.dataset, each.site, each.machine, each.process) for each in held] == [
            ("", SITE, host, os.getpid()),
            ("my news", SITE, host, os.getpid()),
        ]
        assert isinstance(held[0], Held)
