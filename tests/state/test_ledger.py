from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime

import pytest

from crawler.state.database import open_state, transaction
from crawler.state.ledger import Concluded, Ledger, Published
from crawler.wordpress.changes import Version
from crawler.wordpress.known import State

POSTS = "wp/v2/posts"
STARTED = "2026-11-23T19:30:00Z"
SITE = "https://example.org"


def seconds(date):
    return int(datetime.fromisoformat(date).timestamp())


def version(number, dated="2024-05-01T10:00:00Z", hash=b"h" * 16):
    return Version(number, dated and seconds(dated), hash, b"b" * 8)


def published(*collections, run_id="example.org/1"):
    return Published(run_id, STARTED, "news", SITE, collections)


WHOLE = Concluded(POSTS, "id,title", whole=True)
PARTLY = Concluded(POSTS, "id,title", whole=False)


@pytest.fixture
def state(tmp_path):
    with closing(open_state(tmp_path / "state", now=datetime.now(UTC))) as database:
        yield database


@pytest.fixture
def ledger():
    with closing(Ledger()) as made:
        yield made


def publish(state, ledger, what):
    with transaction(state):
        ledger.publish(state, what)


def rows(state, columns="id, dated, state, copy_of"):
    return state.execute(f"SELECT {columns} FROM ledger ORDER BY collection, id").fetchall()


class TestPublish:
    def test_states(self, state, ledger):
        """A copy stands there with its original; what a pipeline failed on does not."""
        ledger.receive(POSTS, [version(7), version(8), version(9), version(10, None)])
        ledger.leave_out(f"{SITE}#{POSTS}/8", f"{SITE}#{POSTS}/7")
        ledger.leave_out(f"{SITE}#{POSTS}/9", None)
        ledger.forget(f"{SITE}#{POSTS}/7")
        publish(state, ledger, published(WHOLE))

        assert rows(state) == [
            (8, 1714557600, State.LEFT_OUT, f"{SITE}#{POSTS}/7"),
            (9, 1714557600, State.LEFT_OUT, None),
            (10, None, State.DELIVERED, None),
        ]

    def test_again(self, state):
        """A later run puts its version in place of the one before, and knows when it was."""
        for number, hash in enumerate((b"1" * 16, b"2" * 16), start=1):
            with closing(Ledger()) as ledger:
                ledger.receive(POSTS, [version(7, hash=hash)])
                publish(state, ledger, published(WHOLE, run_id=f"example.org/{number}"))

        assert rows(state, "id, hash, run") == [(7, b"2" * 16, 2)]
        assert state.execute("SELECT run_id FROM run ORDER BY id").fetchall() == [
            ("example.org/1",),
            ("example.org/2",),
        ]

    def test_not_published(self, state, ledger):
        """Where the step fails nothing of it stands."""
        ledger.receive(POSTS, [version(7)])
        with suppress(KeyError), transaction(state):
            ledger.publish(state, published(WHOLE))
            raise KeyError
        for table in ("ledger", "run", "collection", "dataset"):
            assert state.execute(f"SELECT * FROM {table}").fetchall() == []


class TestWatermark:
    def watermark(self, state):
        return state.execute("SELECT fields, watermark FROM collection").fetchall()

    def test_whole(self, state, ledger):
        """A collection that was had whole is known up to the latest change."""
        ledger.receive(POSTS, [version(7), version(8, "2025-01-01T00:00:00Z"), version(9, None)])
        publish(state, ledger, published(WHOLE))
        assert self.watermark(state) == [("id,title", "2025-01-01T00:00:00Z")]

    def test_future(self, state, ledger):
        """A date in the future hides no change that comes before it."""
        ledger.receive(POSTS, [version(7, "2031-01-01T00:00:00Z")])
        publish(state, ledger, published(WHOLE))
        assert self.watermark(state) == [("id,title", STARTED)]

    def test_empty(self, state, ledger):
        """Nothing at all is known up to the start of the run."""
        publish(state, ledger, published(WHOLE))
        assert self.watermark(state) == [("id,title", STARTED)]

    def test_partial(self, state):
        """Where something was lost it stays where it was, before the first of that."""
        for concluded, dated in ((WHOLE, "2024-01-01T00:00:00Z"), (PARTLY, None)):
            with closing(Ledger()) as ledger:
                ledger.receive(POSTS, [version(7, dated or "2025-01-01T00:00:00Z")])
                publish(state, ledger, published(concluded, run_id=str(dated)))
        assert self.watermark(state) == [("id,title", "2024-01-01T00:00:00Z")]

    def test_never_whole(self, state, ledger):
        """A collection that was never had whole has none."""
        ledger.receive(POSTS, [version(7)])
        publish(state, ledger, published(PARTLY))
        assert self.watermark(state) == [(None, None)]


def test_size(state, tmp_path):
    """A record takes 0.1 KB at most."""
    count = 20_000
    with closing(Ledger()) as ledger:
        ledger.receive(
            POSTS,
            [
                Version(n * 3, seconds(STARTED), os.urandom(16), os.urandom(8))
                for n in range(count)
            ],
        )
        publish(state, ledger, published(WHOLE))
    state.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert (tmp_path / "state").stat().st_size / count < 100


def test_full_disk(ledger, monkeypatch):
    """What the disk refuses is an error of the publication."""
    ledger._database.execute("DROP TABLE version")
    with pytest.raises(Exception, match="the ledger cannot be kept") as failed:
        ledger.receive(POSTS, [version(7)])
    assert isinstance(failed.value.__cause__, sqlite3.Error)
