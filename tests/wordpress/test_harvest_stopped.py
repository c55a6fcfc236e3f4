"""A harvest that may ask nothing more, wherever it is: what came is there, the rest is named."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from crawler.errors import DiscoveryError
from crawler.items import Document
from crawler.sample.site import SampleSite
from crawler.state.linked import LinkedOnDisk
from crawler.wordpress.follow import read_follow
from crawler.wordpress.harvest import Harvest, Wanted, outcome_of
from crawler.wordpress.paging import Verdict
from tests.wordpress.test_harvest import HOME

REASON = "the site wants to be left alone until noon"
WELL = {Verdict.COMPLETE, Verdict.COMPLETE_VISIBLE}


def stop_after(number, change=lambda url, answer: answer, follow="none"):
    """Harvest a site of small pages, and stop after so many answers; None where it had ended."""
    site = SampleSite(HOME)
    site.max_per_page = 20
    wanted = Wanted(collections=("posts", "tags"), follow=read_follow(follow))
    harvest = Harvest(HOME, wanted, linked=LinkedOnDisk())
    items = []
    for _ in range(number):
        if harvest.url is None:
            return None
        answer = site.respond("GET", "/" + harvest.url.removeprefix(HOME), {})
        status, headers, body = change(harvest.url, (answer.status, answer.headers, answer.body))
        items += harvest.feed(status, harvest.url, list(headers), body)
    if harvest.url is None:
        return None
    items += harvest.stop(REASON)
    return harvest, items


def check(harvest, items):
    """See that nothing is asked, that the books agree, and that each gap has the reason."""
    assert harvest.url is None
    delivered = Counter(item.collection for item in items)
    for progress in harvest.progress:
        outcome = outcome_of(progress)
        assert outcome.delivered == delivered[progress.collection.rest_base]
        if outcome.verdict not in WELL:
            told = {outcome.reason, *(lost.reason for lost in outcome.lost)}
            assert REASON in told, outcome
        if outcome.verdict is Verdict.PARTIAL and outcome.announced is not None:
            lost = sum(each.count or 0 for each in outcome.lost)
            assert lost + outcome.delivered >= outcome.announced - (outcome.hidden or 0)


@pytest.mark.parametrize("number", range(4))
def test_before_a_collection(number):
    """Before any collection was begun there is nothing but the reason."""
    with pytest.raises(DiscoveryError, match=f"^{HOME}: {REASON}$"):
        stop_after(number)


@pytest.mark.parametrize("number", range(4, 12))
def test_collections(number):
    """After any answer the books agree."""
    stopped = stop_after(number)
    if stopped is not None:
        check(*stopped)


def test_nothing_came():
    """A collection of which nothing came has failed, for this reason."""
    harvest, items = stop_after(4)
    check(harvest, items)
    assert items == []
    assert {outcome_of(each).verdict for each in harvest.progress} == {Verdict.FAILED}
    assert {outcome_of(each).reason for each in harvest.progress} == {REASON}


@pytest.mark.parametrize("number", range(4, 40))
def test_links(number):
    """Documents that wait for what they link to are delivered, and say what they lack."""
    stopped = stop_after(number, follow="all")
    if stopped is None:
        return
    harvest, items = stopped
    check(harvest, items)
    for item in items:
        if isinstance(item, Document):
            assert item.authors is not None
    ids = [item.id for item in items if isinstance(item, Document)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("number", range(4, 40))
@pytest.mark.parametrize("fault", ["page that breaks", "rows that are withheld"])
def test_repair(number, fault):
    """So they are while a page comes in parts, while ids are listed, and asked for by id."""

    def broken(url, answer):
        if "/posts" in url and "_fields=id&" not in f"{url}&" and b'"id":' in answer[2]:
            found = json.loads(answer[2])
            if isinstance(found, list) and len(found) > 3 and "include=" not in url:
                return 500, (), b"<p>There has been a critical error</p>"
        return answer

    def withheld(url, answer):
        """Leave rows out of pages of records, such that they have to be asked for by id."""
        if "/posts" in url and "_fields=id&" not in f"{url}&" and "include=" not in url:
            found = json.loads(answer[2])
            if isinstance(found, list):
                return answer[0], answer[1], json.dumps(found[::2] or found).encode()
        return answer

    stopped = stop_after(number, broken if fault == "page that breaks" else withheld)
    if stopped is not None:
        check(*stopped)
