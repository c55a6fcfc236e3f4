"""Sites that lie about links and about what they lead to: what becomes of documents."""

from __future__ import annotations

import random
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from crawler.certificate import ExitStatus
from crawler.wordpress.follow import BY_DEFAULT
from crawler.wordpress.linked import is_resolved
from crawler.wordpress.rel_routes import MAX_TAXONOMIES
from tests.harvested import HOME
from tests.wordpress.followed import SITE, check, edit, follow, query_of, status_of

DEFAULT = ",".join(BY_DEFAULT.names)


class TestStripped:
    @pytest.mark.parametrize("envelope", [True, False])
    def test_totals(self, plain, unlinked, envelope):
        """Where a proxy strips the totals, documents hold the same, for some requests more."""

        def strip(url, answer):
            if not envelope:
                parts = urlsplit(url.replace("&_envelope=1", ""))
                answer = SITE.respond("GET", f"{parts.path or '/'}?{parts.query}", {})
            headers = [pair for pair in answer.headers if not pair[0].startswith("X-WP-Total")]
            return replace(answer, headers=tuple(headers))

        done = follow(change=strip)
        check(done, unlinked)
        assert done.linked() == plain.linked()
        assert len(done.urls) < 5 * len(plain.urls)


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
