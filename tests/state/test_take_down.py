from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest

from crawler.dedupe.aliases import Sampled
from crawler.dedupe.parameters import DEFAULTS
from crawler.errors import ArgumentError, PublicationError, RunHeld
from crawler.state.database import open_state, transaction
from crawler.state.dedupe_index import DedupeIndex
from crawler.state.lease import Lease
from crawler.state.ledger import Concluded, Ledger, Published
from crawler.state.sites import KnownSites, Sighting
from crawler.state.take_down import AUTHORS, Done, Target, find_target, lift, take_down
from crawler.wordpress.changes import Version
from crawler.wordpress.known import State
from tests.running import ROOT
from tests.state.texts import print_of

NOW = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
STARTED = "2026-11-23T19:30:00Z"
SITE, OTHER = "https://example.org", "https://example.org.example"
POSTS, PAGES = "wp/v2/posts", "wp/v2/pages"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def state(path):
    with closing(open_state(path, now=NOW)) as database:
        yield database


def publish(state, ids, *, site=SITE, dataset="news", name=POSTS, copies=None):
    """Publish records of a collection; *copies* are those that are left out, each for another."""
    with closing(Ledger()) as ledger:
        ledger.receive(name, [Version(each, 1_700_000_000, b"h" * 16, b"b" * 8) for each in ids])
        for number, copy_of in (copies or {}).items():
            ledger.leave_out(f"{site}#{name}/{number}", copy_of)
        with transaction(state):
            concluded = [Concluded(name, None, whole=True)]
            ledger.publish(state, Published(f"{site} {name}", STARTED, dataset, site, concluded))


def publish_texts(path, texts, dataset="news", parameters=DEFAULTS):
    with closing(DedupeIndex(open_state(path, now=NOW), dataset, parameters)) as index:
        for record_id, text in texts.items():
            index.add(index.look_up(record_id, text))
        with index.publishing():
            pass


def states(state, site=SITE, dataset="news"):
    """Give the state of each record of a site, by collection and id."""
    return {
        (name, number): State(found)
        for name, number, found in state.execute(
            "SELECT c.name, l.id, l.state FROM ledger l JOIN collection c ON c.id = l.collection"
            " JOIN dataset d ON d.id = c.dataset WHERE c.site = ? AND d.name = ?"
            " ORDER BY c.name, l.id",
            (site, dataset),
        )
    }


def post(number, site=SITE):
    return f"{site}#{POSTS}/{number}"


def count(state, table):
    return state.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


RECORD = Target("news", SITE, POSTS, 7)


class TestRecord:
    def test_kept(self, state):
        """Of the record nothing is kept but that it is taken down; the others stand."""
        publish(state, [7, 70])
        assert take_down(state, RECORD) == Done(records=1, texts=0, copies=0)

        assert states(state) == {(POSTS, 7): State.FORGOTTEN, (POSTS, 70): State.DELIVERED}
        row = state.execute("SELECT dated, hash, bonds, copy_of FROM ledger WHERE id = 7")
        assert row.fetchone() == (None, b"", None, None)

    def test_never_published(self, state):
        """One that the ledger does not have gets a row, in a collection that may be new."""
        publish(state, [7])
        assert take_down(state, Target("news", SITE, POSTS, 8)).unknown
        assert take_down(state, Target("news", SITE, PAGES, 9)).unknown

        assert states(state) == {
            (PAGES, 9): State.FORGOTTEN,
            (POSTS, 7): State.DELIVERED,
            (POSTS, 8): State.FORGOTTEN,
        }

    @pytest.mark.parametrize("before", list(State))
    def test_states(self, state, before):
        """Whatever became of it, it is taken down; that a tombstone told of that is kept."""
        publish(state, [7])
        state.execute("UPDATE ledger SET state = ?", (int(before),))
        done = take_down(state, RECORD)

        told = before is State.SUPPRESSED
        assert states(state) == {(POSTS, 7): State.SUPPRESSED if told else State.FORGOTTEN}
        assert done.records == (before not in (State.FORGOTTEN, State.SUPPRESSED))

    def test_texts(self, state, path):
        """Its text is nowhere in the index, whatever the parameters; others' texts are."""
        publish(state, [7, 70])
        texts = {post(7): print_of("x"), post(70): print_of("y"), post(7, OTHER): print_of("z")}
        publish_texts(path, texts)
        publish_texts(path, {post(7): print_of("another")}, dataset="archive")
        keys = count(state, "dedupe_key")
        state.execute("UPDATE dedupe_key SET key = key + 1")  # no key that could be worked out
        assert take_down(state, RECORD).texts == 1

        left = "SELECT dataset, record_id FROM dedupe_document ORDER BY 1, 2"
        assert state.execute(left).fetchall() == [(1, post(70)), (1, post(7, OTHER)), (2, post(7))]
        assert count(state, "dedupe_key") == keys * 3 / 4

    def test_copies(self, state):
        """What was left out for it is to be asked for again, on the dataset's other sites, too."""
        publish(state, [7, 8, 9, 70], copies={8: post(7), 9: post(70)})
        publish(state, [1], site=OTHER, copies={1: post(7)})
        publish(state, [1], site=OTHER, dataset="archive", copies={1: post(7)})
        assert take_down(state, RECORD).copies == 2

        assert states(state)[POSTS, 8] == State.ORPHANED
        assert states(state)[POSTS, 9] == State.LEFT_OUT
        assert states(state, OTHER) == {(POSTS, 1): State.ORPHANED}
        assert states(state, OTHER, "archive") == {(POSTS, 1): State.LEFT_OUT}

    def test_sample(self, state):
        """It is no part of the sample by which the site is known, where that has it."""
        publish(state, [7, 8])
        sample = tuple(Sampled(number, b"%d" % number, None, b"t") for number in (7, 8))
        seen = Sighting(SITE, SITE, "n", "all", STARTED, f"/{POSTS}", 2, sample)
        with transaction(state):
            KnownSites(state, "news").publish(seen)
        take_down(state, Target("news", SITE, PAGES, 8))
        take_down(state, RECORD)

        assert state.execute("SELECT id FROM site_sample").fetchall() == [(8,)]

    def test_overwritten(self, state, path):
        """What was deleted is not left in the pages of the file."""
        publish(state, [7])
        publish_texts(path, {post(7): print_of("x")})
        sha256 = print_of("x").sha256
        state.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert sha256 in path.read_bytes()
        state.execute("PRAGMA secure_delete = OFF")  # some builds begin with it, some without
        take_down(state, RECORD)
        state.execute("PRAGMA wal_checkpoint(TRUNCATE)")

        assert sha256 not in path.read_bytes()


class TestSite:
    def test_all(self, state, path):
        """All of its collections are taken down, and its texts; not those of its neighbours."""
        publish(state, [7, 8])
        publish(state, [3], name=PAGES)
        publish(state, [7, 9], site=OTHER, copies={9: post(8)})
        publish(state, [7], dataset="archive")
        publish_texts(path, {post(7): print_of("x"), post(7, OTHER): print_of("y")})
        take_down(state, RECORD)
        assert take_down(state, Target("news", SITE)) == Done(records=2, texts=0, copies=1)

        assert set(states(state).values()) == {State.FORGOTTEN}
        assert states(state, OTHER) == {(POSTS, 7): State.DELIVERED, (POSTS, 9): State.ORPHANED}
        assert states(state, dataset="archive") == {(POSTS, 7): State.DELIVERED}
        left = state.execute("SELECT record_id FROM dedupe_document").fetchall()
        assert left == [(post(7, OTHER),)]

    def test_copies_of_its_own(self, state):
        """What a site left out for itself is taken down with it."""
        publish(state, [7, 8], copies={8: post(7)})
        assert take_down(state, Target("news", SITE)) == Done(records=2, texts=0, copies=0)


class TestLift:
    def test_record(self, state):
        """A record that is taken down no more is new to the next run, told or not."""
        publish(state, [7, 8, 9])
        for number in (7, 8):
            take_down(state, Target("news", SITE, POSTS, number))
        state.execute("UPDATE ledger SET state = ? WHERE id = 7", (int(State.SUPPRESSED),))
        assert [lift(state, Target("news", SITE, POSTS, number)) for number in (7, 9)] == [1, 0]

        assert states(state) == {(POSTS, 8): State.FORGOTTEN, (POSTS, 9): State.DELIVERED}

    def test_site(self, state):
        """Of a site that is lifted all is, and what was not taken down stands."""
        publish(state, [7])
        publish(state, [7], site=OTHER)
        for site in (SITE, OTHER):
            take_down(state, Target("news", site))
        publish(state, [3], name=PAGES)
        assert lift(state, Target("news", SITE)) == 1

        assert states(state) == {(PAGES, 3): State.DELIVERED}
        assert states(state, OTHER) == {(POSTS, 7): State.FORGOTTEN}


class TestFindTarget:
    @pytest.fixture(autouse=True)
    def published(self, state):
        publish(state, [7])
        publish(state, [7], site="https://www.tide.example", dataset="coast")
        publish(state, [1], site=OTHER)
        publish(state, [1], site=OTHER, dataset="coast")

    def test_found(self, state):
        """A site that is in one dataset needs none named; one in several does."""
        assert find_target(state, SITE) == Target("news", SITE)
        assert find_target(state, OTHER, dataset="coast") == Target("coast", OTHER)
        with pytest.raises(ArgumentError, match=r"is in 2 datasets: coast, news; --dataset names"):
            find_target(state, OTHER)

    def test_only_sampled(self, state):
        """A site of which there is but a sample is known, too."""
        with transaction(state):
            KnownSites(state, "hills").publish(
                Sighting("https://a.b", "https://a.b", None, "", "")
            )
        assert find_target(state, "https://a.b") == Target("hills", "https://a.b")

    @pytest.mark.parametrize(
        ("words", "dataset", "error"),
        [
            ([SITE], "nws", "no dataset 'nws': did you mean news?"),
            ([SITE], "xyz", "no dataset 'xyz': there is coast, news"),
            ([SITE], "coast", f"no site '{SITE}' in the dataset 'coast': did you mean {OTHER}?"),
            (["http://tide.example"], None, "did you mean https://www.tide.example?"),
            (["ftp://q"], None, "no site 'ftp://q': there is https://example.org, "),
            (
                [SITE, "wp/v2/post", 7],
                None,
                "no collection 'wp/v2/post': did you mean wp/v2/posts",
            ),
        ],
    )
    def test_unknown(self, state, words, dataset, error):
        """What is not known is refused, with what may be meant."""
        with pytest.raises(ArgumentError) as refused:
            find_target(state, *words, dataset=dataset)
        assert error in str(refused.value)

    def test_many(self, state):
        """Of many sites some are named."""
        for number in range(12):
            publish(
                state, [1], site=f"https://{'abcdefghijkl'[number] * 20}.example", dataset="all"
            )
        with pytest.raises(ArgumentError, match=r"and 2 more$"):
            find_target(state, "http://q", dataset="all")

    def test_new_collection(self, state):
        """A collection that was never asked for may have records that are taken down."""
        for name in (PAGES, AUTHORS):
            assert find_target(state, SITE, name, 3) == Target("news", SITE, name, 3)


def test_nothing_published(state):
    """Where nothing is, that is said."""
    with pytest.raises(
        ArgumentError, match=r"no site 'https://example.org': nothing was published"
    ):
        find_target(state, SITE)


class TestOneStep:
    def test_held(self, state, path):
        """A site that a run holds is left as it is; another one is not held by that."""
        publish(state, [7])
        publish(state, [7], site=OTHER)
        lease = Lease(path)
        lease.take(f"news {SITE}", SITE)
        for change in (take_down, lift):
            with pytest.raises(RunHeld, match=rf"{SITE} in the dataset 'news' \(process"):
                change(state, RECORD)
        assert states(state) == {(POSTS, 7): State.DELIVERED}
        take_down(state, Target("news", OTHER))
        lease.release()
        take_down(state, RECORD)

    def test_dead(self, state):
        """What a process held that is gone is held no more."""
        publish(state, [7])
        with subprocess.Popen([sys.executable, "-c", ""], cwd=ROOT) as child:
            child.wait()
        lease = (f"news {SITE}", "t", "elsewhere", f"{child.pid}@1", 0.0)
        state.execute("INSERT INTO lease VALUES (?, ?, ?, ?, ?)", lease)
        assert take_down(state, RECORD).records == 1

    def test_fails(self, state):
        """Where one part of it cannot be done, none is."""
        publish(state, [7, 8], copies={8: post(7)})
        state.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON ledger WHEN NEW.state = 4"
            " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
        with pytest.raises(PublicationError, match="disk full") as failed:
            take_down(state, RECORD)
        assert isinstance(failed.value.__cause__, sqlite3.Error)
        assert states(state) == {(POSTS, 7): State.DELIVERED, (POSTS, 8): State.LEFT_OUT}
