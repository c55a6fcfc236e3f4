"""Faults on a real WordPress: whole crawls that miss nothing that could be had."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.running import run_crawl
from tests.testbed.access_log import most_in_flight

pytestmark = [pytest.mark.wordpress, pytest.mark.timeout(600)]

COLLECTIONS = "categories,tags,genres,users,media,pages,library,posts,comments"

QUICK = {"RETRY_BACKOFF": 0.05, "RETRY_BACKOFF_MAX": 1, "DOWNLOAD_TIMEOUT": 20}

MIXED = {
    "broken answers": "warn@25,bom@25,trunc@15,empty@10,drop@15",
    "busy server": "429:1@15,503:1@10,502@10,504@10,slow:0.3@20",
    "everything": "429:1@5,500@8,502@5,503:1@3,504@5,slow:0.2@10,warn@10,bom@10,trunc@10,drop@10",
    "a challenge here and there": "html@5,403@5,warn@10",
    "notices for ever": "warn@50x0,bom@100x0",
}


def crawl_under(testbed, tmp_path, faults, *arguments, **options):
    """Crawl while WordPress fails in these ways; give the crawl, and what the site saw."""
    log = tmp_path / "crawl.log"
    settings = {**QUICK, "LOG_FILE": log, **options}
    mark = testbed.log.mark()
    with testbed.faulty(faults):
        crawl = run_crawl(
            tmp_path, f"site={testbed.url}", *arguments, settings=settings, timeout=500
        )
    assert "Traceback" not in crawl.stderr + log.read_text(encoding="utf-8")
    seen = testbed.log.since(mark)
    check_guest(seen)
    return crawl, seen


def check_guest(seen):
    """See that one request was in flight at a time, and none in a second that was asked for."""
    assert most_in_flight(seen) == 1
    ordered = sorted(seen, key=lambda each: each.started)
    for refused, following in pairwise(ordered):
        if refused.status in (429, 503):  # each of them says: Retry-After: 1
            assert following.started - refused.ended >= 1000 - 2, following.target


@pytest.mark.parametrize("name", MIXED)
def test_mixed(testbed, tmp_path, name):
    """Where each answer fails in some way and then recovers, every record comes, once."""
    crawl, seen = crawl_under(testbed, tmp_path, MIXED[name], f"collections={COLLECTIONS}")

    delivered = crawl.ids()
    truth = testbed.public_ids()
    for base in COLLECTIONS.split(","):
        assert sorted(delivered[f"wp/v2/{base}"]) == truth[f"wp/v2/{base}"], base
    verdicts = {each["verdict"] for each in crawl.collections().values()}
    assert verdicts <= {"complete", "complete_visible"}
    assert crawl.status == 0, crawl.stderr
    assert len(seen) < 400


@pytest.mark.parametrize(("fault", "verdict"), [("401x0", "denied"), ("403x0", "failed")])
def test_closed(testbed, tmp_path, fault, verdict):
    """Where every answer is a refusal nothing comes, and the site is soon left alone."""
    crawl, seen = crawl_under(testbed, tmp_path, fault, "collections=posts,tags")

    assert crawl.status == 1
    assert crawl.ids() == {}
    assert len(seen) < 30
    assert {each["verdict"] for each in crawl.run["collections"]} <= {verdict}
