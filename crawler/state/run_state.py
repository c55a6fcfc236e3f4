"""What one run has in the state file: its lease, its journal, its ledger, its intent."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from crawler.errors import PublicationError
from crawler.feeds.renaming import Rename
from crawler.state import intent
from crawler.state.database import transaction
from crawler.state.intent import Intent
from crawler.state.journal import Answered, Journal
from crawler.state.known import KnownInState
from crawler.state.lease import Lease
from crawler.state.ledger import Ledger, Published


class RunState:
    """Joins a run's Publication as a partner, and keeps its intent.

    ``database`` is a connection to the state file, for whoever writes into it
    in the step in which the run is published; ``holder`` the name of the lease,
    under which the intent stands. All raise PublicationError.
    """

    def __init__(
        self, database: sqlite3.Connection, holder: str, lease: Lease, journal: Journal
    ) -> None:
        database.execute("PRAGMA synchronous = FULL")  # what was decided outlives a power cut
        self.database = database
        self.holder = holder
        self.lease = lease
        self.journal = journal
        self.ledger = Ledger()
        self.known = KnownInState(database, self.ledger)
        self._published: Published | None = None

    # --- while the run goes on ------------------------------------------------------------

    def settle(self, dataset: str, site: str) -> None:
        """Hold the site under its true name, too, as soon as that is known."""
        self.lease.take(f"{dataset} {site}", f"{site} in the dataset {dataset!r}")
        self.known.settle(dataset, site)

    def replay(self, asked: str) -> Answered | None:
        """Give the answer to a URL that came before the run was killed; None where none did."""
        return self.journal.take(asked)

    def keep(self, answered: Answered) -> None:
        """Keep an answer, should the run be killed."""
        self.journal.add(answered)

    # --- at its end -----------------------------------------------------------------------

    def conclude(self, published: Published) -> None:
        """Take what is known at the end; from then on it can be published."""
        self._published = published

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """Write the ledger, in the step that another partner has begun, or in one of its own."""
        if self._published is None:
            raise TypeError("a run is concluded before it is published")
        try:
            with self._step():
                if not self.lease.held_in(self.database):
                    raise PublicationError("another run has taken this site over meanwhile")
                self.ledger.publish(self.database, self._published)
                yield
        except sqlite3.Error as error:
            raise PublicationError(f"the state file cannot be written: {error}") from error

    def begin_part(self, part: Path) -> None:
        self.journal.add_part(part)

    def record(self, renames: Sequence[Rename]) -> None:
        if self._published is None:
            raise TypeError("a run is concluded before it is published")
        header = self.journal.found.header
        found = Intent(
            self._published.run_id,
            header["folder"],
            header["command"],
            str(self.journal.path),
            tuple(renames),
        )
        intent.record(self.database, self.holder, found)

    def fulfil(self) -> None:
        self.journal.remove()
        self.lease.forget_intent(self.holder)

    def discard(self) -> None:
        """Nothing to do: what was not published is forgotten with the process."""

    def close(self, *, keep: bool) -> None:
        """Let go of everything; the journal stays where *keep* says so."""
        if keep:
            self.journal.close()
        else:
            self.journal.remove()
        self.ledger.close()
        self.database.close()
        self.lease.release()

    def _step(self) -> AbstractContextManager[Any]:
        return nullcontext() if self.database.in_transaction else transaction(self.database)
