from __future__ import annotations

import pytest

from crawler.wordpress.core import core_collection
from crawler.wordpress.links import learn_routes
from crawler.wordpress.query import read_root
from crawler.wordpress.rel_routes import MAX_TAXONOMIES, targets
from tests.wordpress.sample_records import BOOKS, CATEGORIES, COMMENTS, MEDIA, POSTS, TAGS, USERS

ROOT = read_root("https://example.org/wp-json/")
KNOWN = (CATEGORIES, TAGS, USERS, MEDIA, POSTS, BOOKS, COMMENTS)


def record(links, **fields):
    return {"id": 7, "_links": links, **fields}


def routes(found):
    return {target.field or target.word: target.collection.route for target in found}


def of(*records, collection=POSTS, known=KNOWN):
    return targets(collection, known, learn_routes(records, ROOT), records)


class TestTargets:
    def test_without_links(self):
        """Where no record has links, the site's own collections are where they lead."""
        found = of({"id": 7})

        assert routes(found) == {
            "categories": "/wp/v2/categories",
            "tags": "/wp/v2/tags",
            "author": "/wp/v2/users",
            "attachments": "/wp/v2/media",
            "featured_media": "/wp/v2/media",
            "replies": "/wp/v2/comments",
            "parent": "/wp/v2/posts",
        }
        assert all(target.named for target in found)

    def test_nothing_known(self):
        """Where the site says nothing either, core's routes are assumed, with what core can."""
        found = of(known=())

        assert routes(found)["author"] == core_collection("user", ("user", "users")).route
        assert "include" in found[0].collection.capabilities.params

    def test_routes_of_records(self):
        """What records name counts more than what is known, and is taken to do what core can."""
        found = of(record({"author": "/wp-json/acme/v1/people/3", "up": "/wp-json/wp/v2/pages/2"}))
        author = next(target for target in found if target.word == "author")

        assert (routes(found)["author"], routes(found)["parent"]) == (
            "/acme/v1/people",
            "/wp/v2/pages",
        )
        assert (author.collection.namespace, author.collection.rest_base) == ("acme/v1", "people")
        assert author.collection.capabilities.basis == "core"
        assert "include" in author.collection.capabilities.params

    def test_known_route(self):
        """A known collection comes with what the index says it can do."""
        [author] = [
            t for t in of(record({"author": "/wp-json/wp/v2/users/3"})) if t.field == "author"
        ]
        assert author.collection is USERS

    def test_route_of_another_kind(self):
        """A route that is known for another kind is not read as that."""
        [author] = [
            t for t in of(record({"author": "/wp-json/wp/v2/media/3"})) if t.field == "author"
        ]
        assert (author.collection.kind, author.collection.route) == ("user", "/wp/v2/media")
        assert author.shelf != next(t for t in of() if t.word == "featured_media").shelf

    @pytest.mark.parametrize("rel", ["replies", "wp:attachment"])
    def test_rel_that_no_record_has(self, rel):
        """Records with links, and none of this rel: their type has no comments, no attachments."""
        links = {
            "author": "/wp-json/wp/v2/users/3",
            "replies": "/wp-json/wp/v2/comments?post=7",
            "wp:attachment": "/wp-json/wp/v2/media?parent=7",
        }
        del links[rel]
        unnamed = [target.word for target in of(record(links)) if not target.named]
        assert unnamed == [{"replies": "replies", "wp:attachment": "attachments"}[rel]]

    def test_order(self):
        """Terms come before authors, attachments before the image that is one of them."""
        words = [target.word for target in of()]
        assert words.index("terms") < words.index("author")
        assert words.index("attachments") < words.index("featured_media")


class TestTaxonomies:
    def test_custom(self):
        """A taxonomy that only records name is found by its route, if records hold its ids."""
        terms = [
            {"taxonomy": "genre", "href": "/wp-json/wp/v2/genres?post=7"},
            {"taxonomy": "secret", "href": "/wp-json/wp/v2/secrets?post=7"},
            {"href": "/wp-json/wp/v2/nameless?post=7"},
        ]
        found = of(record({"wp:term": terms}, genres=[5], nameless=[6]), collection=BOOKS)
        fields = {t.field: t.collection.type for t in found if t.word == "terms"}

        assert fields == {"genres": "genre"}

    def test_of_the_type(self):
        """A taxonomy that the type lists is followed though no record links to it."""
        fields = [target.field for target in of(record({}), collection=POSTS)]
        assert fields[:2] == ["categories", "tags"]

    def test_invented(self):
        """Of ten thousand taxonomies that a site claims, some are followed."""
        entries = [{"taxonomy": f"t{n}", "href": f"/wp-json/wp/v2/t{n}?post=7"} for n in range(90)]
        fields = {f"t{n}": [1] for n in range(90)}
        found = of(record({"wp:term": entries}, **fields))

        assert sum(target.word == "terms" for target in found) == MAX_TAXONOMIES

    def test_long_route(self):
        """A route as long as a URL may be is not learnt."""
        found = of(record({"author": "/wp-json/" + "é" * 1900 + "/3"}))
        assert routes(found)["author"] == "/wp/v2/users"
