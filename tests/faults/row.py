"""One row of the fault matrix: what is done to the crawler, and what has to come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from crawler.sample.site import SampleSite
from tests.faults.server import Account, Fault

COLLECTIONS = ("posts", "guides", "tags")

Ids = Callable[[SampleSite], set[int]]


@dataclass(frozen=True)
class Row:
    """A fault and its outcome.

    ``verdict`` is that of the collections ``at`` which something is amiss; all
    others are well. It is "none" where the run ends before any collection.
    ``have`` gives the ids that could be had of them, by default all where the
    verdict is well, and none where it is denied or failed. What else there is
    has to be named: ``lost`` gives the ids where they can be known, ``phantoms`` is
    how many records the site announced that do not exist; ``uncounted`` says that
    nobody can know how many are missing.
    ``said`` stands in run.json; ``missing`` is what the crawler lacks as yet.
    """

    fault: str
    script: Callable[[], Fault]
    verdict: str = "complete"
    status: int = 0
    at: tuple[str, ...] = ()
    have: Ids | None = None
    lost: Ids | None = None
    phantoms: int = 0
    uncounted: bool = False
    said: str = ""
    prepare: Callable[[SampleSite], None] | None = None
    collections: tuple[str, ...] = COLLECTIONS
    arguments: tuple[str, ...] = ("follow=none",)
    settings: Mapping[str, object] = field(default_factory=dict)
    per_page: int = 20
    most: int = 60  # requests
    guest: Callable[[Account], None] | None = None  # a further check of how it behaved
    missing: str = ""


def oldest(base: str, number: int) -> Ids:
    """Give the records of the first page by date."""

    def ids(site: SampleSite) -> set[int]:
        target = f"/wp-json/wp/v2/{base}?orderby=date&order=asc&per_page={number}"
        return {record["id"] for record in site.respond("GET", target, {}).json()}

    return ids


def only(base: str, place: int) -> Ids:
    """Give the record that stands at a place in the order of ids."""
    return lambda site: {sorted(site.listed(base))[place]}


def all_but(base: str, place: int) -> Ids:
    return lambda site: site.listed(base) - only(base, place)(site)
