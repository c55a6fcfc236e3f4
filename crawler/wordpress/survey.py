"""What a site has to harvest: its collections in that order, and what is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from crawler.wordpress.core import (
    COMMENTS,
    LOGIN_ONLY,
    MACHINERY,
    MEDIA,
    TAXONOMIES,
    TYPES,
    USERS,
    core_capabilities,
    core_collection,
)
from crawler.wordpress.entries import Entry, read_entries
from crawler.wordpress.index import Capabilities, Collection, CollectionKind, Index
from crawler.wordpress.query import ApiRoot

MAX_NAMED = 20  # routes that one note names


@dataclass(frozen=True, slots=True)
class Survey:
    """The collections of a site, those whose records serve others first.

    ``login_only`` names what visitors may not read, ``machinery`` what they may
    but what is no content; neither is asked for. ``notes`` are for the
    certificate: what had to be assumed, and what was skipped.
    """

    collections: tuple[Collection, ...]
    login_only: tuple[str, ...]
    machinery: tuple[str, ...]
    notes: tuple[str, ...]


def collections(index: Index | None, types: object, taxonomies: object, root: ApiRoot) -> Survey:
    """Tell which collections a site has, by its index, /wp/v2/types and /wp/v2/taxonomies.

    *types* and *taxonomies* are those documents as received, None where none
    came. What is closed is replaced by what core has, and a note says so.
    """
    reading = _Reading(index)
    groups = reading.entries("taxonomies", read_entries(taxonomies, root))
    kinds = reading.entries("types", read_entries(types, root))
    terms = reading.terms(groups)
    bases = {term.type: term.rest_base for term in terms}
    media, documents = reading.media_and_documents(kinds, bases)
    users, comments = reading.own("user", USERS), reading.own("comment", COMMENTS)
    found = reading.once([*terms, *users, *media, *documents, *comments])
    if groups is None or kinds is None:
        reading.name_strangers({each.route for each in found})
    login_only, machinery = reading.unasked([*(groups or ()), *(kinds or ())])
    return Survey(found, login_only, machinery, tuple(reading.notes))


class _Reading:
    """What the index says, and the notes that are made while the rest is read with it."""

    def __init__(self, index: Index | None) -> None:
        self.notes: list[str] = []
        self._namespaces = index.namespaces if index else ()
        self._routes: Mapping[str, Capabilities | None] = index.routes if index else {}
        if not self._routes:
            why = "could not be read" if index is None else "lists no routes"
            self.notes.append(f"the index {why}: core's parameters assumed")

    def entries(self, what: str, found: tuple[Entry, ...] | str) -> tuple[Entry, ...] | None:
        """Give the entries of a document; None, and a note, where core must do."""
        if isinstance(found, str):
            self.notes.append(f"/wp/v2/{what} is {found}: core's collections assumed")
            return None
        return found

    def terms(self, groups: tuple[Entry, ...] | None) -> list[Collection]:
        """Give the collections of terms, in the order of /wp/v2/taxonomies."""
        if groups is None:
            return [term for names in TAXONOMIES.items() for term in self.own("term", names)]
        found = (self._read("term", group, ()) for group in groups if not group.is_machinery)
        return [term for term in found if term is not None]

    def media_and_documents(
        self, kinds: tuple[Entry, ...] | None, bases: Mapping[str, str]
    ) -> tuple[list[Collection], list[Collection]]:
        """Give media, and the documents in the order of /wp/v2/types.

        *bases* are the rest_bases of the taxonomies by name.
        """
        if kinds is None:
            tagged = tuple(bases[name] for name in TAXONOMIES if name in bases)
            documents = [*self.own("document", TYPES[0], tagged), *self.own("document", TYPES[1])]
            return self.own("media", MEDIA), documents
        found: dict[CollectionKind, list[Collection]] = {"media": [], "document": []}
        for entry in kinds:
            if not entry.is_machinery:
                kind: CollectionKind = "media" if entry.name == MEDIA[0] else "document"
                fields = tuple(bases[name] for name in entry.taxonomies if name in bases)
                read = self._read(kind, entry, fields)
                found[kind] += [read] if read is not None else []
        return found["media"] or self.own("media", MEDIA), found["document"]

    def own(
        self, kind: CollectionKind, names: tuple[str, str], fields: tuple[str, ...] = ()
    ) -> list[Collection]:
        """Give a collection of core's that no entry describes; none where the index lacks it."""
        assumed = core_collection(kind, names, fields)
        if not self._routes:
            return [assumed]
        if assumed.route not in self._routes:
            self.notes.append(f"the index lists no {assumed.route}: not harvested")
            return []
        able = self._able(kind, assumed.route, fields)
        return [replace(assumed, capabilities=able, learnt="index")]

    def _read(
        self, kind: CollectionKind, entry: Entry, fields: tuple[str, ...]
    ) -> Collection | None:
        if entry.route is None:
            self.notes.append(f"{entry.problem}: not harvested")
            return None
        namespace, base = self._split(entry.route)
        able = self._able(kind, entry.route, fields)
        return Collection(
            namespace, base, entry.route, kind, entry.name, able, fields, entry.learnt
        )

    def _able(self, kind: CollectionKind, route: str, fields: tuple[str, ...]) -> Capabilities:
        able = self._routes.get(route)
        if able is None and self._routes:
            self.notes.append(f"the index does not say what {route} takes: core's assumed")
        return able or core_capabilities(kind, fields)

    def _split(self, route: str) -> tuple[str, str]:
        """Split a route into namespace and rest_base."""
        for namespace in sorted(self._namespaces, key=len, reverse=True):
            if namespace and route.startswith(f"/{namespace}/"):
                return namespace, route[len(namespace) + 2 :]
        namespace, _, base = route[1:].rpartition("/")
        return namespace, base

    def once(self, found: Iterable[Collection]) -> tuple[Collection, ...]:
        """Keep the first of the collections that share a route."""
        by_route: dict[str, Collection] = {}
        for each in found:
            first = by_route.setdefault(each.route, each)
            if first is not each:
                self.notes.append(f"{each.type!r} has the route of {first.type!r}: taken once")
        return tuple(by_route.values())

    def unasked(self, entries: Iterable[Entry]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Name what needs a login, and what is machinery, of all that the site shows."""
        listed = [route.split("/")[3] for route in self._routes if route.startswith("/wp/v2/")]
        own = [entry.base for entry in entries if entry.is_machinery]
        login_only = tuple(name for name in LOGIN_ONLY if name in {*listed, *own})
        return login_only, tuple(dict.fromkeys(base for base in own if base not in LOGIN_ONLY))

    def name_strangers(self, known: set[str]) -> None:
        """Note the routes that look like collections, but which nothing explained."""
        strangers = [
            route
            for route, able in self._routes.items()
            if able is not None
            and "per_page" in able.params
            and not able.params.isdisjoint({"status", "hide_empty"})
            and route not in known
            and route.rpartition("/")[2] not in (*LOGIN_ONLY, *MACHINERY)
        ]
        if strangers:
            more = f" and {len(strangers) - MAX_NAMED} more" if len(strangers) > MAX_NAMED else ""
            names = ", ".join(strangers[:MAX_NAMED])
            self.notes.append(f"not harvested, as no type or taxonomy names them: {names}{more}")
