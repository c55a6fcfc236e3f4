"""A publication that has been decided: which files still have to take their names."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass
from typing import Any

from crawler.feeds.renaming import Rename


@dataclass(frozen=True, slots=True)
class Intent:
    """What a restart completes.

    ``command`` tells whether the same command came again: see journal.py;
    ``folder`` is the run's, absolute; ``journal`` the file that is gone in the
    end.
    """

    run_id: str
    folder: str
    command: dict[str, Any]
    journal: str
    renames: tuple[Rename, ...]


def record(database: sqlite3.Connection, holder: str, intent: Intent) -> None:
    """Write an intent, in the transaction that is open."""
    database.execute(
        "INSERT OR REPLACE INTO intent VALUES (?, ?)", (holder, json.dumps(asdict(intent)))
    )


def find(database: sqlite3.Connection, holder: str) -> Intent | None:
    """Read what a run of this holder left; None where nothing was."""
    row = database.execute("SELECT content FROM intent WHERE holder = ?", (holder,)).fetchone()
    if row is None:
        return None
    content = json.loads(row[0])
    renames = tuple(Rename(**each) for each in content.pop("renames"))
    return Intent(**content, renames=renames)


def remove(database: sqlite3.Connection, holder: str) -> None:
    """Forget an intent that is fulfilled."""
    database.execute("DELETE FROM intent WHERE holder = ?", (holder,))
