"""Records as plugins, old versions and PHP's arrays make them."""

from __future__ import annotations

import pytest

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
    USER,
    USERS,
    read,
)

GRAVATAR = f"https://secure.gravatar.com/avatar/{HASH}?s=96"


@pytest.mark.parametrize(
    ("value", "title", "oddity", "kept"),
    [
        ("The ferry", "The ferry", "coerced", None),
        ("", "", "coerced", None),
        (None, None, "wrong_type", None),
        (False, None, "wrong_type", None),
        ([], None, "wrong_type", None),
        ({}, None, "wrong_type", None),
        (True, None, "wrong_type", True),
        (1984, "1984", "coerced", None),
        (3.5, "3.5", "coerced", None),
        (2**64, None, "wrong_type", 2**64),
        (["The ferry"], None, "wrong_type", ["The ferry"]),
        ({"rendered": None}, None, "wrong_type", None),
        ({"rendered": False, "protected": False}, None, "wrong_type", None),
        ({"rendered": 1984}, "1984", "coerced", None),
        ({"rendered": 2**64}, None, "wrong_type", 2**64),
        ({"rendered": ["a"]}, None, "wrong_type", {"rendered": ["a"]}),
        ({"raw": "The ferry"}, None, "wrong_type", {"raw": "The ferry"}),
        ({"rendered": "The ferry", "raw": "x"}, "The ferry", "unmapped", {"raw": "x"}),
        ({"rendered": "a", "protected": True, "raw": 1}, "a", "unmapped", {"raw": 1}),
    ],
)
def test_title(value, title, oddity, kept):
    """What can be read is; what cannot is null, counted, and kept in extra."""
    item, oddities = read({**POST, "title": value})

    assert item.title == title
    assert oddities == {f"{oddity}/title": 1}
    assert item.extra.get("title") == kept


@pytest.mark.parametrize(
    ("value", "slug", "oddity"),
    [
        (2024, "2024", "coerced"),
        (1.5, "1.5", "coerced"),
        (None, None, "wrong_type"),
        (False, None, "wrong_type"),
        ([], None, "wrong_type"),
        ({"a": 1}, None, "wrong_type"),
        (2**64, None, "wrong_type"),
    ],
)
def test_slug(value, slug, oddity):
    """A slug of digits may come as a number."""
    item, oddities = read({**POST, "slug": value})

    assert item.slug == slug
    assert oddities == {f"{oddity}/slug": 1}
    assert ("slug" in item.extra) == (slug is None and bool(value))


@pytest.mark.parametrize(
    ("value", "published", "oddity"),
    [
        ("0000-00-00T00:00:00", None, "zero_date"),
        ("-0001-11-30T00:00:00", None, "zero_date"),
        ("-0001-11-29T15:54:17", None, "zero_date"),
        (None, None, "zero_date"),
        (False, None, "zero_date"),
        ("", None, "zero_date"),
        ([], None, "zero_date"),
        ("2024-02-30T10:00:00", None, "wrong_date"),
        ("2024-W01-1T10:00:00", "2024-01-01T10:00:00Z", "coerced"),
        ("2024-05-01 10:00:00", "2024-05-01T10:00:00Z", "coerced"),
        ("2024-05-01T12:00:00+02:00", "2024-05-01T10:00:00Z", "coerced"),
        ("2024-05-01T10:00:0x", None, "wrong_date"),
        ("yesterday", None, "wrong_date"),
        (1714557600, None, "wrong_date"),
        ({"date": "2024-05-01"}, None, "wrong_date"),
    ],
)
def test_date(value, published, oddity):
    """A zero date is null; where the date in UTC is of no use, the local one is in extra."""
    item, oddities = read({**POST, "date_gmt": value})

    assert item.published == published
    assert oddities == {f"{oddity}/date_gmt": 1}
    assert item.extra.get("date") == (None if published else POST["date"])
    assert "modified" not in item.extra
    assert ("date_gmt" in item.extra) == (oddity == "wrong_date")


def test_dates_missing():
    """Without dates in UTC the local ones stay."""
    record = {name: value for name, value in POST.items() if not name.endswith("_gmt")}

    item, oddities = read(record)

    assert (item.published, item.modified) == (None, None)
    assert item.extra["date"] == POST["date"]
    assert item.extra["modified"] == POST["modified"]
    assert oddities == {"missing/date_gmt": 1, "missing/modified_gmt": 1}


def test_no_dates_at_all():
    """A record without any date is a record."""
    item, _ = read({"id": 7})

    assert item.published is None
    assert item.extra == {}


def test_comment_without_date():
    """A comment keeps its local date where the one in UTC is zero."""
    item, oddities = read({**COMMENT, "date_gmt": "0000-00-00T00:00:00"}, COMMENTS)

    assert item.published is None
    assert item.extra["date"] == COMMENT["date"]
    assert oddities == {"zero_date/date_gmt": 1}


def test_nothing_but_an_id():
    """The record still comes, each field that WordPress always sends counted."""
    item, oddities = read({"id": "7"})

    assert item.id == 7
    assert item.type == "post"
    assert oddities == {
        "coerced/id": 1,
        "missing/link": 1,
        "missing/slug": 1,
        "missing/type": 1,
        "missing/status": 1,
        "missing/date_gmt": 1,
        "missing/modified_gmt": 1,
        "missing/guid": 1,
    }


@pytest.mark.parametrize("value", [None, 7, ["post"], ""])
def test_type(value):
    """A record that does not say its type has the collection's."""
    item, _ = read({**POST, "type": value}, BOOKS)

    assert item.type == ("7" if value == 7 else "book")


@pytest.mark.parametrize(
    ("value", "protected", "oddity"),
    [
        (1, True, "coerced"),
        ("1", True, "coerced"),
        ("", False, "coerced"),
        (0, False, "coerced"),
        ("yes", False, "wrong_type"),
        (None, False, "wrong_type"),
        ([1], False, "wrong_type"),
    ],
)
def test_protected(value, protected, oddity):
    """PHP's other spellings of true and false are understood."""
    item, oddities = read({**POST, "content": {"rendered": "", "protected": value}})

    assert item.protected is protected
    assert oddities == {f"{oddity}/protected": 1}


def test_content_of_old_versions():
    """Before passwords were told there was no `protected`."""
    item, oddities = read({**POST, "content": {"rendered": "<p>a</p>"}})

    assert item.protected is False
    assert not oddities


@pytest.mark.parametrize("value", [[], {}, False, None, ""])
@pytest.mark.parametrize("name", ["meta", "acf", "yoast_head_json"])
def test_empty_object(name, value):
    """An empty object says nothing, in whichever way PHP writes it."""
    item, oddities = read({**POST, name: value})

    assert name not in item.extra
    assert not oddities


@pytest.mark.parametrize("name", ["meta", "acf", "yoast_head_json"])
def test_object_as_list(name):
    """A list with something in it stays as it is, and is counted."""
    item, oddities = read({**POST, name: [1]})

    assert item.extra[name] == [1]
    assert oddities == {f"wrong_type/{name}": 1}


def test_meta():
    """What meta holds stays."""
    item, oddities = read({**POST, "meta": {"isbn": "978-3"}})

    assert item.extra["meta"] == {"isbn": "978-3"}
    assert not oddities


def test_seo_plugin():
    """Of an SEO plugin's fields there remains who wrote it, where, in which language."""
    item, oddities = read(
        {
            **POST,
            "yoast_head": "<title>The ferry</title>",
            "yoast_head_json": {
                "title": "The ferry",
                "author": "Ada",
                "canonical": "https://ada.example/ferry/",
                "schema": {"image": GRAVATAR},
            },
            "aioseo_head_json": {"canonical_url": "https://ada.example/ferry/", "robots": ""},
        }
    )

    assert item.extra["yoast_head_json"] == {
        "author": "Ada",
        "canonical": "https://ada.example/ferry/",
    }
    assert item.extra["aioseo_head_json"] == {"canonical_url": "https://ada.example/ferry/"}
    assert "yoast_head" not in item.extra
    assert not oddities


def test_seo_plugin_without_use():
    """Where nothing of use remains, the field is gone."""
    item, _ = read({**POST, "yoast_head_json": {"title": "The ferry", "author": ""}})

    assert "yoast_head_json" not in item.extra


@pytest.mark.parametrize("value", [[], {}, False, None, ""])
def test_no_terms(value):
    """No terms is an empty list, however PHP writes it."""
    item, oddities = read({**POST, "categories": value})

    assert item.extra["categories"] == []
    assert oddities == ({} if value == [] else {"coerced/terms": 1})


@pytest.mark.parametrize(
    ("value", "terms", "oddity"),
    [
        (["5", 7], [5, 7], "coerced"),
        ({"0": 5, "2": "7"}, [5, 7], "coerced"),
        ([True], [True], "wrong_type"),
        ([{"id": 5}], [{"id": 5}], "wrong_type"),
        ("5", "5", "wrong_type"),
        (5, 5, "wrong_type"),
    ],
)
def test_terms(value, terms, oddity):
    """Ids are read in each of PHP's shapes; anything else stays as it is."""
    item, oddities = read({**POST, "genres": value}, BOOKS)

    assert item.extra["genres"] == terms
    assert oddities == {f"{oddity}/terms": 1}


@pytest.mark.parametrize(
    ("value", "author", "oddity"),
    [
        ("3", 3, "coerced"),
        (None, None, "wrong_type"),
        (False, None, "wrong_type"),
        ("", None, "wrong_type"),
        ({"name": "Ada", "avatar": GRAVATAR}, None, "wrong_type"),
    ],
)
def test_author(value, author, oddity):
    """The id of the author is a number, or null; a whole author stays, less the e-mail hash."""
    item, oddities = read({**POST, "author": value})

    assert oddities.pop(f"{oddity}/author") == 1
    if value and author is None:
        assert item.extra["author"]["name"] == "Ada"
        assert HASH not in repr(item.extra)
        assert oddities == {"avatar_hash/extra": 1}
    else:
        assert item.extra["author"] == author
        assert not oddities


@pytest.mark.parametrize(
    "value",
    [
        {"display_name": "Ada", "avatar": GRAVATAR},
        [{"user": {"avatar_urls": {"24": GRAVATAR}}}],
        f'<img src="{GRAVATAR}">',
    ],
)
def test_avatar_in_a_plugin_field(value):
    """An e-mail hash is cut out wherever a plugin repeats it, the rest stays."""
    item, oddities = read({**POST, "author_info": value})

    assert HASH not in repr(item)
    assert "avatar" in repr(item.extra["author_info"])
    assert oddities == {"avatar_hash/extra": 1}


def test_avatar_in_an_odd_title():
    """What is kept of an unreadable field has no e-mail hash either."""
    item, oddities = read({**POST, "title": [GRAVATAR], "meta": [GRAVATAR]})

    assert HASH not in repr(item)
    assert oddities == {"wrong_type/title": 1, "wrong_type/meta": 1, "avatar_hash/extra": 1}


@pytest.mark.parametrize(
    ("record", "width", "oddities"),
    [
        ({"media_details": {"width": "300", "height": 0, "sizes": []}}, 300, {"coerced/width": 1}),
        ({"media_details": {"width": "wide"}}, None, {"wrong_type/width": 1}),
        ({"media_details": {"width": 2**64}}, None, {"wrong_type/width": 1}),
        ({"media_details": {"sizes": False}}, None, {"wrong_type/sizes": 1}),
        ({"media_details": {"sizes": [1]}}, None, {"wrong_type/sizes": 1}),
        ({"media_details": ""}, None, {"wrong_type/media_details": 1}),
        ({"media_details": [1]}, None, {"wrong_type/media_details": 1}),
        ({"post": "7"}, 1200, {"coerced/post": 1}),
        ({"post": False}, 1200, {"wrong_type/post": 1}),
        ({"caption": "The ferry"}, 1200, {"coerced/caption": 1}),
    ],
)
def test_media(record, width, oddities):
    """Measures are numbers or null."""
    item, counted = read({**IMAGE, **record}, MEDIA)

    assert item.width == width
    assert counted == oddities


def test_unreadable_measures_are_kept():
    """What cannot be read of the details stays among them."""
    item, _ = read({**IMAGE, "media_details": {"width": "wide", "sizes": [1]}}, MEDIA)

    assert item.extra["media_details"] == {"width": "wide", "sizes": [1]}


@pytest.mark.parametrize(
    ("collection", "record", "field", "value", "expected", "oddity"),
    [
        (COMMENTS, COMMENT, "post", "7", 7, "coerced"),
        (COMMENTS, COMMENT, "parent", None, None, "wrong_type"),
        (COMMENTS, COMMENT, "author_name", None, None, "wrong_type"),
        (COMMENTS, COMMENT, "author_url", False, None, "wrong_type"),
        (CATEGORIES, CATEGORY, "count", "12", 12, "coerced"),
        (CATEGORIES, CATEGORY, "parent", False, None, "wrong_type"),
        (CATEGORIES, CATEGORY, "name", 1984, "1984", "coerced"),
        (CATEGORIES, CATEGORY, "taxonomy", None, None, "wrong_type"),
        (USERS, USER, "url", None, None, "wrong_type"),
        (USERS, USER, "name", 7, "7", "coerced"),
    ],
)
def test_other_kinds(collection, record, field, value, expected, oddity):
    """Comments, terms and users are read with the same patience."""
    item, oddities = read({**record, field: value}, collection)

    assert getattr(item, field) == expected
    assert oddities == {f"{oddity}/{field}": 1}


def test_absurd_values():
    """Ten million characters, a thousand levels and huge numbers pass through."""
    deep = []
    for _ in range(1000):
        deep = [deep]
    long = "x" * 10_000_000

    item, oddities = read(
        {
            **POST,
            "title": {"rendered": long},
            "excerpt": 10**5000,
            "acf": deep,
            "views": 10**100,
        }
    )

    assert item.title is long
    assert item.extra["acf"] is deep
    assert item.extra["views"] == 10**100
    assert item.extra["excerpt"] == 10**5000
    assert oddities == {"wrong_type/acf": 1, "wrong_type/excerpt": 1}


def test_record_is_not_changed():
    """Reading leaves the record as it was: it is hashed, journalled, given as raw."""
    record = {**POST, "author": {"a": GRAVATAR}, "yoast_head_json": {"author": "Ada", "x": 1}}
    before = repr(record)

    read(record, POSTS)

    assert repr(record) == before
