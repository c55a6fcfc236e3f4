"""One run at a time of a site in a dataset: a lease in the state file, kept by a heartbeat."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from crawler.errors import PublicationError, RunHeld
from crawler.state import intent
from crawler.state.database import transaction

logger = logging.getLogger(__name__)

BEAT_SECONDS = 10
STALE_SECONDS = 180
"""So long without a beat, and an owner on another machine is dead; a publication of others, during
which nobody can write, is shorter."""

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
PATIENCE_SECONDS = 0.2  # of a beat with a lock that another holds: the next one is soon
OPENING_SECONDS = 60


class Lease:
    """What one process holds in the state file, under as many names as it has taken.

    An owner that died is found out at once on its own machine, by its process,
    and elsewhere by the heartbeat that is missing.
    """

    def __init__(self, path: Path) -> None:
        """Use the state file at *path*, which `open_state` has opened before."""
        self.token = secrets.token_hex(8)
        self._database = sqlite3.connect(path, timeout=OPENING_SECONDS, isolation_level=None)
        self._names: list[str] = []

    def take(self, name: str, what: str) -> None:
        """Take a name; again is nothing. Raises RunHeld, in which *what* says of what."""
        if name in self._names:
            return
        try:
            refuse_held(self._database, name, what)  # at once, also while another writes
            with transaction(self._database):
                refuse_held(self._database, name, what)
                self._database.execute(
                    "INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?, ?)",
                    (name, self.token, machine(), process(os.getpid()), time.time()),
                )
        except sqlite3.Error as error:
            raise PublicationError(f"the state file cannot be written: {error}") from error
        self._names.append(name)

    def beat(self) -> bool:
        """Say that we live; False where the lease is another's by now."""
        with suppress(sqlite3.OperationalError):  # locked: the next beat is in time
            self._database.execute(f"PRAGMA busy_timeout = {int(PATIENCE_SECONDS * 1000)}")
            self._database.execute(
                "UPDATE lease SET beat = ? WHERE token = ?", (time.time(), self.token)
            )
            return self.held_in(self._database)
        return True

    def held_in(self, database: sqlite3.Connection) -> bool:
        """Tell whether every name is still ours, as *database* sees it."""
        found = database.execute("SELECT count(*) FROM lease WHERE token = ?", (self.token,))
        return bool(found.fetchone()[0] == len(self._names))

    def can_write(self) -> bool:
        """Tell whether nobody is writing the state file at this moment."""
        self._database.execute("PRAGMA busy_timeout = 0")
        try:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            return (getattr(error, "sqlite_errorcode", 0) & 0xFF) != sqlite3.SQLITE_BUSY
        return True

    def forget_intent(self, name: str) -> None:
        """Note that everything is in place of what was published under a name that is held."""
        try:
            self._database.execute(f"PRAGMA busy_timeout = {OPENING_SECONDS * 1000}")
            with transaction(self._database):
                intent.remove(self._database, name)
        except sqlite3.Error as error:  # it would be done once more, which changes nothing
            logger.warning("The state file cannot be written: %s", error)

    def release(self) -> None:
        """Give everything back. What cannot be written is found to be dead by the next run."""
        with suppress(sqlite3.Error):
            self._database.execute("PRAGMA busy_timeout = 5000")
            self._database.execute("DELETE FROM lease WHERE token = ?", (self.token,))
        self._names.clear()
        self._database.close()


def name_of(dataset: str | None, site: str) -> str:
    """Name the lease on a site in a dataset, None where the user named none."""
    return f"{dataset or ''} {site}"


def refuse_held(database: sqlite3.Connection, name: str, what: str) -> None:
    """Raise RunHeld where a run that lives holds a name; *what* says of what."""
    row = database.execute(
        "SELECT machine, process, beat FROM lease WHERE name = ?", (name,)
    ).fetchone()
    if row is not None and is_alive(*row, now=time.time()):
        number = row[1].partition("@")[0]
        raise RunHeld(f"another run holds {what} (process {number}): wait for its end")


def is_alive(owner: str, owner_process: str, beat: float, *, now: float) -> bool:
    """Tell whether the process that wrote a lease may still be there."""
    if owner == machine():
        return process(int(owner_process.partition("@")[0])) == owner_process
    return abs(now - beat) < STALE_SECONDS


def machine() -> str:
    """Name where process numbers mean the same: host, start of the system, container."""
    parts = [socket.gethostname()]
    with suppress(OSError):  # another system than Linux
        parts.append(BOOT_ID.read_text(encoding="ascii").strip())
        parts.append(os.readlink("/proc/self/ns/pid"))
    return "/".join(parts)


def process(number: int) -> str:
    """Name a process such that a later one with its number is another; "" where there is none."""
    try:
        status = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "" if Path("/proc/self/stat").exists() else _by_signal(number)
    fields = status.rpartition(")")[2].split()  # the name before may hold anything
    return "" if fields[0] in "ZX" else f"{number}@{fields[19]}"


def _by_signal(number: int) -> str:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return f"{number}@"
