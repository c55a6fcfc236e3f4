from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ArgumentError
from crawler.wordpress.core import core_capabilities
from crawler.wordpress.index import Capabilities, Collection
from crawler.wordpress.selection import GROUPS, OWNED, check_params, select


def collection(kind, rest_base, name, namespace="wp/v2", params=None):
    able = core_capabilities(kind)
    if params is not None:
        able = Capabilities(frozenset(params), frozenset(), 100, "index")
    return Collection(namespace, rest_base, f"/{namespace}/{rest_base}", kind, name, able)


SITE = [
    collection("term", "categories", "category"),
    collection("term", "tags", "post_tag"),
    collection("user", "users", "user"),
    collection("media", "media", "attachment"),
    collection("document", "posts", "post"),
    collection("document", "library", "book"),
    collection("document", "events", "event", "notes/v1"),
    collection("document", "events", "gig"),
    collection("document", "gig", "odd"),
    collection("comment", "comments", "comment"),
]
ROUTES = [each.route for each in SITE]
OFFER = (
    "it has categories, tags, users, media, posts, library, events, gig, comments, "
    "and the words all, documents, terms stand for many"
)


def chosen(*names, **more):
    return [each.route for each in select(SITE, names, **more)]


class TestSelect:
    @pytest.mark.parametrize(
        ("names", "routes"),
        [
            (["posts"], ["/wp/v2/posts"]),
            (["book"], ["/wp/v2/library"]),
            ([" attachment "], ["/wp/v2/media"]),
            (["category"], ["/wp/v2/categories"]),
            (["events"], ["/notes/v1/events", "/wp/v2/events"]),
            (["notes/v1/events"], ["/notes/v1/events"]),
            (["/wp/v2/events/"], ["/wp/v2/events"]),
            (["gig"], ["/wp/v2/gig"]),
            (["comments", "posts", "tags"], ["/wp/v2/tags", "/wp/v2/posts", "/wp/v2/comments"]),
            (["terms"], ["/wp/v2/categories", "/wp/v2/tags"]),
            (["users", "media"], ["/wp/v2/users", "/wp/v2/media"]),
            (["documents", "posts", ""], ROUTES[4:9]),
            (["all"], ROUTES),
        ],
    )
    def test_names(self, names, routes):
        """A rest_base, a type, a route or a word for many; in the order of the harvest."""
        assert chosen(*names) == routes

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("psots", f"the site has no collection 'psots'; did you mean 'posts'?; {OFFER}"),
            ("term", f"the site has no collection 'term'; did you mean 'terms'?; {OFFER}"),
            ("zzz", f"the site has no collection 'zzz'; {OFFER}"),
            ("Posts\n!", None),
            ("menus", "'menus' is not harvested: it needs a login, or is no content"),
        ],
    )  # fmt: skip
    def test_unknown(self, name, message):
        """The message says what there is, and what is nearest."""
        with pytest.raises(ArgumentError) as caught:
            chosen("tags", name, closed=["menus", "blocks"])

        assert message is None or str(caught.value) == message
        assert len(str(caught.value).splitlines()) == 1

    def test_word_for_nothing(self):
        """A word is no error of spelling where the site has nothing of the kind."""
        with pytest.raises(ArgumentError, match=r"^the site has no comments; it has posts, and "):
            select(SITE[4:5], ["comments"])

    @pytest.mark.parametrize("names", [[], ["", " "]])
    def test_nothing_named(self, names):
        """No name at all is refused, with what there is."""
        with pytest.raises(
            ArgumentError, match=r"^collections names nothing; it has categories, "
        ):
            select(SITE, names)

    def test_long_list(self):
        """A site of hundreds of collections is not listed whole."""
        many = [collection("document", f"kind{n}", f"k{n}") for n in range(99)]

        with pytest.raises(ArgumentError, match=r"kind39 and 59 more, and the words"):
            select(many, ["posts"])

    @given(st.lists(st.sampled_from([*GROUPS, "posts", "book", "events"]), min_size=1))
    def test_order(self, names):
        """However the names come, each collection comes once, in the site's order."""
        routes = chosen(*names)

        assert routes == [route for route in ROUTES if route in set(routes)]


POSTS = collection(
    "document", "posts", "post",
    params=["page", "per_page", "categories", "categories_exclude", "author", "search", "after"],
)  # fmt: skip


class TestCheckParams:
    @pytest.mark.parametrize(
        "params",
        [
            {},
            {"categories": "5,7"},
            {"categories[]": "5"},
            {"categories[terms]": "5", "search": "é"},
        ],
    )
    def test_known(self, params):
        """What the index lists may be filtered by, in PHP's array spellings too."""
        check_params(POSTS, params)

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            (
                "category",
                "filter: /wp/v2/posts has no parameter 'category'; did you mean 'categories'?",
            ),
            ("zzz[]", "filter: /wp/v2/posts has no parameter 'zzz'"),
            ("lang", "filter: /wp/v2/posts has no parameter 'lang'"),
        ],
    )
    def test_unknown(self, name, message):
        """WordPress would ignore it in silence, so it is refused."""
        with pytest.raises(ArgumentError) as caught:
            check_params(POSTS, {"categories": "5", name: "7"})

        assert str(caught.value) == message

    def test_nothing_listed(self):
        """Where the index did not tell, a filter may pass."""
        check_params(collection("document", "posts", "post"), {"lang": "fr", "genres": "7"})

    def test_undeclared(self):
        """WPML reads lang without declaring it; its namespace tells that it is there."""
        check_params(POSTS, {"lang": "fr"}, namespaces=["wp/v2", "wpml/v1"])

    @pytest.mark.parametrize("basis", ["index", "core"])
    @pytest.mark.parametrize("name", sorted(OWNED))
    def test_owned_by_the_crawler(self, name, basis):
        """What paging sets for itself cannot be filtered by, whatever the index lists."""
        target = POSTS if basis == "index" else collection("document", "posts", "post")

        with pytest.raises(ArgumentError, match=rf"^filter: {name} (is|has) "):
            check_params(target, {name: "1"})
        with pytest.raises(ArgumentError, match=rf"^filter: {name} (is|has) "):
            check_params(target, {f"{name}[]": "1"})

    def test_dates(self):
        """The message for dates names the argument to use."""
        with pytest.raises(ArgumentError, match=r"use -a after=$"):
            check_params(POSTS, {"after": "2024-01-01"})

    @pytest.mark.parametrize(
        ("name", "value"),
        [("search", "a\nb"), ("search", "\udc80"), ("a\r", "1"), ("", "1"), ("[]", "1")],
    )
    def test_unsendable(self, name, value):
        """Control characters, bytes that were no text and empty names are refused."""
        with pytest.raises(ArgumentError, match=r"holds characters that cannot be sent$"):
            check_params(collection("document", "posts", "post"), {name: value})
