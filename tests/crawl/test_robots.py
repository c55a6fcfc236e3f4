"""robots.txt as RFC 9309 has it, and what a site says of its texts, in whole crawls."""

from __future__ import annotations

import pytest

from tests.crawl.layers import as_json, redirect, robots, serve_under, text, where
from tests.crawl.test_waiting import ROBOTS
from tests.running import run_crawl

TDMREP = "/.well-known/tdmrep.json"


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_no_rules(tmp_path, status):
    """A robots.txt that is absent, or refused, forbids nothing."""
    with serve_under(where(ROBOTS, text(status, "Disallow: /"))) as server:
        crawl = run_crawl(tmp_path, f"site={server.url}", "collections=pages", "follow=none")

    assert crawl.status == 0, crawl.stderr
    assert crawl.run["robots"]["status"] == status


@pytest.mark.parametrize("status", [429, 500, 503])
def test_unreadable(tmp_path, status):
    """Where it cannot be had everything is forbidden: nothing else is asked, in one line."""
    with serve_under(where(ROBOTS, text(status, ""))) as server:
        crawl = run_crawl(tmp_path, f"site={server.url}", settings={"RETRY_TIMES": 1})

    assert crawl.status == 1
    [error] = crawl.errors
    assert f"robots.txt could not be read (HTTP {status})" in error
    assert [seen.target for seen in server.requests] == [ROBOTS, ROBOTS]
    assert "Traceback" not in crawl.stderr


@pytest.mark.parametrize(
    ("hops", "status"), [(5, 1), (6, 0)], ids=["five are followed", "six are one too many"]
)
def test_redirects(tmp_path, hops, status):
    """Rules may lie behind five redirects on the site; behind more there are none."""

    def reply(target):
        if target == ROBOTS:
            return redirect("/r/1")
        if target.startswith("/r/"):
            place = int(target.rpartition("/")[2])
            rules = text(200, "User-agent: *\nDisallow: /\n", kind="text/plain")
            return rules if place == hops else redirect(f"/r/{place + 1}")
        return None

    with serve_under(reply) as server:
        crawl = run_crawl(tmp_path, f"site={server.url}", "collections=pages", "follow=none")

    assert crawl.status == status, crawl.stderr
    assert "Traceback" not in crawl.stderr


def test_long(tmp_path):
    """Of a long one 500 KB are read: a rule within them holds, one behind them does not."""
    rules = "Disallow: /wp-json/wp/v2/pages\n" + "Allow: /private-place-of-nobody\n" * 20_000
    with serve_under(robots(rules + "Disallow: /\n")) as server:
        crawl = run_crawl(tmp_path, f"site={server.url}", "collections=posts,pages", "follow=none")

    assert crawl.status == 3, crawl.stderr
    told = {name: each["verdict"] for name, each in crawl.collections().items()}
    assert told == {"wp/v2/posts": "complete", "wp/v2/pages": "denied"}


@pytest.mark.parametrize("plain", [False, True], ids=["asked by path", "asked by query"])
@pytest.mark.parametrize("rule", ["/wp-json/wp/v2/pages", "/?rest_route=/wp/v2/pages"])
def test_both_spellings(tmp_path, plain, rule):
    """A rule for one spelling of a route holds for the other one too."""
    with serve_under(robots(f"Disallow: {rule}")) as server:
        site = f"{server.url}?rest_route=/" if plain else server.url
        crawl = run_crawl(tmp_path, f"site={site}", "collections=posts,pages", "follow=none")

    told = {name: each["verdict"] for name, each in crawl.collections().items()}
    assert told["wp/v2/pages"] == "denied", crawl.stderr
    assert told["wp/v2/posts"] == "complete"
    assert not [seen.target for seen in server.requests if "v2/pages" in seen.target]
    assert [seen for seen in server.requests if "rest_route" in seen.target] or not plain


SIGNALS = {
    "robots": (robots("Content-Signal: search=yes, ai-train=no"), "ai-train", "robots.txt"),
    "tdmrep": (
        where(TDMREP, as_json(200, [{"location": "/", "tdm-reservation": 1}])),
        "tdm-reservation",
        "tdmrep.json: /",
    ),
}


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize(("mode", "status"), [("record", 0), ("obey", 1), ("ignore", 0)])
def test_signals(tmp_path, name, mode, status):
    """What a site says of its texts is recorded, obeyed where that is wanted, or not heard."""
    reply, word, source = SIGNALS[name]
    with serve_under(reply) as server:
        crawl = run_crawl(
            tmp_path,
            f"site={server.url}",
            "collections=pages",
            "follow=none",
            settings={"OPT_OUT_SIGNALS": mode},
        )

    assert crawl.status == status, crawl.stderr
    assert crawl.run["opt_out"]["setting"] == mode
    heard = {(each["name"], each["source"]) for each in crawl.run["opt_out"]["signals"]}
    assert ((word, source) in heard) == (mode != "ignore")
    assert (TDMREP in [seen.target for seen in server.requests]) == (
        mode == "record" or (mode, name) == ("obey", "tdmrep")
    )
    if mode == "obey":
        [error] = crawl.errors
        assert "reserves its texts" in error
        assert word in error
        assert not [seen for seen in server.requests if "/wp/v2/" in seen.target]


def test_noindex(tmp_path):
    """X-Robots-Tag: noindex is WordPress's own on each answer of the API, and no signal."""
    with serve_under(lambda target: None) as server:
        crawl = run_crawl(
            tmp_path,
            f"site={server.url}",
            "collections=pages",
            settings={"OPT_OUT_SIGNALS": "obey"},
        )

    assert crawl.status == 0, crawl.stderr
    assert crawl.run["opt_out"]["signals"] == []


def test_unknown_mode(tmp_path, sample):
    """A mode that there is not is refused before anything is asked."""
    crawl = run_crawl(tmp_path, f"site={sample.url}", settings={"OPT_OUT_SIGNALS": "yes"})

    assert crawl.status == 2, crawl.stderr
    assert "OPT_OUT_SIGNALS must be one of record, obey, ignore, got 'yes'" in crawl.errors[-1]
    assert sample.requests == []
