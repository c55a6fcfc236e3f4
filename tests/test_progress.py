from __future__ import annotations

import pytest
from rich.console import Console

from crawler.progress import (
    Board,
    BoardView,
    Part,
    SiteView,
    Speed,
    lines,
    parts_of,
    parts_of_census,
    seconds_left,
)
from crawler.wordpress.census import Census
from crawler.wordpress.core import core_capabilities
from crawler.wordpress.harvest import Harvest, Wanted
from crawler.wordpress.page import Page, Totals
from crawler.wordpress.paging import Walk
from crawler.wordpress.walk import Plan
from tests.harvested import HOME, harvest

POSTS = Part("wp/v2/posts", 1200, 20_000, "runs")
PARTS = [
    Part("wp/v2/tags", 24, 24, "done", "complete"),
    POSTS,
    Part("wp/v2/pages", 0, None, "waits"),
]


def picture(view, *, width=80, height=24):
    console = Console(width=width, height=height, highlight=False, no_color=True)
    with console.capture() as captured:
        console.print(Board(view))
    return [line.rstrip() for line in captured.get().splitlines()]


def view(*sites, **more):
    facts = {"ended": 3, "expected": 50, "records": 31_200, "seconds": 200.0}
    return BoardView(sites, **{**facts, **more})


class TestBoard:
    @pytest.mark.parametrize("width", [80, 140])
    def test_one_site(self, width):
        """A line a collection: records of how many, the speed, what is left, the verdict."""
        site = SiteView("example.org", PARTS, rate=94.6, retries=2)
        head, tags, posts, pages, total = picture(view(site), width=width)

        assert head.split() == "site collection records rec/s left retries".split()
        assert tags.split() == ["example.org", "wp/v2/tags", "24/24", "complete"]
        assert posts.split() == ["wp/v2/posts", "1,200/20,000", "95", "3", "min", "2"]
        assert pages.split() == ["wp/v2/pages"]
        assert total == "3 of 50 sites done; 31,200 records; 2 retries; 3 min"

    @pytest.mark.parametrize(("width", "height"), [(80, 24), (140, 50)])
    def test_fifty_sites(self, width, height):
        """Where there is no room for all collections each site has a line, and none is cut."""
        sites = [SiteView(f"site-number-{n}.example.org", PARTS, rate=1) for n in range(50)]
        shown = picture(view(*sites, failed=2), width=width, height=height)

        assert len(shown) == height - 1
        assert max(map(len, shown)) <= width
        assert all("wp/v2/posts" in line for line in shown[1:-1])
        assert shown[-1].startswith("3 of 50 sites done, 2 of them not well; ")
        assert shown[-1].endswith(f"; {50 - (height - 3)} more not shown")

    @pytest.mark.parametrize("asked", [True, False])
    def test_pause(self, asked):
        """It says that the site asked to wait, or that it is left alone without."""
        site = SiteView("example.org", PARTS, pause=119.0, asked=asked, rate=0.0)
        shown = "\n".join(picture(view(site)))
        assert f"  {'asked to wait' if asked else 'waits'} 2 min\n" in shown

    def test_no_room(self):
        """Long names are cut, then retries and speed go: numbers and the state never do."""
        parts = [Part("wp/v2/products_and_services_catalogue", 23_400, 123_456, "runs"), *PARTS]
        name = "news.municipal-libraries.example.org"
        site = SiteView(name, parts, rate=94.6, retries=2, pause=60, asked=True)
        shown = picture(view(site))

        assert max(map(len, shown)) <= 80
        assert shown[0].split() == "site collection records left".split()
        assert shown[1].startswith("news.munici")
        assert shown[1].split()[1:4] == ["wp/v2/products_a…", "23,400/123,456", "18"]
        assert shown[1].endswith("  asked to wait 60 s")
        assert shown[2].endswith("  complete")

    def test_survey(self):
        """A survey counts totals, and has no speed."""
        site = SiteView("example.org", [Part("collections", 3, 10, "runs")])
        head, line, total = picture(view(site, counts="totals"))

        assert head.split() == ["site", "collection", "totals"]
        assert line.split() == ["example.org", "collections", "3/10"]
        assert "; 31,200 totals; " in total

    def test_beginning(self):
        """Before there are collections it says what is done."""
        _, line, _ = picture(view(SiteView("example.org", retries=1)))
        assert line.split() == ["example.org", "looks", "for", "the", "API", "1"]

    def test_markup(self):
        """Square brackets are text."""
        site = SiteView("example.org/[red]", [Part("a/[b]x[/b]", 1, None, "runs")])
        assert "a/[b]x[/b]" in picture(view(site))[1]


class TestLines:
    def test_facts(self):
        """A log has the same facts, a line a site."""
        site = SiteView(
            "a.example", PARTS, rate=94.6, retries=2, requests=14, pause=10, asked=True
        )
        first, second = lines(view(site, SiteView("b.example")))
        assert first == (
            "a.example: wp/v2/posts 1,200/20,000, 95 records/s, 3 min left, "
            "14 requests, 2 retries, asked to wait 10 s"
        )
        assert second == "b.example: looks for the API"

    def test_one_retry(self):
        """One retry is no retries."""
        assert list(lines(view(SiteView("a.example", [POSTS], retries=1)))) == [
            "a.example: wp/v2/posts 1,200/20,000, 0 requests, 1 retry"
        ]

    def test_few_facts(self):
        """What is not known is not said."""
        part = Part("wp/v2/posts", 7, None, "runs")
        assert list(lines(view(SiteView("a.example", [part])))) == [
            "a.example: wp/v2/posts 7, 0 requests"
        ]


class TestPartsOf:
    def test_running(self):
        """What has ended, what is read now, and what waits."""
        done = harvest("tags", "pages", "guides", stop_before="/pages")
        assert parts_of(done) == [
            Part("wp/v2/tags", 24, 24, "done", "complete"),
            Part("wp/v2/pages", 0, None, "runs"),
            Part("wp/v2/guides", 0, None, "waits"),
        ]

    def test_nothing_yet(self):
        """Before the collections are known there are none."""
        assert parts_of(Harvest(HOME, Wanted())) == []
        assert parts_of_census(Census(HOME, ["all"])) == []


class TestSpeed:
    def test_recent(self):
        """Only the last seconds count; the first look knows no speed."""
        speed = Speed(window=10)
        assert speed.at(0, 0) is None
        assert speed.at(0, 5) is None
        assert speed.at(5, 50) == 10
        assert speed.at(10, 50) == 4.5
        assert speed.at(20, 50) == 0

    @pytest.mark.parametrize(
        ("part", "rate", "expected"),
        [
            (POSTS, 100.0, 188.0),
            (POSTS, None, None),
            (POSTS, 0.0, None),
            (Part("x", 7, 5, "runs"), 1.0, 0),
            (Part("x", 5, 7, "done"), 1.0, None),
        ],
    )
    def test_left(self, part, rate, expected):
        """What is left is known while records come, and never below nothing."""
        assert seconds_left(part, rate) == expected


class TestSoFar:
    def test_limit(self):
        """Of a collection that is limited no more is announced than was asked for."""
        walk = Walk(Plan(core_capabilities("document"), limit=3))
        assert walk.so_far == (0, None)
        walk.take(Page(({"id": 7}, {"id": 6}), Totals(62, 21)))
        assert walk.so_far == (2, 3)
