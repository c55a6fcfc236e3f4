"""Sites that give nothing: one clear line, status 1, and a run.json that says the same."""

from __future__ import annotations

import socket
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import pytest

from crawler.sample.server import SampleServer, serve
from tests.crawl.layers import (
    Reply,
    as_json,
    redirect,
    rest_error,
    robots,
    serve_under,
    text,
    where,
)
from tests.running import Crawl, read_run, run_crawl

TDMREP = "/.well-known/tdmrep.json"
API = r".*(/wp-json|rest_route=)"
BEYOND_ROBOTS = r"/(?!robots\.txt)"
NOT_FOUND = text(404, "<h1>Not Found</h1>")

SITES: dict[str, Reply] = {
    "no wordpress": where(BEYOND_ROBOTS, text(200, "<!doctype html><title>By hand</title>")),
    "no page": where("/", NOT_FOUND),
    "json": where(API, as_json(200, {"hello": "world"})),
    "login": where(API, rest_error(401, "rest_not_logged_in")),
    "collections closed": where(
        "/wp-json/wp/v2/(posts|pages|guides)", rest_error(403, "rest_forbidden")
    ),
    "firewall": where(
        BEYOND_ROBOTS, text(403, "<title>Just a moment...</title>", ("cf-mitigated", "challenge"))
    ),
    "robots, api": robots("Disallow: /wp-json/"),
    "robots, all": robots("Disallow: /"),
    "nobody listens": where("/", NOT_FOUND),  # never asked: closed before the crawl
}

OLD = '{"id":1}\n'


@dataclass
class Given:
    """What one of several sites gave."""

    server: SampleServer
    crawl: Crawl
    run: dict[str, Any]
    folder: list[str]
    old: str

    @property
    def error(self) -> str:
        site = self.server.url.rstrip("/")
        [line] = [line for line in self.crawl.errors if site in line]
        return line


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """Crawl them all at once; give each of them by its name."""
    tmp_path = tmp_path_factory.mktemp("nothing")
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(serve_under(reply))
            for name, reply in SITES.items()
            if name != "nobody listens"
        }
        with serve() as closed:
            servers["nobody listens"] = closed
        stack.enter_context(taken(closed.server_port))
        (tmp_path / "sites.txt").write_text("".join(f"{s.url}\n" for s in servers.values()))
        names = {name: f"127.0.0.1_{server.server_port}" for name, server in servers.items()}
        for name in names.values():
            (tmp_path / f"{name}.jsonl").write_text(OLD)
        crawl = run_crawl(
            tmp_path,
            f"sites={tmp_path / 'sites.txt'}",
            output=["-O", f"{tmp_path}/%(site)s.jsonl"],
            settings={"RETRY_TIMES": 0, "LOG_FILE": tmp_path / "log"},
        )
    assert "Traceback" not in crawl.stderr + (tmp_path / "log").read_text(encoding="utf-8")
    found = {}
    for name, server in servers.items():
        [folder] = (tmp_path / "exports" / names[name]).iterdir()
        listed = [path.name for path in folder.iterdir()]
        old = (tmp_path / f"{names[name]}.jsonl").read_text()
        found[name] = Given(server, crawl, read_run(folder), listed, old)
    return found


def taken(port):
    """Hold a port on which nobody listens."""
    free = socket.socket()
    free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    free.bind(("127.0.0.1", port))
    return closing(free)


@pytest.mark.parametrize("name", SITES)
def test_each(given, name):
    """Each has its one line, which run.json repeats, and leaves what was there before."""
    site = given[name]

    facts = {"exit_status": 1, "finish_reason": "nothing_harvested", "files": []}
    assert {key: site.run[key] for key in facts} == facts
    assert site.run["error"] == site.error
    assert site.folder == ["run.json"]
    assert site.old == OLD


def test_status(given):
    """The status of them all is 1, and standard output stays empty."""
    crawl = given["no page"].crawl
    assert (crawl.status, crawl.stdout) == (1, "")
    assert len(crawl.errors) == len(SITES)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no wordpress", ["WordPress"]),
        ("no page", ["404"]),
        ("json", ["JSON that is no index"]),
        ("login", ["HTTP 401 rest_not_logged_in"]),
        ("collections closed", ["could be harvested", "HTTP 403 rest_forbidden (3)"]),
        ("firewall", ["challenge by Cloudflare"]),
        ("robots, api", ["robots.txt", "forbids the API"]),
        ("robots, all", ["robots.txt"]),
        ("nobody listens", ["could not be reached", "refused"]),
    ],
)
def test_line(given, name, said):
    """The line says what there was in place of an API."""
    for words in said:
        assert words in given[name].error


def test_closed_to_visitors(given):
    """Where visitors must log in, each collection is denied in WordPress's words."""
    run = given["login"].run
    assert {each["verdict"] for each in run["collections"]} == {"denied"}
    assert {each["denied"] for each in run["collections"]} == {"HTTP 401 rest_not_logged_in"}
    assert run["api"]["index"] == "closed (rest_not_logged_in)"


def test_robots(given):
    """What robots.txt forbids is not asked for, in no spelling of its address."""
    api, everything = given["robots, api"], given["robots, all"]
    assert [seen.target for seen in api.server.requests] == [
        "/robots.txt",
        "/.well-known/tdmrep.json",
        "/",
    ]
    assert [seen.target for seen in everything.server.requests] == ["/robots.txt"]
    told = {"obeyed": True, "status": 200, "crawl_delay": None, "forbidden": 1}
    assert api.run["robots"] == told


def test_no_such_host(tmp_path):
    """A host that the name service does not know: one line, the last one, and status 1."""
    crawl = run_crawl(tmp_path, "site=http://nosuch.invalid", settings={"RETRY_TIMES": 0})

    assert crawl.status == 1
    [error] = crawl.errors
    assert error.startswith("http://nosuch.invalid could not be reached: ")
    assert crawl.stderr.splitlines()[-1].endswith(error)
    assert "Traceback" not in crawl.stderr


def test_robots_not_obeyed(tmp_path):
    """Who owns the site may have robots.txt left aside."""
    with serve_under(robots("Disallow: /")) as server:
        crawl = run_crawl(
            tmp_path,
            f"site={server.url}",
            "collections=guides",
            settings={"ROBOTSTXT_OBEY": False},
        )

    assert crawl.status == 0, crawl.stderr
    assert crawl.run["robots"] == {"obeyed": False, "forbidden": 0}
    assert "/robots.txt" not in [seen.target for seen in server.requests]


class TestElsewhere:
    @pytest.fixture
    def front(self, sample):
        """A host whose pages name the sample's API, which is on another port."""
        root = f'<{sample.url}wp-json/>; rel="https://api.w.org/"'
        page = text(200, "<!doctype html><title>Front</title>", ("Link", root))
        with serve_under(lambda target: page if target == "/" else NOT_FOUND) as server:
            yield server

    def test_api(self, tmp_path, sample, front):
        """An API on another host is not asked; the line names that host and the argument."""
        crawl = run_crawl(tmp_path, f"site={front.url}")

        assert sample.requests == []
        assert crawl.status == 1
        [error] = crawl.errors
        assert f"127.0.0.1:{sample.server_port}" in error
        assert "allow_hosts" in error

    def test_allowed(self, tmp_path, sample, front):
        """With allow_hosts it is, and the records are those of the site that was named."""
        host = f"127.0.0.1:{sample.server_port}"
        crawl = run_crawl(
            tmp_path, f"site={front.url}", f"allow_hosts={host}", "collections=guides"
        )

        assert crawl.status == 0, crawl.stderr
        assert sorted(crawl.ids()["wp/v2/guides"]) == sorted(sample.site.listed("guides"))
        assert {item["site"] for item in crawl.items("document")} == {front.url.rstrip("/")}
        assert crawl.run["arguments"]["allow_hosts"] == [host]

    def test_redirect(self, tmp_path, sample):
        """A redirect off the site is not followed; the line names where it leads."""
        with serve_under(where(BEYOND_ROBOTS, redirect(sample.url))) as server:
            crawl = run_crawl(tmp_path, f"site={server.url}")

        assert sample.requests == []
        assert crawl.status == 1
        [error] = crawl.errors
        assert f"127.0.0.1:{sample.server_port}" in error

    def test_later_redirects(self, tmp_path, sample):
        """Nor is that of robots.txt, or of a collection, which has failed then."""

        def reply(target):
            away = target == "/robots.txt" or target.startswith("/wp-json/wp/v2/guides")
            return redirect(f"{sample.url}{target[1:]}") if away else None

        with serve_under(reply) as server:
            crawl = run_crawl(tmp_path, f"site={server.url}", "collections=guides,pages")

        assert sample.requests == []
        assert crawl.status == 3, crawl.stderr
        told = crawl.collections()
        assert told["wp/v2/guides"]["verdict"] == "failed"
        assert told["wp/v2/pages"]["verdict"] == "complete"
