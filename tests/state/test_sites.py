from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawler.dedupe.aliases import Sampled
from crawler.state.database import open_state, transaction
from crawler.state.sites import MAX_CANDIDATES, KnownSites, Sighting

NOW = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
POSTS = "/wp/v2/posts"
SAMPLE = tuple(Sampled(number, b"%d" % number, None, b"text") for number in (1, 2, 3))


@pytest.fixture
def database(tmp_path):
    with closing(open_state(tmp_path / "state.sqlite3", now=NOW)) as database:
        yield database


@pytest.fixture
def sites(database):
    return KnownSites(database, "coast")


def seen(site, **changes):
    values = {"named": site, "name": "The Tide", "wanted": "all", "until": "2026", "route": POSTS}
    return Sighting(site=site, **{**values, "total": 3, "sample": SAMPLE, **changes})


def publish(sites, *sightings):
    for each in sightings:
        with transaction(sites._database):
            sites.publish(each)


def found(sites, site, **changes):
    return [each.site for each in sites.candidates(seen(site, **changes))]


@pytest.mark.parametrize(
    ("site", "name"),
    [
        ("https://www.example.org", "x"),
        ("https://example.org/hi", "x"),
        ("http://example.org:8080", "x"),
        ("https://example.com", "The Tide"),
    ],
)
def test_candidates(sites, site, name):
    """What has the host of a known site, or its name, may be that site."""
    publish(sites, seen("https://example.org"))
    [known] = sites.candidates(seen(site, name=name))
    assert (known.site, known.route, known.total, known.until) == (
        "https://example.org",
        POSTS,
        3,
        "2026",
    )
    assert known.sample == SAMPLE


def test_no_candidates(database, sites):
    """Neither the site itself, nor a stranger, nor a site of another dataset."""
    publish(sites, seen("https://example.org"))
    assert found(sites, "https://example.org") == []
    assert found(sites, "https://example.com", name="Another") == []
    assert found(sites, "https://example.com", name=None) == []
    assert found(KnownSites(database, "hills"), "https://www.example.org") == []


def test_first_stays(sites):
    """Of two that are both published the first is nobody's alias."""
    publish(sites, seen("https://a.example"), seen("https://b.example"))
    publish(sites, seen("https://a.example"))
    assert found(sites, "https://a.example") == []
    assert found(sites, "https://b.example") == ["https://a.example"]


def test_many(sites):
    """A few are compared, those of the same host first."""
    publish(sites, *(seen(f"https://{number}.example") for number in range(9)))
    publish(sites, seen("https://example.org", name="Old name"))
    names = found(sites, "https://www.example.org")
    assert len(names) == MAX_CANDIDATES
    assert names[:2] == ["https://example.org", "https://0.example"]


def test_other_wishes(sites):
    """What was asked for otherwise is known, and how much of it is not."""
    publish(sites, seen("https://example.org"))
    [known] = sites.candidates(seen("https://www.example.org", wanted="pages"))
    assert (known.total, known.until) == (None, None)


class TestAgain:
    def test_fewer(self, sites):
        """A run with a limit leaves the sample, and is remembered."""
        publish(sites, seen("https://example.org"))
        publish(sites, seen("https://example.org", sample=SAMPLE[:1], wanted="limit", total=9))
        [known] = sites.candidates(seen("https://www.example.org", wanted="limit"))
        assert (known.sample, known.total) == (SAMPLE, 9)
        [known] = sites.candidates(seen("https://www.example.org"))
        assert known.total == 3

    def test_fewer_of_another_collection(self, sites):
        """What counts another collection says nothing of the sample's."""
        publish(sites, seen("https://example.org"))
        fewer = seen(
            "https://example.org", sample=SAMPLE[:1], wanted="pages", route="/wp/v2/pages"
        )
        publish(sites, fewer)
        [known] = sites.candidates(seen("https://www.example.org", wanted="pages"))
        assert (known.route, known.total) == (POSTS, None)

    def test_more(self, sites):
        """A larger sample takes the place of a smaller one, with its route."""
        publish(sites, seen("https://example.org", sample=SAMPLE[:1], wanted="pages"))
        publish(sites, seen("https://example.org", route="/wp/v2/books"))
        [known] = sites.candidates(seen("https://www.example.org"))
        assert (known.route, known.sample, known.total) == ("/wp/v2/books", SAMPLE, 3)
        [known] = sites.candidates(seen("https://www.example.org", wanted="pages"))
        assert known.total is None


class TestMoved:
    def test_moved(self, sites):
        """A site whose old address leads to the new one is no alias of itself."""
        publish(sites, seen("http://example.org"))
        moved = seen("https://example.org", named="http://example.org")
        assert sites.candidates(moved) == []
        publish(sites, moved)
        assert found(sites, "https://example.org") == []
        assert found(sites, "http://example.org") == ["https://example.org"]

    def test_both_known(self, sites):
        """Where the new address was known as well, it stays alone."""
        publish(sites, seen("http://example.org"), seen("https://example.org"))
        publish(sites, seen("https://example.org", named="http://example.org"))
        assert found(sites, "https://example.org") == []

    def test_deep_address(self, sites):
        """A page that the user named, and nobody knows, moves nothing."""
        publish(sites, replace(seen("https://example.org"), named="https://example.org/2024/05"))
        assert found(sites, "https://www.example.org") == ["https://example.org"]
