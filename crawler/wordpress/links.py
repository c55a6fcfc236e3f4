"""_links of a record: which resources it names, and on which routes they live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from crawler.wordpress.entries import MAX_ROUTE_CHARS
from crawler.wordpress.page import MAX_ID, Record
from crawler.wordpress.query import ApiRoot, route_of

CORE_CURIE = ("wp", "https://api.w.org/{rel}")
"""The curie of WordPress's own rels, which old sites write out."""

EDITORS_ONLY = frozenset({"version-history", "predecessor-version", "wp:meta"})
"""Rels that every visitor is shown and only editors may read: 401 rest_cannot_read."""

ITSELF = frozenset({"self", "collection", "about", "curies", "help"})
"""Rels that lead to the record again, or to no content."""

MAX_RELS = 100  # of one record: a site invents them
MAX_LINKS = 100  # of one rel
MAX_HREF_CHARS = 2000
MAX_REL_CHARS = 200

_ACTION = "wp:action-"  # what an editor may do
_FILTERS = ("post", "parent", "include")


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of ``_links``.

    ``rel`` is short where a curie shortens it (wp:term), ``name`` as it stands
    in the record (https://api.w.org/term, say). ``route`` is that of
    the collection, without the id, None where ``href`` names none: the API
    root, say, where an image was deleted. ``ids`` are the resource's own, or,
    where ``filter`` is set, the values of that parameter: ``?post=7``.
    """

    rel: str
    href: str
    route: str | None
    ids: tuple[int, ...] = ()
    filter: str | None = None
    embeddable: bool = False
    taxonomy: str | None = None
    templated: bool = False
    name: str = ""


def read_links(links: object, root: ApiRoot) -> list[Link]:
    """Read ``_links`` in whatever shape a site sends it; what is none is left out.

    >>> from crawler.wordpress.query import read_root
    >>> root = read_root("https://example.org/wp-json/")
    >>> href = "https://example.org/wp-json/wp/v2/users/3"
    >>> [link] = read_links({"author": [{"embeddable": True, "href": href}]}, root)
    >>> link.rel, link.route, link.ids
    ('author', '/wp/v2/users', (3,))
    >>> of_old = {"https://api.w.org/attachment": "/wp-json/wp/v2/media?parent=7"}
    >>> [link] = read_links(of_old, root)
    >>> link.rel, link.route, link.ids, link.filter
    ('wp:attachment', '/wp/v2/media', (7,), 'parent')
    """
    if not isinstance(links, dict):
        return []
    curies = [CORE_CURIE, *_read_curies(links.get("curies"))]
    return [
        _read_link(name, short_rel(name, curies), entry, root)
        for name, value in list(links.items())[:MAX_RELS]
        if 0 < len(name) <= MAX_REL_CHARS
        for entry in _entries(value)
    ]


def short_rel(rel: str, curies: Iterable[tuple[str, str]] = (CORE_CURIE,)) -> str:
    """Shorten a rel by the curies that are known: (name, template) each.

    >>> short_rel("https://api.w.org/term"), short_rel("https://example.org/term")
    ('wp:term', 'https://example.org/term')
    """
    for name, template in curies:
        begin, _, end = template.partition("{rel}")
        inner = rel.removeprefix(begin).removesuffix(end)
        if len(begin) > 8 and inner and rel == f"{begin}{inner}{end}":
            return f"{name}:{inner}"
    return rel


def only_editors_read(rel: str) -> bool:
    """Tell whether visitors are refused what *rel* leads to."""
    return rel in EDITORS_ONLY or rel.startswith(_ACTION)


def _entries(value: object) -> Iterator[Mapping[str, Any]]:
    """Give the links of one rel: a list of objects, one object, or a bare address."""
    if isinstance(value, dict) and "href" not in value:
        value = list(value.values())  # a list from which PHP code took an entry
    for entry in (value if isinstance(value, list) else [value])[:MAX_LINKS]:
        if isinstance(entry, str):
            yield {"href": entry}
        elif isinstance(entry, dict) and isinstance(entry.get("href"), str):
            yield entry


def _read_curies(value: object) -> Iterator[tuple[str, str]]:
    for entry in _entries(value):
        name, template = entry.get("name"), entry["href"]
        if isinstance(name, str) and name and "{rel}" in template:
            yield name[:MAX_REL_CHARS], template[:MAX_HREF_CHARS]


def _read_link(name: str, rel: str, entry: Mapping[str, Any], root: ApiRoot) -> Link:
    href = entry["href"]
    route, ids, by = _read_href(href, root)
    taxonomy = entry.get("taxonomy")
    return Link(
        rel,
        href[:MAX_HREF_CHARS],
        route,
        ids,
        by,
        embeddable=entry.get("embeddable") is True,
        taxonomy=taxonomy if isinstance(taxonomy, str) else None,
        templated=bool(entry.get("templated")) or "{" in href[:MAX_HREF_CHARS],
        name=name,
    )


def _read_href(href: str, root: ApiRoot) -> tuple[str | None, tuple[int, ...], str | None]:
    """Read the route of a collection, ids, and the parameter that holds them."""
    route = route_of(root, href) if len(href) <= MAX_HREF_CHARS else None
    if route is None:
        return None, (), None
    collection, _, last = route.rpartition("/")
    if collection and (number := _id(last)) is not None:
        return collection, (number,), None
    query = dict(parse_qsl(urlsplit(href).query))
    for name in _FILTERS:
        values = query.get(name, query.get(f"{name}[]", ""))
        ids = tuple(number for text in values.split(",") if (number := _id(text)) is not None)
        if ids:
            return route, ids, name
    return route, (), None


def _id(text: str) -> int | None:
    usable = text.isascii() and text.isdecimal() and len(text) < 20
    return int(text) if usable and 0 < int(text) <= MAX_ID else None


def learn_routes(records: Iterable[Record], root: ApiRoot) -> dict[tuple[str, str | None], str]:
    """Learn on which route each rel lives, by (rel, taxonomy): the one named most often.

    A single record may be odd (a deleted image has the API root for an
    address), a page of them rarely is.
    """
    counts: dict[tuple[str, str | None], Counter[str]] = {}
    for record in records:
        for link in read_links(record.get("_links"), root):
            if link.route is not None and len(link.route) <= MAX_ROUTE_CHARS:
                counts.setdefault((link.rel, link.taxonomy), Counter())[link.route] += 1
    return {key: routes.most_common(1)[0][0] for key, routes in counts.items()}
