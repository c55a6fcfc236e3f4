"""The rows of post types as records: posts, pages, guides and media."""

from __future__ import annotations

import html
import re
from typing import Any

from crawler.sample.registry import LISTED, TAXONOMIES, PostType
from crawler.sample.store import Row, Store
from crawler.sample.zone import ZERO, to_utc

Record = dict[str, Any]
"""A JSON object as WordPress sends it, without its links."""

Links = dict[str, list[dict[str, Any]]]

CURIES = [{"name": "wp", "href": "https://api.w.org/{rel}", "templated": True}]

# What PHP makes of a date that was never set: the year before year 1, and Amsterdam's clock
# of old, 17 minutes and a half ahead of UTC.
ZERO_DATE = "-0001-11-30T00:00:00"
ZERO_DATE_GMT = "-0001-11-29T23:42:30"

CROPS = (
    ("thumbnail", 150),
    ("medium", 300),
    ("medium_large", 768),
    ("large", 1024),
    ("1536x1536", 1536),
)
"""WordPress's image sizes and their widths; a thumbnail is a square."""


def self_link(href: str) -> list[dict[str, Any]]:
    """Write the link of a record to itself."""
    return [{"href": href, "targetHints": {"allow": ["GET"]}}]


def embeddable(href: str, **more: Any) -> dict[str, Any]:
    """Write a link that _embed would follow."""
    return {**more, "embeddable": True, "href": href}


def gmt(date: str) -> str:
    """Return site time as UTC, a zero date as PHP shows it."""
    return ZERO_DATE_GMT if date == ZERO else to_utc(date)


def _dates(store: Store, row: Row) -> Record:
    return {
        "id": row["id"],
        "date": ZERO_DATE if row["date"] == ZERO else row["date"],
        "date_gmt": gmt(row["date"]),
        "guid": {"rendered": _guid(store, row)},
        "modified": ZERO_DATE if row["modified"] == ZERO else row["modified"],
        "modified_gmt": gmt(row["modified"]),
        "slug": row["slug"],
        "status": row["status"],
        "type": row["type"],
        "link": store.permalink(row),
        "title": {"rendered": row["title"]},
    }


def _guid(store: Store, row: Row) -> str:
    if row["type"] == "attachment":
        return store.file(row)
    name = {"post": "p", "page": "page_id"}.get(row["type"], "post_type=guide&#038;p")
    return f"{store.home}/?{name}={row['id']}"


def document_record(store: Store, row: Row) -> Record:
    """Return a post, a page or a guide."""
    kind = LISTED[base_of(row)]
    shut = row["password"]
    record = _dates(store, row)
    record["content"] = {"rendered": "" if shut else row["content"], "protected": shut}
    record["excerpt"] = {"rendered": "" if shut else row["excerpt"], "protected": shut}
    record["author"] = row["author"]
    record["featured_media"] = row["featured_media"]
    if "parent" in kind.features:
        record |= {"parent": row["parent"], "menu_order": row["menu_order"]}
    if "comments" in kind.features:
        record |= {"comment_status": row["comment_status"], "ping_status": row["ping_status"]}
    if "sticky" in kind.features:
        record["sticky"] = row["sticky"]
    record["template"] = row["template"]
    if "format" in kind.features:
        record["format"] = row["format"]
    record["meta"] = row["meta"]
    for name in kind.taxonomies:
        base = TAXONOMIES[name].rest_base
        record[base] = sorted(row[base])
    record["class_list"] = _classes(store, row, kind)
    if kind.name == "post":
        record["reading_minutes"] = _reading_minutes(record["content"]["rendered"])
    return record


def _reading_minutes(content: str) -> int:
    """Estimate as the theme does, that adds this field to posts."""
    words = len(re.sub(r"<[^>]*>", " ", content).split())
    return (words + 199) // 200


def _classes(store: Store, row: Row, kind: PostType) -> list[str]:
    classes = [f"post-{row['id']}", kind.name, f"type-{kind.name}", f"status-{row['status']}"]
    if "format" in kind.features:
        classes.append(f"format-{row['format']}")
    if row["password"]:
        classes.append("post-password-required")
    elif row["featured_media"]:
        classes.append("has-post-thumbnail")
    classes.append("hentry")
    for name in kind.taxonomies:
        taxonomy = TAXONOMIES[name]
        terms = store.collections[taxonomy.rest_base]
        prefix = "tag" if name == "post_tag" else name
        classes += [
            f"{prefix}-{terms[term]['slug']}"
            for term in sorted(row[taxonomy.rest_base])
            if term in terms
        ]
    return classes


def document_links(store: Store, row: Row) -> Links:
    """Return the links of a row of any post type."""
    base = base_of(row)
    kind, identifier = LISTED[base], row["id"]
    links: Links = {
        "self": self_link(store.route(f"wp/v2/{base}/{identifier}")),
        "collection": [{"href": store.route(f"wp/v2/{base}")}],
        "about": [{"href": store.route(f"wp/v2/types/{kind.name}")}],
        "author": [embeddable(store.route(f"wp/v2/users/{row['author']}"))],
    }
    if "comments" in kind.features:
        links["replies"] = [embeddable(store.route(f"wp/v2/comments?post={identifier}"))]
    if kind.name == "attachment":
        return links
    revisions = store.route(f"wp/v2/{base}/{identifier}/revisions")
    links["version-history"] = [{"count": row["revisions"], "href": revisions}]
    if row["revisions"]:
        newest = store.revision(row)
        links["predecessor-version"] = [{"id": newest, "href": f"{revisions}/{newest}"}]
    if row["parent"] and kind.hierarchical:
        links["up"] = [embeddable(store.route(f"wp/v2/{base}/{row['parent']}"))]
    if row["featured_media"]:
        links["wp:featuredmedia"] = [embeddable(_media_route(store, row["featured_media"]))]
    links["wp:attachment"] = [{"href": store.route(f"wp/v2/media?parent={identifier}")}]
    if kind.taxonomies:
        links["wp:term"] = [
            embeddable(
                store.route(f"wp/v2/{TAXONOMIES[name].rest_base}?post={identifier}"), taxonomy=name
            )
            for name in kind.taxonomies
        ]
    return links | {"curies": CURIES}


def _media_route(store: Store, media: int) -> str:
    """Return the route of an image; for one that was deleted WordPress names the root."""
    return store.route(f"wp/v2/media/{media}" if media in store.collections["media"] else "")


def media_record(store: Store, row: Row) -> Record:
    """Return an attachment."""
    record = _dates(store, row)
    return record | {
        "author": row["author"],
        "featured_media": 0,
        "comment_status": row["comment_status"],
        "ping_status": row["ping_status"],
        "template": "",
        "meta": row["meta"],
        "class_list": _classes(store, row, LISTED["media"]),
        "description": {"rendered": _description(store, row)},
        "caption": {"rendered": row["excerpt"]},
        "alt_text": html.unescape(row["alt_text"]),
        "media_type": "image" if is_image(row) else "file",
        "mime_type": row["mime_type"],
        "media_details": _details(store, row),
        "post": row["parent"] or None,
        "source_url": store.file(row),
    }


def is_image(row: Row) -> bool:
    """Say whether an attachment is a picture, which has sizes."""
    return str(row["mime_type"]).startswith("image/")


def crops(row: Row) -> list[tuple[str, int, int]]:
    """Return name, width and height of the sizes that an image was large enough for."""
    width, height = row["width"], row["height"]
    sizes = [("thumbnail", 150, 150)] if min(width, height) >= 150 else []
    for name, wanted in CROPS[1:]:
        if width > wanted:
            sizes.append((name, wanted, round(height * wanted / width)))
    return sizes


def _details(store: Store, row: Row) -> Record:
    size = 48_000 + 997 * row["id"] % 90_000
    if not is_image(row):
        return {"filesize": size}
    name = row["file"].rpartition("/")[2]
    stem, _, suffix = name.rpartition(".")
    sizes = {
        crop: {
            "file": f"{stem}-{width}x{height}.{suffix}",
            "width": width,
            "height": height,
            "filesize": size * width // row["width"],
            "mime_type": row["mime_type"],
            "source_url": store.file(row, f"{width}x{height}"),
        }
        for crop, width, height in crops(row)
    }
    sizes["full"] = {
        "file": name,
        "width": row["width"],
        "height": row["height"],
        "mime_type": row["mime_type"],
        "source_url": store.file(row),
    }
    return {
        "width": row["width"],
        "height": row["height"],
        "file": row["file"],
        "filesize": size,
        "sizes": sizes,
        "image_meta": _camera(row),
    }


def _camera(row: Row) -> Record:
    names = "aperture credit camera caption created_timestamp copyright focal_length iso".split()
    meta: Record = dict.fromkeys(names, "")
    meta |= dict.fromkeys(("aperture", "created_timestamp", "focal_length", "iso"), "0")
    return meta | {"shutter_speed": "0", "title": "", "orientation": "1", "keywords": []}


def _description(store: Store, row: Row) -> str:
    """Return what the attachment page shows, the description of the row under it."""
    source = store.file(row)
    if not is_image(row):
        shown = f'<p class="attachment"><a href="{source}">{row["title"]}</a></p>\n'
    else:
        sizes = {name: (width, height) for name, width, height in crops(row)}
        width, height = sizes.get("medium", (row["width"], row["height"]))
        image = store.file(row, f"{width}x{height}") if "medium" in sizes else source
        shown = (
            f"<p class=\"attachment\"><a href='{source}'><img "
            f'loading="lazy" decoding="async" width="{width}" height="{height}" src="{image}" '
            f'class="attachment-medium size-medium" alt="{row["alt_text"]}" /></a></p>\n'
        )
    return shown + str(row["content"])


def base_of(row: Row) -> str:
    """Return the rest_base of a row of a post type."""
    return next(base for base, kind in LISTED.items() if kind.name == row["type"])
