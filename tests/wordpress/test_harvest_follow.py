"""Whole harvests with follow=: what a site may do to links, and what becomes of documents."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from crawler.certificate import ExitStatus, describe_links, exit_status
from crawler.wordpress.byline import authors_of
from crawler.wordpress.follow import BY_DEFAULT, RELS, read_follow
from crawler.wordpress.harvest import Harvest, Wanted, outcome_of
from crawler.wordpress.linked import is_resolved, owner_of, read_ids, summary
from crawler.wordpress.paging import Verdict
from crawler.wordpress.rel_routes import MAX_TAXONOMIES
from tests.harvested import HOME
from tests.wordpress.followed import (
    OUR_FIELDS,
    SITE,
    Followed,
    as_it_is,
    edit,
    error,
    follow,
    query_of,
    small_pages,
)

DEFAULT = ",".join(BY_DEFAULT.names)


@pytest.fixture(scope="module")
def plain():
    """The sample harvested with all links followed, and no fault in it."""
    return follow()


@pytest.fixture(scope="module")
def unlinked():
    """The same with none."""
    return follow(words="none")


def route_of(url):
    return urlsplit(url).path.partition("/wp/v2/")[2]


def on(base, fault):
    """Change the answers of one route, lists and single records alike."""
    return lambda url, answer: fault(answer) if route_of(url).split("/")[0] == base else answer


def page_of_html(answer, status=200):
    headers = (("Content-Type", "text/html"),)
    return replace(answer, status=status, headers=headers, body=b"<!DOCTYPE html><p>Hello</p>")


def check(done, unlinked):
    """Every document was delivered, and each rel's account adds up and fits what is there."""
    assert done.documents.keys() == unlinked.documents.keys()
    assert all(
        outcome_of(each).verdict in (Verdict.COMPLETE, Verdict.COMPLETE_VISIBLE)
        for each in done.harvest.progress
        if each.collection.kind == "document"
    )
    for word, account in done.progress.items():
        assert account.asked == account.resolved + account.refused.total()
        if word in ("terms", "featured_media", "up"):
            values = [getattr(each, OUR_FIELDS[word]) for each in done.documents.values()]
            flat = [one for value in values for one in (value if type(value) is list else [value])]
            there = [one for one in flat if one is not None]
            assert len(there) == account.asked
            assert sum(map(is_resolved, there)) == account.resolved
    requests = sum(account.requests for account in done.progress.values())
    walked = sum(each.requests for each in done.harvest.progress)
    assert len(done.urls) == 4 + walked + requests
    told = json.loads(json.dumps(describe_links(done.harvest)))
    assert told.keys() == done.progress.keys()


def status_of(done):
    return exit_status(done.harvest, None, {})


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
            lambda answer: page_of_html(answer, 404),
            lambda answer: page_of_html(answer, 403),
            page_of_html,
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


class TestLies:
    def test_include_ignored(self, plain, unlinked):
        """A site that ignores include= gives what is wanted by chance; the rest is asked alone."""

        def ignore(url, answer):
            if "include" not in query_of(url):
                return answer
            parts = urlsplit(url)
            return SITE.respond("GET", f"{parts.path}?per_page=3", {})

        done = follow(words=DEFAULT, change=ignore)
        check(done, unlinked)
        for key, linked in done.linked().items():
            for one in linked["terms"]:
                assert not is_resolved(one) or one in plain.linked()[key]["terms"]
        assert done.progress["terms"].requests <= 3 + 20

    def test_filter_ignored(self, plain, unlinked):
        """A site that ignores post= is not walked through for each page of documents."""

        def ignore(url, answer):
            if "post" not in query_of(url):
                return answer
            return SITE.respond("GET", f"{urlsplit(url).path}?per_page=100&orderby=id", {})

        done = follow(words="replies", change=ignore)
        check(done, unlinked)
        assert done.progress["replies"].requests <= 3
        assert status_of(done) is ExitStatus.PARTIAL
        for key, document in done.documents.items():
            theirs = [each for each in document.comments if is_resolved(each)]
            assert all(each in plain.documents[key].comments for each in theirs)

    def test_strangers(self, plain, unlinked):
        """Records that nobody asked for, and entries that are none, change nothing."""

        def add(records):
            stranger = {"id": 10**6, "name": "Nobody", "slug": "x", "link": None, "taxonomy": "x"}
            return [None, stranger, *records, {"id": "x"}, {}, 7]

        def change(url, answer):
            for base in ("users", "categories", "tags", "materials"):
                answer = edit(base, add)(url, answer)
            return answer

        done = follow(words=DEFAULT, change=change)
        check(done, unlinked)
        assert [each["terms"] for each in done.linked().values()] == [
            each["terms"] for each in plain.linked().values()
        ]

    def test_pages_repeated(self, unlinked):
        """A site that gives the same page of comments again and again is left; it is said."""
        first = {}

        def repeat(url, answer):
            if "post" not in query_of(url) or answer.status != 200:
                return answer
            page = first.setdefault(urlsplit(url).path, answer)
            headers = [*page.headers, ("X-WP-Total", "5000"), ("X-WP-TotalPages", "50")]
            kept = [pair for pair in headers if pair[1] in ("5000", "50")]
            return replace(page, headers=tuple(kept))

        done = follow("posts", words="replies", change=repeat)
        account = done.progress["replies"]

        assert account.asked == account.resolved + account.refused.total()
        assert account.refused["failed"] + account.refused["bound"] > 0
        assert account.requests <= 500

    @pytest.mark.parametrize("seed", range(12))
    def test_every_field(self, unlinked, seed):
        """Whatever stands in the fields of linked resources, documents come and counts agree."""
        chance = random.Random(seed)
        odd = [
            None,
            True,
            -1,
            2**70,
            1.5,
            "",
            "7",
            "\u0000",
            [],
            {},
            [7],
            {"rendered": 7},
            "x" * 5000,
        ]

        def lie(records):
            return [
                {
                    name: chance.choice(odd) if chance.random() < 0.4 else value
                    for name, value in record.items()
                }
                for record in records
                if isinstance(record, dict)
            ]

        def change(url, answer):
            for base in ("users", "media", "comments", "categories", "tags", "materials"):
                answer = edit(base, lie)(url, answer)
            return answer

        done = follow(change=change, at_most=3000)
        check(done, unlinked)

    @pytest.mark.parametrize("seed", range(12))
    def test_every_link(self, unlinked, seed):
        """Whatever documents say of their links and ids, each comes, and asks on the site only."""
        chance = random.Random(seed)
        odd = [None, True, -1, 0, 3, 2**70, "", "3", [], {}, [3, 3, "x"], [[3]], {"href": "/x"}]
        hrefs = [
            "/wp-json/wp/v2/users/3",
            "/wp-json/wp/v2/media?parent=7",
            "/wp-json/",
            "//evil.example/wp-json/wp/v2/users/3",
            "file:///etc/passwd",
            "https://[::1",
            "/wp-json/../../x/3",
        ]

        def links():
            rels = (
                "author",
                "wp:term",
                "wp:featuredmedia",
                "replies",
                "wp:attachment",
                "up",
                "a:b",
            )
            return {
                rel: chance.choice(
                    [[{"href": chance.choice(hrefs), "taxonomy": "category"}], *odd, hrefs]
                )
                for rel in rels
            }

        def lie(records):
            names = ("author", "featured_media", "parent", "categories", "tags", "materials")
            return [
                {**record, **{name: chance.choice(odd) for name in names}, "_links": links()}
                for record in records
            ]

        def change(url, answer):
            for base in ("posts", "pages", "guides"):
                answer = edit(base, lie)(url, answer)
            return answer

        done = follow(words="all", change=change, at_most=3000)
        check(done, unlinked)
        assert all(url.startswith(HOME.rstrip("/")) for url in done.urls)

    def test_users_on_the_route_of_the_media(self):
        """A site that claims one route for two kinds gets odd documents, and each of them."""

        def claim(records):
            links = {"author": [{"href": "/wp-json/wp/v2/media/9"}]}
            image = next(each["featured_media"] for each in records if each["featured_media"])
            return [
                {**each, "author": image, "featured_media": image, "_links": links}
                for each in records
            ]

        done = follow("media", "posts", words="author,featured_media", change=edit("posts", claim))

        for document in done.documents.values():
            assert list(document.authors[0]) == ["id", "name", "slug", "link", "basis"]
            assert document.featured_media["source_url"]

    def test_invented_taxonomies(self):
        """Taxonomies that a site invents are followed up to a bound."""
        terms = [
            {"taxonomy": f"t{number}", "href": f"/wp-json/wp/v2/t{number}?post=7"}
            for number in range(100)
        ]
        fields = {f"t{number}": [1] for number in range(100)}

        def claim(records):
            return [{**each, **fields, "_links": {"wp:term": terms}} for each in records]

        done = follow("posts", words="terms", change=edit("posts", claim))
        assert done.progress["terms"].requests <= MAX_TAXONOMIES


def point(*hrefs, rel="acme:map"):
    """Put links of another rel on each post."""
    entries = [{"href": href} for href in hrefs]

    def add(records):
        return [
            {**each, "_links": {**(each.get("_links") or {}), rel: entries}} for each in records
        ]

    return edit("posts", add)


class TestOtherRels:
    def test_same_address_on_all_records(self):
        """An address that all records share is asked once, and stands on each."""
        done = follow("posts", words="acme:map", change=point("/wp-json/wp/v2/users/3"))
        account = done.progress["acme:map"]

        assert len(done.asked("users/3")) == account.requests == 1
        assert account.asked == account.resolved == len(done.documents) > 50
        assert all(each.linked["acme:map"][0]["id"] == 3 for each in done.documents.values())

    def test_off_site(self):
        """An address that leads away is not asked, and each document says so."""
        done = follow("posts", words="acme:map", change=point("//evil.example/x", "ftp://x/"))
        account = done.progress["acme:map"]

        assert account.refused == {"off_site": 2 * len(done.documents)}
        assert not any("evil" in url for url in done.urls)
        assert status_of(done) is ExitStatus.COMPLETE

    @pytest.mark.parametrize(
        ("fault", "reason"),
        [
            (lambda answer: error(answer, 401, "rest_forbidden"), "denied"),
            (lambda answer: error(answer, 404, "rest_no_route"), "dangling"),
            (page_of_html, "denied"),
            (lambda answer: replace(answer, status=200, body=b"<?php broken"), "failed"),
            (lambda _: "Forbidden by robots.txt", "denied"),
            (lambda _: "timed out", "failed"),
        ],
    )
    def test_refused(self, fault, reason):
        """What the site answers in place of JSON is the reason."""
        done = follow(
            "posts",
            words="acme:map",
            change=lambda url, a: (
                fault(a) if url.endswith("/map/7") else point("/wp-json/acme/map/7")(url, a)
            ),
        )
        assert done.progress["acme:map"].refused == {reason: len(done.documents)}
        assert done.progress["acme:map"].requests == 1

    def test_challenge(self):
        """A challenge by a firewall is named, and is no resource."""
        headers = (("cf-mitigated", "challenge"), ("content-type", "text/html"))
        done = follow(
            "posts",
            words="acme:map",
            change=lambda url, a: (
                replace(a, status=403, headers=headers, body=b"<title>Just a moment...</title>")
                if url.endswith("/map/7")
                else point("/wp-json/acme/map/7")(url, a)
            ),
        )
        [named] = done.progress["acme:map"].unresolved
        assert "challenge by Cloudflare" in named.answer

    def test_later_pages(self):
        """A rel is there on all pages, though only the first is asked whole."""
        change = small_pages(point("/wp-json/wp/v2/users/3"))
        for words in ("acme:map", "all"):
            done = follow("posts", words=words, change=change)
            pages = [query for query in done.asked("posts") if query["per_page"] == "20"]

            assert len(pages) > 2
            assert all("_links.acme:map" in query["_fields"].split(",") for query in pages[1:])
            assert done.progress["acme:map"].resolved == len(done.documents)

    def test_written_out_with_a_curie(self):
        """A rel that the site writes out is asked for on later pages as it stands there."""
        whole = "https://rels.acme.example/map"

        def add(records):
            links = {
                whole: [{"href": "/wp-json/wp/v2/users/3"}],
                "curies": [{"name": "acme", "href": "https://rels.acme.example/{rel}"}],
            }
            return [{**each, "_links": links} for each in records]

        for words in ("acme:map", whole):
            done = follow("posts", words=words, change=small_pages(edit("posts", add)))
            pages = [query for query in done.asked("posts") if query["per_page"] == "20"]

            assert len(pages) > 2
            assert all("_links" in query["_fields"].split(",") for query in pages[1:])
            assert done.progress[words].resolved == len(done.documents)


def test_words_that_are_known():
    """Each word of follow= has its field in the documents."""
    assert OUR_FIELDS.keys() == RELS.keys() == read_follow("all").words
