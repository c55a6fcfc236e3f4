"""Whole harvests with follow=: what a site may do to links, and what becomes of documents."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from crawler.certificate import ExitStatus, describe_links
from crawler.wordpress.byline import authors_of
from crawler.wordpress.follow import BY_DEFAULT, RELS, read_follow
from crawler.wordpress.harvest import Harvest, Wanted
from crawler.wordpress.linked import is_resolved, owner_of, read_ids, summary
from tests.harvested import HOME
from tests.wordpress.followed import (
    OUR_FIELDS,
    SITE,
    Followed,
    as_it_is,
    check,
    edit,
    error,
    follow,
    on,
    page_of_html,
    query_of,
    route_of,
    small_pages,
    status_of,
)


class TestPlain:
    def test_accounts(self, plain, unlinked):
        """On a site at rest all is resolved but what was deleted or has a password."""
        check(plain, unlinked)
        refused = {word: dict(each.refused) for word, each in plain.progress.items()}
        assert refused == {
            "author": {"dangling": 1},
            "terms": {},
            "featured_media": {"dangling": 1},
            "replies": {"denied": 1},
            "attachments": {},
            "up": {},
        }
        assert status_of(plain) is ExitStatus.COMPLETE

    def test_requests(self, plain):
        """One request for each sort of resource and page, and one for each that is gone."""
        assert sum(account.requests for account in plain.progress.values()) <= 12

    def test_one_by_one(self, plain):
        """What documents hold is what one request for each resource gives."""
        readers = {}
        for progress in follow("all", words="none").harvest.progress:
            readers[progress.collection.rest_base] = progress.reader

        def single(base, number):
            answer = SITE.respond("GET", f"/wp-json/wp/v2/{base}/{number}?", {})
            return summary(readers[base].read(answer.json())) if answer.status == 200 else None

        taxonomies = {"categories", "tags", "materials"}
        for document in plain.documents.values():
            user = single("users", document.extra["author"])
            image = single("media", document.extra.get("featured_media") or 0)
            terms = [
                single(base, number)
                for base in ("categories", "tags", "materials")
                if base in taxonomies & document.extra.keys()
                for number in read_ids(document.extra[base])
            ]
            assert document.terms == terms
            assert image == (
                document.featured_media
                if document.featured_media and is_resolved(document.featured_media)
                else None
            )
            if user is not None:
                assert document.authors == authors_of(user, document.extra)
            up = single(document.collection, document.extra.get("parent") or 0)
            assert document.parent == up

    def test_owned_one_by_one(self, plain):
        """Comments and attachments are those that the whole collections have for a document."""
        whole = follow("comments", "media", words="none").items
        for document in plain.documents.values():
            for field, kind in (("comments", "comment"), ("attachments", "media")):
                own = [e for e in whole if e.kind == kind and owner_of(e) == document.id]
                there = [each for each in getattr(document, field) if is_resolved(each)]
                if not document.protected:
                    assert there == [summary(e) for e in sorted(own, key=lambda e: e.id)]

    @pytest.mark.parametrize("names", [("all",), ("users", "documents"), ("documents", "media")])
    def test_harvested_anyway(self, plain, unlinked, names):
        """Documents are the same where terms, users, media, comments are harvested anyway."""
        done = follow(*names)
        check(done, unlinked)
        assert done.linked() == plain.linked()

    def test_harvested_anyway_costs_nothing(self, plain):
        """Then only what leads nowhere is asked for."""
        done = follow("all")
        assert sum(each.requests for each in done.progress.values()) == 2
        assert len({item.record_id for item in done.items}) == len(done.items)

    def test_small_pages(self, plain, unlinked):
        """However documents are paged, they hold the same."""
        done = follow(change=small_pages(size=7), at_most=2000)
        check(done, unlinked)
        assert done.linked() == plain.linked()
        assert len(done.asked("users/77")) == 1

    def test_limited(self, plain):
        """The newest few hold what they hold in a whole harvest."""
        done = follow("posts", limit=5)
        assert done.linked().items() <= plain.linked().items()
        assert len(done.documents) == 5

    def test_limited_and_harvested_anyway(self, plain):
        """A collection of which only some were harvested is not taken for whole."""
        done = follow("users", "media", "posts", limit=3)
        assert done.linked().items() <= plain.linked().items()

    def test_raw(self, plain):
        """Whole records make the same documents."""
        assert follow(raw=True).linked() == plain.linked()

    def test_nothing(self, unlinked):
        """With none there is no account, and the fields are null."""
        assert unlinked.harvest.resolver is None
        assert describe_links(unlinked.harvest) == {}
        values = {value for each in unlinked.linked().values() for value in each.values()}
        assert values == {None}

    def test_without_a_place(self):
        """Links are not followed without a place for what they lead to."""
        done = Followed(Harvest(HOME, Wanted(follow=BY_DEFAULT)), [], [])
        with pytest.raises(TypeError, match="a place for what they lead to"):
            done.run(as_it_is)

    def test_pages_only(self):
        """Where a harvest has no documents nothing is asked for them."""
        done = follow("users", "media")
        assert [account.asked for account in done.progress.values()] == [0] * len(RELS)


class TestClosed:
    @pytest.mark.parametrize(
        "fault",
        [
            lambda answer: error(answer, 401, "rest_user_cannot_view"),
            lambda answer: error(answer, 403, "rest_forbidden"),
            lambda answer: error(answer, 404, "rest_no_route"),
        ],
    )
    def test_users(self, plain, unlinked, fault):
        """Users that are closed in any way cost one request, and are denied; the rest stays."""
        done = follow(change=on("users", fault))
        check(done, unlinked)
        account = done.progress["author"]

        assert account.requests == 1
        assert account.refused == {"denied": account.asked}
        assert status_of(done) is ExitStatus.COMPLETE
        for key, linked in done.linked().items():
            assert {**linked, "authors": None} == {**plain.linked()[key], "authors": None}

    @pytest.mark.parametrize(
        ("status", "requests", "reason", "exit_status"),
        [
            (404, 2, "denied", ExitStatus.COMPLETE),
            (403, 1, "denied", ExitStatus.COMPLETE),
            (200, 2, "blocked", ExitStatus.PARTIAL),
        ],
    )
    def test_web_page_for_users(self, plain, unlinked, status, requests, reason, exit_status):
        """A web page in place of users is no word of the site where it says that all is well."""
        done = follow(change=on("users", lambda answer: page_of_html(answer, status)))
        check(done, unlinked)
        account = done.progress["author"]

        assert account.requests == requests
        assert account.refused == {reason: account.asked}
        assert status_of(done) is exit_status

    def test_robots(self, unlinked):
        """Users that robots.txt forbids are denied, too."""
        done = follow(change=on("users", lambda _: "Forbidden by robots.txt"))
        check(done, unlinked)
        assert done.progress["author"].refused.keys() == {"denied"}

    def test_byline(self, unlinked):
        """Where users are closed the record itself names its author."""

        def sign(records):
            return [{**each, "yoast_head_json": {"author": "Ada"}} for each in records]

        fault = on("users", lambda answer: error(answer, 401, "rest_user_cannot_view"))
        sign_posts = edit("posts", sign)
        done = follow(
            "posts", words="author", change=lambda url, a: sign_posts(url, fault(url, a))
        )
        account = done.progress["author"]

        assert account.from_record == account.refused["denied"] == len(done.documents)
        assert {each.authors[0]["name"] for each in done.documents.values()} == {"Ada"}

    @pytest.mark.parametrize("base", ["users", "media", "comments", "tags", "categories"])
    def test_no_answer(self, unlinked, base):
        """A route that does not answer has failed, after a bounded number of requests."""
        done = follow(change=on(base, lambda _: "timed out"))
        check(done, unlinked)
        failed = sum(account.refused["failed"] for account in done.progress.values())

        assert failed > 0
        assert len(done.urls) < 80
        assert status_of(done) is ExitStatus.PARTIAL


class TestOneOfMany:
    def test_image_that_fails(self, plain, unlinked):
        """One image that makes the site fail is found, and costs no other image."""
        images = [
            each.featured_media["id"]
            for each in plain.documents.values()
            if each.featured_media and is_resolved(each.featured_media)
        ]
        bad = images[len(images) // 2]

        def fail(url, answer):
            asked = query_of(url).get("include", "").split(",")
            there = route_of(url) == f"media/{bad}" or str(bad) in asked
            return replace(answer, status=500, body=b"") if there else answer

        done = follow(words="featured_media", change=fail)
        check(done, unlinked)
        account = done.progress["featured_media"]

        assert account.refused == {"dangling": 1, "failed": images.count(bad)}
        assert account.requests < 25
        assert status_of(done) is ExitStatus.PARTIAL

    def test_fifteen_images_deleted(self):
        """Images that were deleted are dangling one by one, and close the route to nobody."""

        def lose_images(records):
            lost = [{**each, "featured_media": 90_000 + each["id"]} for each in records[:15]]
            return [*lost, *records[15:]]

        done = follow("posts", words="featured_media", change=edit("posts", lose_images))
        account = done.progress["featured_media"]

        assert account.refused["dangling"] >= 15
        assert account.refused["failed"] == 0
        assert account.resolved > 0

    def test_error_object(self, plain, unlinked):
        """An error object with HTTP 200 in place of a user is an error."""
        body = {"code": "rest_user_invalid_id", "message": "No.", "data": {"status": 404}}
        done = follow(
            words="author",
            change=lambda url, answer: (
                replace(answer, status=200, body=json.dumps(body).encode())
                if route_of(url) == "users/77"
                else answer
            ),
        )
        check(done, unlinked)
        assert done.progress["author"].refused == {"dangling": 1}

    @pytest.mark.parametrize("status", [401, 403])
    def test_comments_of_a_forbidden_post(self, plain, unlinked, status):
        """One post whose comments nobody may read is found by halving; the others have theirs."""
        bad = next(
            each.id
            for each in plain.documents.values()
            if each.collection == "posts" and each.comments and is_resolved(each.comments[-1])
        )

        def refuse(url, answer):
            asked = query_of(url).get("post", "").split(",")
            return error(answer, status, "rest_cannot_read_post") if str(bad) in asked else answer

        done = follow(words="replies", change=refuse)
        check(done, unlinked)

        assert done.progress["replies"].requests < 20
        for key, document in done.documents.items():
            if document.id == bad:
                assert document.comments == [{"id": None, "resolved": False, "reason": "denied"}]
            else:
                assert document.comments == plain.documents[key].comments


def test_words_that_are_known():
    """Each word of follow= has its field in the documents."""
    assert OUR_FIELDS.keys() == RELS.keys() == read_follow("all").words
