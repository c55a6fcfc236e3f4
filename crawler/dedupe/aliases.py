"""Two addresses of one database: recognised by a sample of its records."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappush, heappushpop
from typing import Literal
from zlib import crc32

from crawler.items import Document

SAMPLE = 40
"""Records of a site that are kept for comparing: as many as one request brings with ease."""

LEAST_RECEIVED = 0.8  # of the sample: some are deleted as time goes by
LEAST_RECORDS = 0.9  # of those received: the same record, by id and guid
LEAST_TEXTS = 0.95  # of those with a text to compare: a plugin may change one by the hour

GROWTH, LEEWAY = 1.05, 5
"""How much more than the known site an alias may hold: what was back-dated since."""

RelationKind = Literal["alias", "translation"]


@dataclass(frozen=True, slots=True)
class Sampled:
    """One record: its id, who it is on whatever address, when it was changed, and its text.

    ``text`` is the hash of the canonical text, None where there is none to compare.
    """

    id: int
    identity: bytes
    modified: str | None
    text: bytes | None


@dataclass(frozen=True, slots=True)
class KnownSite:
    """A site that is in the dataset, by a sample of one collection, whose route is given.

    ``total`` is how many records of that collection it had at ``until`` (RFC
    3339, UTC), within the bounds of this very crawl; None where no run with
    these bounds was published: what it has is not what is wanted now.
    """

    site: str
    route: str
    sample: tuple[Sampled, ...]
    total: int | None
    until: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What a site is to one that is known, and by which evidence.

    ``basis`` is ``address`` where both are one address, and nothing was sampled.
    ``received`` of the ``sampled`` records came, ``same_records`` of them are
    those records; ``compared_texts`` were not changed since, and ``same_texts``
    of these say the same. ``harvested`` tells whether it is harvested all the same.
    """

    site: str
    kind: RelationKind
    basis: Literal["address", "sample"] = "sample"
    sampled: int = 0
    received: int = 0
    same_records: int = 0
    compared_texts: int = 0
    same_texts: int = 0
    harvested: bool = True


def sampled(item: Document, text: bytes | None) -> Sampled:
    """Take of a record what can be compared; *text* is the hash of its canonical text.

    The guid stands in the database, with the address that the site had when
    the record was made; plugins write https over http in it. Without one the slug
    and the date must do.
    """
    name = (item.guid or "").partition("://")[2].removeprefix("www.")
    name = name or f"{item.slug} {item.published}"
    identity = hashlib.sha256(name.encode("utf-8", "replace")).digest()[:8]
    return Sampled(item.id, identity, item.modified, text)


class Sample:
    """A choice of a site's records: the same ones from run to run, spread evenly.

    Of each route the SAMPLE with the smallest hashes. ``best`` is the route
    with most records, and its sample.
    """

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._chosen: dict[str, list[tuple[int, int]]] = {}
        self._records: dict[tuple[str, int], Sampled] = {}

    def offer(self, route: str, item: Document, text: bytes | None) -> None:
        """Take a record, or not."""
        self._counts[route] = self._counts.get(route, 0) + 1
        chosen = self._chosen.setdefault(route, [])
        ranked = (-crc32(b"%d" % item.id), item.id)
        if (route, item.id) not in self._records:
            if len(chosen) < SAMPLE:
                heappush(chosen, ranked)
            elif ranked > chosen[0]:
                _, left = heappushpop(chosen, ranked)
                del self._records[route, left]
            else:
                return
        self._records[route, item.id] = sampled(item, text)

    @property
    def is_full(self) -> bool:
        """Whether there are enough records of a route to know the site by."""
        return any(len(chosen) == SAMPLE for chosen in self._chosen.values())

    @property
    def best(self) -> tuple[str, tuple[Sampled, ...]] | None:
        """None where no record was offered."""
        if not self._counts:
            return None
        route = max(self._counts, key=lambda name: self._counts[name])  # the first of equals
        ids = sorted(number for _, number in self._chosen[route])
        return route, tuple(self._records[route, number] for number in ids)


def relate(known: KnownSite, received: Iterable[Sampled]) -> Relation | None:
    """Compare what another address gave for the sample of a *known* site; None: another site.

    A record that was changed since is the same record, and its text is not
    compared. Of a site without texts nothing can be said.
    """
    by_id = {each.id: each for each in known.sample}
    pairs = [(by_id[each.id], each) for each in received if each.id in by_id]
    same = [(ours, theirs) for ours, theirs in pairs if ours.identity == theirs.identity]
    texts = [
        (ours.text, theirs.text)
        for ours, theirs in same
        if ours.modified == theirs.modified and None not in (ours.text, theirs.text)
    ]
    equal = sum(one == other for one, other in texts)
    enough = len(pairs) >= LEAST_RECEIVED * len(known.sample)
    if not texts or not enough or len(same) < LEAST_RECORDS * len(pairs):
        return None
    return Relation(
        site=known.site,
        kind="alias" if equal >= LEAST_TEXTS * len(texts) else "translation",
        sampled=len(known.sample),
        received=len(pairs),
        same_records=len(same),
        compared_texts=len(texts),
        same_texts=equal,
    )


def is_covered(total: int | None, known: KnownSite) -> bool:
    """Tell whether *total* records are no more than the known site had at that time.

    A language's own root may show a part of what another shows, in the same words.
    """
    if total is None or known.total is None:
        return False
    return total <= known.total * GROWTH + LEEWAY
