from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.wordpress.errands import MAX_FAILURES
from crawler.wordpress.follow import RELS
from crawler.wordpress.page import Page, Totals
from crawler.wordpress.resolver import MAX_ACCOUNTS, MAX_ASKED_ALONE, OTHER_RELS
from tests.wordpress import sample_records as sample
from tests.wordpress.resolving import (
    BROKEN,
    CLOSED,
    COMMENTS,
    GONE,
    POSTS,
    TAGS,
    USERS,
    a_resolver,
    ids_of,
    nobody,
    params_of,
    posts,
    resolve,
    users,
)


class TestOnce:
    def test_over_pages(self, cache):
        """A resource is asked for once a crawl, be it had, gone or refused."""
        resolver = a_resolver(cache, "author")

        def answer(query):
            return GONE if query.single else Page(({**sample.USER, "id": 3},), None)

        first, queries = resolve(resolver, posts({"author": 3}, {"author": 9}), answer)
        second, more = resolve(resolver, posts({"author": 9}, {"author": 3}), answer)

        assert (len(queries), more) == (2, [])
        assert [each.authors for each in first] == [each.authors for each in reversed(second)]
        account = resolver.progress["author"]
        assert (account.asked, account.resolved, account.refused) == (4, 2, {"dangling": 2})
        assert [each.id for each in account.unresolved] == [9]

    def test_served(self, cache):
        """What is harvested anyway is not asked for."""
        resolver = a_resolver(cache, "author")
        user, _ = sample.read(sample.USER, USERS)
        resolver.serve(USERS, [user])
        documents, queries = resolve(resolver, posts({"author": 3}), nobody)

        assert queries == []
        assert documents[0].authors[0]["name"] == "Ada"

    def test_served_whole(self, cache):
        """What all of the harvested users are not is asked for alone, to learn why."""
        resolver = a_resolver(cache, "author")
        resolver.served_whole(USERS)
        _, queries = resolve(resolver, posts({"author": 9}), nobody)
        assert [query.route for query in queries] == ["/wp/v2/users/9"]

    def test_comments_served_whole(self, cache):
        """The comments that were harvested stand with their documents, and cost nothing."""
        resolver = a_resolver(cache, "replies")
        made = [
            sample.read({**sample.COMMENT, "id": number, "post": 1}, COMMENTS)[0]
            for number in (30, 21)
        ]
        resolver.serve(COMMENTS, made)
        resolver.served_whole(COMMENTS)
        documents, queries = resolve(resolver, posts({}, {}), nobody)

        assert queries == []
        assert [[each["id"] for each in doc.comments] for doc in documents] == [[21, 30], []]

    def test_what_nothing_links_to(self, cache):
        """Records that no followed link leads to are not kept."""
        resolver = a_resolver(cache, "author,up")
        tag, _ = sample.read(sample.CATEGORY, TAGS)
        post, _ = sample.read(sample.POST, POSTS)
        resolver.serve(TAGS, [tag])
        resolver.serve(POSTS, [post])  # posts have no parents
        assert cache.get("term /wp/v2/tags", [4]) == {}
        assert cache.get("document /wp/v2/posts", [7]) == {}


class TestRefused:
    def test_route_closed(self, cache):
        """A closed route is asked once a crawl; each author says so."""
        resolver = a_resolver(cache, "author")
        first, queries = resolve(resolver, posts({"author": 3}, {"author": 4}), lambda _: CLOSED)
        second, more = resolve(resolver, posts({"author": 5}), lambda _: CLOSED)

        assert (len(queries), more) == (1, [])
        authors = [author for each in (*first, *second) for author in each.authors]
        assert {author["reason"] for author in authors} == {"denied"}
        assert resolver.progress["author"].refused == {"denied": 3}

    def test_comments_closed_midway(self, cache):
        """A route that closes midway refuses the rest of the page."""
        resolver = a_resolver(cache, "replies")
        comment = {**sample.COMMENT, "post": 1, "date": "2024-05-03T12:00:00"}
        answers = iter([Page((comment,), Totals(200, 2)), CLOSED])
        documents, _ = resolve(resolver, posts({}, {}), lambda _: next(answers))
        assert {each.comments[-1]["reason"] for each in documents} == {"denied"}

    def test_site_down(self, cache):
        """After so many failures in a row a route is left alone: the rest has failed."""
        resolver = a_resolver(cache, "author")
        records = posts(*({"author": number} for number in range(1, 101)))
        _, queries = resolve(resolver, records, lambda _: BROKEN)
        _, more = resolve(resolver, posts({"author": 200}), lambda _: BROKEN)

        assert (len(queries), more) == (MAX_FAILURES, [])
        assert resolver.progress["author"].refused == {"failed": 101}

    def test_failures_not_in_a_row(self, cache):
        """Failures between answers close nothing."""
        resolver = a_resolver(cache, "author")
        records = posts(*({"author": number} for number in range(1, 101)))

        def answer(query):
            return BROKEN if any(number % 9 == 0 for number in ids_of(query)) else users(query)

        documents, _ = resolve(resolver, records, answer)
        failed = [each.id for each in documents if "reason" in each.authors[0]]
        assert failed == [number for number in range(1, 101) if number % 9 == 0]

    def test_unlisted(self, cache):
        """Of what a list leaves out, the first are asked for alone; the others are unlisted."""
        resolver = a_resolver(cache, "author")
        records = posts(*({"author": number} for number in range(1, 101)))
        _, queries = resolve(resolver, records, nobody)

        assert sum(query.single for query in queries) == MAX_ASKED_ALONE
        assert resolver.progress["author"].refused == {
            "dangling": MAX_ASKED_ALONE,
            "unlisted": 100 - MAX_ASKED_ALONE,
        }

    def test_present_after_all(self, cache):
        """A user that no list has, and that is there when asked alone, is had."""
        resolver = a_resolver(cache, "author")

        def answer(query):
            return users(query) if query.single else Page((), None)

        documents, _ = resolve(resolver, posts({"author": 9}), answer)
        assert documents[0].authors[0]["id"] == 9

    @pytest.mark.parametrize(
        ("words", "collection", "field"),
        [("author", USERS, "authors"), ("replies", COMMENTS, "comments")],
    )
    def test_without_the_parameter(self, cache, words, collection, field):
        """Where a collection cannot list by id or by document, that is asked alone, or failed."""
        unable = replace(
            collection, capabilities=replace(collection.capabilities, params=frozenset())
        )
        resolver = a_resolver(cache, words, known=(unable,))
        documents, queries = resolve(resolver, posts({"author": 3}), nobody)

        assert [query.single for query in queries] == ([True] if words == "author" else [])
        assert getattr(documents[0], field)[0]["reason"] in ("dangling", "failed")


class TestComments:
    def test_password(self, cache):
        """A document with a password is left out of the list, which would be refused for it."""
        resolver = a_resolver(cache, "replies")
        locked = {"content": {"rendered": "", "protected": True}}
        documents, queries = resolve(resolver, posts({}, locked, {}), nobody)

        assert params_of(queries[0])["post"] == "1,3"
        assert documents[1].comments == [{"id": None, "resolved": False, "reason": "denied"}]

    def test_all_with_a_password(self, cache):
        """Where all are locked there is nothing to ask."""
        locked = {"content": {"rendered": "", "protected": True}}
        _, queries = resolve(a_resolver(cache, "replies"), posts(locked), nobody)
        assert queries == []

    def test_type_without_comments(self, cache):
        """A type whose records have links, and none to comments, has none."""
        links = {"_links": {"author": [{"href": "/wp-json/wp/v2/users/3"}]}}
        documents, queries = resolve(a_resolver(cache, "replies"), posts(links), nobody)
        assert (documents[0].comments, queries) == ([], [])


class TestOtherRels:
    def records(self, *hrefs):
        return posts(*({"_links": {"acme:map": [{"href": href}]}} for href in hrefs))

    def test_over_pages(self, cache):
        """An address is asked once a crawl, whatever came: a value, null, or an error."""
        resolver = a_resolver(cache, "acme:map")
        values = {"/x/1": {"lat": 1}, "/x/2": None, "/x/3": GONE, "/x/4": {"answer": "yes"}}

        def answer(query):
            return values[query.address.removeprefix("https://example.org")]

        records = self.records(*values)
        first, queries = resolve(resolver, records, answer)
        second, more = resolve(resolver, records, answer)

        assert (len(queries), more) == (4, [])
        linked = [each.linked["acme:map"][0] for each in first]
        assert linked == [
            {"lat": 1},
            None,
            {"href": "/x/3", "resolved": False, "reason": "dangling"},
            {"answer": "yes"},
        ]
        assert linked == [each.linked["acme:map"][0] for each in second]

    def test_avatar_hash(self, cache):
        """E-mail hashes are cut out of what came."""
        value = {"avatar": f"https://secure.gravatar.com/avatar/{sample.HASH}?s=96"}
        documents, _ = resolve(
            a_resolver(cache, "acme:map"), self.records("/x/1"), lambda _: value
        )
        assert sample.HASH not in str(documents[0].linked)

    def test_site_down(self, cache):
        """After so many failures in a row a rel is left alone."""
        resolver = a_resolver(cache, "acme:map")
        _, queries = resolve(
            resolver, self.records(*(f"/x/{n}" for n in range(60))), lambda _: BROKEN
        )
        assert len(queries) == MAX_FAILURES
        assert resolver.progress["acme:map"].refused == {"failed": 60}

    def test_deep(self, cache):
        """JSON as deep as is read can be given to a second document."""
        value = []
        for _ in range(1023):
            value = [value]
        resolver = a_resolver(cache, "acme:map")
        resolve(resolver, self.records("/x/1"), lambda _: value)
        documents, queries = resolve(resolver, self.records("/x/1"), lambda _: value)
        assert queries == []
        assert documents[0].linked["acme:map"][0]

    def test_invented(self, cache):
        """Rels beyond the first hundred of a crawl share an account, and are not asked."""
        resolver = a_resolver(cache, "all")

        def nothing(query):
            return {} if query.address else nobody(query)

        for page in range(5):
            links = {f"x:{page}-{n}": "/wp-json/x" for n in range(20)}
            more = {f"y:{page}-{n}": "/wp-json/x" for n in range(20)}
            resolve(resolver, posts({"_links": links}, {"_links": more}), nothing)

        assert len(resolver.progress) == MAX_ACCOUNTS + 1
        others = resolver.progress[OTHER_RELS]
        assert others.asked == others.refused["bound"] == 200 - (MAX_ACCOUNTS - len(RELS))

    def test_needs(self, cache):
        """Only other rels need links in later pages."""
        records = self.records("/x/1")
        assert a_resolver(cache, "author,terms").needs(records) == []
        assert a_resolver(cache, "author,acme:map").needs(records) == ["_links.acme:map"]
        assert a_resolver(cache, "all").needs(records) == ["_links.acme:map"]
