from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime

import pytest

from crawler.dedupe.fingerprint import fingerprint
from crawler.dedupe.parameters import DEFAULTS, Parameters
from crawler.errors import PublicationError
from crawler.state import dedupe_index, dedupe_staging
from crawler.state.database import open_state
from crawler.state.dedupe_index import DedupeIndex
from tests.running import ROOT
from tests.state.texts import print_of, text

NOW = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.sqlite3"


@contextmanager
def run(path, dataset="news", parameters=DEFAULTS):
    """One run's index, closed at the end, published or not."""
    with closing(DedupeIndex(open_state(path, now=NOW), dataset, parameters)) as index:
        yield index


def deliver(index, record_id, found, **options):
    """Look a text up and add it, as the policy ``mark`` does; give the match."""
    place = index.look_up(record_id, found, **options)
    index.add(place)
    return place.match


def deliver_all(index, records):
    for record_id, found in records.items():
        deliver(index, record_id, found)


def publish(path, records, dataset="news"):
    """Publish a run that delivers these texts."""
    with run(path, dataset) as index:
        deliver_all(index, records)
        with index.publishing():
            pass


def count(path, table="dedupe_document"):
    with closing(sqlite3.connect(path)) as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


class TestOneRun:
    def test_exact(self, path):
        """The same text under another record is an exact copy of the first."""
        with run(path) as index:
            assert deliver(index, "a#1", print_of("x")) is None
            match = deliver(index, "b#1", print_of("x"))
        assert (match.record_id, match.cluster, match.kind) == ("a#1", "a#1", "exact")
        assert match.similarity == 1.0

    @pytest.mark.parametrize(("changed", "found"), [(4, True), (20, True), (24, False)])
    def test_near(self, path, changed, found):
        """A text that is alike is a near copy, by its true similarity."""
        with run(path) as index:
            deliver(index, "a#1", print_of("x"))
            match = deliver(index, "a#2", print_of("x", changed=changed))
        if not found:
            assert match is None
            return
        common = 196 - changed
        assert (match.record_id, match.kind) == ("a#1", "near")
        assert match.similarity == pytest.approx(common / (2 * 196 - common))

    def test_most_alike(self, path):
        """Among several the most alike is named, and the cluster is that of the first of all."""
        with run(path) as index:
            deliver(index, "a#1", print_of("x"))
            deliver(index, "a#2", print_of("x", changed=14))
            match = deliver(index, "a#3", print_of("x", changed=16))
        assert (match.record_id, match.cluster) == ("a#2", "a#1")

    def test_exact_off(self, path):
        """Where the same texts are left aside, near ones are still found."""
        with run(path) as index:
            deliver(index, "a#1", print_of("x"))
            deliver(index, "a#2", print_of("x", changed=4))
            match = deliver(index, "a#3", print_of("x", changed=4), exact=False)
        assert (match.record_id, match.kind) == ("a#1", "near")

    def test_near_off(self, path):
        """Texts without a signature are found where they are the same."""
        one, other = (
            fingerprint(text("x", changed=changed), DEFAULTS, near=False) for changed in (0, 4)
        )
        with run(path) as index:
            assert deliver(index, "a#1", one) is None
            assert deliver(index, "a#2", other) is None
            assert deliver(index, "a#3", print_of("x", changed=4)).record_id == "a#2"

    def test_itself(self, path):
        """A record is no copy of itself: edited, its earlier version is gone."""
        with run(path) as index:
            deliver(index, "a#1", print_of("x"))
            assert deliver(index, "a#1", print_of("x")) is None
            assert deliver(index, "a#1", print_of("x", changed=4)) is None
            assert deliver(index, "a#1", print_of("y")) is None
            assert deliver(index, "a#2", print_of("x")) is None

    def test_removed(self, path):
        """What was not delivered after all is nobody's original."""
        with run(path) as index:
            deliver(index, "a#1", print_of("x"))
            index.remove("a#1")
            index.remove("a#9")
            assert deliver(index, "a#2", print_of("x")) is None

    def test_crowd(self, path, monkeypatch):
        """Of a crowd that is alike the first are looked at, and each further one finds them."""
        monkeypatch.setattr(dedupe_index, "CROWD", 3)
        with run(path) as index:
            deliver(index, "a#0", print_of("x"))
            for number in range(1, 20):
                match = deliver(index, f"a#{number}", print_of("x", changed=2 + number % 7))
                assert match is not None
            with index.publishing():
                pass
            # of records and texts there are 20 each, of bands none is kept more than thrice
            [(most,)] = index._database.execute(
                "SELECT max(n) FROM (SELECT count(*) n FROM dedupe_key k WHERE NOT EXISTS"
                " (SELECT 1 FROM staged.keys WHERE k.key IN (k0, k1)) GROUP BY key)"
            )
        assert most == 3

    def test_many(self, path, monkeypatch):
        """Each of a few hundred texts is found again, over the borders of transactions."""
        monkeypatch.setattr(dedupe_staging, "PENDING", 7)
        monkeypatch.setattr(dedupe_index, "VIEW", 5)
        with run(path) as index:
            for number in range(300):
                assert deliver(index, f"a#{number}", print_of(number)) is None
            found = [index.look_up("b#1", print_of(number)).match for number in range(300)]
        assert [match.record_id for match in found] == [f"a#{number}" for number in range(300)]

    def test_out_of_memory(self, path, monkeypatch):
        """What is no longer in memory is compared, replaced and removed as before."""
        monkeypatch.setattr(dedupe_staging, "PENDING", 2)
        with run(path) as index:
            for number in range(4):
                deliver(index, f"a#{number}", print_of(number))
            near = deliver(index, "b#0", print_of(0, changed=8))
            assert (near.record_id, near.similarity) == ("a#0", pytest.approx(188 / 204))
            deliver(index, "a#1", print_of("y"))
            index.remove("a#2")
            assert deliver(index, "b#1", print_of(1)) is None
            assert deliver(index, "b#2", print_of(2)) is None
            with index.publishing():
                pass
        assert count(path) == 6
        assert count(path, "dedupe_key") == 6 * 14

    def test_many_known(self, path, monkeypatch):
        """Shingles of what was published before are found again, too."""
        monkeypatch.setattr(dedupe_staging, "PENDING", 2)
        records = {f"a#{number}": print_of(number) for number in range(9)}
        publish(path, records)
        with run(path) as index:
            deliver_all(index, records)
            near = deliver(index, "b#1", print_of(1, changed=8))
        assert (near.record_id, near.similarity) == ("a#1", pytest.approx(188 / 204))

    def test_no_room(self, path):
        """Where shingles cannot be written, that is said as of the index."""
        with run(path) as index, open("/dev/full", "wb", buffering=0) as full:
            index._staged._file.close()
            index._staged._file = full
            with pytest.raises(PublicationError, match="No space left"):
                deliver(index, "a#1", print_of("x"))


class TestAcrossRuns:
    def test_published(self, path):
        """What one run published another finds, same or alike."""
        publish(path, {"a#1": print_of("x"), "a#2": print_of("y")})
        with run(path) as index:
            assert deliver(index, "b#1", print_of("x")).record_id == "a#1"
            near = deliver(index, "b#2", print_of("y", changed=4))
        assert (near.record_id, near.kind) == ("a#2", "near")
        assert near.similarity == pytest.approx(192 / 200, abs=0.05)

    def test_discarded(self, path):
        """What was not published is nobody's: the next run knows nothing of it."""
        with run(path) as index:
            deliver(index, "a#1", print_of("x"))
        with run(path) as index:
            assert deliver(index, "b#1", print_of("x")) is None
        assert count(path) == 0

    def test_unfinished(self, path):
        """Two runs at once do not see each other's texts; who publishes second is told."""
        with run(path) as first, run(path) as second:
            deliver(first, "a#1", print_of("x"))
            assert deliver(second, "b#1", print_of("x")) is None
            assert deliver(second, "b#2", print_of("y")) is None
            with first.publishing() as overtaken:
                assert overtaken == 0
            with second.publishing() as overtaken:
                assert overtaken == 1
        with run(path) as index:
            assert deliver(index, "c#1", print_of("x")).record_id == "a#1"

    def test_published_meanwhile(self, path):
        """What is published while a run goes on is found from the next transaction on."""
        with run(path) as first, run(path) as second:
            deliver(first, "a#1", print_of("x"))
            with first.publishing():
                pass
            assert deliver(second, "b#1", print_of("x")).record_id == "a#1"

    def test_another_dataset(self, path):
        """Datasets know nothing of each other."""
        publish(path, {"a#1": print_of("x")}, dataset="news")
        with run(path, "other") as index:
            assert deliver(index, "b#1", print_of("x")) is None

    def test_again(self, path):
        """A record that comes again as it was is no copy, and is kept once."""
        publish(path, {"a#1": print_of("x"), "a#2": print_of("y")})
        keys = count(path, "dedupe_key")
        with run(path) as index:
            assert deliver(index, "a#1", print_of("x")) is None
            assert deliver(index, "a#2", print_of("y")) is None
            with index.publishing():
                pass
        assert (count(path), count(path, "dedupe_key")) == (2, keys)

    def test_both_again(self, path):
        """Two alike records that are published both: only the later is a copy, in any order."""
        publish(path, {"a#1": print_of("x"), "b#1": print_of("x")})
        with run(path) as index:
            assert deliver(index, "b#1", print_of("x")).record_id == "a#1"
            assert deliver(index, "a#1", print_of("x")) is None

    def test_edited(self, path):
        """An edited record is a new version; the old text is nobody's from then on."""
        publish(path, {"a#1": print_of("x")})
        publish(path, {"a#1": print_of("y")})
        assert (count(path), count(path, "dedupe_key")) == (1, 14)
        with run(path) as index:
            assert deliver(index, "b#1", print_of("x")) is None
            assert deliver(index, "b#2", print_of("y")).record_id == "a#1"

    def test_edited_in_this_run(self, path):
        """What this run has delivered of a record counts, not what was published of it."""
        publish(path, {"a#1": print_of("x")})
        with run(path) as index:
            deliver(index, "a#1", print_of("y"))
            assert deliver(index, "b#1", print_of("x")) is None

    def test_edited_to_nothing(self, path):
        """The same where the new text is too short to compare."""
        publish(path, {"a#1": print_of("x")})
        with run(path) as index:
            index.pass_over("a#1")
            index.pass_over("a#2")
            assert deliver(index, "b#1", print_of("x")) is None
            with index.publishing():
                pass
        with run(path) as index:
            assert deliver(index, "c#1", print_of("x")).record_id == "b#1"
        assert count(path) == 1

    def test_other_parameters(self, path):
        """Signatures that cannot be compared are not; the same text is found all the same."""
        publish(path, {"a#1": print_of("x")})
        other = Parameters(seed=43)
        near = fingerprint(text("x", changed=2), other)
        with run(path, parameters=other) as index:
            assert index.look_up("b#1", near).match is None
            same = fingerprint(text("x"), other)
            assert index.look_up("b#1", same).match.record_id == "a#1"
            deliver(index, "a#1", same)
            with index.publishing():
                pass
        with run(path, parameters=other) as index:
            assert index.look_up("b#1", near).match.record_id == "a#1"
        assert count(path) == 1

    def test_other_thresholds(self, path):
        """A text that is delivered under other bands leaves none of its old ones behind."""
        for threshold in (0.8, 0.4, 0.7, 0.6, 0.8):
            parameters = Parameters.of(threshold=threshold, min_words=20)
            with run(path, parameters=parameters) as index:
                for number in range(20):
                    deliver(index, f"a#{number}", fingerprint(text(number), parameters))
                with index.publishing():
                    pass
            assert count(path) == 20
            assert count(path, "dedupe_key") == 20 * (2 + parameters.bands)


class TestPublishing:
    def test_failure(self, path):
        """Where the files do not get their names, the index does not advance."""
        with run(path) as index:
            deliver(index, "a#1", print_of("x"))
            with pytest.raises(OSError, match="full"), index.publishing():
                raise OSError("disk full")
        with run(path) as index:
            assert deliver(index, "b#1", print_of("x")) is None

    def test_killed(self, path):
        """Nor where the process is killed in that step; nothing of the dead run is left."""
        [(status, told)] = publishers(path, [("a", 5, "die")])
        assert status == -9
        assert len(told[0]) == 5
        assert count(path) == 0
        [(status, told)] = publishers(path, [("b", 5)])
        assert (status, told[1]) == (0, {})
        assert {each.name for each in path.parent.iterdir()} <= {
            path.name,
            f"{path.name}-wal",
            f"{path.name}-shm",
        }

    def test_two_at_once(self, path):
        """Two processes: each text is delivered, each copy has its original in the dataset."""
        told = publishers(path, [("a", 120), ("b", 120)])
        later = publishers(path, [("c", 150)])

        assert [status for status, _ in told + later] == [0, 0, 0]
        everything = {}
        for _, (delivered, _) in told + later:
            everything |= delivered
        assert set(everything.values()) == set(range(150))
        for _, (_, dropped) in told + later:
            assert set(dropped.values()) <= set(everything)
        assert count(path) == len(everything)
        assert len(later[0][1][1]) == 120

    def test_locked(self, path):
        """Where another process never ends its step, that is said."""
        with run(path) as index, run(path) as other, ExitStack() as stack:
            index._database.execute("PRAGMA busy_timeout = 10")
            deliver(index, "a#1", print_of("x"))
            stack.enter_context(other.publishing())
            with pytest.raises(PublicationError, match=r"cannot be read or written: .* locked"):
                stack.enter_context(index.publishing())

    def test_damaged(self, path):
        """A file that breaks under a run's hands stops it."""
        publish(path, {f"a#{number}": print_of(number) for number in range(200)})
        with run(path) as index:
            data = bytearray(path.read_bytes())
            data[8192:] = b"\xff" * (len(data) - 8192)
            path.write_bytes(data)
            with pytest.raises(PublicationError, match="state file cannot be read or written"):
                deliver_all(index, {f"b#{number}": print_of(number) for number in range(200)})


def publishers(path, plans):
    """Run publishers at the same time; give each one's status and what it told."""
    started = []
    for plan in plans:
        command = [sys.executable, "-W", "error", "-m", "tests.state.publisher", str(path)]
        started.append(
            subprocess.Popen(
                [*command, *map(str, plan)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
        )
    for process in started:
        assert process.stdout.readline() == "ready\n"
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=100)[0] for process in started]
    return [
        (process.returncode, json.loads(line)) for process, line in zip(started, told, strict=True)
    ]
