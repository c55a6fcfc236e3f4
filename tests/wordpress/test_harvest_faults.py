"""What a broken site, or an error of our own, costs: what it must, and no more."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from crawler.errors import PublicationError
from crawler.sample.site import SampleSite
from crawler.state.ledger import Ledger
from crawler.state.linked import LinkedOnDisk
from crawler.stats import count_harvest
from crawler.wordpress.follow import read_follow
from crawler.wordpress.harvest import Harvest, Wanted
from crawler.wordpress.paging import CACHED, Verdict, Walk
from crawler.wordpress.progress import outcome_of
from crawler.wordpress.records import RecordReader
from crawler.wordpress.resolver import Resolver
from tests.wordpress.followed import as_it_is, follow
from tests.wordpress.test_alias_search import known, search
from tests.wordpress.test_harvest import HOME, harvest, on, run, verdicts

CHALLENGE = (403, (("cf-mitigated", "challenge"),), b"<title>Just a moment...</title>")


@pytest.fixture(scope="module")
def site():
    return SampleSite(HOME)


def query(url):
    return dict(parse_qsl(urlsplit(url).query))


def of(done, base):
    return next(each for each in done.progress if each.collection.rest_base == base)


class TestRefusals:
    """What whoever keeps records refuses is no error of ours: it ends the run."""

    def test_records(self, site):
        """Versions that cannot be kept."""

        class Full(Ledger):
            def receive(self, name, versions):
                raise PublicationError("the disk is full")

        done = Harvest(HOME, Wanted(collections=("guides",)), recorder=Full())
        with pytest.raises(PublicationError, match="the disk is full"):
            run(done, site)
        assert done.faults == []

    def test_linked_resources(self, site):
        """Linked resources that cannot be kept."""

        class Full(LinkedOnDisk):
            def put(self, route, entries):
                if "users" in route:
                    raise PublicationError("the disk is full")
                super().put(route, entries)

        done = Harvest(
            HOME, Wanted(collections=("guides",), follow=read_follow("author")), linked=Full()
        )
        with pytest.raises(PublicationError, match="the disk is full"):
            run(done, site)
        assert done.faults == []

    def test_known_site_that_does_not_answer(self, site):
        """A search for aliases without an answer finds none, and the harvest goes on."""
        done = harvest("guides")
        while done.found is None:
            answer = site.respond("GET", "/" + done.url.removeprefix(HOME), {})
            done.feed(answer.status, done.url, list(answer.headers), answer.body)
        done.look_first(search(known()))
        assert "include=1,2,3" in done.url
        done.fail("timeout")
        run(done, site)

        assert set(verdicts(done).values()) == {Verdict.COMPLETE}


class TestErrorsOfOurs:
    def test_record(self, site, monkeypatch):
        """A record over which our code fails is named, and every other comes."""
        read = RecordReader.read
        broken = min(site.listed("guides"))

        def stumble(self, record, provenance=None):
            if record["id"] == broken:
                raise ZeroDivisionError
            return read(self, record, provenance)

        monkeypatch.setattr(RecordReader, "read", stumble)
        done = harvest("guides", "pages")
        items, _ = run(done, site)
        outcome = outcome_of(of(done, "guides"))

        assert [(each.ids, each.reason) for each in outcome.lost] == [
            ((broken,), "an error of ours: ZeroDivisionError")
        ]
        assert outcome.verdict is Verdict.PARTIAL
        assert outcome.delivered == len(site.listed("guides")) - 1
        assert len(items) == sum(outcome_of(each).delivered for each in done.progress)
        assert verdicts(done)["pages"] is Verdict.COMPLETE
        assert [type(fault) for fault in done.faults] == [ZeroDivisionError]

    def test_record_of_a_page_in_the_middle(self, monkeypatch):
        """It stays named when the pages after it come."""
        small = SampleSite(HOME)
        small.max_per_page = 20
        read = RecordReader.read
        broken = min(small.listed("posts"))

        def stumble(self, record, provenance=None):
            if record["id"] == broken:
                raise ZeroDivisionError
            return read(self, record, provenance)

        monkeypatch.setattr(RecordReader, "read", stumble)
        done = harvest("posts")
        items, _ = run(done, small)
        outcome = outcome_of(of(done, "posts"))

        assert [each.ids for each in outcome.lost] == [(broken,)]
        assert outcome.delivered == len(items) == len(small.listed("posts")) - 1

    def test_last_record_of_the_last_page(self, site, monkeypatch):
        """The verdict changes, though it was there already."""
        read = RecordReader.read

        def stumble(self, record, provenance=None):
            if record["id"] == max(site.listed("tags")):
                raise KeyError("x")
            return read(self, record, provenance)

        monkeypatch.setattr(RecordReader, "read", stumble)
        done = harvest("tags")
        run(done, site)

        assert verdicts(done)["tags"] is Verdict.PARTIAL

    def test_collection(self, site, monkeypatch):
        """A walk that fails over its own code costs its collection, and says why."""
        take = Walk.take

        def stumble(self, page):
            if self is of(done, "guides").walk.main:
                raise RecursionError
            return take(self, page)

        monkeypatch.setattr(Walk, "take", stumble)
        done = harvest("guides", "pages")
        run(done, site)
        outcome = outcome_of(of(done, "guides"))

        assert (outcome.verdict, outcome.delivered) == (Verdict.FAILED, 0)
        assert outcome.reason == "an error of ours: RecursionError"
        assert verdicts(done)["pages"] is Verdict.COMPLETE

    @pytest.mark.parametrize("method", ["begin", "take"])
    def test_links(self, monkeypatch, method):
        """Documents come without what they link to, and that has failed."""
        plain = follow("posts", words="author,terms")
        real = getattr(Resolver, method)
        times = []

        def stumble(self, *args, **kwargs):
            times.append(1)
            if len(times) == 1:
                raise ValueError("x")
            return real(self, *args, **kwargs)

        monkeypatch.setattr(Resolver, method, stumble)
        done = follow("posts", words="author,terms", change=as_it_is)

        assert done.documents.keys() == plain.documents.keys()
        assert done.progress["author"].refused["failed"] > 0
        assert len(done.harvest.faults) == 1


class TestFirewall:
    def test_left_alone(self, site):
        """After two collections that a firewall closed no more are asked for; all are named."""
        done = harvest("all")
        _, urls = run(done, site, lambda url, real: CHALLENGE if "per_page" in url else real)
        reasons = [outcome_of(each).reason for each in done.progress]

        assert reasons[:2] == ["a challenge by Cloudflare (HTTP 403)"] * 2
        assert set(reasons[2:]) == {"not asked, after a challenge by Cloudflare (HTTP 403)"}
        assert set(verdicts(done).values()) == {Verdict.FAILED}
        assert len([url for url in urls if "per_page" in url]) == 2
        assert done.firewalls == {"Cloudflare": 2}
        assert count_harvest(done)["wordpress/blocked_count/cloudflare"] == 2

    def test_one_collection(self, site):
        """A firewall before one collection does not hinder the others."""
        done = harvest("users", "guides", "pages")
        run(done, site, on("/users", CHALLENGE))

        assert verdicts(done)["users"] is Verdict.FAILED
        assert {verdicts(done)[name] for name in ("guides", "pages")} == {Verdict.COMPLETE}


class TestCaps:
    def test_records(self, site):
        """The cap on records ends a collection, and says so."""
        done = harvest("posts", max_records=5)
        items, _ = run(done, site)
        outcome = outcome_of(done.progress[0])

        assert (len(items), outcome.delivered, outcome.verdict) == (5, 5, Verdict.PARTIAL)
        assert [each.reason for each in outcome.lost] == ["the cap on records was reached"]
        assert outcome.lost[0].count == outcome.announced - 5

    def test_pages(self, site):
        """So does the cap on pages."""
        done = harvest("posts", max_pages=1, after="2000-01-01T00:00:00Z")
        run(done, site, small_pages)

        assert [each.reason for each in outcome_of(done.progress[0]).lost] == [
            "the cap on pages was reached"
        ]


def small_pages(url, answer):
    """Say in the index that a page has ten records at most."""
    if not url.endswith("/wp-json/"):
        return answer
    index = json.loads(answer[2])
    for route in index["routes"].values():
        for endpoint in route["endpoints"]:
            if "per_page" in endpoint["args"]:
                endpoint["args"]["per_page"]["maximum"] = 10
    return (answer[0], answer[1], json.dumps(index).encode())


class TestCache:
    def test_past_the_cache(self, site):
        """A cache that ignores all parameters but one it does not know is got round."""
        kept = {}

        def cache(url, answer):
            if "per_page" not in url or "_" in query(url):
                return small_pages(url, answer)
            return kept.setdefault(urlsplit(url).path, answer)

        done = harvest("posts")
        items, urls = run(done, site, cache)

        assert verdicts(done)["posts"] is Verdict.COMPLETE
        assert len({item.id for item in items}) == len(site.listed("posts"))
        assert sum("_" in query(url) for url in urls) > 3

    def test_every_page_the_same(self, site):
        """Where it has one page for all of them the walk stops after a few, and says why."""
        kept = {}

        def cache(url, answer):
            if "per_page" not in url:
                return small_pages(url, answer)
            return kept.setdefault(urlsplit(url).path, answer)

        done = harvest("posts")
        _, urls = run(done, site, cache)
        outcome = outcome_of(done.progress[0])

        assert (outcome.verdict, outcome.delivered) == (Verdict.PARTIAL, 10)
        assert outcome.lost[0].reason == CACHED
        assert outcome.lost[0].count == outcome.announced - 10
        assert len([url for url in urls if "per_page" in url]) <= 9

    def test_number_of_the_page_alone(self, site):
        """A cache, or a site, that knows no place but a page's number is walked by that."""
        kept = {}

        def cache(url, answer):
            if "per_page" not in url:
                return small_pages(url, answer)
            return kept.setdefault((urlsplit(url).path, query(url).get("page")), answer)

        done = harvest("posts", "tags")
        items, _ = run(done, site, cache)

        assert set(verdicts(done).values()) == {Verdict.COMPLETE}
        assert len({(item.kind, item.id) for item in items}) == sum(
            len(site.listed(base)) for base in ("posts", "tags")
        )


class TestRefusedWithoutAWord:
    def refuse(self, most):
        error = b'{"code":"invalid","message":"Bad request","data":{"status":400}}'

        def change(url, answer):
            if int(query(url).get("per_page", 0)) > most:
                return (400, (("Content-Type", "application/json"),), error)
            return answer

        return change

    def test_too_many(self, site):
        """A site that silently takes no more than ten records a page is asked for ten."""
        done = harvest("posts")
        items, _ = run(done, site, self.refuse(most=10))

        assert verdicts(done) == {"posts": Verdict.COMPLETE}
        assert {item.id for item in items} == site.listed("posts")
        assert (
            "HTTP 400 invalid: asked for 10 records a page" in outcome_of(done.progress[0]).notes
        )

    def test_everything(self, site):
        """Where ten are refused too there is an end to it."""
        done = harvest("posts")
        _, urls = run(done, site, self.refuse(most=0))

        assert verdicts(done) == {"posts": Verdict.FAILED}
        assert len([url for url in urls if "/posts" in url]) <= 8


def test_salvaged(site):
    """What was done to read pages is counted, by collection."""
    notice = b"<b>Notice</b>: x\n"

    def spoil(url, answer):
        return (answer[0], answer[1], notice + answer[2]) if "/guides" in url else answer

    done = harvest("guides", "pages")
    run(done, site, spoil)

    requests = of(done, "guides").requests

    assert of(done, "guides").mends == {"noise": requests}
    assert of(done, "pages").mends == {}
    assert count_harvest(done)["wordpress/salvaged_count/noise"] == requests
    assert set(verdicts(done).values()) == {Verdict.COMPLETE}


def test_linked_page_that_is_cut(site):
    """A cut list of linked resources is asked for again: what it lacks is not deleted."""
    cut = []

    def change(url, answer):
        if urlsplit(url).path.endswith("/users") and not cut:
            cut.append(url)
            return type(answer)(answer.status, answer.headers, answer.body[:-40])
        return answer

    plain = follow("posts", words="author")
    done = follow("posts", words="author", change=change)

    assert cut
    assert done.linked() == plain.linked()
    assert done.progress["author"].requests == plain.progress["author"].requests + 1
