"""Records as WordPress sends them -> items."""

from __future__ import annotations

import dataclasses

import pytest

from crawler.errors import ProtocolError
from crawler.items import Comment, Document, Media, Provenance, Term, User
from crawler.wordpress.records import MAX_LAYOUT_FIELDS, MAX_LAYOUTS
from tests.wordpress.sample_records import (
    BOOKS,
    CATEGORIES,
    CATEGORY,
    COMMENT,
    COMMENTS,
    HASH,
    IMAGE,
    MEDIA,
    POST,
    POSTS,
    SHAPES,
    SITE,
    TAGS,
    USER,
    USERS,
    a_reader,
    read,
)

PROVENANCE = Provenance(
    url="https://example.org/wp-json/wp/v2/posts",
    fetched_at="2024-06-01T00:00:00Z",
    run_id="20240601T000000Z",
    dataset="example.org",
    crawler_version="1.0",
    api="https://example.org/wp-json/",
)


def values(item):
    """Give the fields of an item that are not None."""
    pairs = ((field.name, getattr(item, field.name)) for field in dataclasses.fields(item))
    return {name: value for name, value in pairs if value is not None}


def test_post():
    """A post becomes a document; what is resolved or cleaned later is None."""
    reader = a_reader()

    item = reader.read(POST, PROVENANCE)

    assert type(item) is Document
    assert values(item) == {
        "record_id": "https://example.org/#wp/v2/posts/7",
        "kind": "document",
        "site": SITE,
        "collection": "posts",
        "type": "post",
        "id": 7,
        "link": "https://example.org/the-ferry/",
        "slug": "the-ferry",
        "guid": "https://example.org/?p=7",
        "status": "publish",
        "format": "standard",
        "published": "2024-05-01T10:00:00Z",
        "modified": "2024-05-02T10:00:00Z",
        "title": "The ferry &#8211; again",
        "excerpt": "<p>It left &hellip;</p>",
        "content_html": "<p>It left at six.</p>",
        "protected": False,
        "extra": {
            "author": 3,
            "featured_media": 9,
            "comment_status": "open",
            "ping_status": "open",
            "sticky": False,
            "template": "",
            "categories": [1, 4],
            "tags": [],
        },
        "provenance": PROVENANCE,
    }
    assert not reader.oddities


def test_custom_post_type():
    """A record outside wp/v2 carries its namespace in the id, and its own terms in extra."""
    item, oddities = read({**POST, "type": "book", "genres": [5]}, BOOKS)

    assert item.record_id == "https://example.org/#shop/v1/library/7"
    assert (item.collection, item.type) == ("library", "book")
    assert item.extra["genres"] == [5]
    assert not oddities


def test_post_type_without_title():
    """A post type need not support title, content, excerpt or formats."""
    bare = {
        name: POST[name] for name in POST if name not in {"title", "content", "excerpt", "format"}
    }

    item, oddities = read(bare)

    assert (item.title, item.content_html, item.excerpt, item.format) == (None,) * 4
    assert item.protected is False
    assert not oddities


def test_protected_post():
    """A body that needs a password is empty, and said to be protected."""
    item, oddities = read({**POST, "content": {"rendered": "", "protected": True}})

    assert item.protected is True
    assert item.content_html == ""
    assert not oddities


def test_image():
    """An image has its measures; the rest of its details is in extra."""
    reader = a_reader(MEDIA)

    item = reader.read(IMAGE)

    assert type(item) is Media
    assert values(item) == {
        "record_id": "https://example.org/#wp/v2/media/9",
        "kind": "media",
        "site": SITE,
        "collection": "media",
        "type": "attachment",
        "id": 9,
        "link": "https://example.org/the-ferry/ferry/",
        "slug": "ferry",
        "published": "2024-05-01T10:00:00Z",
        "modified": "2024-05-01T10:00:00Z",
        "title": "ferry",
        "alt_text": "A white ferry",
        "caption": "<p>The ferry</p>",
        "description": "",
        "media_type": "image",
        "mime_type": "image/jpeg",
        "source_url": "https://example.org/ferry.jpg",
        "width": 1200,
        "height": 800,
        "sizes": {"thumbnail": {"file": "ferry-150.jpg", "width": 150}},
        "post": 7,
        "extra": {
            "guid": {"rendered": "https://example.org/ferry.jpg"},
            "status": "inherit",
            "author": 3,
            "media_details": {"file": "ferry.jpg", "image_meta": {"credit": "A. Boatman"}},
        },
    }
    assert not reader.oddities


def test_file_without_measures():
    """A file of no post and without measures is as usual as an image."""
    item, oddities = read({**IMAGE, "media_details": [], "post": None}, MEDIA)

    assert (item.width, item.height, item.sizes, item.post) == (None,) * 4
    assert "media_details" not in item.extra
    assert not oddities


def test_comment():
    """A comment has its author's name and page, and no e-mail hash."""
    reader = a_reader(COMMENTS)

    item = reader.read(COMMENT)

    assert type(item) is Comment
    assert values(item) == {
        "record_id": "https://example.org/#wp/v2/comments/21",
        "kind": "comment",
        "site": SITE,
        "collection": "comments",
        "type": "comment",
        "id": 21,
        "link": "https://example.org/the-ferry/#comment-21",
        "post": 7,
        "parent": 0,
        "author_name": "Jo",
        "author_url": "https://jo.example/",
        "published": "2024-05-03T10:00:00Z",
        "content_html": "<p>I saw it leave.</p>",
        "extra": {"author": 0, "status": "approved"},
    }
    assert not reader.oddities
    assert list(reader.ignored) == ["author_avatar_urls", "date"]


def test_review():
    """A comment of another type is a comment, its type in extra."""
    item, oddities = read({**COMMENT, "type": "review"}, COMMENTS)

    assert item.type == "comment"
    assert item.extra["type"] == "review"
    assert not oddities


def test_commenter_with_a_gravatar_page():
    """The e-mail hash in a person's own address is cut out, and counted."""
    item, oddities = read({**COMMENT, "author_url": f"https://gravatar.com/{HASH}"}, COMMENTS)

    assert item.author_url == "https://gravatar.com/"
    assert oddities == {"avatar_hash/author_url": 1}


def test_category():
    """A category is a term; its name is as rendered."""
    reader = a_reader(CATEGORIES)

    item = reader.read(CATEGORY)

    assert type(item) is Term
    assert values(item) == {
        "record_id": "https://example.org/#wp/v2/categories/4",
        "kind": "term",
        "site": SITE,
        "collection": "categories",
        "type": "category",
        "id": 4,
        "link": "https://example.org/category/boats/",
        "taxonomy": "category",
        "slug": "boats",
        "name": "Boats &amp; ships",
        "description": "All that floats",
        "parent": 1,
        "count": 12,
        "extra": {},
    }
    assert not reader.oddities


def test_tag():
    """A term of a flat taxonomy has no parent, and that is no oddity."""
    flat = {name: value for name, value in CATEGORY.items() if name != "parent"}

    item, oddities = read({**flat, "taxonomy": "post_tag"}, TAGS)

    assert item.parent is None
    assert not oddities


def test_user():
    """A user has no e-mail hash."""
    reader = a_reader(USERS)

    item = reader.read(USER)

    assert type(item) is User
    assert values(item) == {
        "record_id": "https://example.org/#wp/v2/users/3",
        "kind": "user",
        "site": SITE,
        "collection": "users",
        "type": "user",
        "id": 3,
        "link": "https://example.org/author/ada/",
        "slug": "ada",
        "name": "Ada",
        "description": "Writes about boats.",
        "url": "https://ada.example/",
        "extra": {},
    }
    assert not reader.oddities
    assert list(reader.ignored) == ["avatar_urls"]


@pytest.mark.parametrize(("collection", "record"), SHAPES)
def test_raw(collection, record):
    """Asked for, the record is there as received, unknown fields and hashes included."""
    record = {**record, "photo": f"https://secure.gravatar.com/avatar/{HASH}"}

    item = a_reader(collection, raw=True).read(record)

    assert item.raw is record
    assert HASH in record["photo"]
    assert HASH not in repr(item.extra)


@pytest.mark.parametrize(("collection", "record"), SHAPES)
def test_no_id(collection, record):
    """A record without an id is refused, and nothing else of it is counted."""
    reader = a_reader(collection)

    with pytest.raises(ProtocolError, match=r"got None$"):
        reader.read({**record, "id": None, "slug": 7})

    assert not reader.oddities


def test_names_for_the_certificate():
    """Names are told apart: seen, of a plugin, left out."""
    reader = a_reader()
    reader.read(POST)
    reader.read({**POST, "acf": [], "yoast_head": "<title>The ferry</title>"})

    assert set(reader.seen) == {*POST, "acf", "yoast_head"}
    assert list(reader.unmapped) == ["acf"]
    assert list(reader.ignored) == ["_links", "date", "modified", "yoast_head"]


def test_other_fields_in_each_record():
    """A site whose records never look alike is read, in bounded memory."""
    reader = a_reader()
    many = {f"wide{number}": number for number in range(MAX_LAYOUT_FIELDS)}

    items = [reader.read({**POST, f"field{number}": number}) for number in range(500)]
    wide = reader.read({**POST, **many})

    assert [item.extra[f"field{number}"] for number, item in enumerate(items)] == list(range(500))
    assert wide.extra["wide299"] == 299
    assert len(reader._layouts) == MAX_LAYOUTS
    assert reader.unmapped.omitted > 0


def test_wide_record():
    """The layout of a very wide record is not kept."""
    reader = a_reader(POSTS)
    reader.read({**POST, **{f"wide{number}": number for number in range(MAX_LAYOUT_FIELDS)}})

    assert not reader._layouts
