from __future__ import annotations

import pytest

from crawler.wordpress.census import Count
from crawler.wordpress.core import MEDIA, TYPES, USERS, core_collection
from crawler.wordpress.effort import LINKED, OPENING, Pace, effort, pages

POSTS = core_collection("document", TYPES[0])


def posts(total, state="open"):
    return Count(POSTS, state, total)


class TestPages:
    @pytest.mark.parametrize(
        ("total", "expected"), [(0, 1), (1, 1), (100, 1), (101, 2), (20_000, 200)]
    )
    def test_open(self, total, expected):
        """A hundred records a request; an empty collection is asked once."""
        assert pages(posts(total)) == expected

    def test_closed(self):
        """What is closed or failed is not harvested."""
        assert pages(posts(None, "closed")) == pages(posts(None, "failed")) == 0

    def test_uncounted(self):
        """What nobody counted, nobody knows."""
        assert pages(posts(None, "uncounted")) is None


class TestEffort:
    def test_requests(self):
        """The way to the API, and the pages of each collection."""
        users = Count(core_collection("user", USERS), "open", 3)
        found = effort([posts(231), users], pace=2.0, linked=False)

        assert (found.requests, found.seconds, found.least) == (
            OPENING + 4,
            (OPENING + 4) * 2,
            False,
        )

    def test_linked(self):
        """What documents link to costs some requests a page of them, and of nothing else."""
        media = Count(core_collection("media", MEDIA), "open", 500)
        found = effort([posts(231), media], pace=1.0, linked=True)

        assert found.requests == OPENING + 3 * (1 + LINKED) + 5

    def test_least(self):
        """With a collection that nobody counted it is a lower bound."""
        found = effort([posts(None, "uncounted")], pace=1.0, linked=False)
        assert (found.requests, found.least) == (OPENING + 1, True)


class TestPace:
    @pytest.mark.parametrize(
        ("delay", "crawl_delay", "latency", "expected"),
        [
            (1, None, None, 1),
            (1, None, 0.3, 1),
            (1, None, 2, 4),
            (1, 10, 2, 10),
            (0, 10, 0.3, 0.3),
        ],
    )
    def test_slowest(self, delay, crawl_delay, latency, expected):
        """The slowest of what was set, asked for and measured; a site of one's own as it can."""
        assert Pace(delay, crawl_delay, latency).seconds == expected

    def test_unknown(self):
        """Nothing measured at no delay takes no time."""
        assert Pace(0).seconds == 0
