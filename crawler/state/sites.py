"""Which sites a dataset holds, and a sample of each, by which it is known on another address."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.dedupe.aliases import KnownSite, Sampled

MAX_CANDIDATES = 5
"""Known sites that a new one is compared with: each costs a request."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a run has seen of its site.

    ``name`` is what the index calls it, ``wanted`` what was asked for, written
    in one way; ``total`` and ``until`` are those of KnownSite. ``named`` is the
    address that the user gave, by its home: a site that is found elsewhere has moved.
    """

    site: str
    named: str
    name: str | None
    wanted: str
    until: str
    route: str = ""
    total: int | None = None
    sample: tuple[Sampled, ...] = ()


class KnownSites:
    """The sites of one dataset, in the state file; what goes wrong is a sqlite3.Error."""

    def __init__(self, database: sqlite3.Connection, dataset: str) -> None:
        self._database = database
        self._dataset = dataset

    def candidates(self, seen: Sighting) -> list[KnownSite]:
        """Give sites that may be the one that was *seen*, under another address.

        They have its host or its name, and were published before it was:
        whoever comes first stays. Not those on the very address that the user named.
        """
        rows = self._database.execute(
            "SELECT s.id, s.site, s.route FROM site s JOIN dataset d ON d.id = s.dataset"
            " WHERE d.name = ?1 AND s.site NOT IN (?2, ?3) AND (s.host = ?4 OR s.name = ?5)"
            " AND s.id < coalesce((SELECT o.id FROM site o WHERE o.dataset = d.id"
            " AND o.site = ?2), ?6)"
            " ORDER BY s.host <> ?4, s.id LIMIT ?7",
            (
                *(self._dataset, seen.site, seen.named, _host(seen.site), seen.name),
                *((1 << 62), MAX_CANDIDATES),
            ),
        ).fetchall()
        return [self._known(number, site, route, seen.wanted) for number, site, route in rows]

    def publish(self, seen: Sighting) -> None:
        """Keep what was *seen*, in the transaction that is open."""
        execute = self._database.execute
        execute("INSERT OR IGNORE INTO dataset (name) VALUES (?)", (self._dataset,))
        [dataset] = execute("SELECT id FROM dataset WHERE name = ?", (self._dataset,)).fetchone()
        self._move(dataset, seen)
        execute(
            "INSERT INTO site (dataset, site, host, name, route) VALUES (?, ?, ?, ?, '')"
            " ON CONFLICT (dataset, site) DO UPDATE SET name = excluded.name",
            (dataset, seen.site, _host(seen.site), seen.name),
        )
        number, route = execute(
            "SELECT id, route FROM site WHERE dataset = ? AND site = ?", (dataset, seen.site)
        ).fetchone()
        [kept] = execute("SELECT count(*) FROM site_sample WHERE site = ?", (number,)).fetchone()
        if len(seen.sample) >= kept:  # a run with a limit has seen less
            self._replace_sample(number, seen)
        elif route != seen.route:
            return
        execute(
            "INSERT OR REPLACE INTO site_asked (site, wanted, total, until) VALUES (?, ?, ?, ?)",
            (number, seen.wanted, seen.total, seen.until),
        )

    def _move(self, dataset: int, seen: Sighting) -> None:
        """Let a site keep its place where its old address leads to the new one."""
        old, new = (self._number(dataset, site) for site in (seen.named, seen.site))
        if old is None or old == new:
            return
        if new is None:
            self._database.execute(
                "UPDATE site SET site = ?, host = ? WHERE id = ?",
                (seen.site, _host(seen.site), old),
            )
            return
        for table, column in (("site", "id"), ("site_sample", "site"), ("site_asked", "site")):
            self._database.execute(f"DELETE FROM {table} WHERE {column} = ?", (old,))

    def _number(self, dataset: int, site: str) -> int | None:
        row = self._database.execute(
            "SELECT id FROM site WHERE dataset = ? AND site = ?", (dataset, site)
        ).fetchone()
        return int(row[0]) if row else None

    def _replace_sample(self, number: int, seen: Sighting) -> None:
        execute = self._database.execute
        execute(  # they count another collection
            "DELETE FROM site_asked WHERE site = ?1"
            " AND (SELECT route FROM site WHERE id = ?1) <> ?2",
            (number, seen.route),
        )
        execute("UPDATE site SET route = ? WHERE id = ?", (seen.route, number))
        execute("DELETE FROM site_sample WHERE site = ?", (number,))
        self._database.executemany(
            "INSERT INTO site_sample (site, id, identity, modified, text) VALUES (?, ?, ?, ?, ?)",
            [(number, each.id, each.identity, each.modified, each.text) for each in seen.sample],
        )

    def _known(self, number: int, site: str, route: str, wanted: str) -> KnownSite:
        rows = self._database.execute(
            "SELECT id, identity, modified, text FROM site_sample WHERE site = ? ORDER BY id",
            (number,),
        )
        sample = tuple(Sampled(*row) for row in rows)
        asked = self._database.execute(
            "SELECT total, until FROM site_asked WHERE site = ? AND wanted = ?", (number, wanted)
        ).fetchone()
        total, until = asked or (None, None)
        return KnownSite(site, route, sample, total, until)


def _host(site: str) -> str:
    return (urlsplit(site).hostname or "").removeprefix("www.")
