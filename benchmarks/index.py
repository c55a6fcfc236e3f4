"""What the server says about itself: index, types, taxonomies, front page, robots.txt."""

from __future__ import annotations

from typing import Any

from benchmarks.args import ARGS
from benchmarks.records import CURIES, Record

NAME = "Benchmark Herald"


def _endpoint(args: dict[str, Any], href: str | None) -> Record:
    route: Record = {
        "namespace": "wp/v2",
        "methods": ["GET"],
        "endpoints": [{"methods": ["GET"], "args": args}],
    }
    if href:
        route["_links"] = {"self": [{"href": href}]}
    return route


def routes(home: str) -> Record:
    """Return each route with what it takes, as the index lists them."""
    api = f"{home}/wp-json/wp/v2"
    one = {"context": ARGS["posts"]["context"]}
    listed: Record = {"/wp/v2": _endpoint({"namespace": {"default": "wp/v2"}}, api)}
    for rest_base, args in ARGS.items():
        listed[f"/wp/v2/{rest_base}"] = _endpoint(args, f"{api}/{rest_base}")
        listed[rf"/wp/v2/{rest_base}/(?P<id>[\d]+)"] = _endpoint(
            {"id": {"type": "integer", "required": False}, **one}, None
        )
    for name in ("types", "taxonomies"):
        listed[f"/wp/v2/{name}"] = _endpoint(one, f"{api}/{name}")
    return listed


def index_document(home: str) -> Record:
    """Return what ``/wp-json/`` answers."""
    return {
        "name": NAME,
        "description": "Generated posts",
        "url": home,
        "home": home,
        "gmt_offset": 0,
        "timezone_string": "UTC",
        "page_for_posts": 0,
        "page_on_front": 0,
        "show_on_front": "posts",
        "namespaces": ["wp/v2"],
        "authentication": [],
        "routes": routes(home),
        "site_logo": 0,
        "site_icon": 0,
        "site_icon_url": "",
        "_links": {"help": [{"href": "https://developer.wordpress.org/rest-api/"}]},
    }


def namespace_document(home: str) -> Record:
    """Return what ``/wp-json/wp/v2`` answers."""
    return {
        "namespace": "wp/v2",
        "routes": routes(home),
        "_links": {"up": [{"href": f"{home}/wp-json/"}]},
    }


def types_document(home: str) -> Record:
    """Return what ``/wp/v2/types`` answers: post and attachment, by name."""
    api = f"{home}/wp-json/wp/v2"
    return {
        name: {
            "description": "",
            "hierarchical": False,
            "has_archive": False,
            "name": title,
            "slug": name,
            "icon": f"dashicons-admin-{name}",
            "taxonomies": taxonomies,
            "rest_base": rest_base,
            "rest_namespace": "wp/v2",
            "_links": _items(f"{api}/types", f"{api}/{rest_base}"),
        }
        for name, title, rest_base, taxonomies in (
            ("post", "Posts", "posts", ["category", "post_tag"]),
            ("attachment", "Media", "media", []),
        )
    }


def taxonomies_document(home: str) -> Record:
    """Return what ``/wp/v2/taxonomies`` answers: category and post_tag, by name."""
    api = f"{home}/wp-json/wp/v2"
    return {
        name: {
            "name": title,
            "slug": name,
            "description": "",
            "types": ["post"],
            "hierarchical": name == "category",
            "rest_base": rest_base,
            "rest_namespace": "wp/v2",
            "_links": _items(f"{api}/taxonomies", f"{api}/{rest_base}"),
        }
        for name, title, rest_base in (
            ("category", "Categories", "categories"),
            ("post_tag", "Tags", "tags"),
        )
    }


def _items(collection: str, items: str) -> Record:
    return {
        "collection": [{"href": collection}],
        "wp:items": [{"href": items}],
        "curies": CURIES,
    }


def front_page(home: str) -> str:
    """Return the page that visitors see first, with the link to the API in its head."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="UTF-8" /><title>{NAME}</title>\n'
        f'<link rel="https://api.w.org/" href="{home}/wp-json/" />\n</head>\n'
        f"<body><h1>{NAME}</h1></body></html>\n"
    )


def robots_txt(home: str) -> str:
    """Return WordPress's own robots.txt."""
    return (
        "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n\n"
        f"Sitemap: {home}/wp-sitemap.xml\n"
    )
