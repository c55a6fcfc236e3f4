from __future__ import annotations

import asyncio

import pytest
from scrapy.utils.test import get_crawler

from crawler import neighbours
from crawler.neighbours import Neighbour, Neighbours, neighbours_of, wait_for
from tests.feeds.sample_items import document


def who(site="https://a.example", traits="The Tide", dataset="coast"):
    return Neighbour(dataset, site, traits)


@pytest.fixture
def house():
    """Some neighbours, and two of them that were invited, one after the other."""
    house = Neighbours()
    crawlers = [get_crawler(), get_crawler()]
    for crawler in crawlers:
        house.invite(crawler)
    return house, *crawlers


@pytest.mark.parametrize(
    ("other", "kin"),
    [
        (who("https://b.example"), True),
        (who("https://a.example", None), True),
        (who("https://b.example", "The Wire"), False),
        (who("https://a.example", dataset="hills"), False),
    ],
)
def test_may_be(other, kin):
    """One dataset, and one address or one name: it may be the same site."""
    assert who().may_be(other) is kin
    assert not who("https://b.example", None).may_be(who(traits=None))


def test_alone():
    """A crawler that nobody invited has no neighbours."""

    async def enter():
        crawler = get_crawler()
        return await neighbours_of(crawler).enter(crawler, who())

    assert asyncio.run(enter()) == []


def test_in_the_order_of_invitations(house):
    """The second, though quicker, finds the first; the first finds nobody."""
    house, first, second = house
    assert neighbours_of(first) is neighbours_of(second) is house

    async def arrive():
        later = asyncio.ensure_future(house.enter(second, who("https://b.example")))
        await asyncio.sleep(0.01)
        assert not later.done()
        assert await house.enter(first, who()) == []
        return await later

    assert [each.site for each in asyncio.run(arrive())] == ["https://a.example"]


@pytest.mark.parametrize("gone", [True, False])
def test_first_that_is_late(house, monkeypatch, gone):
    """Whoever is gone, or takes too long, is not waited for."""
    house, first, second = house
    monkeypatch.setattr(neighbours, "MOMENT", 60 if gone else 0.01)

    async def arrive():
        if gone:
            house.leave(first)
        return await house.enter(second, who())

    assert asyncio.run(asyncio.wait_for(arrive(), 20)) == []


def test_published(house):
    """A site that one of them has published is known to all, in its dataset."""
    house, first, second = house
    asyncio.run(house.enter(first, who()))
    house.note_published(second)  # which has not entered
    assert not house.have_published("coast", "https://a.example")
    house.note_published(first)
    house.leave(first)
    assert house.have_published("coast", "https://a.example")
    assert not house.have_published("hills", "https://a.example")


def test_waiting_for_the_end(house, caplog):
    """Who leaves is waited for no longer, and says no more of its site."""
    house, first, _ = house
    here, there = who(), who("https://b.example")

    async def wait():
        await house.enter(first, there)
        assert there.known is None
        there.sample.offer("/wp/v2/posts", document(7), b"x")
        assert there.known.site == "https://b.example"
        waiting = asyncio.ensure_future(wait_for(there.ended, "is the same site", here, there))
        await asyncio.sleep(0)
        house.leave(first)
        await asyncio.wait_for(waiting, 5)
        await wait_for(there.sampled, "", here, there)

    caplog.set_level("INFO")
    asyncio.run(wait())
    assert there.known is None
    assert caplog.messages == [
        "https://a.example waits for https://b.example, which is the same site"
    ]
