"""What the user asks for: which collections, with which filters."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence

from crawler.errors import ArgumentError
from crawler.wordpress.index import Collection, CollectionKind

GROUPS: dict[str, frozenset[CollectionKind]] = {
    "all": frozenset({"document", "media", "comment", "term", "user"}),
    "documents": frozenset({"document"}),
    "media": frozenset({"media"}),
    "comments": frozenset({"comment"}),
    "terms": frozenset({"term"}),
    "users": frozenset({"user"}),
}
"""Words that stand for all collections of a kind."""

MAX_LISTED = 40  # names that one message lists

_OWNED = "is set by the crawler"
OWNED = {
    "page": _OWNED, "per_page": _OWNED, "offset": _OWNED, "order": _OWNED, "orderby": _OWNED,
    "include": _OWNED, "exclude": _OWNED, "context": _OWNED, "rest_route": _OWNED,
    "_fields": _OWNED, "_embed": _OWNED, "_envelope": _OWNED, "_jsonp": _OWNED, "_method": _OWNED,
    "after": "has an argument of its own: use -a after=",
    "before": "has an argument of its own: use -a before=",
}  # fmt: skip
"""Parameters that no filter may hold, each with the reason."""


def select(
    collections: Sequence[Collection], names: Iterable[str], *, closed: Iterable[str] = ()
) -> list[Collection]:
    """Choose collections by rest_base, namespace/rest_base, type or a word for many.

    The order stays that of *collections*. *closed* are names that are known but
    not asked for, so that the message can say so.

    Raises ArgumentError for a name that chooses nothing.
    """
    chosen: set[str] = set()
    wanted = [name.strip() for name in names if name.strip()]
    if not wanted:
        raise ArgumentError(f"collections names nothing; {_offer(collections)}")
    for name in wanted:
        found = _named(collections, name)
        if not found:
            raise ArgumentError(_unknown(collections, name, set(closed)))
        chosen.update(each.route for each in found)
    return [each for each in collections if each.route in chosen]


def _named(collections: Sequence[Collection], name: str) -> list[Collection]:
    if name in GROUPS:
        return [each for each in collections if each.kind in GROUPS[name]]
    full = [each for each in collections if each.route == f"/{name.strip('/')}"]
    by_base = full or [each for each in collections if each.rest_base == name]
    return by_base or [each for each in collections if each.type == name]


def _unknown(collections: Sequence[Collection], name: str, closed: set[str]) -> str:
    if name in closed:
        return f"{name!r} is not harvested: it needs a login, or is no content"
    if name in GROUPS:
        return f"the site has no {name}; {_offer(collections)}"
    known = [*GROUPS, *(each.rest_base for each in collections)]
    known += [each.type for each in collections]
    return f"the site has no collection {name[:100]!r}{_near(name, known)}; {_offer(collections)}"


def _offer(collections: Sequence[Collection]) -> str:
    names = list(dict.fromkeys(each.rest_base for each in collections))
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    words = ", ".join(word for word in GROUPS if word not in names)
    return f"it has {', '.join(names[:MAX_LISTED])}{more}, and the words {words} stand for many"


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name[:100], dict.fromkeys(known), n=2, cutoff=0.7)
    return f"; did you mean {' or '.join(map(repr, near))}?" if near else ""


def check_params(
    collection: Collection, params: Mapping[str, str], *, namespaces: Iterable[str] = ()
) -> None:
    """Refuse filters that a collection does not know, or that paging needs for itself.

    WordPress ignores what it does not know and answers with everything. Where
    the index did not tell what there is (basis "core"), all others may pass.
    *namespaces* are the index's: a plugin that reads a parameter without
    declaring it shows there (WPML: lang).

    Raises ArgumentError, which names the parameter.
    """
    able = collection.capabilities
    undeclared = {"lang"} if any(name.startswith("wpml/") for name in namespaces) else set()
    for name, value in params.items():
        plain = name.partition("[")[0]  # categories[]=5, categories[terms]=5
        reason = OWNED.get(plain)
        if reason is not None:
            raise ArgumentError(f"filter: {plain} {reason}")
        if not plain or not f"{name}{value}".isprintable():
            raise ArgumentError(f"filter: {name[:100]!r} holds characters that cannot be sent")
        if able.basis == "index" and plain not in able.params | undeclared:
            near = _near(plain, sorted(able.params - OWNED.keys()))
            raise ArgumentError(
                f"filter: {collection.route} has no parameter {plain[:100]!r}{near}"
            )
