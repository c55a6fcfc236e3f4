"""The index of an API: which collections there are, and what each can do."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from crawler.errors import ProtocolError
from crawler.wordpress.query import clean_route

CollectionKind = Literal["document", "media", "comment", "term", "user"]

MAX_PER_PAGE = 100  # core's maximum; a site that allows more is asked for no more
MAX_TEXT_CHARS = 1000  # of a name or an address in the index


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one collection can do.

    ``params`` are the query parameters that the index lists, ``orderby`` the
    values of that parameter, ``per_page`` its maximum; ``basis`` says whether
    the index told ("index") or core's defaults are assumed ("core").
    """

    params: frozenset[str]
    orderby: frozenset[str]
    per_page: int
    basis: Literal["index", "core"]


@dataclass(frozen=True, slots=True)
class Collection:
    """A list of records under one route, such as /wp/v2/posts.

    ``learnt`` says how its route became known: by the link of its type or
    taxonomy, by that one's rest_base, from the index's routes, or not at all:
    core has it, so it is assumed.
    """

    namespace: str  # wp/v2
    rest_base: str  # posts
    route: str  # /wp/v2/posts
    kind: CollectionKind
    type: str  # post; for terms the taxonomy; "comment"; "user"
    capabilities: Capabilities
    taxonomies: tuple[str, ...] = ()  # rest_bases of the type's taxonomies: categories, tags
    learnt: Literal["wp:items", "rest_base", "index", "core"] = "index"


@dataclass(frozen=True, slots=True)
class Index:
    """What the root of an API says of its site; None is what it does not say.

    ``routes`` has every plain route that can be read (none with a regular
    expression), each with what it can do; None where its entry is unreadable.
    """

    name: str | None
    home: str | None
    url: str | None
    gmt_offset: float | None
    timezone_string: str | None
    namespaces: tuple[str, ...]
    routes: Mapping[str, Capabilities | None]


def read_index(document: object) -> Index:
    """Read the index as a site sends it; a value of a wrong type counts as absent.

    Raises ProtocolError where the document is no object.
    """
    if not isinstance(document, dict):
        raise ProtocolError(f"the index must be an object, got {type(document).__name__}")
    return Index(
        name=_text(document.get("name")),
        home=_text(document.get("home")),
        url=_text(document.get("url")),
        gmt_offset=_number(document.get("gmt_offset")),
        timezone_string=_text(document.get("timezone_string")),
        namespaces=tuple(name.strip("/") for name in strings(document.get("namespaces"))),
        routes=dict(_read_routes(document.get("routes"))),
    )


def _read_routes(routes: object) -> Iterable[tuple[str, Capabilities | None]]:
    for name, entry in routes.items() if isinstance(routes, dict) else ():
        route = clean_route(name) if "(" not in name else None
        endpoints = list(_values(_member(entry, "endpoints")))
        readers = [endpoint for endpoint in endpoints if _reads(endpoint)]
        if route is None or (endpoints and not readers) or not _reads(entry):
            continue
        yield route, read_capabilities(_member(readers[0], "args")) if readers else None


def read_capabilities(args: object) -> Capabilities | None:
    """Read what an endpoint takes; None where its args are unreadable.

    >>> able = read_capabilities({"per_page": {"maximum": "50"}, "orderby": {"enum": ["id"]}})
    >>> sorted(able.params), able.orderby, able.per_page
    (['orderby', 'per_page'], frozenset({'id'}), 50)
    """
    if args == []:  # PHP's empty array: no parameters at all
        args = {}
    if not isinstance(args, dict):
        return None
    orderby = _member(args, "orderby")
    orders = _member(orderby, "enum") or _member(_member(orderby, "items"), "enum")
    return Capabilities(
        params=frozenset(args),
        orderby=frozenset(strings(orders)),
        per_page=_maximum(_member(_member(args, "per_page"), "maximum")),
        basis="index",
    )


def strings(value: object) -> list[str]:
    """List the strings in a list, in an object's values, or in a string alone.

    >>> strings({"0": "date", "2": "id"}), strings(["date", 7]), strings("date"), strings(None)
    (['date', 'id'], ['date'], ['date'], [])
    """
    values = [value] if isinstance(value, str) else _values(value)
    return [entry for entry in values if isinstance(entry, str)]


def _values(value: object) -> Iterable[Any]:
    """Give the entries of a PHP array, which is sent as a list or as an object."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _member(value: object, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _reads(endpoint: object) -> bool:
    """Tell whether GET is among the methods; where none are named, it is."""
    methods = _member(endpoint, "methods")
    if isinstance(methods, dict):
        methods = [name for name, on in methods.items() if on]
    words = " ".join(strings(methods)).replace(",", " ").replace("|", " ").upper().split()
    return "GET" in words or not words


def _maximum(value: object) -> int:
    number = _number(value)
    return int(min(number, MAX_PER_PAGE)) if number is not None and number >= 1 else MAX_PER_PAGE


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _text(value: object) -> str | None:
    return value[:MAX_TEXT_CHARS] if isinstance(value, str) else None
