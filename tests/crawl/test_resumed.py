"""A run that did not come to its end is gone on with by the same command, and by no other."""

from __future__ import annotations

import json
import signal
import sqlite3
import threading
import time
from contextlib import closing

import pytest

from crawler.sample.answers import Answer
from crawler.state.journal import Journal
from tests.crawl.layers import serve_under
from tests.running import finish, read_lines, run_crawl, start_crawl, start_scrapy

COLLECTIONS = "collections=tags,posts,pages"


class Gate:
    """Holds the request for pages back until it is opened, and may answer in its place."""

    def __init__(self):
        self.reached = threading.Event()
        self.opened = threading.Event()
        self.instead: Answer | None = None

    def __call__(self, target):
        if "/wp/v2/pages" not in target:
            return None
        self.reached.set()
        self.opened.wait(60)
        return self.instead


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.opened.set()


@pytest.fixture
def server(gate):
    with serve_under(gate) as server:
        yield server


def killed(tmp_path, gate, server, *args, settings=None):
    """Kill a crawl that waits for pages; give its folder."""
    process = start_crawl(
        tmp_path, f"site={server.url}", *(args or (COLLECTIONS,)), settings=settings
    )
    assert gate.reached.wait(60)
    process.kill()
    found = finish(tmp_path, process)
    assert found.status == -signal.SIGKILL
    gate.opened.set()
    server.requests.clear()
    return found.folder


def asked(server, name):
    return [each.target for each in server.requests if f"/wp/v2/{name}" in each.target]


def journals(tmp_path):
    return sorted(path.name for path in (tmp_path / "state" / "journals").iterdir())


def expected(server):
    names = ("tags", "posts", "pages")
    return {f"wp/v2/{name}": sorted(server.site.listed(name)) for name in names}


class TestGoneOnWith:
    def test_same_command(self, tmp_path, gate, server):
        """In the same folder, with what was answered; the certificate says so, and counts all."""
        folder = killed(tmp_path, gate, server)
        crawl = run_crawl(tmp_path, f"site={server.url}", COLLECTIONS)

        assert crawl.status == 0, crawl.stderr
        assert "Going on with the unfinished run" in crawl.stderr
        assert crawl.folder == folder
        assert len(crawl.run["resumed"]) == 1
        assert crawl.run["requests"] > len(server.requests)
        assert asked(server, "posts") == asked(server, "tags") == []
        assert {name: sorted(ids) for name, ids in crawl.ids().items()} == expected(server)
        assert journals(tmp_path) == []

    def test_other_settings(self, tmp_path, gate, server):
        """Settings may differ: what they change is done anew."""
        killed(tmp_path, gate, server)
        output = tmp_path / "out.jsonl"
        crawl = run_crawl(
            tmp_path,
            f"site={server.url}",
            COLLECTIONS,
            settings={"CLEAN_EMAILS": "cut"},
            output=["-O", str(output)],
        )

        assert crawl.status == 0, crawl.stderr
        assert asked(server, "posts") == []
        assert len(list(read_lines(output))) == sum(map(len, expected(server).values()))

    def test_dated_by_the_answer(self, tmp_path, gate, server):
        """A page bears the time at which it came, not that at which it was read again."""
        killed(tmp_path, gate, server)
        time.sleep(1.1)
        crawl = run_crawl(tmp_path, f"site={server.url}", COLLECTIONS)
        fetched = {
            item["collection"]: item["provenance"]["fetched_at"]
            for item in crawl.items("document")
        }

        assert fetched["posts"] < crawl.run["resumed"][0] <= fetched["pages"]

    def test_failure(self, tmp_path, gate, server):
        """A failure is no answer: it is asked again, and may come right."""
        gate.instead = Answer(500, (), b"Internal Server Error")
        gate.opened.set()
        settings = {"RETRY_TIMES": 0}
        process = start_crawl(
            tmp_path,
            f"site={server.url}",
            "collections=pages,posts",
            settings={**settings, "CLOSESPIDER_TIMEOUT": 1, "DOWNLOAD_DELAY": 0.5},
        )
        stopped = finish(tmp_path, process)
        assert stopped.status == 4, stopped.stderr
        gate.instead = None
        crawl = run_crawl(
            tmp_path, f"site={server.url}", "collections=pages,posts", settings=settings
        )

        assert crawl.status == 0, crawl.stderr
        assert crawl.folder == stopped.folder


class TestSetAside:
    def other_run(self, tmp_path, server, folder, *args, word, settings=None):
        crawl = run_crawl(tmp_path, f"site={server.url}", *args, settings=settings)
        assert crawl.status == 0, crawl.stderr
        assert word in crawl.stderr
        assert crawl.folder != folder
        assert asked(server, "posts") != []
        assert crawl.run["resumed"] == []
        [aside] = journals(tmp_path)
        assert ".journal.aside-" in aside
        assert aside in crawl.stderr
        assert not folder.exists()

    def test_other_arguments(self, tmp_path, gate, server):
        """With other arguments it is a new run, and what was is set aside, with the reason."""
        folder = killed(tmp_path, gate, server)
        word = "had other arguments (limit)"
        self.other_run(tmp_path, server, folder, COLLECTIONS, "limit=5", word=word)

    def test_too_old(self, tmp_path, gate, server):
        """So it is where it was left too long ago."""
        folder = killed(tmp_path, gate, server)
        time.sleep(1)
        settings = {"JOURNAL_MAX_AGE": 0}
        word = "days old, and JOURNAL_MAX_AGE 0"
        self.other_run(tmp_path, server, folder, COLLECTIONS, word=word, settings=settings)

    def test_other_version(self, tmp_path, gate, server):
        """And where another version of ours wrote it."""
        folder = killed(tmp_path, gate, server)
        [name] = journals(tmp_path)
        path = tmp_path / "state" / "journals" / name
        journal = Journal.resume(path)
        journal.found.header["command"]["version"] = "0.0.9"
        journal.close()
        older = Journal.begin(path, journal.found.header)
        for part in journal.found.parts:
            older.add_part(part)
        older.close()
        word = "is of presscrawl 0.0.9"
        self.other_run(tmp_path, server, folder, COLLECTIONS, word=word)

    def test_damaged(self, tmp_path, gate, server):
        """And where it cannot be read; then nobody knows which folder was its run's."""
        killed(tmp_path, gate, server)
        [name] = journals(tmp_path)
        (tmp_path / "state" / "journals" / name).write_bytes(b"garbage")
        crawl = run_crawl(tmp_path, f"site={server.url}", COLLECTIONS)

        assert crawl.status == 0, crawl.stderr
        assert "cannot be read: set aside as" in crawl.stderr
        assert len(journals(tmp_path)) == 1

    def test_discarded(self, tmp_path, gate, server):
        """resume=no discards it, folder and all."""
        folder = killed(tmp_path, gate, server)
        crawl = run_crawl(tmp_path, f"site={server.url}", COLLECTIONS, "resume=no")

        assert crawl.status == 0, crawl.stderr
        assert "Discarded, as resume=no says" in crawl.stderr
        assert asked(server, "posts") != []
        assert journals(tmp_path) == []
        assert not folder.exists()

    @pytest.mark.parametrize("value", ["soon", "-1", "inf"])
    def test_no_age(self, tmp_path, sample, value):
        """An age that is none is refused."""
        crawl = run_crawl(tmp_path, f"site={sample.url}", settings={"JOURNAL_MAX_AGE": value})
        assert crawl.status == 2
        assert crawl.errors == [f"JOURNAL_MAX_AGE must be seconds, 0 or more, got {value!r}"]


class TestOneAtATime:
    @pytest.mark.parametrize("dataset", [(), ("dataset=news",)])
    def test_second(self, tmp_path, gate, server, dataset):
        """A second run of a site and dataset ends at once, with status 4, and asks for nothing."""
        process = start_crawl(tmp_path, f"site={server.url}", COLLECTIONS, *dataset)
        assert gate.reached.wait(60)
        before = len(server.requests)
        second = run_crawl(tmp_path, f"site={server.url}", COLLECTIONS, *dataset)
        assert len(server.requests) == before
        gate.opened.set()
        first = finish(tmp_path, process)

        assert second.status == 4
        [error] = second.errors
        assert f"(process {process.pid}): wait for its end" in error
        assert "Traceback" not in second.stderr
        assert first.status == 0, first.stderr

    def test_other_dataset(self, tmp_path, gate, server):
        """Of another dataset it is none of its business."""
        process = start_crawl(tmp_path, f"site={server.url}", COLLECTIONS, "dataset=news")
        assert gate.reached.wait(60)
        second = run_crawl(tmp_path, f"site={server.url}", "collections=tags", "dataset=old")
        gate.opened.set()
        first = finish(tmp_path, process)

        assert (first.status, second.status) == (0, 0), first.stderr + second.stderr

    def test_other_spelling(self, tmp_path, gate, server):
        """A site that is found to be the same is, whatever URL it was named by."""
        process = start_crawl(tmp_path, f"site={server.url}", COLLECTIONS)
        assert gate.reached.wait(60)
        post = next(iter(server.site.collections["posts"].values()))
        second = run_crawl(tmp_path, f"site={server.url}?p={post['id']}", COLLECTIONS)
        elsewhere = run_crawl(tmp_path, f"site={server.url}feed/", COLLECTIONS)
        gate.opened.set()
        first = finish(tmp_path, process)

        assert first.status == 0, first.stderr
        for each in (second, elsewhere):
            assert each.status == 4, each.stderr
            assert "another run holds" in each.errors[0]

    def test_several(self, tmp_path, gate, server, sample):
        """Of several sites only the one that is held is refused."""
        process = start_crawl(tmp_path, f"site={server.url}", COLLECTIONS, "dataset=news")
        assert gate.reached.wait(60)
        (tmp_path / "news.txt").write_text(f"{server.url}\n{sample.url}\n")
        both = run_crawl(tmp_path, f"sites={tmp_path / 'news.txt'}", COLLECTIONS)
        gate.opened.set()
        first = finish(tmp_path, process)

        assert first.status == 0, first.stderr
        assert both.status == 4
        assert "another run holds" in both.errors[0]
        assert "finished, exit status 0" in both.stderr


class TestState:
    def test_locked(self, tmp_path, gate, server):
        """While another program writes the state file a run waits; a signal ends the wait."""
        process = start_crawl(tmp_path, f"site={server.url}", COLLECTIONS)
        assert gate.reached.wait(60)
        with closing(sqlite3.connect(tmp_path / "state" / "presscrawl.sqlite3")) as state:
            state.execute("BEGIN IMMEDIATE")
            gate.opened.set()
            next(line for line in process.stderr if "Waiting for the state file" in line)
            process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            stopped = finish(tmp_path, process)
            assert time.monotonic() - began < 10
            assert stopped.status == 4, stopped.stderr
            assert len(stopped.errors) == 1
            assert not list(tmp_path.rglob("*.jsonl"))
        server.requests.clear()
        crawl = run_crawl(tmp_path, f"site={server.url}", COLLECTIONS)

        assert crawl.status == 0, crawl.stderr
        assert asked(server, "pages") == []
        assert not list(tmp_path.rglob("*.part"))

    def test_newer(self, tmp_path, sample):
        """A state file of a newer version is refused before the first request, and stays."""
        run_crawl(tmp_path, f"site={sample.url}", "collections=tags")
        path = tmp_path / "state" / "presscrawl.sqlite3"
        with closing(sqlite3.connect(path)) as state:
            state.execute("PRAGMA user_version = 999")
        before = path.read_bytes(), len(sample.requests)
        crawl = run_crawl(tmp_path, f"site={sample.url}", "collections=tags")

        assert crawl.status == 2
        assert "is of version 999" in crawl.errors[0]
        assert (path.read_bytes(), len(sample.requests)) == before

    def test_what_is_published(self, tmp_path, sample):
        """The ledger has every record of the run, and its run."""
        crawl = run_crawl(tmp_path, f"site={sample.url}", "collections=all", "follow=all")
        with closing(sqlite3.connect(tmp_path / "state" / "presscrawl.sqlite3")) as state:
            rows = state.execute(
                "SELECT name, l.id FROM ledger l JOIN collection c ON c.id = l.collection"
            ).fetchall()
            runs = state.execute("SELECT run_id FROM run").fetchall()
        delivered = {(name, number) for name, ids in crawl.ids().items() for number in ids}

        assert set(rows) == delivered
        assert runs == [(crawl.run["run_id"],)]


def test_killed_while_publishing(tmp_path, sample):
    """What was decided is completed by the same command, which asks the site for nothing."""
    words = ["crawl", "wordpress", "-a", f"site={sample.url}", "-a", COLLECTIONS]
    words += ["-s", "DOWNLOAD_DELAY=0", "-s", "DEDUPE_EXACT=mark"]
    process = start_scrapy(tmp_path, *words, module="tests.crawl.dying")
    dead = finish(tmp_path, process)
    assert dead.status == -signal.SIGKILL, dead.stderr
    assert dead.run is None
    sample.requests.clear()
    crawl = run_crawl(tmp_path, f"site={sample.url}", COLLECTIONS)

    assert crawl.status == 0, crawl.stderr
    assert sample.requests == []
    assert crawl.errors == [
        f"the run {crawl.run['run_id']}, which was killed while it was publishing, is complete now"
    ]
    assert "finished, exit status 0" in crawl.stderr
    assert crawl.folder == dead.folder
    assert json.loads((crawl.folder / "run.json").read_bytes())["exit_status"] == 0
    assert {name: sorted(ids) for name, ids in crawl.ids().items()} == expected(sample)
    assert journals(tmp_path) == []
    assert not list(tmp_path.rglob("*.part"))


def test_killed_while_publishing_and_another_command(tmp_path, sample):
    """Another command completes it first, too, and then does what it was told."""
    words = ["crawl", "wordpress", "-a", f"site={sample.url}", "-a", COLLECTIONS]
    words += ["-s", "DOWNLOAD_DELAY=0", "-s", "DEDUPE_EXACT=mark"]
    dead = finish(tmp_path, start_scrapy(tmp_path, *words, module="tests.crawl.dying"))
    crawl = run_crawl(tmp_path, f"site={sample.url}", "collections=tags")

    assert crawl.status == 0, crawl.stderr
    assert "is complete now" in crawl.stderr
    assert (dead.folder / "run.json").exists()
    assert crawl.folder != dead.folder
