"""/wp/v2/types and /wp/v2/taxonomies: objects keyed by name -> entries, each with its route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from crawler.wordpress.index import strings
from crawler.wordpress.query import ApiRoot, clean_route, route_of

MAX_ENTRIES = 500  # of one document that are read
MAX_NAME_CHARS = 100
MAX_ROUTE_CHARS = 200

ITEMS_RELS = ("wp:items", "https://api.w.org/items")


@dataclass(frozen=True, slots=True)
class Entry:
    """A post type or a taxonomy.

    ``route`` is None where it cannot be asked for, and ``problem`` says why;
    ``base`` is the last word of its rest_base.
    """

    name: str
    base: str
    route: str | None
    learnt: Literal["wp:items", "rest_base"]
    taxonomies: tuple[str, ...] = ()  # names, of a post type
    problem: str | None = None

    @property
    def is_machinery(self) -> bool:
        """Whether it is WordPress's own, and no content."""
        return self.name.startswith(("wp_", "nav_menu"))


def read_entries(document: object, root: ApiRoot) -> tuple[Entry, ...] | str:
    """Read the document as a site sends it; or say in a word why it has nothing.

    >>> from crawler.wordpress.query import read_root
    >>> root = read_root("https://example.org/wp-json/")
    >>> read_entries({"code": "rest_forbidden", "message": "No."}, root)
    'closed (rest_forbidden)'
    >>> [entry.route for entry in read_entries({"book": {"rest_base": "library"}}, root)]
    ['/wp/v2/library']
    """
    if document is None:
        return "unreadable"
    code = document.get("code") if isinstance(document, dict) else None
    if isinstance(code, str | int):
        word = str(code)[:60]
        return f"closed ({word})" if word.isprintable() else "closed"
    entries = islice(_by_name(document).items(), MAX_ENTRIES)
    return tuple(_read(name, entry, root) for name, entry in entries) or "empty"


def _by_name(document: object) -> dict[str, Mapping[str, Any]]:
    if isinstance(document, list):  # PHP sends an array so when its keys are 0, 1, 2 ...
        maps = [entry for entry in document if isinstance(entry, dict)]
        document = {_word(entry.get("slug")): entry for entry in maps}
    pairs = document.items() if isinstance(document, dict) else ()
    return {name: entry for name, entry in pairs if name and isinstance(entry, dict)}


def _read(name: str, entry: Mapping[str, Any], root: ApiRoot) -> Entry:
    base = _word(entry.get("rest_base")) or _word(name)
    namespace = _word(entry.get("rest_namespace")) or "wp/v2"
    linked = _linked(entry, root)
    route = linked or f"/{namespace}/{base}"
    problem = _problem(name, route)
    return Entry(
        name,
        base.rpartition("/")[2],
        None if problem else route,
        "wp:items" if linked else "rest_base",
        tuple(strings(entry.get("taxonomies"))),
        problem,
    )


def _linked(entry: Mapping[str, Any], root: ApiRoot) -> str | None:
    """Read the route that the link to the items names; whose host it claims does not matter."""
    links = entry.get("_links")
    by_rel: dict[str, Any] = links if isinstance(links, dict) else {}
    for value in map(by_rel.get, ITEMS_RELS):
        for link in value if isinstance(value, list) else [value]:
            href = link.get("href") if isinstance(link, dict) else link
            route = route_of(root, href) if isinstance(href, str) else None
            if route is not None:
                return route
    return None


def _problem(name: str, route: str) -> str | None:
    if len(name) > MAX_NAME_CHARS or not name.isprintable():
        return f"{name[:60]!r} is no name of a type"
    if "(" in route or "{" in route:
        return f"the route of {name!r} is a pattern"
    if len(route) > MAX_ROUTE_CHARS or not route.isprintable() or clean_route(route) != route:
        return f"the route of {name!r} cannot be asked for: {route[:60]!r}"
    return None


def _word(value: object) -> str:
    return value.strip("/") if isinstance(value, str) else ""
