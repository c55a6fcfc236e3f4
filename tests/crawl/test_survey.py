"""Whole surveys in a process of their own."""

from __future__ import annotations

import json
import signal
import time

import pytest

from crawler.sample.server import serve
from crawler.wordpress.effort import OPENING
from tests.crawl.layers import rest_error, robots, serve_under, where
from tests.crawl.test_several import write_sites
from tests.running import finish, run_crawl, start_crawl


def survey(tmp_path, *args, output=(), **more):
    return run_crawl(tmp_path, *args, spider="survey", output=output, **more)


def accounts(text):
    return [json.loads(line) for line in text.splitlines()]


def test_one_site(tmp_path, sample):
    """A site's totals and what a harvest would take; no content is fetched, no folder made."""
    crawl = survey(tmp_path, f"site={sample.url}", output=["-O", "-", "-L", "WARNING"])

    assert crawl.status == 0, crawl.stderr
    [account] = accounts(crawl.stdout)
    totals = {each["rest_base"]: each["total"] for each in account["collections"]}
    assert totals["posts"] == 62
    assert sum(totals.values()) == 228
    assert len(sample.requests) == account["requests"] == OPENING + len(totals)
    assert all("content" not in request.target for request in sample.requests)
    assert account["harvest"]["all"]["requests"] == OPENING + len(totals)
    assert account["languages"] == ["en-gb"]
    assert "wp/v2/posts" in crawl.stderr
    assert not (tmp_path / "exports").exists()


def test_estimate(tmp_path, sample):
    """A harvest takes as many requests as were announced."""
    [account] = accounts(survey(tmp_path, f"site={sample.url}", output=["-O", "-"]).stdout)
    before = len(sample.requests)
    crawl = run_crawl(tmp_path, f"site={sample.url}", "collections=all", "follow=none")
    asked = len(sample.requests) - before
    assert crawl.status == 0
    assert asked == account["harvest"]["all"]["requests"]

    before = len(sample.requests)
    run_crawl(tmp_path, f"site={sample.url}")  # documents, and what they link to
    asked = len(sample.requests) - before
    assert asked <= account["harvest"]["documents"]["requests"] <= 1.5 * asked


def test_several(tmp_path, sample):
    """Several sites have one table and one file, in the order of the list; the worst status."""
    out = tmp_path / "survey.jsonl"
    with serve_under(where(r"/wp-json/wp/v2/users", rest_error(401, "rest_forbidden"))) as closed:
        dead = "http://127.0.0.1:9"
        sites = write_sites(tmp_path, sample.url, dead, closed.url)
        crawl = survey(tmp_path, sites, output=["-O", str(out)], settings={"RETRY_TIMES": 0})

    assert crawl.status == 1
    first, second, third = accounts(out.read_text())
    assert [each["site"] for each in (first, second)] == [sample.url.rstrip("/"), dead]
    assert second["error"].startswith(f"{dead} could not be reached")
    [users] = (each for each in third["collections"] if each["rest_base"] == "users")
    assert (users["state"], users["reason"]) == ("closed", "HTTP 401 rest_forbidden")
    assert "2 of 3 sites" in crawl.stderr


def test_what_the_site_says(tmp_path):
    """Its delay and its word about the use of texts are told; the delay is in the estimate."""
    rules = "Crawl-delay: 0.1\nContent-Signal: ai-train=no"
    with serve_under(robots(rules)) as server:
        crawl = survey(tmp_path, f"site={server.url}", "collections=guides", output=["-O", "-"])

    [account] = accounts(crawl.stdout)
    assert account["crawl_delay"] == 0.1
    assert account["opt_out"] == [{"name": "ai-train", "value": "no", "source": "robots.txt"}]
    assert "use of texts: ai-train=no (robots.txt)" in crawl.stderr


def test_stopped(tmp_path):
    """A survey that is stopped writes no file; an old one stands."""
    out = tmp_path / "survey.jsonl"
    out.write_text("old\n")
    with serve_under(lambda target: time.sleep(0.3)) as server:
        site, output = f"site={server.url}", ["-O", str(out)]
        process = start_crawl(tmp_path, site, spider="survey", output=output)
        deadline = time.monotonic() + 60
        while len(server.requests) < 7 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        crawl = finish(tmp_path, process)

    assert crawl.status == 4, crawl.stderr
    assert crawl.errors == ["the survey was stopped: no file is written"]
    assert out.read_text() == "old\n"


def test_failed(tmp_path):
    """A collection that does not answer makes the survey partial."""
    with serve_under(
        where(r"/wp-json/wp/v2/users", rest_error(500, "internal_server_error"))
    ) as server:
        crawl = survey(tmp_path, f"site={server.url}", settings={"RETRY_TIMES": 0})
    assert crawl.status == 3


@pytest.mark.parametrize(
    ("arguments", "output", "expected"),
    [
        (["limit=3"], [], "no argument 'limit': there are site, sites, collections, allow_hosts"),
        (["colections=posts"], [], "no argument 'colections': did you mean collections?"),
        ([], ["-O", "x.csv"], "'x.csv': a survey is written as JSON Lines, as in survey.jsonl"),
    ],
)
def test_refused(tmp_path, sample, arguments, output, expected):
    """What a survey does not take is refused before the first request."""
    crawl = survey(tmp_path, f"site={sample.url}", *arguments, output=output)

    assert (crawl.status, crawl.errors) == (2, [expected])
    assert sample.requests == []


def test_misspelt(tmp_path, sample):
    """A collection that the site has not is refused, and nothing is written."""
    out = tmp_path / "x.jsonl"
    crawl = survey(tmp_path, f"site={sample.url}", "collections=guide_s", output=["-O", str(out)])

    assert crawl.status == 2
    assert "did you mean 'guides'" in crawl.errors[0]
    assert not out.exists()


def test_in_the_dark(tmp_path):
    """A second site of one host waits for the first: one guest at a time."""
    with serve() as one:
        sites = write_sites(tmp_path, one.url, f"{one.url}wp-json/")
        crawl = survey(tmp_path, sites)
    assert crawl.status == 0
    assert one.in_flight_peak == 1
