"""Harvests of a sample site, one after the other, each of which knows what the last published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.items import Tombstone
from crawler.state.database import open_state, transaction
from crawler.state.known import KnownInState
from crawler.state.ledger import Concluded, Ledger, Published
from crawler.wordpress.harvest import Harvest, Wanted
from crawler.wordpress.paging import WHOLE
from crawler.wordpress.progress import outcome_of
from tests.wordpress.test_harvest import HOME, run

DATASET = "museum"
SITE = HOME.rstrip("/")


class Dataset:
    """A dataset of one site in a state file; each `harvest` is a run that is published."""

    def __init__(self, path: Any, site: Any) -> None:
        self.site = site
        self.database = open_state(path / "state", now=datetime.now(UTC))
        self.runs = 0

    def harvest(
        self,
        *names: str,
        change: Any = None,
        publish: bool = True,
        copies: Sequence[tuple[str, str]] = (),
        **wanted: Any,
    ) -> Run:
        """Harvest the collections, as *wanted*; the requests go through *change*.

        *copies* are left out by who looks for them: (record_id, that of what it is one of).
        """
        ledger = Ledger()
        known = KnownInState(self.database, ledger)
        known.settle(DATASET, SITE)
        done = Harvest(
            HOME,
            Wanted(collections=names or ("posts",), **wanted),
            known=known,
            recorder=ledger,
        )
        self.last = done  # for who looks at it while it goes on
        items, urls = run(done, self.site, *([change] if change else []))
        self.runs += 1
        for record_id, copy_of in copies:
            ledger.leave_out(record_id, copy_of)
        if publish:
            self.publish(done, ledger)
        return Run(done, items, urls)

    def increment(self, *names: str, **wanted: Any) -> Run:
        """Harvest what changed."""
        return self.harvest(*names, changes_only=True, **wanted)

    def publish(self, done: Harvest, ledger: Ledger) -> None:
        """Write the ledger, as the certificate would have it."""
        collections = [
            Concluded(
                each.name,
                each.fields,
                outcome_of(each).verdict in WHOLE,
                outcome_of(each).verdict in WHOLE and (bool(each.walk.swept) or each.walk.had_all),
                each.learnt,
            )
            for each in done.progress
        ]
        started = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=self.runs)
        told = Published(
            f"museum/{self.runs}", started.isoformat()[:19] + "Z", DATASET, SITE, collections
        )
        with transaction(self.database):
            ledger.publish(self.database, told)
        ledger.close()


class Run:
    """What one harvest came to."""

    def __init__(self, done: Harvest, items: list[Any], urls: list[str]) -> None:
        self.done = done
        self.items = items
        self.urls = urls

    @property
    def ids(self) -> list[int]:
        """The ids of the records that were delivered, in order."""
        return [item.id for item in self.items if not isinstance(item, Tombstone)]

    @property
    def tombstones(self) -> dict[int, str]:
        """The reason of each tombstone."""
        return {item.id: item.reason for item in self.items if isinstance(item, Tombstone)}

    @property
    def requests(self) -> list[str]:
        """What was asked of collections and records."""
        return [url for url in self.urls if "/wp/v2/" in url][2:]

    def of(self, name: str) -> Any:
        """Give the progress of a collection."""
        return next(each for each in self.done.progress if each.collection.rest_base == name)

    def outcome(self, name: str = "posts") -> Any:
        """Give the outcome of a collection."""
        return outcome_of(self.of(name))
