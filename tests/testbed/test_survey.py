"""A survey of a real WordPress: its totals are the database's, and it costs the site little."""

from __future__ import annotations

import json

import pytest

from tests.running import run_crawl

pytestmark = [pytest.mark.wordpress, pytest.mark.timeout(300)]

OPENING = 6


@pytest.fixture(scope="module")
def surveyed(each_testbed, tmp_path_factory):
    mark = each_testbed.log.mark()
    crawl = run_crawl(
        tmp_path_factory.mktemp("survey"),
        f"site={each_testbed.url}",
        spider="survey",
        output=["-O", "-"],
    )
    assert crawl.status == 0, crawl.stderr
    return json.loads(crawl.stdout), each_testbed.log.since(mark)


def test_totals(each_testbed, surveyed):
    """Every collection of the site is there, with the total that WordPress counts."""
    account, _ = surveyed
    truth = each_testbed.truth()
    expected = {name: len(ids) for name, ids in truth["ids"].items()} | truth["total_header"]
    found = {
        f"{each['namespace']}/{each['rest_base']}": each["total"]
        for each in account["collections"]
    }

    assert found == {name if "/" in name else f"wp/v2/{name}": n for name, n in expected.items()}


def test_requests(surveyed):
    """Six requests at most, and one a collection; none of them brings content."""
    account, asked = surveyed

    assert len(asked) <= OPENING + len(account["collections"])
    assert account["requests"] == len(asked)
    counted = [each for each in asked if each.collection]
    assert len(counted) == len(account["collections"])
    assert all("per_page=1&_fields=id" in each.target for each in counted)
