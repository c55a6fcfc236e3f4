"""The crawls that one command runs: which of them may be of one site, and wait for each other."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from itertools import takewhile
from weakref import WeakKeyDictionary

from scrapy.crawler import Crawler

from crawler.dedupe.aliases import KnownSite, Sample

MOMENT = 10
"""Seconds that a crawl waits for those named before it to find their APIs."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A crawl under way; ``traits`` are what its site says of itself, None where it is silent.

    ``sampled`` is set as soon as ``sample`` is full, or there will be no more.
    """

    dataset: str
    site: str
    traits: str | None
    sample: Sample = field(default_factory=Sample)
    sampled: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def may_be(self, other: Neighbour) -> bool:
        """Tell whether two crawls of one dataset may be of one site."""
        alike = self.traits is not None and self.traits == other.traits
        return self.dataset == other.dataset and (alike or self.site == other.site)

    @property
    def known(self) -> KnownSite | None:
        """What is known of it while it goes on; None once it has ended, or has no records."""
        if self.ended.is_set() or self.sample.best is None:
            return None
        route, records = self.sample.best
        return KnownSite(self.site, route, records, None, None)


class Neighbours:
    """Knows the crawls of one command from the moment when each has found its API.

    Nobody waits for those that came later, and so nobody waits for ever.
    """

    def __init__(self) -> None:
        self._arrivals: dict[Crawler, asyncio.Event] = {}  # in the order of the invitations
        self._going: dict[Crawler, Neighbour] = {}
        self._published: set[tuple[str, str]] = set()

    def invite(self, crawler: Crawler) -> None:
        """Let a crawler find the others by `neighbours_of`."""
        _OF[crawler] = self
        self._arrivals[crawler] = asyncio.Event()

    async def enter(self, crawler: Crawler, who: Neighbour) -> list[Neighbour]:
        """Give those that came first and may be the same site.

        First comes who was invited first, unless its API takes long to find:
        which address stays is not for chance to say.
        """
        if (own := self._arrivals.get(crawler)) is not None:
            own.set()
        before = takewhile(lambda each: each is not crawler, list(self._arrivals))
        late = [self._arrivals[each] for each in before if not self._arrivals[each].is_set()]
        if late:
            arrivals = [asyncio.ensure_future(each.wait()) for each in late]
            _, pending = await asyncio.wait(arrivals, timeout=MOMENT)
            for task in pending:
                task.cancel()
        first = [each for each in self._going.values() if each.may_be(who)]
        self._going[crawler] = who
        return first

    def note_published(self, crawler: Crawler) -> None:
        """Note that what a crawl has made is published."""
        if (who := self._going.get(crawler)) is not None:
            self._published.add((who.dataset, who.site))

    def have_published(self, dataset: str, site: str) -> bool:
        """Tell whether one of them has harvested this very site into this dataset."""
        return (dataset, site) in self._published

    def leave(self, crawler: Crawler) -> None:
        """Note that a crawl has ended, however that was."""
        if (arrival := self._arrivals.pop(crawler, None)) is not None:
            arrival.set()
        if (who := self._going.pop(crawler, None)) is not None:
            who.ended.set()
            who.sampled.set()


_OF: WeakKeyDictionary[Crawler, Neighbours] = WeakKeyDictionary()


def neighbours_of(crawler: Crawler) -> Neighbours:
    """Give those whom a crawler was invited to; nobody where it runs alone."""
    return _OF.get(crawler) or Neighbours()


async def wait_for(event: asyncio.Event, why: str, who: Neighbour, other: Neighbour) -> None:
    """Wait, and say for whom."""
    if not event.is_set():
        logger.info("%s waits for %s, which %s", who.site, other.site, why)
        await event.wait()
