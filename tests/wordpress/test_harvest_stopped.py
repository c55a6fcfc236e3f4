"""A harvest that may ask nothing more, wherever it is: what came is there, the rest is named."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import DiscoveryError
from crawler.items import Document
from crawler.sample.site import SampleSite
from crawler.state.linked import LinkedOnDisk
from crawler.wordpress.follow import read_follow
from crawler.wordpress.harvest import Harvest, Wanted
from crawler.wordpress.page import Page, Totals
from crawler.wordpress.paging import Verdict, Walk
from crawler.wordpress.progress import outcome_of
from crawler.wordpress.walk import Plan
from tests.wordpress.model import EPOCH, Model, capabilities, rows_of
from tests.wordpress.test_harvest import HOME
from tests.wordpress.test_paging import SECONDS

REASON = "the site wants to be left alone until noon"
WELL = {Verdict.COMPLETE, Verdict.COMPLETE_VISIBLE}


def stop_after(number, follow="none"):
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
        items += harvest.feed(answer.status, harvest.url, list(answer.headers), answer.body)
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


@given(
    seconds=st.lists(SECONDS, min_size=5, max_size=40),
    seed=st.integers(0, 10_000),
    number=st.integers(0, 60),
    broken=st.frozensets(st.integers(1, 40), max_size=3),
)
def test_walk(seconds, seed, number, broken):
    """A walk stops wherever it is: in a page's parts, in a list of ids, asking by id."""
    dice = random.Random(seed)

    def change(model):
        if dice.random() < 0.5 and len(model.requests) < 30:
            row = dice.choice(model.rows)
            row.date = EPOCH + timedelta(seconds=dice.randrange(60_000))

    model = Model(rows_of(seconds), seed, change=change, broken=broken)
    walk = Walk(Plan(capabilities()))
    delivered = 0
    for _ in range(number):
        if walk.outcome is not None:
            return
        answer = model.answer(walk.ask)
        delivered += len(walk.take(answer) if isinstance(answer, Page) else walk.fail(answer))
    if walk.outcome is None:
        walk.stop(REASON)

        assert walk.outcome.delivered == delivered
        assert walk.outcome.verdict in (Verdict.PARTIAL, Verdict.FAILED)
        told = {walk.outcome.reason, *(lost.reason for lost in walk.outcome.lost)}
        assert REASON in told, walk.outcome
        counts = [lost.count for lost in walk.outcome.lost]
        if walk.outcome.verdict is Verdict.PARTIAL and None not in counts:  # else: some
            assert delivered + sum(counts) >= len(seconds)


def test_asking_by_id():
    """What was about to be asked for by id is named by its ids."""

    def intercept(model, params):
        missing = {number for number in range(1, 24) if number % 2}
        if "include" not in params and params.get("orderby") == "date":
            return Page((), Totals(len(missing), 5)) if "after" in params else None
        return None

    model = Model(rows_of(range(23)), intercept=intercept)
    walk = Walk(Plan(capabilities()))
    while walk.outcome is None and "include" not in dict(walk.ask.params):
        answer = model.answer(walk.ask)
        walk.take(answer) if isinstance(answer, Page) else walk.fail(answer)
    assert walk.outcome is None
    walk.stop(REASON)

    named = {number for lost in walk.outcome.lost for number in lost.ids if lost.reason == REASON}
    assert len(named) == 23 - walk.outcome.delivered
