"""What a harvest says of the request it is at, and what it does before the first collection."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from crawler.errors import DiscoveryError
from crawler.sample.site import SampleSite
from crawler.state.linked import LinkedOnDisk
from crawler.wordpress.follow import read_follow
from crawler.wordpress.harvest import Harvest, Wanted
from crawler.wordpress.paging import Verdict
from tests.wordpress.test_alias_search import known, record, search
from tests.wordpress.test_harvest import HOME, harvest, run, verdicts

BUSY = (502, (), b"<html>Bad gateway</html>")
UNREADABLE = (200, (), b"<html>Back in a minute</html>")
CRITICAL = (500, (), b"<html>There has been a critical error on this website.</html>")


@pytest.fixture(scope="module")
def site():
    return SampleSite(HOME)


def watched(done, site, change):
    """Run a harvest; tell of each request its URL, and whether it was again, or hasty, then."""
    said = []

    def note(url, answer):
        said.append((url, done.again, done.hasty))
        return change(url, answer)

    items, _ = run(done, site, note)
    return items, said


class TestAgain:
    def test_linked_resources(self, site):
        """A batch that came to nothing is asked for once more, which is said, and is there."""
        wanted = Wanted(collections=("guides",), follow=read_follow("author"))
        done = Harvest(HOME, wanted, linked=LinkedOnDisk())
        failed = []

        def change(url, answer):
            if "/wp/v2/users" in url and not failed:
                failed.append(url)
                return UNREADABLE
            return answer

        items, said = watched(done, site, change)

        assert [url for url, again, _ in said if again] == failed
        assert all(author.get("resolved", True) for each in items for author in each.authors)


class TestHasty:
    def test_parts_of_a_page(self, site):
        """The parts of a page that breaks are hasty, and nothing before or after them."""
        done = harvest("posts", "tags")

        def change(url, answer):
            query = dict(parse_qsl(urlsplit(url).query))
            large = "/posts" in url and int(query.get("per_page", 10)) > 60
            return CRITICAL if large else answer

        items, said = watched(done, site, change)
        hasty = [url for url, _, hasty in said if hasty]

        assert len({item.record_id for item in items}) == len(items)
        assert set(verdicts(done).values()) == {Verdict.COMPLETE}
        assert hasty
        assert all("/posts" in url and "per_page=100" not in url for url in hasty)
        assert not any(hasty for url, _, hasty in said if "/tags" in url)


class TestSearch:
    """A search for the site's other addresses comes between the API and the collections."""

    def found(self, site, looking):
        done = harvest("guides")
        while done.found is None:
            answer = site.respond("GET", "/" + done.url.removeprefix(HOME), {})
            done.feed(answer.status, done.url, list(answer.headers), answer.body)
        done.look_first(looking)
        return done

    def feed(self, done, *records, total):
        headers = [("X-WP-Total", str(total)), ("X-WP-TotalPages", "1")]
        done.feed(200, done.url, headers, json.dumps(records).encode())

    def test_alias(self, site):
        """Of an alias nothing is asked but what shows that it is one."""
        done = self.found(site, search(known()))
        assert done.is_looking
        self.feed(done, *map(record, (1, 2, 3)), total=3)
        assert done.is_looking
        self.feed(done, {"id": 1}, total=3)

        assert (done.is_looking, done.is_alias, done.accepted) == (False, True, True)
        assert (done.url, done.progress) == (None, [])

    def test_alias_that_is_harvested(self, site):
        """An alias that may hold more is harvested after the search."""
        done = self.found(site, search(known()))
        self.feed(done, *map(record, (1, 2, 3)), total=3)
        self.feed(done, {"id": 1}, total=300)

        assert (done.relation.kind, done.is_alias, done.is_looking) == ("alias", False, False)
        run(done, site)
        assert verdicts(done) == {"guides": Verdict.COMPLETE}

    @pytest.mark.parametrize("answer", [BUSY, UNREADABLE])
    def test_answer_that_may_pass(self, site, answer):
        """An answer of no use is not kept for another run, and the search goes on without it."""
        done = self.found(site, search(known()))
        status, headers, body = answer
        done.feed(status, done.url, headers, body)

        assert not done.accepted
        assert (done.relation, done.is_looking) == (None, False)
        run(done, site)
        assert verdicts(done) == {"guides": Verdict.COMPLETE}


def test_collection_that_unread_lists_may_hold(site):
    """A name that is not known is no fault of the user's where the list of types was not read."""
    done = harvest("atolls")
    with pytest.raises(DiscoveryError, match=r"'atolls'.*; but \S+/wp/v2/types could not be read"):
        run(done, site, lambda url, real: "reset" if url.endswith("/types") else real)
