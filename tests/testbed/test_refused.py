"""Sites that give nothing, or not all: one clear line, the right status, no traceback."""

from __future__ import annotations

import re

import pytest

from tests.running import run_crawl

pytestmark = [pytest.mark.wordpress, pytest.mark.timeout(300)]


def crawl_quietly(tmp_path, *arguments):
    """Crawl with the log in a file, so that stderr holds what is said to people."""
    log = tmp_path / "crawl.log"
    crawl = run_crawl(tmp_path, *arguments, settings={"LOG_FILE": log})
    return crawl, log.read_text(encoding="utf-8") if log.exists() else ""


def only_error(crawl):
    """Give the one line that names the error: the last one, below what is told of the run."""
    lines = crawl.stderr.splitlines()
    assert [line.startswith("scrapy: error: ") for line in lines].count(True) == 1, crawl.stderr
    assert lines[-1].startswith("scrapy: error: "), crawl.stderr
    return lines[-1]


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ("401x0", r"401|rest_not_logged_in|closed|log(ged)? ?in"),
        ("403x0", r"403|blocked|challenge"),
        ("htmlx0", r"HTML|web page|JSON|no WordPress"),
        ("503x0", r"503"),
    ],
    ids=["login", "challenge", "web page", "maintenance"],
)
def test_closed(testbed, tmp_path, faults, said):
    """An API that is closed, guarded or in repair ends the crawl with a word about it."""
    with testbed.faulty(faults):
        crawl, log = crawl_quietly(tmp_path, f"site={testbed.url}", "collections=all")

    line = only_error(crawl)
    assert re.search(said, line, re.IGNORECASE), line
    assert testbed.url in line
    assert crawl.status == 1
    assert "Traceback" not in crawl.stderr + crawl.stdout + log
    assert crawl.ids() == {}


def test_page_that_always_fails(testbed, tmp_path):
    """Records behind a failing page come another way, or the certificate names the loss."""
    mark = testbed.log.mark()
    with testbed.faulty("500@30x0"):
        crawl, log = crawl_quietly(
            tmp_path, f"site={testbed.url}", "collections=categories,tags,genres,pages,media"
        )

    told = crawl.collections()
    truth, delivered = testbed.public_ids(), crawl.ids()
    assert 500 in {each.status for each in testbed.log.since(mark)}
    assert "Traceback" not in crawl.stderr + log
    for name, each in told.items():
        missing = set(truth[name]) - set(delivered.get(name, []))
        complete = each["verdict"] in ("complete", "complete_visible")
        assert complete == (not missing), (name, each, len(missing))
        assert bool(each["lost"]) == bool(missing), (name, each)
    verdicts = {each["verdict"] for each in told.values()}
    assert crawl.status == (0 if verdicts <= {"complete", "complete_visible"} else 3)


@pytest.mark.parametrize("page", ["/2025/01/revised/", "/?p=3407", "/nowhere/", "/wp-json/wp/v2/"])
def test_any_page(testbed, tmp_path, page):
    """Any URL of the site will do, be it a post, an answer of the API, or not there at all."""
    crawl, log = crawl_quietly(tmp_path, f"site={testbed.url}{page}", "collections=genres")

    assert crawl.ids() == {"wp/v2/genres": testbed.public_ids()["wp/v2/genres"]}
    assert crawl.status == 0, crawl.stderr
    assert "Traceback" not in crawl.stderr + log
