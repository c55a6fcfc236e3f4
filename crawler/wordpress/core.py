"""What core itself has: for sites that do not say."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.wordpress.index import MAX_PER_PAGE, Capabilities, Collection, CollectionKind

CORE_NAMESPACE = "wp/v2"

TAXONOMIES = {"category": "categories", "post_tag": "tags"}
"""Core's taxonomies that visitors may read, with their rest_base."""

TYPES = (("post", "posts"), ("page", "pages"))
"""Core's post types with content, with their rest_base."""

MACHINERY = ("blocks", "navigation", "wp_pattern_category")
"""rest_bases in wp/v2 that visitors may read, and that hold no content."""

MEDIA = ("attachment", "media")
USERS = ("user", "users")
COMMENTS = ("comment", "comments")

LOGIN_ONLY = (
    "menus", "menu-items", "menu-locations", "templates", "template-parts", "global-styles",
    "themes", "plugins", "settings", "sidebars", "widgets", "widget-types", "block-types",
    "block-patterns", "font-families", "font-faces", "font-collections", "icons",
    "icon-collections", "view-config",
)  # fmt: skip
"""rest_bases in wp/v2 that answer 401 to a visitor, on a site that has not opened them."""

_LIST = ("context", "page", "per_page", "search", "exclude", "include", "order", "orderby", "slug")
_DATED = (*_LIST, "after", "before", "offset", "author", "author_exclude", "status")

# WordPress 4.7, the first with these routes: what it can do, all can.
_PARAMS: dict[CollectionKind, tuple[str, ...]] = {
    "document": _DATED,
    "media": (*_DATED, "parent", "parent_exclude", "media_type", "mime_type"),
    "comment": (
        *(param for param in _DATED if param != "slug"),
        "parent", "parent_exclude", "post", "type",
    ),
    "term": (*_LIST, "hide_empty", "post"),
    "user": (*_LIST, "offset", "roles"),
}  # fmt: skip
_ORDERS: dict[CollectionKind, tuple[str, ...]] = {
    "document": ("date", "id", "include", "relevance", "slug", "title"),
    "media": ("date", "id", "include", "relevance", "slug", "title"),
    "comment": ("date", "date_gmt", "id", "include", "parent", "post", "type"),
    "term": ("count", "description", "id", "include", "name", "slug", "term_group"),
    "user": ("id", "include", "name", "slug"),
}


def core_capabilities(kind: CollectionKind, taxonomies: Iterable[str] = ()) -> Capabilities:
    """Give what a collection can do on every WordPress that has it.

    *taxonomies* are the rest_bases by which a post type's records are filtered.
    """
    params = frozenset((*_PARAMS[kind], *taxonomies))
    return Capabilities(params, frozenset(_ORDERS[kind]), MAX_PER_PAGE, "core")


def core_collection(
    kind: CollectionKind, names: tuple[str, str], taxonomies: tuple[str, ...] = ()
) -> Collection:
    """Give a collection of core by its (type, rest_base).

    >>> core_collection("user", USERS).route
    '/wp/v2/users'
    """
    name, base = names
    able = core_capabilities(kind, taxonomies)
    route = f"/{CORE_NAMESPACE}/{base}"
    return Collection(CORE_NAMESPACE, base, route, kind, name, able, taxonomies, "core")
