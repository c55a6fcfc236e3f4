"""Records of the shapes that WordPress sends, and the collections they come from."""

from __future__ import annotations

from collections import Counter

from crawler.wordpress.index import Capabilities, Collection
from crawler.wordpress.records import RecordReader

SITE = "https://example.org/"
HASH = "0123456789abcdef" * 2

_CORE = Capabilities(frozenset(), frozenset(), 100, "core")

POSTS = Collection(
    "wp/v2", "posts", "/wp/v2/posts", "document", "post", _CORE, ("categories", "tags")
)
BOOKS = Collection(
    "shop/v1", "library", "/shop/v1/library", "document", "book", _CORE, ("genres",)
)
MEDIA = Collection("wp/v2", "media", "/wp/v2/media", "media", "attachment", _CORE)
COMMENTS = Collection("wp/v2", "comments", "/wp/v2/comments", "comment", "comment", _CORE)
CATEGORIES = Collection("wp/v2", "categories", "/wp/v2/categories", "term", "category", _CORE)
TAGS = Collection("wp/v2", "tags", "/wp/v2/tags", "term", "post_tag", _CORE)
USERS = Collection("wp/v2", "users", "/wp/v2/users", "user", "user", _CORE)

POST = {
    "id": 7,
    "date": "2024-05-01T12:00:00",
    "date_gmt": "2024-05-01T10:00:00",
    "guid": {"rendered": "https://example.org/?p=7"},
    "modified": "2024-05-02T12:00:00",
    "modified_gmt": "2024-05-02T10:00:00",
    "slug": "the-ferry",
    "status": "publish",
    "type": "post",
    "link": "https://example.org/the-ferry/",
    "title": {"rendered": "The ferry &#8211; again"},
    "content": {"rendered": "<p>It left at six.</p>", "protected": False},
    "excerpt": {"rendered": "<p>It left &hellip;</p>", "protected": False},
    "author": 3,
    "featured_media": 9,
    "comment_status": "open",
    "ping_status": "open",
    "sticky": False,
    "template": "",
    "format": "standard",
    "meta": [],
    "categories": [1, 4],
    "tags": [],
    "_links": {"self": [{"href": "https://example.org/wp-json/wp/v2/posts/7"}]},
}

IMAGE = {
    "id": 9,
    "date": "2024-05-01T12:00:00",
    "date_gmt": "2024-05-01T10:00:00",
    "guid": {"rendered": "https://example.org/ferry.jpg"},
    "modified": "2024-05-01T12:00:00",
    "modified_gmt": "2024-05-01T10:00:00",
    "slug": "ferry",
    "status": "inherit",
    "type": "attachment",
    "link": "https://example.org/the-ferry/ferry/",
    "title": {"rendered": "ferry"},
    "author": 3,
    "meta": [],
    "alt_text": "A white ferry",
    "caption": {"rendered": "<p>The ferry</p>"},
    "description": {"rendered": ""},
    "media_type": "image",
    "mime_type": "image/jpeg",
    "media_details": {
        "width": 1200,
        "height": 800,
        "file": "ferry.jpg",
        "sizes": {"thumbnail": {"file": "ferry-150.jpg", "width": 150}},
        "image_meta": {"credit": "A. Boatman"},
    },
    "post": 7,
    "source_url": "https://example.org/ferry.jpg",
}

COMMENT = {
    "id": 21,
    "post": 7,
    "parent": 0,
    "author": 0,
    "author_name": "Jo",
    "author_url": "https://jo.example/",
    "date": "2024-05-03T12:00:00",
    "date_gmt": "2024-05-03T10:00:00",
    "content": {"rendered": "<p>I saw it leave.</p>"},
    "link": "https://example.org/the-ferry/#comment-21",
    "status": "approved",
    "type": "comment",
    "author_avatar_urls": {"24": f"https://secure.gravatar.com/avatar/{HASH}?s=24"},
    "meta": [],
}

CATEGORY = {
    "id": 4,
    "count": 12,
    "description": "All that floats",
    "link": "https://example.org/category/boats/",
    "name": "Boats &amp; ships",
    "slug": "boats",
    "taxonomy": "category",
    "parent": 1,
    "meta": [],
}

USER = {
    "id": 3,
    "name": "Ada",
    "url": "https://ada.example/",
    "description": "Writes about boats.",
    "link": "https://example.org/author/ada/",
    "slug": "ada",
    "avatar_urls": {"96": f"https://secure.gravatar.com/avatar/{HASH}{HASH}?s=96"},
    "meta": [],
}

SHAPES = [
    (POSTS, POST),
    (BOOKS, POST),
    (MEDIA, IMAGE),
    (COMMENTS, COMMENT),
    (CATEGORIES, CATEGORY),
    (USERS, USER),
]
"""Every kind of collection with a record of it."""


def a_reader(collection=POSTS, *, raw=False):
    """Build a reader that counts into a Counter of its own."""
    return RecordReader(collection, site=SITE, oddities=Counter(), raw=raw)


def read(record, collection=POSTS):
    """Read one record; give the item and what was odd about it."""
    reader = a_reader(collection)
    return reader.read(record), dict(reader.oddities)
