"""Rows as records with their links: comments, terms, users, types and taxonomies."""

from __future__ import annotations

from hashlib import md5
from typing import Any

from crawler.sample.documents import (
    CURIES,
    Links,
    Record,
    base_of,
    document_links,
    document_record,
    embeddable,
    gmt,
    media_record,
    self_link,
)
from crawler.sample.registry import (
    DOCUMENTS,
    POST_TYPES,
    TERMS,
    PostType,
    Taxonomy,
    taxonomy_fields,
    type_fields,
)
from crawler.sample.store import Row, Store


def make_record(store: Store, base: str, row: Row) -> tuple[Record, Links]:
    """Return the record of a row of any collection, and its links."""
    if base in TERMS:
        return _term(store, TERMS[base], row)
    if base == "comments":
        return _comment(store, row)
    if base == "users":
        return _user(store, row)
    make = media_record if base == "media" else document_record
    return make(store, row), document_links(store, row)


def _comment(store: Store, row: Row) -> tuple[Record, Links]:
    identifier, post = row["id"], store.post(row["post"])
    record = {
        "id": identifier,
        "post": row["post"],
        "parent": row["parent"],
        "author": row["author"],
        "author_name": row["author_name"],
        "author_url": row["author_url"],
        "date": row["date"],
        "date_gmt": gmt(row["date"]),
        "content": {"rendered": row["content"]},
        "link": f"{store.permalink(post) if post else store.home + '/'}#comment-{identifier}",
        "status": row["status"],
        "type": "comment",
        "author_avatar_urls": _avatars(row["author_name"]),
        "meta": {},
    }
    links: Links = {
        "self": self_link(store.route(f"wp/v2/comments/{identifier}")),
        "collection": [{"href": store.route("wp/v2/comments")}],
    }
    if row["author"]:
        links["author"] = [embeddable(store.route(f"wp/v2/users/{row['author']}"))]
    if post:
        up = store.route(f"wp/v2/{base_of(post)}/{post['id']}")
        links["up"] = [{"embeddable": True, "post_type": post["type"], "href": up}]
    if row["parent"]:
        parent = store.route(f"wp/v2/comments/{row['parent']}")
        links["in-reply-to"] = [embeddable(parent)]
    if any(each["parent"] == identifier for each in store.collections["comments"].values()):
        links["children"] = [embeddable(store.route(f"wp/v2/comments?parent={identifier}"))]
    return record, links


def _term(store: Store, taxonomy: Taxonomy, row: Row) -> tuple[Record, Links]:
    base, identifier = taxonomy.rest_base, row["id"]
    record = {
        "id": identifier,
        "count": store.count(taxonomy, identifier),
        "description": row["description"],
        "link": store.term_link(taxonomy, row),
        "name": row["name"],
        "slug": row["slug"],
        "taxonomy": taxonomy.name,
        **({"parent": row["parent"]} if taxonomy.hierarchical else {}),
        "meta": {},
    }
    links: Links = {
        "self": self_link(store.route(f"wp/v2/{base}/{identifier}")),
        "collection": [{"href": store.route(f"wp/v2/{base}")}],
        "about": [{"href": store.route(f"wp/v2/taxonomies/{taxonomy.name}")}],
    }
    if row["parent"]:
        links["up"] = [embeddable(store.route(f"wp/v2/{base}/{row['parent']}"))]
    links["wp:post_type"] = [
        {"href": store.route(f"wp/v2/{POST_TYPES[name].rest_base}?{base}={identifier}")}
        for name in taxonomy.types
    ]
    return record, links | {"curies": CURIES}


def _user(store: Store, row: Row) -> tuple[Record, Links]:
    identifier = row["id"]
    record = {
        "id": identifier,
        "name": row["name"],
        "url": row.get("url", ""),
        "description": row["description"],
        "link": store.author_link(row),
        "slug": row["slug"],
        "avatar_urls": _avatars(row["name"]),
        "meta": {},
    }
    links: Links = {
        "self": self_link(store.route(f"wp/v2/users/{identifier}")),
        "collection": [{"href": store.route("wp/v2/users")}],
    }
    return record, links


def _avatars(name: str) -> dict[str, str]:
    """Return avatar addresses; of an e-mail address there is only what its hash would be."""
    digest = md5(f"{name}@mending.example".encode(), usedforsecurity=False).hexdigest()
    return {
        str(size): f"https://secure.gravatar.com/avatar/{digest}?s={size}&d=mm&r=g"
        for size in (24, 48, 96)
    }


def type_record(store: Store, kind: PostType) -> tuple[Record, Links]:
    """Return what /wp/v2/types says of a post type."""
    return type_fields(kind), _items_links(store, "types", kind.rest_base)


def taxonomy_record(store: Store, taxonomy: Taxonomy) -> tuple[Record, Links]:
    """Return what /wp/v2/taxonomies says of a taxonomy."""
    return taxonomy_fields(taxonomy), _items_links(store, "taxonomies", taxonomy.rest_base)


def _items_links(store: Store, collection: str, base: str) -> Links:
    return {
        "collection": [{"href": store.route(f"wp/v2/{collection}")}],
        "wp:items": [{"href": store.route(f"wp/v2/{base}")}],
        "curies": CURIES,
    }


def status_record(store: Store) -> tuple[Record, Links]:
    """Return the one status that visitors may know of."""
    record = {
        "name": "Published",
        "public": True,
        "queryable": True,
        "slug": "publish",
        "date_floating": False,
    }
    return record, {"archives": [{"href": store.route("wp/v2/posts")}]}


def found_record(store: Store, row: Row) -> dict[str, Any]:
    """Return a published row as /wp/v2/search shows it."""
    base = base_of(row)
    return {
        "id": row["id"],
        "title": row["title"],
        "url": store.permalink(row),
        "type": "post",
        "subtype": DOCUMENTS[base].name,
        "_links": {
            "self": [
                {
                    "embeddable": True,
                    **self_link(store.route(f"wp/v2/{base}/{row['id']}"))[0],
                }
            ],
            "about": [{"href": store.route(f"wp/v2/types/{row['type']}")}],
            "collection": [{"href": store.route("wp/v2/search")}],
        },
    }
