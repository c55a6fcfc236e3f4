"""The index of an API: which collections there are, and what each can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CollectionKind = Literal["document", "media", "comment", "term", "user"]


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
    """A list of records under one route, such as /wp/v2/posts."""

    namespace: str  # wp/v2
    rest_base: str  # posts
    route: str  # /wp/v2/posts
    kind: CollectionKind
    type: str  # post; for terms the taxonomy; "comment"; "user"
    capabilities: Capabilities
    taxonomies: tuple[str, ...] = ()  # rest_bases of the type's taxonomies: categories, tags
