"""What a crawl costs the site, by the site's own log."""

from __future__ import annotations

from collections import Counter
from itertools import takewhile

import pytest

from tests.running import run_crawl
from tests.testbed.access_log import most_in_flight, shortest_gap

pytestmark = [pytest.mark.wordpress, pytest.mark.timeout(300)]

DISCOVERY = 6
PER_100_RECORDS = 1.05
PER_COLLECTION = 2


@pytest.fixture(scope="module", params=[0, 0.2])
def delay(request):
    return request.param


@pytest.fixture(scope="module")
def asked(testbed, tmp_path_factory, delay):
    mark = testbed.log.mark()
    crawl = run_crawl(
        tmp_path_factory.mktemp("requests"),
        f"site={testbed.url}",
        "collections=all",
        "follow=none",  # what links cost is counted in test_follow.py
        settings={"DOWNLOAD_DELAY": delay},
    )
    assert crawl.status == 0, crawl.stderr
    return testbed.log.since(mark)


def test_one_guest(asked):
    """All requests are ours, say so, and are answered well; WordPress has no tdmrep.json."""
    assert {each.agent.partition("/")[0] for each in asked} == {"presscrawl"}
    assert {each.method for each in asked} == {"GET"}
    others = {each.target: each.status for each in asked if each.status != 200}
    assert others == {"/.well-known/tdmrep.json": 404}


def test_discovery(asked):
    """The API is found with few requests, of which robots.txt is the first."""
    first = list(takewhile(lambda each: each.collection is None, asked))
    later = [each.target for each in asked if each.collection is None][len(first) :]

    assert first[0].target == "/robots.txt"
    assert len(first) <= DISCOVERY, [each.target for each in first]
    assert later == []


def test_pages(testbed, asked):
    """Collections cost hardly more requests than they have pages of 100 records."""
    counts = Counter(each.collection for each in asked if each.collection)
    truth = testbed.truth()
    sizes = {name: len(ids) for name, ids in truth["ids"].items()} | truth["total_header"]

    assert set(counts) == set(sizes)
    for name, size in sizes.items():
        assert counts[name] <= size / 100 * PER_100_RECORDS + PER_COLLECTION, name


def test_one_in_flight(asked):
    """No request is sent before the one before is answered, whatever the delay."""
    assert most_in_flight(asked) == 1


def test_delay(asked, delay):
    """The delay that was asked for is kept between any two requests, and never shortened."""
    assert shortest_gap(asked) >= delay * 1000 - 5  # timers and two clocks
