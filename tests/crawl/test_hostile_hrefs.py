"""Whatever a site says, nobody but the site is asked: seen from outside, by an audit hook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import pytest

from crawler.sample.server import serve
from crawler.wordpress.bounds import Refusal
from tests.crawl.hostile import LOOPS, HostileDoor, HostileSite
from tests.crawl.hostile_hrefs import CANARY, fits_a_header, hostile_hrefs
from tests.crawl.watching import Trap, Watched, trap, watched_crawl
from tests.running import read_lines, read_run

FOLLOW = "all"
"""What the crawls follow: each rel that there is."""

ALL = "categories tags materials users media posts pages guides comments".split()
SONG = "what the canary sings"
REFUSED = "middlewares/origin_refused_count"


@dataclass
class Seen:
    """A crawl of hostile sites: where they are, what they have, and who was watching."""

    watched: Watched
    trap: Trap
    ports: set[int]
    listed: Mapping[str, object]  # of each collection, or site, or href: what it has
    folder: Path

    def holds_its_bounds(self) -> None:
        """No look-up, connection, file, process but for the sites themselves."""
        assert self.trap.visitors == []
        assert self.watched.looked_up == {"127.0.0.1"}
        assert self.watched.connected == {("127.0.0.1", port) for port in self.ports}
        outside = {path for path in self.watched.opened if "exports" not in path}
        assert outside  # the hook was there
        assert not {path for path in outside if CANARY in path}
        assert self.watched.started <= {"uname"}  # by platform.platform(), for the log
        written = [self.watched.crawl.stderr.encode()]
        written += [path.read_bytes() for path in self.folder.glob("exports/**/*.json*")]
        assert not any(SONG.encode() in text for text in written)


def set_canary(folder: Path) -> str:
    path = folder / f"{CANARY}.json"
    path.write_text(f'["{SONG}"]')
    return str(path)


@pytest.fixture(scope="module")
def inside(tmp_path_factory):
    """A site with every href in its index, types, taxonomies, records, headers and redirects."""
    folder = tmp_path_factory.mktemp("inside")
    with trap("127.0.0.1", "127.0.0.2", "::1") as trapped, serve() as server:
        site = f"127.0.0.1:{server.server_port}"
        hrefs = hostile_hrefs(site, trapped.port, set_canary(folder))
        server.responder = HostileSite(server.site, list(hrefs.values()))
        watched = watched_crawl(
            folder, f"site={server.url}", "collections=all", f"follow={FOLLOW}"
        )
        listed = {f"wp/v2/{name}": server.site.listed(name) for name in ALL}
        yield Seen(watched, trapped, {server.server_port}, listed, folder)


@pytest.fixture
def doors(tmp_path_factory):
    """A site for each href, to which its robots.txt leads; its front page leads to three."""
    folder = tmp_path_factory.mktemp("doors")
    with trap("127.0.0.1", "127.0.0.2", "::1") as trapped, ExitStack() as stack:
        servers = {}
        table = hostile_hrefs("127.0.0.1:9", trapped.port, set_canary(folder))
        everywhere = cycle(table)
        in_headers = [name for name, href in table.items() if fits_a_header(href)]
        moved = cycle(in_headers)
        for number, robots in enumerate(in_headers):
            server = stack.enter_context(serve())
            servers[server.server_port] = server
            site = f"127.0.0.1:{server.server_port}"
            hrefs = hostile_hrefs(site, trapped.port, str(folder / f"{CANARY}.json"))
            names = islice(moved if number % 2 else everywhere, 3)
            door = [hrefs[name] for name in names]
            server.responder = HostileDoor(
                server.site,
                robots=hrefs[robots],
                announced=() if number % 2 else door,
                moved=door if number % 2 else (),
            )
        sites = folder / "sites.txt"
        sites.write_text("".join(f"{server.url}\n" for server in servers.values()))
        watched = watched_crawl(folder, f"sites={sites}", "collections=guides", f"follow={FOLLOW}")
        listed = {
            f"127.0.0.1_{port}": server.site.listed("guides") for port, server in servers.items()
        }
        yield Seen(watched, trapped, set(servers), listed, folder)


@pytest.fixture
def asked(tmp_path_factory):
    """A spider that makes a request of every href, within the bounds of a site."""
    folder = tmp_path_factory.mktemp("asked")
    with trap("127.0.0.1", "127.0.0.2", "::1") as trapped, serve() as server:
        site = f"127.0.0.1:{server.server_port}"
        hrefs = hostile_hrefs(site, trapped.port, set_canary(folder))
        (folder / "hrefs").write_text(json.dumps(hrefs))
        watched = watched_crawl(
            folder,
            f"site={server.url}",
            f"hrefs={folder}/hrefs",
            spider="credulous",
            settings={"SPIDER_MODULES": "tests.crawl.credulous", "CONCURRENT_REQUESTS": 8},
            output=["-O", f"{folder}/asked.jsonl"],
        )
        yield Seen(watched, trapped, {server.server_port}, hrefs, folder)


def test_table():
    """The table has the sixty that were promised, each another one."""
    hrefs = hostile_hrefs("127.0.0.1:8000", 9, "/canary")
    assert len(set(hrefs.values())) == len(hrefs) >= 60


class TestInside:
    def test_bounds(self, inside):
        """Nothing is looked up, connected to, opened or started for any of them."""
        inside.holds_its_bounds()

    def test_records(self, inside):
        """Every record of every true collection is delivered, once."""
        crawl = inside.watched.crawl
        assert crawl.status == 3, crawl.stderr[-3000:]  # the traps have failed
        ids = crawl.ids()
        assert {name: sorted(ids[name]) for name in inside.listed} == {
            name: sorted(listed) for name, listed in inside.listed.items()
        }
        verdicts = {name: each["verdict"] for name, each in crawl.collections().items()}
        assert {verdicts[name] for name in inside.listed} <= {"complete", "complete_visible"}

    def test_rels(self, inside):
        """Rels that are followed by their address lead to the site or nowhere."""
        links = inside.watched.crawl.run["links"]
        for rel in ("acme:reviews", "wp:post_type"):
            assert links[rel]["off_site"] > 50
            assert links[rel]["resolved"] == 0

    def test_refusals(self, inside):
        """Each redirect off the site is counted by its kind, and the log is no longer for it."""
        counts = inside.watched.counts(REFUSED)
        assert set(counts) == {str(kind) for kind in Refusal}
        assert counts.total() >= 90
        lines = [line for line in inside.watched.crawl.stderr.splitlines() if "WARNING" in line]
        assert 10 < len(lines) < 30
        assert max(map(len, lines)) < 300

    def test_circles(self, inside):
        """Who is sent round in circles gives up soon."""
        collections = inside.watched.crawl.collections()
        for name in LOOPS:
            assert collections[f"wp/v2/trap-{name}"]["reason"] == "max redirections reached"


def test_whoever_asks(asked):
    """Not the harvest alone: no request of an href leaves the site, whoever made it.

    Each is refused at once, or lies on the site when it is read twice.
    """
    asked.holds_its_bounds()
    told = list(read_lines(asked.folder / "asked.jsonl"))
    assert {each["name"] for each in told} == set(asked.listed)
    (port,) = asked.ports
    reached = [each["url"] for each in told if each["became"].isdecimal()]
    assert all(url.startswith(f"http://127.0.0.1:{port}/") for url in reached)
    others = {each["became"] for each in told if each["url"] not in reached}
    assert others == {"OriginRefused", "no request"}
    assert asked.watched.counts(REFUSED).total() > 150
    assert "retry/count" not in asked.watched.crawl.stderr


def test_doors(doors):
    """However a site is entered, its API is found, its records delivered, and nobody else asked.

    A robots.txt that is elsewhere forbids nothing: its body holds no rules.
    """
    doors.holds_its_bounds()
    assert doors.watched.crawl.status == 0, doors.watched.crawl.errors
    for site, listed in doors.listed.items():
        (folder,) = (doors.folder / "exports" / site).iterdir()
        records = read_lines(folder / "documents.jsonl")
        assert sorted(record["id"] for record in records) == sorted(listed), site
        robots = read_run(folder)["robots"]
        assert (robots["obeyed"], robots["forbidden"]) == (True, 0)
    counts = doors.watched.counts(REFUSED)
    assert set(counts) == {str(kind) for kind in Refusal}
    assert counts.total() >= 2 * len(doors.ports)
