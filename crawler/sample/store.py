"""The rows of the sample site, and what follows from them: addresses, counts, who may see what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crawler.sample.registry import CATEGORY, DOCUMENTS, LISTED, TERMS, Taxonomy
from crawler.sample.zone import ZERO

Row = dict[str, Any]
"""What the database would hold of one record; site time throughout."""

Collections = dict[str, dict[int, Row]]
"""Rows by rest_base and id."""

PUBLIC = ("publish", "inherit")


class Store:
    """All rows of a site that answers on ``home``, an absolute URL without a last slash."""

    def __init__(self, home: str, collections: Collections) -> None:
        self.home = home
        self.collections = collections

    @property
    def root(self) -> str:
        return f"{self.home}/wp-json/"

    def route(self, route: str) -> str:
        """Write the URL of a route, such as /wp/v2/posts."""
        return self.root + route.lstrip("/")

    def post(self, identifier: int) -> Row | None:
        """Return the row of any post type, media included; None where there is none."""
        for base in LISTED:
            if row := self.collections[base].get(identifier):
                return row
        return None

    def may_read(self, row: Row) -> bool:
        """Say whether visitors see a row of a post type: media follow what they hang on."""
        if row["status"] == "inherit" and (parent := self.post(row["parent"])):
            return self.may_read(parent)
        return row["status"] in PUBLIC

    def may_read_comments(self, post: Row) -> bool:
        return self.may_read(post) and not post["password"]

    def may_read_comment(self, row: Row) -> bool:
        post = self.post(row["post"])
        return post is not None and row["status"] == "approved" and self.may_read_comments(post)

    def published(self) -> Iterator[Row]:
        """Yield the published rows of all post types with content."""
        for base in DOCUMENTS:
            yield from (r for r in self.collections[base].values() if r["status"] == "publish")

    def count(self, taxonomy: Taxonomy, term: int) -> int:
        """Count the published posts that have a term."""
        return sum(term in row.get(taxonomy.rest_base, ()) for row in self.published())

    def authors(self) -> set[int]:
        """Return the ids of the users who have published something."""
        return {row["author"] for row in self.published()}

    def revision(self, row: Row) -> int:
        """Return the id of the newest revision of a row that has any."""
        return int(row["id"]) + int(row["revisions"])

    def permalink(self, row: Row) -> str:
        """Return the address at which people read a row of a post type."""
        kind, slug = row["type"], row["slug"]
        if row["status"] not in PUBLIC:
            return f"{self.home}/?p={row['id']}"
        if kind == "post":
            return f"{self.home}/{row['date'][:4]}/{row['date'][5:7]}/{slug}/"
        if kind == "guide":
            return f"{self.home}/guide/{slug}/"
        parent = self.post(row["parent"])
        if parent is None or parent["status"] not in PUBLIC:
            return f"{self.home}/{slug}/"
        return f"{self.permalink(parent)}{slug}/"

    def term_link(self, taxonomy: Taxonomy, row: Row) -> str:
        """Return the address of a term's archive; categories name their parents in it."""
        parent = self.collections[taxonomy.rest_base].get(row["parent"])
        if taxonomy is CATEGORY and parent:
            return f"{self.term_link(taxonomy, parent)}{row['slug']}/"
        return f"{self.home}/{taxonomy.path}/{row['slug']}/"

    def author_link(self, row: Row) -> str:
        return f"{self.home}/author/{row['slug']}/"

    def file(self, row: Row, size: str = "") -> str:
        """Return the address of an attachment's file; *size* as in 300x200."""
        name, dot, suffix = row["file"].rpartition(".")
        return f"{self.home}/wp-content/uploads/{name}{size and '-' + size}{dot}{suffix}"


def new_row(collections: Collections, base: str, fields: Row) -> Row:
    """Complete the *fields* of a row that a test adds; the id is one that nobody has."""
    kinds = LISTED if base in LISTED else TERMS if base in TERMS else (base,)
    taken = (key for kind in kinds for key in collections[kind])
    identifier = fields.get("id", max(taken, default=0) + 1)
    row = {"id": identifier, **_defaults(base, identifier), **fields}
    if "date" in row and "modified" not in fields:
        row["modified"] = row["date"]
    return row


def _defaults(base: str, identifier: int) -> Row:
    if base in TERMS:
        slug = f"term-{identifier}"
        return {"name": slug, "slug": slug, "description": "", "parent": 0}
    if base == "users":
        return {"name": f"User {identifier}", "slug": f"user-{identifier}", "description": ""}
    if base == "comments":
        return {
            "post": 0,
            "parent": 0,
            "author": 0,
            "author_name": "A visitor",
            "author_url": "",
            "date": ZERO,
            "content": "<p>A comment.</p>\n",
            "status": "approved",
        }
    return _post_defaults(base, identifier)


def _post_defaults(base: str, identifier: int) -> Row:
    """Return the row of a post type that says nothing yet."""
    media = base == "media"
    row: Row = {
        "type": LISTED[base].name,
        "date": ZERO,
        "slug": f"{LISTED[base].name}-{identifier}",
        "status": "inherit" if media else "publish",
        "title": f"Number {identifier}",
        "content": f"<p>Number {identifier}.</p>\n",
        "excerpt": f"<p>Number {identifier}.</p>\n",
        "password": False,
        "author": 1,
        "featured_media": 0,
        "parent": 0,
        "menu_order": 0,
        "comment_status": "open",
        "ping_status": "closed",
        "sticky": False,
        "template": "",
        "format": "standard",
        "meta": {},
        "revisions": 0,
    }
    if media:
        row |= {"content": "", "excerpt": "", "alt_text": "", "file": f"file-{identifier}.jpg"}
        row |= {"mime_type": "image/jpeg", "width": 1200, "height": 800}
    return row | {TERMS[name].rest_base: [] for name in _taxonomy_bases(base)}


def _taxonomy_bases(base: str) -> list[str]:
    return [key for key, each in TERMS.items() if each.name in LISTED[base].taxonomies]
