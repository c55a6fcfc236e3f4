"""The harvest of a site, from its address to the last verdict, without a network."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from crawler.errors import ArgumentError, DiscoveryError
from crawler.sample.site import SampleSite
from crawler.state.ledger import Ledger
from crawler.wordpress.harvest import Harvest, Wanted
from crawler.wordpress.page import read_json
from crawler.wordpress.paging import Verdict
from crawler.wordpress.progress import outcome_of
from crawler.wordpress.query import MAX_URL_BYTES

HOME = "http://127.0.0.1:8765/"


@pytest.fixture(scope="module")
def site():
    return SampleSite(HOME)


def run(harvest, site, change=lambda url, answer: answer):
    """Answer every request from the sample, as *change* has it; give items and URLs."""
    items, urls = [], []
    while harvest.url is not None:
        assert len(urls) < 3000, "the harvest does not end"
        url = harvest.url
        urls.append(url)
        parts = urlsplit(url)
        target = f"{parts.path or '/'}?{parts.query}"
        answer = site.respond("GET", target, {})
        answer = change(url, (answer.status, answer.headers, answer.body))
        if isinstance(answer, str):
            items += harvest.fail(answer)
        else:
            status, headers, body = answer
            items += harvest.feed(status, url, list(headers), body)
    return items, urls


def harvest(*names, **wanted):
    return Harvest(HOME, Wanted(collections=names or ("documents",), **wanted))


def verdicts(done):
    return {each.collection.rest_base: outcome_of(each).verdict for each in done.progress}


def on(route, answer):
    """Answer one route in another way."""
    return lambda url, real: answer if urlsplit(url).path.endswith(route) else real


CLOSED = (401, (), json.dumps({"code": "rest_forbidden", "data": {"status": 401}}).encode())


class TestHarvest:
    def test_everything(self, site):
        """All collections are walked, terms, users and media before the documents."""
        done = harvest("all")
        items, urls = run(done, site)

        kinds = [each.collection.kind for each in done.progress]
        assert kinds == sorted(kinds, key=["term", "user", "media", "document", "comment"].index)
        assert set(verdicts(done).values()) <= {Verdict.COMPLETE, Verdict.COMPLETE_VISIBLE}
        assert len({item.record_id for item in items}) == len(items)
        assert len(items) == sum(outcome_of(each).delivered for each in done.progress)
        assert sum(each.requests for each in done.progress) == len(urls) - 4

    def test_fields_after_the_first_page(self, site):
        """The first page is asked whole; from then on the fields are named."""
        done = harvest("posts")
        done.wanted = Wanted(("posts",))

        def shrink(url, answer):
            if "/posts" in url or not url.endswith("/wp-json/"):
                return answer
            index = json.loads(answer[2])
            args = index["routes"]["/wp/v2/posts"]["endpoints"][0]["args"]
            args["per_page"]["maximum"] = 20
            return (answer[0], answer[1], json.dumps(index).encode())

        items, urls = run(done, site, shrink)
        queries = [dict(parse_qsl(urlsplit(url).query)) for url in urls if "/posts" in url]
        pages = [query for query in queries if query["per_page"] != "1"]

        assert len(pages) > 2
        assert "_fields" not in pages[0]
        assert all("content" in page["_fields"].split(",") for page in pages[1:])
        assert all(len(url) < MAX_URL_BYTES for url in urls)
        assert len(items) == outcome_of(done.progress[0]).delivered

    def test_raw(self, site):
        """With raw every page is asked whole, and each item holds its record."""
        items, urls = run(harvest("posts", raw=True), site)

        assert not any("_fields" in url for url in urls)
        assert all(item.raw["id"] == item.id for item in items)

    def test_types_and_taxonomies_not_answered(self, site):
        """Where /types and /taxonomies fail, core's collections are harvested, and it is said."""
        done = harvest()
        run(
            done,
            site,
            lambda url, answer: "reset" if url.endswith(("types", "taxonomies")) else answer,
        )

        assert list(verdicts(done)) == ["posts", "pages"]
        assert any("core's collections assumed" in note for note in done.survey.notes)

    def test_types_that_are_no_json(self, site):
        """The same where a web page comes in their place."""
        done = harvest()
        run(done, site, on("/types", (200, (), b"<html>no</html>")))

        assert list(verdicts(done)) == ["posts", "pages"]

    def test_index_closed(self, site):
        """A closed index leaves core's collections, each with its own verdict."""
        done = harvest()
        closed = on("/wp-json/", CLOSED)
        items, _ = run(done, site, closed)

        assert done.found.index_denied == "rest_forbidden"
        assert set(verdicts(done).values()) <= {Verdict.COMPLETE, Verdict.COMPLETE_VISIBLE}
        assert items

    def test_collection_denied(self, site):
        """One closed collection does not hinder the others."""
        done = harvest("users", "posts")
        run(done, site, on("/users", CLOSED))

        assert verdicts(done)["users"] is Verdict.DENIED
        assert verdicts(done)["posts"] is Verdict.COMPLETE
        assert done.progress[0].errors == {"rest_forbidden": 1}

    def test_firewall(self, site):
        """A challenge in place of a page is named, and ends the collection after three tries."""
        headers = (("cf-mitigated", "challenge"), ("content-type", "text/html"))
        done = harvest("posts")
        run(done, site, on("/posts", (403, headers, b"<title>Just a moment...</title>")))

        outcome = outcome_of(done.progress[0])
        assert outcome.verdict is Verdict.FAILED
        assert "challenge by Cloudflare" in outcome.reason

    def test_forbidden_by_robots(self, site):
        """A collection that robots.txt forbids is denied, and asked for once."""
        done = harvest("pages")
        run(done, site, on("/pages", "Forbidden by robots.txt"))

        assert (verdicts(done)["pages"], done.progress[0].requests) == (Verdict.DENIED, 1)

    def test_no_answer_midway(self, site):
        """A collection that is not answered has failed; it is asked a few times."""
        done = harvest("pages")
        run(done, site, on("/pages", "timed out"))

        assert done.progress[0].requests == 6
        assert outcome_of(done.progress[0]).reason == "timed out"

    def test_fields_that_cannot_be_named(self, site):
        """A field whose name cannot be asked for is said to be on the first page only."""
        done = harvest("pages")

        def change(url, answer):
            if "/pages" not in url:
                return answer
            records = [{**record, "a,b": 1} for record in read_json(answer[2])]
            return (answer[0], answer[1], json.dumps(records).encode())

        run(done, site, change)

        assert done.progress[0].notes == [
            "some fields of plugins cannot be named in a request: only the first page has them"
        ]


class TestRefused:
    def test_unknown_collection(self, site):
        """A name that is no collection is refused before any collection is asked."""
        with pytest.raises(ArgumentError, match=r"has no collection 'pots'.*did you mean 'posts'"):
            run(harvest("pots"), site)

    def test_login_only_collection(self, site):
        """One that only editors may read is refused as such."""
        with pytest.raises(ArgumentError, match="menu-items"):
            run(harvest("menu-items"), site)

    def test_unknown_filter(self, site):
        """A filter that WordPress would ignore in silence is refused."""
        with pytest.raises(ArgumentError, match="no parameter 'categorys'"):
            run(harvest(filters=(("categorys", "5"),)), site)

    def test_dates_that_a_collection_does_not_take(self, site):
        """after= is refused where a post type's index does not list it."""

        def change(url, answer):
            if not url.endswith("/wp-json/"):
                return answer
            index = json.loads(answer[2])
            del index["routes"]["/wp/v2/guides"]["endpoints"][0]["args"]["after"]
            return (answer[0], answer[1], json.dumps(index).encode())

        with pytest.raises(ArgumentError, match="guides has no parameter 'after'"):
            run(harvest("guides", after="2024-01-01T00:00:00Z"), site, change)

    def test_no_wordpress(self, site):
        """A site without an API ends the harvest with one line."""
        with pytest.raises(DiscoveryError, match="no WordPress REST API"):
            run(harvest(), site, lambda *_: (404, (), b"not here"))

    def test_unreachable(self, site):
        """So does one that does not answer."""
        with pytest.raises(DiscoveryError, match="could not be reached: refused"):
            run(harvest(), site, lambda *_: "refused")

    def test_front_page_forbidden(self, site):
        """Where robots.txt forbids the front page only, the API is asked all the same."""
        done = harvest("pages")
        robots = "Forbidden by robots.txt"
        run(done, site, lambda url, real: robots if url == HOME.rstrip("/") else real)

        assert verdicts(done) == {"pages": Verdict.COMPLETE}


def test_collection_not_reached(site):
    """A harvest that was cut short has failed in what it did not reach."""
    done = harvest("posts", "pages")
    while done.survey is None:
        parts = urlsplit(done.url)
        answer = site.respond("GET", f"{parts.path or '/'}?{parts.query}", {})
        done.feed(answer.status, done.url, answer.headers, answer.body)

    assert [outcome_of(each).reason for each in done.progress] == ["not reached"] * 2


class TestReceive:
    def received(self, per_page):
        """Harvest posts by pages of that size; give what was received of each."""
        found = {}

        class Books(Ledger):
            def receive(self, name, versions):
                found.update({(name, each.id): each for each in versions})

        harvest = Harvest(HOME, Wanted(collections=("posts",)), recorder=Books())
        run(harvest, SampleSite(HOME, max_per_page=per_page))
        return found

    def test_versions(self):
        """Each record has a version, the same on a page that is asked whole and on any other."""
        whole, parts = self.received(100), self.received(9)

        assert len(whole) > 50
        assert {name for name, _ in whole} == {"wp/v2/posts"}
        assert parts == whole


class TestAccepted:
    """A response that was no failure could be fed again to a harvest that begins anew."""

    @pytest.mark.parametrize(
        ("answer", "accepted"),
        [
            (CLOSED, True),
            ((404, (), b'{"code": "rest_no_route", "data": {"status": 404}}'), True),
            ((500, (), b"Internal Server Error"), False),
            ((200, (("Content-Type", "text/html"),), b"<!doctype html>Checking ..."), False),
            ((403, (("Content-Type", "text/html"),), b"<!doctype html>Go away"), False),
        ],
    )
    def test_pages(self, site, answer, accepted):
        """WordPress's word is kept, a failure or a firewall's page is not."""
        done, seen = harvest("posts"), []

        def note(url, real):
            seen.append(done.accepted)
            return on("/wp/v2/posts", answer)(url, real)

        run(done, site, note)
        assert set(seen) == {False, True}  # False before the first
        assert done.accepted is accepted

    @pytest.mark.parametrize(("status", "accepted"), [(404, True), (503, False), (200, True)])
    def test_discovery(self, status, accepted):
        """So it is before the API is found."""
        done = harvest("posts")
        done.feed(status, HOME, [], b"nothing")
        assert done.accepted is accepted
