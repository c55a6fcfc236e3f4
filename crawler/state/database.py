"""Opens the state file, one SQLite database for all datasets and runs, and scratch files."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from crawler.errors import ArgumentError
from crawler.feeds.renaming import locked
from crawler.feeds.staging import make_folder
from crawler.state.schema import APPLICATION_ID, MIGRATIONS, VERSION

logger = logging.getLogger(__name__)

BUSY_SECONDS = 300
"""How long one process waits for another to publish; a million documents take a minute."""

CACHE_KB = 16_384
MAX_WAL_BYTES = 64 << 20  # what is left of the log of a large publication

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def open_state(path: Path, *, now: datetime) -> sqlite3.Connection:
    """Open the state file, made or brought up to date where need be, in autocommit mode.

    A damaged file is set aside, which is said, and a new one begun. Raises
    ArgumentError where the file is of a newer version or another program, or
    cannot be opened.
    """
    try:
        make_folder(path.parent)
        with locked([path.parent]):  # two processes may begin, mend or upgrade it at once
            try:
                return _open(path)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                _set_aside(path, error, now)
                return _open(path)
    except (OSError, sqlite3.Error) as error:
        raise _cannot_open(path, error) from error


def open_existing(path: Path) -> sqlite3.Connection:
    """Open a state file that is there, brought up to date where need be.

    It is never made, nor set aside. Raises ArgumentError, as `open_state` does.
    """
    if not path.exists():
        raise ArgumentError(f"STATE_PATH: there is no {str(path)!r}: nothing was published yet")
    try:
        with locked([path.parent]):
            return _open(path)
    except (OSError, sqlite3.Error) as error:
        raise _cannot_open(path, error) from error


def read_state_path(setting: object) -> Path:
    """Read STATE_PATH. Raises ArgumentError."""
    if not setting:
        raise ArgumentError(f"STATE_PATH must be a file, got {setting!r}")
    return Path(str(setting)).absolute()


def open_scratch(schema: str, *, memory_kb: int) -> sqlite3.Connection:
    """Open a database in a file without a name, which is gone when it is closed.

    It is in autocommit mode, and nothing in it can be rolled back: a statement
    that fails halfway may leave it malformed. *memory_kb* is what SQLite holds
    in memory before it writes to the file.
    """
    # "" is SQLite's name for a private database on disk, in its folder for temporary files
    connection = sqlite3.connect("", isolation_level=None)
    connection.execute(f"PRAGMA cache_size = -{memory_kb}")
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.executescript(schema)
    return connection


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether the file is at fault, and not a lock or a disk."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _DAMAGE


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Make one step of all that is written; nothing of it stands where it fails.

    The lock on the file is taken at once: one that waits for another's end
    only when it first writes would have to be begun anew.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _cannot_open(path: Path, error: OSError | sqlite3.Error) -> ArgumentError:
    reason = error.strerror if isinstance(error, OSError) else None
    return ArgumentError(f"STATE_PATH: {str(path)!r} cannot be opened: {reason or error}")


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        _check(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")  # who reads never waits for who writes
        connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may take back a step
        connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
        connection.execute(f"PRAGMA journal_size_limit = {MAX_WAL_BYTES}")
        _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    found = _pragma(connection, "user_version")
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return  # new
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise ArgumentError(
            f"STATE_PATH: {str(path)!r} is a database of another program: name another file"
        )
    if found > VERSION:
        raise ArgumentError(
            f"STATE_PATH: {str(path)!r} is of version {found}, and this presscrawl knows "
            f"{VERSION}: use the newer presscrawl that wrote it, or name another file"
        )


def _migrate(connection: sqlite3.Connection) -> None:
    if _pragma(connection, "user_version") == VERSION:
        return
    with transaction(connection):
        for step in MIGRATIONS[_pragma(connection, "user_version") :]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _set_aside(path: Path, error: sqlite3.Error, now: datetime) -> None:
    """Rename the file and its log; nobody's data is overwritten."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    aside, taken = path.with_name(f"{path.name}.damaged-{stamp}"), 1
    while aside.exists():
        taken += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{taken}")
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        log = path.with_name(path.name + suffix)
        if log.exists():
            log.rename(aside.with_name(aside.name + suffix))
    logger.warning(
        "The state file %s is damaged (%s): set aside as %s, and a new one begun, "
        "which knows nothing of what was published before",
        path,
        error,
        aside.name,
    )
