"""Following links, in whole crawls of a site that answers its own way."""

from __future__ import annotations

from collections import Counter

import pytest
from w3lib.url import canonicalize_url

from crawler.wordpress.errands import MAX_FAILURES
from tests.crawl.layers import serve_under, text
from tests.running import run_crawl


def closed_users(target):
    """Show no users, as security plugins do: with a page, not in WordPress's words."""
    return text(403, "<html><h1>Forbidden</h1>") if "/wp/v2/users" in target else None


def broken_media(target):
    """Fail over every request for media."""
    return text(500, "<h1>Oops</h1>") if "/wp/v2/media" in target else None


def no_media_for_robots(target):
    """Let nobody's robot have the media."""
    rules = "User-agent: *\nDisallow: /wp-json/wp/v2/media\n"
    return text(200, rules) if target == "/robots.txt" else None


def crawl_guides(tmp_path, layer, *arguments):
    """Crawl a collection of eight documents; give the crawl and what was asked."""
    with serve_under(layer) as server:
        crawl = run_crawl(
            tmp_path,
            f"site={server.url}",
            "collections=guides",
            *arguments,
            settings={"RETRY_TIMES": 0},
        )
        targets = [seen.target for seen in server.requests]
    assert len(crawl.items("document")) == 8, crawl.stderr
    return crawl, targets


def test_closed(tmp_path):
    """Users behind a firewall: one request, no failure, said once."""
    crawl, targets = crawl_guides(tmp_path, closed_users)

    assert crawl.status == 0
    assert len([target for target in targets if "/users" in target]) == 1
    for document in crawl.items("document"):
        assert [author["reason"] for author in document["authors"]] == ["denied"]
    assert "links author: 8 denied: HTTP 403 with a web page" in crawl.stderr


def test_failed(tmp_path):
    """A server that breaks is asked a bounded number of times; the run says what is missing."""
    crawl, targets = crawl_guides(tmp_path, broken_media)

    assert crawl.status == 3
    assert 1 <= len([target for target in targets if "/media" in target]) <= MAX_FAILURES
    images = [document["featured_media"] for document in crawl.items("document")]
    assert {image["reason"] for image in images if image} == {"failed"}
    assert "links featured_media: " in crawl.stderr


@pytest.mark.parametrize("collections", ["all", "documents"])
def test_nothing_twice(tmp_path, collections):
    """No address is asked twice, in whatever spelling, when all there is is followed."""
    with serve_under(lambda target: None) as server:
        crawl = run_crawl(
            tmp_path, f"site={server.url}", f"collections={collections}", "follow=all"
        )
        asked = [canonicalize_url(f"{server.url[:-1]}{each.target}") for each in server.requests]

    assert crawl.status == 0, crawl.stderr
    assert len(asked) > 10
    assert [url for url, times in Counter(asked).items() if times > 1] == []


def test_robots(tmp_path):
    """What robots.txt forbids is not asked for, and denied."""
    crawl, targets = crawl_guides(tmp_path, no_media_for_robots)

    assert crawl.status == 0
    assert [target for target in targets if "/media" in target] == []
    images = [document["featured_media"] for document in crawl.items("document")]
    assert {image["reason"] for image in images if image} == {"denied"}
    assert crawl.run["links"]["featured_media"]["denied"] > 0


@pytest.mark.parametrize(
    ("follow", "message"),
    [
        ("autor", "follow has no word 'autor': did you mean author?"),
        ("none,author", "follow: none goes with no other word, got 'none,author'"),
        ("predecessor-version", "follow: 'predecessor-version' is for editors only"),
    ],
)
def test_refused(tmp_path, follow, message):
    """A word that cannot be followed is refused before the first request."""
    with serve_under(lambda target: None) as server:
        crawl = run_crawl(tmp_path, f"site={server.url}", f"follow={follow}")
        asked = list(server.requests)

    assert (crawl.status, asked) == (2, [])
    [error] = crawl.errors
    assert error.startswith(message)
