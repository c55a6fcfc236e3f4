"""The promise: complete, or it says what is missing."""

from __future__ import annotations

import pytest

from tests.running import run_crawl

pytestmark = [pytest.mark.wordpress, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def crawl(each_testbed, tmp_path_factory):
    return run_crawl(tmp_path_factory.mktemp("all"), f"site={each_testbed.url}", "collections=all")


def test_every_id(each_testbed, crawl):
    """Each record that the database calls public comes, once, and nothing else does."""
    delivered = crawl.ids()

    for name, expected in each_testbed.public_ids().items():
        assert sorted(delivered.pop(name, [])) == expected, name
    assert delivered == {}
    assert crawl.status == 0, crawl.stderr


def test_verdicts(each_testbed, crawl):
    """Each collection is complete, and what the server counts and hides is accounted for."""
    truth = each_testbed.truth()
    told = crawl.collections()

    for name, ids in truth["ids"].items():
        announced = truth["total_header"].get(name, len(ids))
        facts = {
            "announced": announced,
            "delivered": len(ids),
            "hidden": announced - len(ids),
            "denied": None,
            "lost": [],
            "verdict": "complete" if announced == len(ids) else "complete_visible",
        }
        each = told.pop(name)
        assert {key: each[key] for key in facts} == facts, name
    # what else there is, an unused taxonomy of core, is empty and said to be complete
    assert {each["verdict"] for each in told.values()} <= {"complete"}


def test_kinds(each_testbed, crawl):
    """Each collection's records are in the file of their kind, under the site that was named."""
    kinds = {name: each["kind"] for name, each in crawl.collections().items()}
    site = each_testbed.url

    for kind in ("document", "media", "comment", "term", "user"):
        items = crawl.items(kind)
        assert items
        for item in items:
            name = item["record_id"].partition("#")[2].rpartition("/")[0]
            assert (item["kind"], kinds[name]) == (kind, kind)
            assert item["record_id"].partition("#")[0].rstrip("/") == site
            assert item["site"].rstrip("/") == site
