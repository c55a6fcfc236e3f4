"""Records of what posts link to: media, users, terms."""

from __future__ import annotations

from benchmarks.records import CURIES, TAXONOMIES, Record


def media_record(post: Record, home: str) -> Record:
    """Return the record of the featured image of *post*."""
    number = post["featured_media"]
    stem = f"image-{number}"
    folder = f"{post['date'][:4]}/{post['date'][5:7]}"
    base = f"{home}/wp-content/uploads/{folder}/{stem}"
    api = f"{home}/wp-json/wp/v2"
    sizes = {
        name: {
            "file": f"{stem}-{width}x{height}.jpg",
            "width": width,
            "height": height,
            "mime_type": "image/jpeg",
            "source_url": f"{base}-{width}x{height}.jpg",
        }
        for name, width, height in (("medium", 300, 200), ("thumbnail", 150, 150))
    }
    return {
        "id": number,
        "date": post["date"],
        "date_gmt": post["date"],
        "guid": {"rendered": f"{base}.jpg"},
        "modified": post["date"],
        "modified_gmt": post["date"],
        "slug": stem,
        "status": "inherit",
        "type": "attachment",
        "link": f"{post['link']}{stem}/",
        "title": {"rendered": stem},
        "author": post["author"],
        "featured_media": 0,
        "comment_status": "open",
        "ping_status": "closed",
        "template": "",
        "meta": [],
        "description": {"rendered": f'<p class="attachment"><img src="{base}.jpg" /></p>\n'},
        "caption": {"rendered": f"<p>{post['title']['rendered']}</p>\n"},
        "alt_text": f"Picture {number}",
        "media_type": "image",
        "mime_type": "image/jpeg",
        "media_details": {
            "width": 1500,
            "height": 1000,
            "file": f"{folder}/{stem}.jpg",
            "sizes": sizes,
            "image_meta": {"aperture": "0", "credit": "", "keywords": []},
        },
        "post": post["id"],
        "source_url": f"{base}.jpg",
        "_links": {
            "self": [{"href": f"{api}/media/{number}"}],
            "collection": [{"href": f"{api}/media"}],
            "about": [{"href": f"{api}/types/attachment"}],
            "author": [{"embeddable": True, "href": f"{api}/users/{post['author']}"}],
            "replies": [{"embeddable": True, "href": f"{api}/comments?post={number}"}],
        },
    }


def user_record(number: int, name: str, home: str) -> Record:
    """Return the record of an author."""
    api = f"{home}/wp-json/wp/v2"
    slug = f"author-{number}"
    return {
        "id": number,
        "name": name,
        "url": "",
        "description": f"{name} writes for this site.",
        "link": f"{home}/author/{slug}/",
        "slug": slug,
        "avatar_urls": {size: f"{home}/avatar/{number}?s={size}" for size in ("24", "48", "96")},
        "meta": [],
        "_links": {
            "self": [{"href": f"{api}/users/{number}"}],
            "collection": [{"href": f"{api}/users"}],
        },
    }


def term_record(
    number: int, name: str, *, rest_base: str, parent: int, count: int, home: str
) -> Record:
    """Return the record of a term; *parent* is written for categories only."""
    api = f"{home}/wp-json/wp/v2"
    slug = f"{name.lower()}-{number}"
    taxonomy = TAXONOMIES[rest_base]
    record: Record = {
        "id": number,
        "count": count,
        "description": "",
        "link": f"{home}/{'category' if rest_base == 'categories' else 'tag'}/{slug}/",
        "name": name,
        "slug": slug,
        "taxonomy": taxonomy,
    }
    if rest_base == "categories":
        record["parent"] = parent
    record["meta"] = []
    record["_links"] = {
        "self": [{"href": f"{api}/{rest_base}/{number}"}],
        "collection": [{"href": f"{api}/{rest_base}"}],
        "about": [{"href": f"{api}/taxonomies/{taxonomy}"}],
        "wp:post_type": [{"href": f"{api}/posts?{rest_base}={number}"}],
        "curies": CURIES,
    }
    return record
