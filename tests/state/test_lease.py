from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime

import pytest

from crawler.errors import RunHeld
from crawler.state import lease as leases
from crawler.state.database import open_state, transaction
from crawler.state.lease import STALE_SECONDS, Lease, is_alive, machine, process
from tests.running import ROOT

HOLD = """
import sys, time
from pathlib import Path
from crawler.state.lease import Lease
Lease(Path(sys.argv[1])).take("news example.org", "example.org")
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "state"
    open_state(path, now=datetime.now(UTC)).close()
    return path


@pytest.fixture
def lease(path):
    made = Lease(path)
    yield made
    made.release()


@pytest.fixture
def holder(path):
    """A process that holds the lease."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], cwd=ROOT, stdout=subprocess.PIPE
    ) as held:
        held.stdout.readline()
        yield held
        held.kill()


def take(lease, name="news example.org"):
    lease.take(name, "example.org")


class TestTake:
    def test_held(self, lease, holder):
        """What a living process holds is refused at once, with its number."""
        began = time.monotonic()
        with pytest.raises(RunHeld, match=rf"holds example.org \(process {holder.pid}\)"):
            take(lease)
        assert time.monotonic() - began < 1

    def test_other_name(self, lease, holder):
        """Another site, or another dataset, is free."""
        take(lease, "news example.net")
        assert lease.beat()

    def test_dead(self, lease, holder):
        """What a dead one held is taken over at once."""
        holder.kill()
        holder.wait()
        take(lease)
        assert lease.beat()

    def test_released(self, path, lease):
        """What was given back is free."""
        other = Lease(path)
        take(other)
        with pytest.raises(RunHeld):
            take(lease)
        other.release()
        take(lease)

    def test_again(self, lease):
        """Taken twice it is held once."""
        take(lease)
        take(lease)
        assert lease.beat()

    def test_refused_while_another_writes(self, path, lease, holder):
        """A refusal waits for no publication."""
        with closing(open_state(path, now=datetime.now(UTC))) as state, transaction(state):
            began = time.monotonic()
            with pytest.raises(RunHeld):
                take(lease)
        assert time.monotonic() - began < 1


class TestBeat:
    def test_locked(self, path, lease):
        """A beat that cannot be written is left out, and soon."""
        take(lease)
        with closing(open_state(path, now=datetime.now(UTC))) as state, transaction(state):
            began = time.monotonic()
            assert lease.beat()
            assert not lease.can_write()
        assert time.monotonic() - began < 2
        assert lease.can_write()

    def test_lost(self, path, lease):
        """Whoever lost the lease learns it with the next beat."""
        take(lease)
        with closing(open_state(path, now=datetime.now(UTC))) as state:
            state.execute("UPDATE lease SET token = 'another'")
        assert not lease.beat()


class TestIsAlive:
    def test_this_process(self):
        """We are."""
        assert is_alive(machine(), process(os.getpid()), 0, now=1e9)

    def test_number_taken_again(self):
        """Another process that has the number by now is not the owner."""
        assert not is_alive(machine(), f"{os.getpid()}@1", 1e9, now=1e9)

    @pytest.mark.parametrize(("age", "alive"), [(1, True), (STALE_SECONDS + 1, False)])
    def test_another_machine(self, age, alive):
        """Elsewhere the heartbeat tells."""
        assert is_alive("elsewhere", "1@1", 1000.0, now=1000.0 + age) is alive

    def test_without_proc(self, monkeypatch, tmp_path):
        """Where the system has no /proc a signal that does nothing tells."""
        with subprocess.Popen([sys.executable, "-c", ""]) as child:
            child.wait()
        assert leases._by_signal(os.getpid()) == f"{os.getpid()}@"
        assert leases._by_signal(child.pid) == ""
