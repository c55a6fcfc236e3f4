"""A copy of the state file, made while crawls go on."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from crawler.errors import ArgumentError, PublicationError
from crawler.feeds.staging import cannot_write, check_target, new_part, sync_folder, target_at


def back_up(database: sqlite3.Connection, path: Path) -> int:
    """Copy what was published until now into a file that does not exist; give its size.

    The copy is checked, and on the disk, before it has its name. Raises
    ArgumentError for a name that cannot be used, PublicationError where it
    cannot be written, or where what is copied is damaged.
    """
    _refuse_existing(path)
    if not path.parent.is_dir():
        raise ArgumentError(f"{str(path)!r} cannot be made: {str(path.parent)!r} is no folder")
    check_target(target_at(os.fspath(path), format="sqlite3"))
    part = new_part(path)
    try:
        _copy(database, part)
        size = part.stat().st_size
        _name(part, path)
    except OSError as error:
        raise cannot_write(str(path), error) from error
    except sqlite3.Error as error:
        raise PublicationError(f"{str(path)!r} could not be written: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)
    return size


def _refuse_existing(path: Path) -> None:
    if os.path.lexists(path):
        raise ArgumentError(f"{str(path)!r} exists: name another file for the copy")


def _copy(database: sqlite3.Connection, part: Path) -> None:
    """Copy in one step, which nobody has to wait for; leave one file, without a log beside it."""
    with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as copy:
        database.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        found = [text for (text,) in copy.execute("PRAGMA integrity_check(1)")]
        if found != ["ok"]:
            raise PublicationError(f"the state file is damaged, and no copy kept: {found[0]}")
    descriptor = os.open(part, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _name(part: Path, path: Path) -> None:
    """Give the copy its name, unless somebody has taken it meanwhile."""
    try:
        os.link(part, path)
    except FileExistsError:
        _refuse_existing(path)
    except OSError:  # a file system without links
        _refuse_existing(path)
        part.rename(path)
