from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest

from crawler.errors import ArgumentError
from crawler.state import database, schema
from crawler.state.database import open_scratch, open_state, transaction
from tests.running import ROOT

NOW = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)


def opened(path):
    return closing(open_state(path, now=NOW))


def note(state, name):
    state.execute("INSERT INTO dataset (name) VALUES (?)", (name,))


def names(path):
    with opened(path) as state:
        return [name for (name,) in state.execute("SELECT name FROM dataset ORDER BY id")]


class TestOpen:
    def test_new(self, tmp_path):
        """The file is made with the folders above it, readable while it is written."""
        path = tmp_path / "a" / "b" / "state.sqlite3"
        with opened(path) as state:
            assert state.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert state.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
            assert state.execute("SELECT * FROM dataset").fetchall() == []

    def test_again(self, tmp_path):
        """What was written is there when it is opened again."""
        with opened(tmp_path / "state") as state:
            note(state, "news")
        assert names(tmp_path / "state") == ["news"]

    def test_empty_file(self, tmp_path):
        """An empty file, as a full disk may leave one, is a new one."""
        (tmp_path / "state").touch()
        assert names(tmp_path / "state") == []

    def test_many_at_once(self, tmp_path):
        """Processes that begin the file at the same time do not fall over each other."""
        code = (
            "import sys; from pathlib import Path; from datetime import datetime, UTC;"
            "from crawler.state.database import open_state;"
            "sys.stdin.read(1); open_state(Path(sys.argv[1]), now=datetime.now(UTC)).close()"
        )
        command = [sys.executable, "-W", "error", "-c", code, str(tmp_path / "state")]
        started = [
            subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
            for _ in range(4)
        ]
        for process in started:
            process.stdin.write(b"x")
            process.stdin.flush()
        told = [process.communicate(timeout=60)[1] for process in started]

        assert [process.returncode for process in started] == [0] * 4, told
        assert names(tmp_path / "state") == []


class TestRefused:
    def test_newer(self, tmp_path):
        """A file of a newer version is refused, and stays as it is."""
        path = tmp_path / "state"
        with opened(path) as state:
            note(state, "news")
            state.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
        with pytest.raises(
            ArgumentError, match=rf"version {schema.VERSION + 1}, .* newer presscr"
        ):
            open_state(path, now=NOW)

        with closing(sqlite3.connect(path)) as state:
            assert state.execute("SELECT name FROM dataset").fetchall() == [("news",)]

    def test_another_program(self, tmp_path):
        """A database of another program is refused, and stays as it is."""
        path = tmp_path / "history.sqlite"
        with closing(sqlite3.connect(path)) as theirs:
            theirs.execute("CREATE TABLE visits (url)")
        before = path.read_bytes()
        with pytest.raises(ArgumentError, match=r"history.sqlite' is a database of another"):
            open_state(path, now=NOW)

        assert path.read_bytes() == before

    def test_folder(self, tmp_path):
        """A folder is no file."""
        with pytest.raises(ArgumentError, match="cannot be opened: unable to open database file"):
            open_state(tmp_path, now=NOW)

    def test_below_a_file(self, tmp_path):
        """Nor can there be a file below a file."""
        (tmp_path / "file").touch()
        with pytest.raises(ArgumentError, match=r"STATE_PATH: .* cannot be opened: "):
            open_state(tmp_path / "file" / "state", now=NOW)


class TestDamaged:
    @pytest.fixture
    def damaged(self, tmp_path):
        """A file with a hole in its first page, where its tables are named."""
        path = tmp_path / "state"
        with opened(path) as state:
            note(state, "news")
        data = bytearray(path.read_bytes())
        data[100:2000] = b"\xff" * 1900
        path.write_bytes(data)
        return path

    def test_set_aside(self, damaged, caplog):
        """It is kept under another name, which is said, and a new one begun."""
        before = damaged.read_bytes()
        with caplog.at_level(logging.WARNING):
            assert names(damaged) == []

        aside = damaged.with_name("state.damaged-20261123T193000Z")
        assert aside.read_bytes() == before
        [record] = caplog.records
        assert f"set aside as {aside.name}" in record.getMessage()

    def test_twice_in_a_second(self, damaged):
        """A file that was set aside before is not overwritten."""
        aside = damaged.with_name("state.damaged-20261123T193000Z")
        aside.write_bytes(b"the first")
        assert names(damaged) == []

        assert aside.read_bytes() == b"the first"
        assert damaged.with_name(f"{aside.name}-2").exists()

    def test_no_database(self, tmp_path):
        """So is what is no database at all, with the log that lies beside it."""
        (tmp_path / "state").write_bytes(b"what is this " * 1000)
        (tmp_path / "state-wal").write_bytes(b"log")
        assert names(tmp_path / "state") == []

        aside = tmp_path / "state.damaged-20261123T193000Z"
        assert aside.read_bytes().startswith(b"what is this")


class TestMigrate:
    def test_step(self, tmp_path, monkeypatch):
        """A file of an older version is brought up to date, with what it holds."""
        path = tmp_path / "state"
        with opened(path) as state:
            note(state, "news")
        steps = (*schema.MIGRATIONS, ("ALTER TABLE dataset ADD COLUMN since TEXT",))
        monkeypatch.setattr(database, "MIGRATIONS", steps)
        monkeypatch.setattr(database, "VERSION", len(steps))
        with opened(path) as state:
            assert state.execute("SELECT name, since FROM dataset").fetchall() == [("news", None)]
            assert state.execute("PRAGMA user_version").fetchone() == (len(steps),)

    def test_step_that_fails(self, tmp_path, monkeypatch):
        """A step that fails half-way leaves nothing of itself."""
        path = tmp_path / "state"
        with opened(path) as state:
            note(state, "news")
        bad = ("CREATE TABLE half (x)", "CREATE TABLE dataset (x)")
        with monkeypatch.context() as patch:
            patch.setattr(database, "MIGRATIONS", (*schema.MIGRATIONS, bad))
            patch.setattr(database, "VERSION", schema.VERSION + 1)
            with pytest.raises(ArgumentError, match="table dataset already exists"):
                open_state(path, now=NOW)

        with opened(path) as state:
            tables = {name for (name,) in state.execute("SELECT name FROM sqlite_master")}
            assert "half" not in tables
        assert names(path) == ["news"]


class TestTransaction:
    def test_failure(self, tmp_path):
        """What a step wrote before it failed is taken back."""
        with opened(tmp_path / "state") as state:
            with pytest.raises(sqlite3.IntegrityError), transaction(state):
                state.executemany("INSERT INTO dataset (name) VALUES (?)", [("news",)] * 2)
            assert not state.in_transaction
        assert names(tmp_path / "state") == []

    def test_readers(self, tmp_path):
        """Who reads sees what was there before, and does not wait."""
        with opened(tmp_path / "state") as writer, opened(tmp_path / "state") as reader:
            with transaction(writer):
                note(writer, "news")
                assert reader.execute("SELECT count(*) FROM dataset").fetchone() == (0,)
            assert reader.execute("SELECT count(*) FROM dataset").fetchone() == (1,)


class TestScratch:
    def test_own(self):
        """Each has all of its schema to itself, in no file with a name."""
        schema = "CREATE TABLE a (x); CREATE INDEX b ON a (x DESC);"
        with (
            closing(open_scratch(schema, memory_kb=512)) as one,
            closing(open_scratch(schema, memory_kb=512)) as other,
        ):
            one.execute("INSERT INTO a VALUES (1)")
            assert other.execute("SELECT * FROM a").fetchall() == []
            made = one.execute("SELECT name FROM sqlite_master ORDER BY name")
            assert made.fetchall() == [("a",), ("b",)]
            assert one.execute("PRAGMA database_list").fetchall() == [(0, "main", "")]

    def test_memory(self):
        """SQLite holds as much in memory as was said, and keeps no journal on the disk."""
        with closing(open_scratch("CREATE TABLE a (x)", memory_kb=512)) as scratch:
            assert scratch.execute("PRAGMA cache_size").fetchone() == (-512,)
            assert scratch.execute("PRAGMA journal_mode").fetchone() == ("off",)
            assert scratch.execute("PRAGMA synchronous").fetchone() == (0,)
