"""How a run begins: anew, or where the same command was killed."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from scrapy.settings import BaseSettings

from crawler import __version__
from crawler.arguments import Arguments
from crawler.errors import ArgumentError, RunCompleted
from crawler.feeds.renaming import roll_forward
from crawler.run import Run, leave_nothing, open_run, site_folder
from crawler.state import intent
from crawler.state.database import open_state, read_state_path
from crawler.state.journal import FOLDER, Journal, remove_parts
from crawler.state.lease import Lease, name_of
from crawler.state.run_state import RunState
from crawler.wordpress.site import site_identity

logger = logging.getLogger(__name__)

FORMAT = 1
"""Of what a journal holds; one of another format is not gone on with."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a crawl is asked for, and where its files are."""

    arguments: Arguments
    exports_dir: str
    state_path: Path
    max_age: float  # of a journal, in seconds
    now: datetime

    @property
    def site(self) -> str:
        """The site as the user names it, in the one spelling that it has."""
        return site_identity(self.arguments.site)

    @property
    def holder(self) -> str:
        """The name of the lease: one run at a time has it."""
        return name_of(self.arguments.dataset, self.site)

    @property
    def command(self) -> dict[str, Any]:
        """What has to be equal for a journal to be gone on with."""
        return {
            "format": FORMAT,
            "version": __version__,
            "exports": str(Path(self.exports_dir).absolute()),
            "arguments": self.arguments.as_json(),
        }

    @property
    def journal_path(self) -> Path:
        """The journal of whatever run this lease's holder has."""
        name = f"{site_folder(self.site)}.{sha256(self.holder.encode()).hexdigest()[:8]}.journal"
        return self.state_path.parent / FOLDER / name


def read_beginning(arguments: Arguments, settings: BaseSettings, now: datetime) -> Beginning:
    """Read the settings that a beginning needs. Raises ArgumentError."""
    state_path = read_state_path(settings["STATE_PATH"])
    try:
        max_age = float(settings["JOURNAL_MAX_AGE"])
    except (TypeError, ValueError):
        max_age = math.nan
    if not 0 <= max_age < math.inf:
        given = settings["JOURNAL_MAX_AGE"]
        raise ArgumentError(f"JOURNAL_MAX_AGE must be seconds, 0 or more, got {given!r}")
    return Beginning(arguments, settings["EXPORTS_DIR"], state_path, max_age, now)


def begin(beginning: Beginning) -> tuple[Run, RunState]:
    """Take the lease, complete what was decided, and open the run: a new one or an unfinished one.

    Raises RunHeld where another run has the site, RunCompleted where the same
    command was killed while it was publishing, ArgumentError and
    PublicationError where files cannot be used.
    """
    database = open_state(beginning.state_path, now=beginning.now)
    lease = Lease(beginning.state_path)
    try:
        lease.take(beginning.holder, f"{beginning.site}{_of(beginning.arguments.dataset)}")
        _complete(beginning, database, lease)
        run, journal = _open(beginning, database)
    except BaseException:
        lease.release()
        database.close()
        raise
    return run, RunState(database, beginning.holder, lease, journal)


def abandon(run: Run, state: RunState) -> None:
    """Undo a beginning after which nothing came; a journal that holds anything stays."""
    state.close(keep=bool(state.journal.found.last))
    leave_nothing(run.folder)


def _of(dataset: str | None) -> str:
    return f" in the dataset {dataset!r}" if dataset else ""


def _complete(beginning: Beginning, database: Connection, lease: Lease) -> None:
    """Roll forward what a killed run had decided to publish."""
    found = intent.find(database, beginning.holder)
    if found is None:
        return
    roll_forward(found.renames)
    journal = Journal.resume(Path(found.journal))
    if journal is not None:
        journal.remove()
    lease.forget_intent(beginning.holder)
    text = f"the run {found.run_id}, which was killed while it was publishing, is complete now"
    if found.command == beginning.command and beginning.arguments.resume:
        raise RunCompleted(text, found.folder)
    logger.warning("First: %s", text)


def _open(beginning: Beginning, database: Connection) -> tuple[Run, Journal]:
    path = beginning.journal_path
    journal = Journal.resume(path)
    if journal is None and path.exists():
        aside = path.rename(path.with_name(f"{path.name}.{_stamp(beginning.now)}"))
        logger.warning("The journal %s cannot be read: set aside as %s", path, aside.name)
    if journal is not None and (resumed := _resume(beginning, database, journal)) is not None:
        return resumed, journal
    return _begin_new(beginning)


def _begin_new(beginning: Beginning) -> tuple[Run, Journal]:
    run = open_run(
        beginning.site,
        dataset=beginning.arguments.dataset,
        exports_dir=beginning.exports_dir,
        now=beginning.now,
    )
    header = {
        "command": beginning.command,
        "run_id": run.id,
        "folder": str(run.folder),
        "started": run.started.isoformat(),
    }
    try:
        return run, Journal.begin(beginning.journal_path, header)
    except BaseException:
        leave_nothing(run.folder)
        raise


def _resume(beginning: Beginning, database: Connection, journal: Journal) -> Run | None:
    """Go on with an unfinished run; None where it is set aside or discarded, which is said."""
    header = journal.found.header
    name, answers = header["run_id"], sum(map(len, journal.found.answers.values()))
    folder = Path(header["folder"])
    if database.execute("SELECT 1 FROM run WHERE run_id = ?", (name,)).fetchone():
        journal.remove()  # it was published: a power cut brought its journal back
        return None
    if not beginning.arguments.resume:
        logger.info("Discarded, as resume=no says: %d answers of the run %s", answers, name)
        remove_parts(journal.found)
        journal.remove()
        leave_nothing(folder)
        return None
    if reason := why_not(beginning, journal):
        aside = journal.set_aside(_stamp(beginning.now))
        leave_nothing(folder)
        logger.warning(
            "Not gone on with: the unfinished run %s %s. Its journal is set aside as %s",
            name,
            reason,
            aside,
        )
        return None
    folder.mkdir(parents=True, exist_ok=True)
    now = beginning.now.astimezone(UTC).isoformat(timespec="seconds")
    journal.go_on(now.replace("+00:00", "Z"))
    logger.info("Going on with the unfinished run %s: %d answers are here already", name, answers)
    started = datetime.fromisoformat(header["started"])
    dataset = beginning.arguments.dataset
    return Run(name, site_folder(beginning.site), dataset, started, folder)


def why_not(beginning: Beginning, journal: Journal) -> str | None:
    """Say why a journal does not fit this command; None where it does."""
    header, command = journal.found.header, beginning.command
    then = header["command"]
    if then.get("format") != FORMAT or then["version"] != __version__:
        return f"is of presscrawl {then['version']}, and this is {__version__}"
    if then["arguments"] != command["arguments"]:
        names = sorted(
            name
            for name in then["arguments"].keys() | command["arguments"].keys()
            if then["arguments"].get(name) != command["arguments"].get(name)
        )
        return f"had other arguments ({', '.join(names)})"
    if then["exports"] != command["exports"]:
        return f"has its folder in {then['exports']}"
    last = datetime.fromisoformat(journal.found.last or header["started"])
    age = (beginning.now - last).total_seconds()
    if age > beginning.max_age:
        return f"is {age / 86400:.1f} days old, and JOURNAL_MAX_AGE {beginning.max_age / 86400:g}"
    return None


def _stamp(now: datetime) -> str:
    return now.astimezone(UTC).strftime("aside-%Y%m%dT%H%M%SZ")
