"""What a harvest would take: requests, and seconds at the pace of a guest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crawler.wordpress.census import Count

OPENING = 6
"""robots.txt, tdmrep.json, the site's page, the index, the types, the taxonomies."""

LINKED = 3
"""A page of documents: its authors, terms and images, where they are not harvested anyway."""


@dataclass(frozen=True, slots=True)
class Effort:
    """A harvest in requests and seconds; ``least`` where a total is not known."""

    requests: int
    seconds: int
    least: bool


def pages(count: Count) -> int | None:
    """Tell in how many requests a collection is read; None where nobody counted it.

    What is closed takes none, an empty one takes one.
    """
    if count.state in ("closed", "failed"):
        return 0
    if count.total is None:
        return None
    return max(1, -(-count.total // count.collection.capabilities.per_page))


def effort(counts: Iterable[Count], *, pace: float, linked: bool) -> Effort:
    """Estimate the harvest of these collections at *pace* seconds a request.

    *linked* adds what documents link to.
    """
    total, least = OPENING, False
    for count in counts:
        own = pages(count)
        least = least or own is None
        each = 1 + LINKED if linked and count.collection.kind == "document" else 1
        total += (1 if own is None else own) * each
    return Effort(total, round(total * pace), least)


@dataclass(frozen=True, slots=True)
class Pace:
    """What sets the pace; all in seconds.

    ``delay`` is the least that was set, 0 for a site of one's own;
    ``crawl_delay`` what robots.txt asks for, None where it does not;
    ``latency`` what the site took to answer, None where nothing came.
    """

    delay: float
    crawl_delay: float | None = None
    latency: float | None = None

    @property
    def seconds(self) -> float:
        """From one request to the next: a guest pauses for as long as the answer took.

        >>> Pace(1.0, None, 0.2).seconds, Pace(1.0, 10.0, 2.0).seconds, Pace(0, 10.0, 0.2).seconds
        (1.0, 10.0, 0.2)
        """
        latency = self.latency or 0.0
        return latency if self.delay <= 0 else max(self.delay, self.crawl_delay or 0, 2 * latency)
