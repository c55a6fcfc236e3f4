from __future__ import annotations

import json
import signal
import sqlite3
import threading
from collections import defaultdict
from contextlib import closing

import pytest
from scrapy.cmdline import ScrapyArgumentParser
from scrapy.settings import Settings

from crawler.commands.state import Command
from crawler.sample.server import serve
from crawler.wordpress.known import State
from tests.crawl.layers import serve_under
from tests.running import finish, read_lines, run_crawl, start_crawl, start_scrapy

ARGUMENTS = ("dataset=museum", "collections=users,media,posts,pages")


def state(tmp_path, *words, env=None):
    return finish(tmp_path, start_scrapy(tmp_path, "state", *words, env=env))


def state_file(tmp_path):
    return tmp_path / "state" / "presscrawl.sqlite3"


def tell(tmp_path, **env):
    """Give what ``--json`` tells, by its kind."""
    told = state(tmp_path, "--json", env=env)
    assert told.status == 0, told.stderr
    found = defaultdict(list)
    for line in told.stdout.splitlines():
        each = json.loads(line)
        found[each.pop("kind")].append(each)
    return found


def query(tmp_path, statement):
    with closing(sqlite3.connect(state_file(tmp_path))) as database:
        return database.execute(statement).fetchall()


def rows(tmp_path, name):
    """Give the state of each record of a collection."""
    return {
        number: State(found)
        for number, found in query(
            tmp_path,
            "SELECT l.id, l.state FROM ledger l JOIN collection c ON c.id = l.collection"
            f" WHERE c.name = '{name}' ORDER BY l.id",
        )
    }


@pytest.fixture(scope="module")
def harvested(tmp_path_factory):
    """A run that was published: where it is, and what it left. Only to be looked at."""
    tmp_path = tmp_path_factory.mktemp("harvested")
    with serve() as server:
        settings = {"DEDUPE_EXACT": "drop"}
        made = run_crawl(tmp_path, f"site={server.url}", *ARGUMENTS, settings=settings)
    assert made.status == 0, made.stderr
    return tmp_path, made


@pytest.fixture
def own(harvested, tmp_path):
    """The same, and it may be changed: its folder, and the site."""
    folder, made = harvested
    state_file(tmp_path).parent.mkdir()
    state_file(tmp_path).write_bytes(state_file(folder).read_bytes())
    return tmp_path, made.run["site"]


class TestLook:
    def test_json(self, harvested):
        """What the state file knows is what the certificate of the run says."""
        tmp_path, made = harvested
        everything = tell(tmp_path)
        told = {each["collection"]: each for each in everything["collection"]}

        assert told.keys() == made.collections().keys()
        for name, run in made.collections().items():
            each = told[name]
            assert (each["dataset"], each["site"]) == ("museum", made.run["site"])
            assert (each["delivered"], each["left_out"]) == (run["delivered"], run["duplicates"])
            assert (each["gone"], each["withdrawn"], each["orphaned"]) == (0, 0, 0)
            assert (each["forgotten"], each["suppressed"]) == (0, 0)
            assert each["watermark"] <= each["last_run"] == made.run["started"]
        parts, [file] = everything["part"], everything["file"]
        assert file == {"path": str(state_file(tmp_path)), "bytes": file["bytes"]}
        assert file["bytes"] == sum(each["bytes"] for each in parts)
        counts = {each["name"]: each["rows"] for each in parts}
        total = sum(each["delivered"] + each["left_out"] for each in told.values())
        assert counts == {
            "ledger": total,
            "dedupe index": made.run["dedupe"]["compared"] - made.run["dedupe"]["dropped_exact"],
            "other": None,
            "free": None,
        }
        assert everything.keys() == {"file", "part", "collection"}

    def test_table(self, harvested):
        """The same for people, on standard error."""
        tmp_path, made = harvested
        told = state(tmp_path)
        shown = [line.split() for line in told.stderr.splitlines()]

        assert (told.status, told.stdout) == (0, "")
        assert shown[0] == f"{made.run['site']} in the dataset 'museum'".split()
        heads = "collection delivered left out gone watermark last run"
        assert shown[1] == heads.split()
        numbers = {row[0]: row[1:4] for row in shown[2:-1]}
        assert numbers == {
            name: [str(run["delivered"]), str(run["duplicates"]), "0"]
            for name, run in made.collections().items()
        }
        assert f"{state_file(tmp_path)}: " in told.stderr
        assert "(ledger " in told.stderr
        assert " texts; other " in told.stderr

    def test_nothing_yet(self, tmp_path):
        """Where there is no state file, that is said, and none is made."""
        told = state(tmp_path)
        assert (told.status, told.stdout) == (0, "")
        assert f"no state file at {state_file(tmp_path)}: nothing was published yet" in told.stderr
        assert not state_file(tmp_path).parent.exists()

    def test_closed_pipe(self, harvested):
        """Who reads no further ends it without a word."""
        tmp_path, _ = harvested
        process = start_scrapy(tmp_path, "state", "--json")
        process.stdout.close()
        process.stdout = None
        assert finish(tmp_path, process).stderr == ""

    def test_damaged(self, tmp_path):
        """A file that is damaged is refused, and left where it is."""
        state_file(tmp_path).parent.mkdir()
        state_file(tmp_path).write_bytes(b"no database" * 1000)
        told = state(tmp_path)
        assert told.status == 2
        assert "cannot be opened: file is not a database" in told.errors[0]
        assert [each.name for each in state_file(tmp_path).parent.iterdir()] == [
            state_file(tmp_path).name
        ]


class TestForget:
    def test_record(self, own, harvested):
        """A record is taken down by the id that its line has, and lifted by the same."""
        tmp_path, _ = own
        document = next(read_lines(harvested[1].folder / "documents.jsonl"))
        record_id, name = document["record_id"], f"wp/v2/{document['collection']}"
        texts = query(tmp_path, "SELECT count(*) FROM dedupe_document")[0][0]
        told = state(tmp_path, "forget", "--record", record_id)

        assert told.status == 0, told.stderr
        assert told.stdout.splitlines() == [
            f"{record_id} in the dataset 'museum': taken down",
            "1 text taken out of the dedupe index, 0 copies to be asked for again",
            "crawls do not deliver it; the next one with mode=incremental writes its tombstone",
            "files that were published before stay as they are",
        ]
        assert rows(tmp_path, name)[document["id"]] == State.FORGOTTEN
        assert query(tmp_path, "SELECT count(*) FROM dedupe_document") == [(texts - 1,)]
        assert "taken down" in state(tmp_path).stderr

        again = state(tmp_path, "forget", "--record", record_id)
        assert again.stdout.startswith(
            f"{record_id} in the dataset 'museum': was taken down before"
        )
        undone = state(tmp_path, "forget", "--undo", "--record", record_id)
        assert undone.stdout == (
            f"{record_id} in the dataset 'museum': taken down no more; "
            "it is new to the next crawl\n"
        )
        assert document["id"] not in rows(tmp_path, name)
        undone = state(tmp_path, "forget", "--undo", "--record", record_id)
        assert "nothing of it was taken down" in undone.stdout

    def test_copies(self, own):
        """What was left out for it is asked for again."""
        tmp_path, _ = own
        [[copy, record_id]] = query(tmp_path, "SELECT id, copy_of FROM ledger WHERE state = 1")
        told = state(tmp_path, "forget", "--record", record_id)

        assert "1 copy to be asked for again" in told.stdout
        assert rows(tmp_path, "wp/v2/posts")[copy] == State.ORPHANED
        assert "to ask again" in state(tmp_path).stderr

    def test_never_published(self, own):
        """A record that nobody has may be taken down before it is published."""
        tmp_path, site = own
        told = state(tmp_path, "forget", "--record", f"{site}#wp/v2/guides/4711")
        assert "taken down, before it was ever published" in told.stdout
        assert rows(tmp_path, "wp/v2/guides") == {4711: State.FORGOTTEN}

    def test_author(self, own):
        """An author is a user of a site; any URL of it will do."""
        tmp_path, site = own
        words = ("forget", "--dataset", "museum", "--site", f"{site}/blog/?x=1#top")
        refused = state(tmp_path, *words, "--author", "3")
        assert f"did you mean {site}?" in refused.errors[0]
        words = ("forget", "--site", f"{site}/wp-json/wp/v2/posts", "--author", "3")
        told = state(tmp_path, *words)

        assert told.status == 0, told.stderr
        assert "crawls deliver no record of this author; " in told.stdout
        taken = [each for each, found in rows(tmp_path, "wp/v2/users").items() if found == 5]
        assert taken == [3]
        assert set(rows(tmp_path, "wp/v2/posts").values()) == {State.DELIVERED, State.LEFT_OUT}
        undone = state(tmp_path, *words, "--undo")
        assert "what of theirs has a tombstone stays taken down, one by one" in undone.stdout
        assert 3 not in rows(tmp_path, "wp/v2/users")

    def test_site(self, own):
        """A site is taken down as a whole, and lifted as a whole."""
        tmp_path, site = own
        total = query(tmp_path, "SELECT count(*) FROM ledger")[0][0]
        told = state(tmp_path, "forget", "--site", f"{site}/")

        assert told.stdout.startswith(
            f"{site} in the dataset 'museum': {total} records taken down"
        )
        assert query(tmp_path, "SELECT DISTINCT state FROM ledger") == [(State.FORGOTTEN,)]
        for table in ("dedupe_document", "dedupe_key"):
            assert query(tmp_path, f"SELECT count(*) FROM {table}") == [(0,)]
        undone = state(tmp_path, "forget", "--undo", "--site", site)
        assert f"{total} records taken down no more; they are new to the next" in undone.stdout
        assert query(tmp_path, "SELECT count(*) FROM ledger") == [(0,)]


class TestBackup:
    def test_copy(self, own, tmp_path):
        """A copy has all that the file has, and is never written over another file."""
        folder, _ = own
        copy = tmp_path / "copy.sqlite3"
        told = state(folder, "backup", str(copy))

        assert (told.status, told.stderr) == (0, "")
        assert told.stdout.startswith(f"{copy}: ")
        with closing(sqlite3.connect(copy)) as database:
            dump = list(database.iterdump())
        with closing(sqlite3.connect(state_file(folder))) as database:
            assert dump == list(database.iterdump())
        again = state(folder, "backup", str(copy))
        assert again.status == 2
        assert again.errors == [f"{str(copy)!r} exists: name another file for the copy"]

    def test_used(self, own, tmp_path):
        """It may be used in place of the file it was copied from."""
        folder, _ = own
        copy = tmp_path / "copy.sqlite3"
        state(folder, "backup", str(copy))
        found = tell(folder, PRESSCRAWL_STATE_PATH=str(copy))
        assert found["collection"] == tell(folder)["collection"]
        assert len(found["collection"]) == 4


class TestBesideARun:
    def test_held_killed(self, tmp_path):
        """A run is seen; its site is not touched before it is dead; then its journal is told."""
        asked, answer, again = threading.Event(), threading.Event(), threading.Event()

        def wait(target):
            if again.is_set() and "/wp/v2/pages" in target:
                asked.set()
                answer.wait(60)

        with serve_under(wait) as server:
            assert run_crawl(tmp_path, f"site={server.url}", *ARGUMENTS).status == 0
            again.set()
            process = start_crawl(tmp_path, f"site={server.url}", *ARGUMENTS)
            assert asked.wait(60)
            site = server.url.rstrip("/")
            self.look(tmp_path, site, process.pid)
            self.change(tmp_path, site, process.pid)
            process.send_signal(signal.SIGKILL)
            finish(tmp_path, process)
            answer.set()
        done = state(tmp_path, "forget", "--site", site)

        assert done.status == 0
        found = tell(tmp_path)
        [run] = found["run"]
        assert (run["state"], found["lease"]) == ("unfinished", [])
        assert done.stdout.splitlines()[-1].startswith(f"{run['path']}: answers of a run that")
        assert "unfinished: the run " in state(tmp_path).stderr

    def look(self, tmp_path, site, pid):
        found = tell(tmp_path)
        [run], [lease] = found["run"], found["lease"]
        assert (run["state"], run["dataset"], run["site"]) == ("under way", "museum", site)
        assert run["answers"] > 3
        assert (lease["dataset"], lease["site"], lease["process"]) == ("museum", site, pid)
        shown = state(tmp_path).stderr
        assert f"under way: the run {run['run_id']}, {run['answers']} answers, " in shown
        assert f"held: {site} in the dataset 'museum', by process {pid} on " in shown

    def change(self, tmp_path, site, pid):
        refused = state(tmp_path, "forget", "--site", site)
        held = f"another run holds {site} in the dataset 'museum' (process {pid}): "
        assert refused.status == 4
        assert refused.errors == [f"{held}wait for its end"]
        assert set(rows(tmp_path, "wp/v2/posts").values()) == {State.DELIVERED}
        assert state(tmp_path, "backup", str(tmp_path / "copy")).status == 0


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["forgt"], "no word 'forgt': did you mean forget?"),
        (["remove"], "no word 'remove': there is forget, backup"),
        (["forget", "--sites", "x"], "no option '--sites': did you mean --site?"),
        (["forget", "https://example.org"], "expected nothing after 'forget' but options, got"),
        (["forget"], "expected either --site or --record, as in: scrapy state forget --site http"),
        (["forget", "--site", "x", "--record", "y"], "expected either --site or --record"),
        (["forget", "--author", "3"], "--author is an id on a site: expected --site, too"),
        (["forget", "--record", "x", "--author", "3"], "expected --site, too"),
        (["forget", "--site", "example.org"], "has no http:// or https:// scheme"),
        (["forget", "--site", "http://a.example", "--author", "mary"], "the id of a user"),
        (["forget", "--record", "http://a.example/?p=7"], "--record must be a record_id, as in"),
        (["forget", "--record", f"http://a.example#wp/v2/posts/{10**19}"], "must be a record_id"),
        (["--undo"], "--undo is of scrapy state forget"),
        (["forget", "--json"], "--json is of scrapy state"),
        (["backup"], "expected one file, as in: scrapy state backup presscrawl-backup.sqlite3"),
        (["backup", "a", "b"], "expected one file"),
        (["backup", "a"], "nothing was published yet"),
    ],
)
def test_usage(tmp_path, capsys, words, error):
    """What it cannot do is refused with status 2, and nothing is made."""
    command = Command()
    command.settings = Settings({"STATE_PATH": str(tmp_path / "state.sqlite3")})
    parser = ScrapyArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    options, rest = parser.parse_known_args(words)
    with pytest.raises(SystemExit) as ended:
        command.run(rest, options)

    assert ended.value.code == 2
    assert error in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("setting", "error"),
    [
        ("STATE_PAHT=x", "no setting 'STATE_PAHT': did you mean STATE_PATH?"),
        ("STATE_PATH=", "STATE_PATH must be a file, got ''"),
    ],
)
def test_settings(tmp_path, setting, error):
    """So is a setting that does not exist, or is nothing."""
    told = state(tmp_path, "-s", setting)
    assert (told.status, told.errors) == (2, [error])
