"""Who wrote a document: its user, and whom the record itself names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from crawler.wordpress.linked import Linked, is_resolved, read_ids

PLUGINS = ("authors", "coauthors")
"""Fields of plugins for several authors: PublishPress Authors, Co-Authors Plus."""

AUTHOR_TAXONOMY = "author"
"""Where Co-Authors Plus keeps authors as terms, each with a slug that begins so:"""
_COAUTHOR_SLUG = "cap-"

MAX_AUTHORS = 100

_Find = Callable[[Mapping[str, Any], int | None], Iterator[Linked]]


def authors_of(
    user: Linked | None, extra: Mapping[str, Any], terms: Sequence[Linked] = ()
) -> list[Linked]:
    """List the authors of a document, each with its ``basis``.

    *user* is what its author's id led to, None where it names none. Further
    authors that a plugin put on the record come after; where the user could
    not be had, the record itself has to do, and then its *terms*.

    >>> authors_of({"id": 3, "name": "Mary", "slug": "mary", "link": None}, {})
    [{'id': 3, 'name': 'Mary', 'slug': 'mary', 'link': None, 'basis': 'user'}]
    >>> authors_of({"id": 9, "resolved": False, "reason": "dangling"}, {})
    [{'id': 9, 'resolved': False, 'reason': 'dangling'}]
    """
    if user is not None and is_resolved(user):
        known = {user["id"], user["name"]}
        others = [each for each in _by_plugins(extra) if known.isdisjoint(_keys(each))]
        return [{**user, "basis": "user"}, *others]
    number = user["id"] if user is not None else None
    found = on_record(extra, number) or _by_terms(terms)
    return found or ([user] if user is not None else [])


def _keys(author: Linked) -> set[Any]:
    return {author["id"], author["name"]} - {None}


def _by_plugins(extra: Mapping[str, Any]) -> list[Linked]:
    return next((found for name in PLUGINS if (found := list(_by_plugin(name)(extra, None)))), [])


def _by_terms(terms: Sequence[Linked]) -> list[Linked]:
    return [
        {
            "id": None,
            "name": term["name"],
            "slug": (term["slug"] or "").removeprefix(_COAUTHOR_SLUG) or None,
            "link": None,
            "basis": "coauthors",
        }
        for term in terms
        if term.get("taxonomy") == AUTHOR_TAXONOMY and is_resolved(term) and term["name"]
    ]


def on_record(extra: Mapping[str, Any], number: int | None) -> list[Linked]:
    """List whom the record itself names as its authors; ``basis`` says where.

    Plugins for several authors come first (``authors`` of PublishPress,
    ``coauthors`` of Co-Authors Plus), then what SEO plugins write for search
    engines. *number* is the id that the record names.

    >>> on_record({"yoast_head_json": {"author": "M. Okafor"}}, 3)
    [{'id': 3, 'name': 'M. Okafor', 'slug': None, 'link': None, 'basis': 'yoast_head_json'}]
    """
    for find in _BYLINES:
        if found := list(find(extra, number)):
            return found
    return []


def _by_plugin(name: str) -> _Find:
    def find(extra: Mapping[str, Any], number: int | None) -> Iterator[Linked]:
        entries = extra.get(name)
        for entry in entries[:MAX_AUTHORS] if isinstance(entries, list) else ():
            if not isinstance(entry, dict):
                continue
            shown = _text(entry, "display_name", "name", "nickname")
            if shown is not None:
                ids = read_ids(entry.get("user_id"))  # not "id", which is the plugin's own
                slug, link = _text(entry, "slug", "user_nicename"), _text(entry, "link", "url")
                yield {
                    "id": ids[0] if ids else None,
                    "name": shown,
                    "slug": slug,
                    "link": link,
                    "basis": name,
                }

    return find


def _by_seo(name: str) -> _Find:
    def find(extra: Mapping[str, Any], number: int | None) -> Iterator[Linked]:
        entry = extra.get(name)
        shown = _text(entry, "author") if isinstance(entry, dict) else None
        if shown is not None:
            yield {"id": number, "name": shown, "slug": None, "link": None, "basis": name}

    return find


def _by_name(extra: Mapping[str, Any], number: int | None) -> Iterator[Linked]:
    for name in ("author_name", "author_info"):
        value = extra.get(name)
        entry = value if isinstance(value, dict) else {"name": value}
        shown = _text(entry, "display_name", "name")
        if shown is not None:
            yield {"id": number, "name": shown, "slug": None, "link": None, "basis": name}
            return


_BYLINES = (_by_plugin("authors"), _by_plugin("coauthors"), _by_seo("yoast_head_json"), _by_name)


def _text(entry: Mapping[str, Any], *names: str) -> str | None:
    for name in names:
        value = entry.get(name)
        if isinstance(value, str) and value.strip():
            return value[:1000]
    return None
