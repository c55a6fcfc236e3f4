"""Where the rels of one document collection live, and what can be asked there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from crawler.wordpress.core import COMMENTS, MEDIA, USERS, core_capabilities, core_collection
from crawler.wordpress.follow import RELS
from crawler.wordpress.index import Collection, CollectionKind
from crawler.wordpress.page import Record

_OWN: dict[str, tuple[CollectionKind, tuple[str, str]]] = {
    "author": ("user", USERS),
    "featured_media": ("media", MEDIA),
    "attachments": ("media", MEDIA),
    "replies": ("comment", COMMENTS),
}
"""Word -> kind and core's collection of it, for where no record says."""

MAX_TAXONOMIES = 50
"""Of one collection: each costs requests, and a hostile site claims thousands."""

Learnt = Mapping[tuple[str, str | None], str]
"""(rel, taxonomy) -> route, as links.learn_routes reads them."""


def shelf_of(collection: Collection) -> str:
    """Name where the records of a collection are kept: a site may claim one route for two kinds.

    >>> shelf_of(core_collection("user", USERS))
    'user /wp/v2/users'
    """
    return f"{collection.kind} {collection.route}"


@dataclass(frozen=True, slots=True)
class Target:
    """Where one sort of link leads.

    ``field`` of a document holds the ids; it is empty for what belongs to the
    document. ``named`` is False where records have links, and none of this rel:
    a type without comments, say.
    """

    word: str
    field: str
    collection: Collection
    named: bool = True

    @property
    def shelf(self) -> str:
        """Where what it leads to is kept."""
        return shelf_of(self.collection)


def targets(
    collection: Collection, known: Sequence[Collection], learnt: Learnt, records: Iterable[Record]
) -> list[Target]:
    """List where the links of *collection* lead, by its records and the site's collections.

    *known* are the site's, with what each can do; *learnt* are the routes that
    the records name; *records* are some of them. Terms come before
    authors, whom a plugin keeps among them, and attachments before the
    featured image, which is one of them as a rule.
    """
    by_route = {each.route: each for each in known}

    def named(word: str) -> bool:
        return not learnt or (RELS[word], None) in learnt

    return [
        *_terms(collection, known, by_route, learnt, list(records)),
        Target("author", "author", _one("author", by_route, learnt)),
        Target("attachments", "", _one("attachments", by_route, learnt), named("attachments")),
        Target("featured_media", "featured_media", _one("featured_media", by_route, learnt)),
        Target("replies", "", _one("replies", by_route, learnt), named("replies")),
        Target("up", "parent", _up(collection, by_route, learnt)),
    ]


def _one(word: str, by_route: Mapping[str, Collection], learnt: Learnt) -> Collection:
    kind, names = _OWN[word]
    route = learnt.get((RELS[word], None))
    if route is None:  # no record has such a link so far
        return next((each for each in by_route.values() if each.kind == kind), None) or (
            core_collection(kind, names)
        )
    return _at(route, kind, names[0], by_route)


def _up(collection: Collection, by_route: Mapping[str, Collection], learnt: Learnt) -> Collection:
    route = learnt.get((RELS["up"], None), collection.route)
    return _at(route, "document", collection.type, by_route)


def _terms(
    collection: Collection,
    known: Sequence[Collection],
    by_route: Mapping[str, Collection],
    learnt: Learnt,
    records: Sequence[Record],
) -> list[Target]:
    """Find the taxonomies by the type's own list, then by what the records name."""
    fields = {
        each.rest_base: each
        for each in known
        if each.kind == "term" and each.rest_base in collection.taxonomies
    }
    for (rel, taxonomy), route in learnt.items():
        field = route.rpartition("/")[2]
        if rel == RELS["terms"] and taxonomy and any(field in record for record in records):
            fields[field] = _at(route, "term", taxonomy, by_route)
    chosen = list(fields.items())[:MAX_TAXONOMIES]
    return [Target("terms", field, terms) for field, terms in chosen]


def _at(
    route: str, kind: CollectionKind, name: str, by_route: Mapping[str, Collection]
) -> Collection:
    """Give the collection at *route*; one that nobody described can what core can."""
    known = by_route.get(route)
    if known is not None and known.kind == kind:
        return known
    namespace, _, base = route[1:].rpartition("/")
    assumed = core_collection(kind, (name, base))
    able = core_capabilities(kind)
    return replace(assumed, namespace=namespace, route=route, capabilities=able)
