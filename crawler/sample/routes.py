"""The routes of the sample site: what the index says of them, and which need a login."""

from __future__ import annotations

from typing import Any

from crawler.sample.arguments import (
    CONTEXT,
    Args,
    arg,
    of_comments,
    of_item,
    of_post_type,
    of_search,
    of_terms,
    of_users,
)
from crawler.sample.registry import LISTED, TERMS
from crawler.sample.store import Store
from crawler.sample.zone import GMT_OFFSET, TIMEZONE

NAME = "The Mending Museum"
DESCRIPTION = "A small museum of things that were repaired"

NAMESPACES = ("oembed/1.0", "wp/v2", "wp-site-health/v1", "wp-block-editor/v1")

HELP = [{"href": "https://developer.wordpress.org/rest-api/"}]

NOT_HERE = "Sorry, you are not allowed to "

LOGIN_ONLY = {
    "/wp/v2/menu-items": ("rest_cannot_view", f"{NOT_HERE}view menu items."),
    "/wp/v2/menus": ("rest_cannot_view", f"{NOT_HERE}view menus."),
    "/wp/v2/menu-locations": ("rest_cannot_view", f"{NOT_HERE}view menu locations."),
    "/wp/v2/templates": (
        "rest_cannot_manage_templates",
        f"{NOT_HERE}access the templates on this site.",
    ),
    "/wp/v2/template-parts": (
        "rest_cannot_manage_templates",
        f"{NOT_HERE}access the templates on this site.",
    ),
    "/wp/v2/font-families": ("rest_cannot_read", f"{NOT_HERE}access font families."),
    "/wp/v2/font-collections": ("rest_cannot_read", f"{NOT_HERE}access font collections."),
    "/wp/v2/users/me": ("rest_not_logged_in", "You are not currently logged in."),
    "/wp/v2/settings": ("rest_forbidden", f"{NOT_HERE}do that."),
    "/wp/v2/themes": ("rest_cannot_view_themes", f"{NOT_HERE}view themes."),
    "/wp/v2/plugins": ("rest_cannot_view_plugins", f"{NOT_HERE}manage plugins for this site."),
    "/wp/v2/sidebars": (
        "rest_cannot_manage_widgets",
        f"{NOT_HERE}manage widgets on this site.",
    ),
    "/wp/v2/widgets": (
        "rest_cannot_manage_widgets",
        f"{NOT_HERE}manage widgets on this site.",
    ),
    "/wp/v2/widget-types": (
        "rest_cannot_manage_widgets",
        f"{NOT_HERE}manage widgets on this site.",
    ),
    "/wp/v2/block-types": ("rest_block_type_cannot_view", f"{NOT_HERE}manage block types."),
    "/wp/v2/block-patterns/patterns": (
        "rest_cannot_view",
        f"{NOT_HERE}view the registered block patterns.",
    ),
    "/wp/v2/block-patterns/categories": (
        "rest_cannot_view",
        f"{NOT_HERE}view the registered block pattern categories.",
    ),
    "/wp-site-health/v1/directory-sizes": ("rest_forbidden", f"{NOT_HERE}do that."),
    "/wp-block-editor/v1/export": (
        "rest_cannot_export_templates",
        f"{NOT_HERE}export templates and template parts.",
    ),
}
"""Routes that answer 401 to visitors, with the code and the message."""

EMPTY = ("/wp/v2/blocks", "/wp/v2/navigation", "/wp/v2/wp_pattern_category")
"""Collections of machinery that visitors may list, and find nothing in."""

SUBJECTS = {"comments": "comment", "users": "user"}


def collection_args(base: str, maximum: int) -> Args:
    """Return the query parameters of a collection by its rest_base."""
    if base in LISTED:
        return of_post_type(LISTED[base], maximum)
    if base in TERMS:
        return of_terms(TERMS[base], maximum)
    return of_comments(maximum) if base == "comments" else of_users(maximum)


def item_args(base: str) -> Args:
    """Return the query parameters of one record of a collection."""
    if base in LISTED:
        password = arg("The password for the post if it is password protected.", type="string")
        return of_item("post", **({} if base == "media" else {"password": password}))
    return of_item(SUBJECTS.get(base, "term"))


def route_table(maximum: int) -> dict[str, dict[str, Any]]:
    """Return what the index says of each route, but for its link."""
    table = {"/": _route("", args={"context": {"default": "view", "required": False}})}
    table["/batch/v1"] = _route("", ("POST",))
    for namespace in NAMESPACES:
        table[f"/{namespace}"] = _route(namespace, args=_namespace_args(namespace))
        if namespace == "wp/v2":
            table |= _core_routes(maximum)
        for route in LOGIN_ONLY:
            if route.startswith(f"/{namespace}/"):
                table[route] = _route(namespace, args={"context": CONTEXT})
    url = arg("The URL of the resource for which to fetch oEmbed data.", type="string")
    table["/oembed/1.0/embed"] = _route(
        "oembed/1.0", args={"url": {**url, "format": "uri", "required": True}}
    )
    return table


def _core_routes(maximum: int) -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = {}
    for base in (*LISTED, *TERMS, "users", "comments"):
        batch = base not in ("media", "users", "comments")
        args = collection_args(base, maximum)
        table[f"/wp/v2/{base}"] = _route("wp/v2", ("GET", "POST"), args, batch=batch)
        table[rf"/wp/v2/{base}/(?P<id>[\d]+)"] = _route(
            "wp/v2", ("GET", "POST", "PUT", "PATCH", "DELETE"), item_args(base), batch=batch
        )
        if base in LISTED and base != "media":
            for kind, name in (("parent", "revisions"), ("id", "autosaves")):
                table[rf"/wp/v2/{base}/(?P<{kind}>[\d]+)/{name}"] = _route(
                    "wp/v2", args={"context": CONTEXT}
                )
    for name, key in (("types", "type"), ("taxonomies", "taxonomy"), ("statuses", "status")):
        table[f"/wp/v2/{name}"] = _route("wp/v2", args={"context": CONTEXT})
        table[rf"/wp/v2/{name}/(?P<{key}>[\w-]+)"] = _route("wp/v2", args={"context": CONTEXT})
    table["/wp/v2/search"] = _route("wp/v2", args=of_search(maximum))
    for route in EMPTY:
        table[route] = _route("wp/v2", args={"context": CONTEXT})
    return table


def _namespace_args(namespace: str) -> Args:
    defaults = {"namespace": namespace, "context": "view"}
    return {name: {"default": each, "required": False} for name, each in defaults.items()}


def _route(
    namespace: str,
    methods: tuple[str, ...] = ("GET",),
    args: Args | None = None,
    *,
    batch: bool = False,
) -> dict[str, Any]:
    allow = {"allow_batch": {"v1": True}} if batch else {}
    endpoints = []
    for group in (("GET",), ("POST", "PUT", "PATCH"), ("DELETE",)):
        if served := [method for method in group if method in methods]:
            declared = (args or {}) if served == ["GET"] else {}
            endpoints.append({"methods": served, **allow, "args": declared})
    return {"namespace": namespace, "methods": list(methods), "endpoints": endpoints}


def routes_of(store: Store, maximum: int, namespace: str | None = None) -> dict[str, Any]:
    """Return the routes of the index, or of one namespace; those without a pattern link."""
    return {
        route: {**entry, **_link(store, route)}
        for route, entry in route_table(maximum).items()
        if namespace in (None, entry["namespace"])
    }


def _link(store: Store, route: str) -> dict[str, Any]:
    if "(?P<" in route:
        return {}
    return {"_links": {"self": [{"href": store.route(route)}]}}


def index(store: Store, maximum: int) -> dict[str, Any]:
    """Return the index of the API, but for its links."""
    return {
        "name": NAME,
        "description": DESCRIPTION,
        "url": store.home,
        "home": store.home,
        "gmt_offset": GMT_OFFSET,
        "timezone_string": TIMEZONE,
        "namespaces": list(NAMESPACES),
        "authentication": {},
        "routes": routes_of(store, maximum),
        "site_logo": 0,
        "site_icon": 0,
        "site_icon_url": "",
    }
