from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.errands import Refusal
from crawler.wordpress.filling import MAX_IDS, Came, Filler
from crawler.wordpress.linked import unresolved
from crawler.wordpress.pointers import BOUND, OFF_SITE, Pointer
from crawler.wordpress.rel_progress import RelProgress
from crawler.wordpress.rel_routes import targets
from tests.wordpress.sample_records import (
    CATEGORIES,
    COMMENTS,
    MEDIA,
    POST,
    POSTS,
    TAGS,
    USERS,
    read,
)

ADA = {"id": 3, "name": "Ada", "slug": "ada", "link": None}
BOATS = {"taxonomy": "category", "id": 4, "slug": "boats", "name": "Boats"}
FERRY = {"id": 9, "source_url": "https://example.org/ferry.jpg"}
TARGETS = targets(POSTS, (CATEGORIES, TAGS, USERS, MEDIA, POSTS, COMMENTS), {}, [])
DENIED = Refusal("denied", "HTTP 401 rest_forbidden")


def shelf(word, place=0):
    return [target.shelf for target in TARGETS if target.word == word][place]


def fill(came, *words, pointers=None, **record):
    """Fill in one post by what came; give it and the account."""
    document, _ = read({**POST, **record})
    names = (*words, *(pointer.rel for pointer in pointers or ()))
    progress = {name: RelProgress() for name in names}
    chosen = [target for target in TARGETS if target.word in words]
    Filler(came, progress).fill(document, chosen, pointers)
    return document, progress


class TestReferences:
    def test_terms(self):
        """Terms stand in the order of the record, taxonomy by taxonomy, those not had in place."""
        came = Came(linked={
            (shelf("terms", 0), 4): BOATS,
            (shelf("terms", 0), 1): unresolved(1, "dangling"),
            (shelf("terms", 1), 8): {"taxonomy": "post_tag", "id": 8, "slug": "x", "name": "X"},
        })  # fmt: skip
        document, progress = fill(came, "terms", categories=[4, 1], tags=[8])

        assert [(each["taxonomy"], each["id"]) for each in document.terms] == [
            ("category", 4),
            ("category", 1),
            ("post_tag", 8),
        ]
        assert document.terms[1] == {
            "taxonomy": "category", "id": 1, "resolved": False, "reason": "dangling",
        }  # fmt: skip
        account = progress["terms"]
        assert (account.asked, account.resolved, account.refused["dangling"]) == (3, 2, 1)

    def test_without_taxonomies(self):
        """A type without taxonomies has no terms: a list, not null."""
        document, _ = fill(Came(), "terms", categories=[], tags=[])
        assert document.terms == []

    def test_not_followed(self):
        """What is not followed is null."""
        document, _ = fill(Came())
        assert (document.authors, document.terms, document.linked) == (None, None, None)
        assert (document.featured_media, document.parent) == (None, None)
        assert (document.comments, document.attachments) == (None, None)

    def test_copies(self):
        """Two documents with one image have each their own: each is cleaned by itself."""
        came = Came(linked={(shelf("featured_media"), 9): FERRY})
        one, _ = fill(came, "featured_media")
        other, _ = fill(came, "featured_media")
        one.featured_media["source_url"] = "changed"

        assert other.featured_media == FERRY

    def test_none_named(self):
        """An id of 0 is no image, and no link that was asked for."""
        document, progress = fill(Came(), "featured_media", "up", featured_media=0, parent=0)
        assert (document.featured_media, document.parent) == (None, None)
        assert progress["featured_media"] == progress["up"] == RelProgress()

    def test_too_many(self):
        """Beyond a thousand ids of one field stands one entry, whatever number a site lists."""
        place = shelf("terms")
        linked = {(place, n): {**BOATS, "id": n} for n in range(1, MAX_IDS + 1)}
        ids = list(range(1, 200_001))
        tracemalloc.start()
        document, progress = fill(Came(linked=linked), "terms", categories=ids)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert len(document.terms) == MAX_IDS + 1
        assert document.terms[-1] == {"taxonomy": "category", **unresolved(None, "bound")}
        assert progress["terms"].asked == MAX_IDS + 1
        assert peak < 40e6


class TestAuthors:
    def test_user(self):
        """The user is the author, by the route of users."""
        came = Came(linked={(shelf("author"), 3): ADA})
        document, progress = fill(came, "author")
        assert document.authors == [{**ADA, "basis": "user"}]
        assert progress["author"].from_record == 0

    def test_from_record(self):
        """A user who is refused, and whom the record names, is counted as both."""
        came = Came(linked={(shelf("author"), 3): unresolved(3, "denied")})
        document, progress = fill(came, "author", yoast_head_json={"author": "Ada"})

        assert document.authors[0]["basis"] == "yoast_head_json"
        account = progress["author"]
        assert (account.asked, account.refused["denied"], account.from_record) == (1, 1, 1)

    def test_not_had(self):
        """Where the record names nobody else, the refusal stands there."""
        came = Came(linked={(shelf("author"), 3): unresolved(3, "denied")})
        document, progress = fill(came, "author")
        assert document.authors == [unresolved(3, "denied")]
        assert progress["author"].from_record == 0


class TestOwned:
    def test_comments(self):
        """The comments of the document, and no others."""
        comments = [{"id": 21}, {"id": 22}]
        came = Came(owned={("replies", 7): comments, ("replies", 8): [{"id": 23}]})
        document, progress = fill(came, "replies", "attachments")

        assert (document.comments, document.attachments) == (comments, [])
        assert progress["replies"].resolved == progress["attachments"].resolved == 1

    def test_not_all(self):
        """Where not all could be had, the last entry says so."""
        came = Came(owned={("replies", 7): [{"id": 21}]}, refused={("replies", 7): DENIED})
        document, progress = fill(came, "replies")
        assert document.comments == [{"id": 21}, unresolved(None, "denied")]
        assert progress["replies"].refused == {"denied": 1}


class TestLinked:
    @pytest.mark.parametrize("value", [{"lat": 50.1}, [], None, 0, "text"])
    def test_value(self, value):
        """What came stands there as it is, null too."""
        pointer = Pointer("acme:map", "/x/7", "https://example.org/x/7", None, "x/7")
        document, progress = fill(Came(pointed={"x/7": value}), pointers=[pointer])
        assert document.linked == {"acme:map": [value]}
        assert progress["acme:map"].resolved == 1

    def test_refused(self):
        """What was not asked, or refused, says its address and the reason."""
        address = "https://example.org/x/7"
        pointers = [
            Pointer("a:x", "//evil.example/", None, OFF_SITE),
            Pointer("a:x", "/x/7", address, None, address),
            Pointer("a:y", "/x/8", None, BOUND),
        ]
        document, progress = fill(Came(pointed={address: DENIED}), pointers=pointers)

        assert document.linked == {
            "a:x": [
                {"href": "//evil.example/", "resolved": False, "reason": "off_site"},
                {"href": "/x/7", "resolved": False, "reason": "denied"},
            ],
            "a:y": [{"href": "/x/8", "resolved": False, "reason": "bound"}],
        }
        assert progress["a:x"].refused == {"off_site": 1, "denied": 1}

    def test_none(self):
        """A record without such links has an empty object where they are followed."""
        document, _ = fill(Came(), pointers=[])
        assert document.linked == {}


@given(
    ids=st.lists(st.integers(1, 40), unique=True),
    gone=st.sets(st.integers(1, 40)),
    refused=st.booleans(),
)
def test_account(ids, gone, refused):
    """Asked is resolved and all reasons, and what stands in the document is what was counted."""
    values = {n: unresolved(n, "dangling") if n in gone else {**BOATS, "id": n} for n in ids}
    came = Came(linked={(shelf("terms"), n): value for n, value in values.items()})
    if refused:
        came.refused["replies", 7] = DENIED
    document, progress = fill(came, "terms", "replies", categories=ids, tags=[])

    for account in progress.values():
        assert account.asked == account.resolved + account.refused.total()
    assert progress["terms"].asked == len(document.terms) == len(ids)
    assert progress["terms"].resolved == sum("resolved" not in each for each in document.terms)
