"""A part of a site cannot be had: the rest comes, status 3, and run.json names what is not."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import pytest

from crawler.sample.server import SampleServer
from crawler.sample.site import SampleSite
from tests.crawl.layers import rest_error, serve_under, text, where
from tests.running import Crawl, read_lines, read_run, run_crawl

COLLECTIONS = ("users", "media", "guides", "pages", "comments")
WELL = {"complete", "complete_visible"}
BROKEN = SampleSite("http://127.0.0.1")  # to find out what the others are to break


def breaks(target):
    """Fail as PHP does where a page of guides, more than its ids, holds a broken one."""
    if "/wp/v2/guides" not in target or re.search(r"_fields=id(&|$)", target):
        return None
    records = BROKEN.respond("GET", target, {}).json()
    if broken_guide() in [record["id"] for record in records]:
        return rest_error(500, "internal_server_error")
    return None


def broken_guide():
    return sorted(BROKEN.listed("guides"))[3]


def nameless(target):
    """Send the first guide without its id."""
    if "/wp/v2/guides" not in target:
        return None
    answer = BROKEN.respond("GET", target, {})
    records = answer.json()
    for record in records:
        if record["id"] == min(BROKEN.listed("guides")):
            record["id"] = "abc"
    return replace(answer, body=json.dumps(records).encode())


def hang_up(target):
    """Hang up without a word when it comes to comments."""
    if "/wp/v2/comments" in target:
        raise ConnectionResetError


SITES = {
    "closed": ("users", where("/wp-json/wp/v2/users", rest_error(401, "rest_user_cannot_view"))),
    "always 500": ("pages", where("/wp-json/wp/v2/pages", text(500, "<h1>Server Error</h1>"))),
    "broken record": ("guides", breaks),
    "without an id": ("guides", nameless),
    "above the cap": ("media", where("/wp-json/wp/v2/media", text(200, "x" * 300_000))),
    "hangs up": ("comments", hang_up),
}
"""What is amiss -> the collection that it is amiss with, and what does it."""


@dataclass
class Part:
    """What one of several sites gave, and what run.json says of the collection that is amiss."""

    server: SampleServer
    crawl: Crawl
    run: dict[str, Any]
    told: dict[str, Any]
    others: dict[str, dict[str, Any]]
    ids: dict[str, set[int]]


@pytest.fixture(scope="module")
def part(tmp_path_factory):
    """Crawl them all at once; give each of them by its name."""
    tmp_path = tmp_path_factory.mktemp("missing")
    with ExitStack() as stack:
        servers = {name: stack.enter_context(serve_under(SITES[name][1])) for name in SITES}
        (tmp_path / "sites.txt").write_text("".join(f"{s.url}\n" for s in servers.values()))
        crawl = run_crawl(
            tmp_path,
            f"sites={tmp_path / 'sites.txt'}",
            f"collections={','.join(COLLECTIONS)}",
            settings={
                "RETRY_TIMES": 0,
                "DOWNLOAD_MAXSIZE": 250_000,
                "LOG_FILE": tmp_path / "log",
            },
        )
    assert "Traceback" not in crawl.stderr + (tmp_path / "log").read_text(encoding="utf-8")
    found = {}
    for name, server in servers.items():
        [folder] = (tmp_path / "exports" / f"127.0.0.1_{server.server_port}").iterdir()
        run = read_run(folder)
        others = {each["rest_base"]: each for each in run["collections"]}
        ids = {base: set() for base in COLLECTIONS}
        for path in folder.glob("*.jsonl"):
            for item in read_lines(path):
                ids[item["collection"]].add(item["id"])
        found[name] = Part(server, crawl, run, others.pop(SITES[name][0]), others, ids)
    return found


@pytest.mark.parametrize("name", SITES)
def test_each(part, name):
    """What can be had comes, whole; the run is partial; what is missing is named."""
    site = part[name]

    assert (site.run["exit_status"], site.run["finish_reason"]) == (3, "partial")
    for base, each in site.others.items():
        assert each["verdict"] in WELL, base
        assert site.ids[base] == site.server.site.listed(base)
    assert site.told["verdict"] not in WELL
    assert len(site.ids[SITES[name][0]]) == site.told["delivered"]


def test_status(part):
    """The status of them all is 3; that is no error, so no line says so."""
    crawl = part["closed"].crawl
    assert (crawl.status, crawl.stdout, crawl.errors) == (3, "", [])


def test_closed(part):
    """Users that visitors may not list are denied, in WordPress's words."""
    told = part["closed"].told
    assert (told["verdict"], told["delivered"]) == ("denied", 0)
    assert told["denied"] == "HTTP 401 rest_user_cannot_view"
    assert told["errors"] == {"rest_user_cannot_view": told["requests"]}
    assert "wp/v2/users: HTTP 401 rest_user_cannot_view" in part["closed"].crawl.stderr


def test_always_500(part):
    """A collection on which the server fails, whatever is asked, has failed."""
    told = part["always 500"].told
    assert (told["verdict"], told["delivered"]) == ("failed", 0)
    assert "HTTP 500" in told["reason"]
    assert (told["announced"], told["lost"]) == (None, [])  # nobody knows how many there are
    assert "wp/v2/pages: HTTP 500" in part["always 500"].crawl.stderr


def test_broken_record(part):
    """A record that breaks each page it is on is named, and every other comes."""
    told = part["broken record"].told
    announced = len(BROKEN.listed("guides"))
    assert (told["verdict"], told["announced"]) == ("partial", announced)
    assert told["delivered"] == announced - 1
    assert [each["ids"] for each in told["lost"]] == [[broken_guide()]]
    assert [each["count"] for each in told["lost"]] == [1]


def test_without_an_id(part):
    """A record without an id that can be read is counted as lost."""
    told = part["without an id"].told
    assert told["verdict"] == "partial"
    assert told["delivered"] == len(BROKEN.listed("guides")) - 1
    assert {"reason": "without an id", "ids": [], "count": 1} in told["lost"]


def test_above_the_cap(part):
    """A page that is larger than DOWNLOAD_MAXSIZE ends that collection, not the run."""
    told = part["above the cap"].told
    assert (told["verdict"], told["delivered"]) == ("failed", 0)


def test_hangs_up(part):
    """So does a server that hangs up without a word."""
    told = part["hangs up"].told
    assert (told["verdict"], told["delivered"]) == ("failed", 0)
    assert told["errors"] == {"other": told["requests"]}
