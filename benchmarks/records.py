"""The record of a post as WordPress's REST API answers it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]

CURIES = [{"name": "wp", "href": "https://api.w.org/{rel}", "templated": True}]

EXCERPT_WORDS = 55

TAXONOMIES = {"categories": "category", "tags": "post_tag"}
"""rest_base -> taxonomy."""


def wordpress_json(value: object) -> bytes:
    r"""Encode as PHP's json_encode does: ASCII only, slashes escaped.

    >>> wordpress_json({"href": "https://example.org/é"})
    b'{"href":"https:\\/\\/example.org\\/\\u00e9"}'
    """
    return json.dumps(value, separators=(",", ":")).replace("/", r"\/").encode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What is particular to one post."""

    id: int
    date: str
    modified: str
    slug: str
    title: str
    html: str
    author: int
    featured_media: int
    categories: list[int]
    tags: list[int]


def excerpt(html: str) -> str:
    r"""Return the excerpt that WordPress makes of *html* where the author wrote none.

    >>> excerpt("<p>One <em>two</em>.</p>\n")
    '<p>One two.</p>\n'
    """
    text = re.sub(r"<[^>]*>", "", html[:4000]).split()
    more = " [&hellip;]" if len(text) > EXCERPT_WORDS else ""
    return f"<p>{' '.join(text[:EXCERPT_WORDS])}{more}</p>\n"


def permalink(home: str, post: Post) -> str:
    """Return the address at which visitors read *post*."""
    return f"{home}/{post.date[:4]}/{post.date[5:7]}/{post.slug}/"


def post_record(post: Post, home: str) -> Record:
    """Return the record of *post*, keys in WordPress's order."""
    link = permalink(home, post)
    return {
        "id": post.id,
        "date": post.date,
        "date_gmt": post.date,
        "guid": {"rendered": f"{home}/?p={post.id}"},
        "modified": post.modified,
        "modified_gmt": post.modified,
        "slug": post.slug,
        "status": "publish",
        "type": "post",
        "link": link,
        "title": {"rendered": post.title},
        "content": {"rendered": post.html, "protected": False},
        "excerpt": {"rendered": excerpt(post.html), "protected": False},
        "author": post.author,
        "featured_media": post.featured_media,
        "comment_status": "open",
        "ping_status": "closed",
        "sticky": False,
        "template": "",
        "format": "standard",
        "meta": {"_newsletter_sent": post.id % 3 == 0, "_reading_time": "", "footnotes": ""},
        "categories": post.categories,
        "tags": post.tags,
        "class_list": _class_list(post),
        "yoast_head_json": _seo(post, link),
        "_links": _post_links(post, home),
    }


def _class_list(post: Post) -> list[str]:
    thumbnail = ["has-post-thumbnail"] if post.featured_media else []
    return [
        f"post-{post.id}",
        "post",
        "type-post",
        "status-publish",
        "format-standard",
        *thumbnail,
        "hentry",
        *(f"category-{number}" for number in post.categories),
        *(f"tag-{number}" for number in post.tags),
    ]


def _seo(post: Post, link: str) -> Record:
    """Return what an SEO plugin adds; short, for a page has to weigh 1.2 MB."""
    return {
        "title": post.title,
        "robots": {"index": "index", "follow": "follow"},
        "canonical": link,
        "og_type": "article",
        "og_url": link,
        "article_published_time": f"{post.date}+00:00",
    }


def _post_links(post: Post, home: str) -> Record:
    api = f"{home}/wp-json/wp/v2"
    links: Record = {
        "self": [{"href": f"{api}/posts/{post.id}", "targetHints": {"allow": ["GET"]}}],
        "collection": [{"href": f"{api}/posts"}],
        "about": [{"href": f"{api}/types/post"}],
        "author": [{"embeddable": True, "href": f"{api}/users/{post.author}"}],
        "replies": [{"embeddable": True, "href": f"{api}/comments?post={post.id}"}],
        "version-history": [{"count": 1, "href": f"{api}/posts/{post.id}/revisions"}],
        "predecessor-version": [
            {"id": post.id + 2, "href": f"{api}/posts/{post.id}/revisions/{post.id + 2}"}
        ],
    }
    if post.featured_media:
        href = f"{api}/media/{post.featured_media}"
        links["wp:featuredmedia"] = [{"embeddable": True, "href": href}]
    links["wp:attachment"] = [{"href": f"{api}/media?parent={post.id}"}]
    links["wp:term"] = [
        {"taxonomy": name, "embeddable": True, "href": f"{api}/{base}?post={post.id}"}
        for base, name in TAXONOMIES.items()
    ]
    links["curies"] = CURIES
    return links
