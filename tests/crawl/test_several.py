"""Several sites in one process: each its own guest, its own run, and the worst status of all."""

from __future__ import annotations

import socket
import time
from contextlib import closing

import pytest

from crawler.sample.server import serve
from tests.crawl.layers import rest_error, serve_under, where
from tests.running import read_lines, read_run, run_crawl


def slow(target):
    """Take long enough to be asked twice at once, by whoever would."""
    time.sleep(0.02)


@pytest.fixture
def two():
    with serve_under(slow) as first, serve_under(slow) as second:
        yield [first, second]


@pytest.fixture
def dead():
    """A site where nobody listens."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{free.getsockname()[1]}"


def write_sites(tmp_path, *lines):
    path = tmp_path / "museums.txt"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return f"sites={path}"


def runs_of(tmp_path):
    """Give each site's run.json by the name of its folder; there is one run of each."""
    found = {}
    for site in (tmp_path / "exports").iterdir():
        [folder] = site.iterdir()
        found[site.name] = read_run(folder)
    return found


def folder_of(server):
    return f"127.0.0.1_{server.server_port}"


def requests_until_the_end(server):
    return (server.requests[0].time, server.requests[-1].time)


def test_at_once(tmp_path, two, dead):
    """Two museums at the same time, and a dead site that takes nothing from them."""
    sites = write_sites(
        tmp_path,
        "# museums we know",
        "",
        two[0].url,
        f"{two[1].url}   # the second",
        f"  {two[0].url.rstrip('/')}  ",
        dead,
    )
    crawl = run_crawl(
        tmp_path,
        sites,
        "collections=posts,guides,media",
        "follow=none",
        settings={"RETRY_TIMES": 0},
    )

    runs = runs_of(tmp_path)
    assert set(runs) == {*map(folder_of, two), dead.removeprefix("http://").replace(":", "_")}
    for server in two:
        run = runs[folder_of(server)]
        assert (run["exit_status"], run["dataset"]) == (0, "museums")
        assert {each["verdict"] for each in run["collections"]} <= {"complete", "complete_visible"}
        assert server.in_flight_peak == 1
    # the second also asks for a sample of the first: they have one name, and may be one site
    assert [len(server.requests) for server in two] == [6 + 3, 6 + 3 + 1]
    begins, ends = zip(*map(requests_until_the_end, two), strict=True)
    assert max(begins) < min(ends), "the two were not crawled at the same time"
    assert crawl.status == 1
    [error] = crawl.errors
    assert error.startswith(f"{dead} could not be reached")
    assert [runs[name]["exit_status"] for name in runs if name not in map(folder_of, two)] == [1]


def test_one_after_the_other(tmp_path, two):
    """With SITES_AT_ONCE=1 the second begins when the first has ended; both are told of."""
    sites = write_sites(tmp_path, *(server.url for server in two))
    crawl = run_crawl(tmp_path, sites, "collections=guides", settings={"SITES_AT_ONCE": 1})

    assert crawl.status == 0, crawl.stderr
    first, second = map(requests_until_the_end, two)
    assert first[1] < second[0]
    for server in two:
        assert f"{server.url.rstrip('/')}: finished, exit status 0" in crawl.stderr


@pytest.mark.parametrize(
    ("collections", "status"),
    [("users,guides", 3), ("users", 1), ("guides,none", 2)],
)
def test_worst(tmp_path, collections, status):
    """The exit status is the worst of theirs."""
    closed = where("/wp-json/wp/v2/users", rest_error(401, "rest_user_cannot_view"))
    with serve() as well, serve_under(closed) as partly:
        sites = write_sites(tmp_path, well.url, partly.url)
        crawl = run_crawl(tmp_path, sites, f"collections={collections}")

    assert crawl.status == status, crawl.stderr
    assert "Traceback" not in crawl.stderr
    if status == 2:
        assert len(crawl.errors) == 2
        assert crawl.folder is None
    else:
        runs = runs_of(tmp_path)
        assert runs[folder_of(well)]["exit_status"] == 0
        assert runs[folder_of(partly)]["exit_status"] == status


class TestPaths:
    def test_one_path(self, tmp_path):
        """One path for several sites is refused with what to write."""
        sites = write_sites(tmp_path, "http://127.0.0.1:9", "http://127.0.0.1:10")
        crawl = run_crawl(tmp_path, sites, output=["-O", "all.jsonl"])

        assert crawl.status == 2
        [error] = crawl.errors
        assert "'all.jsonl' is one path for several sites: write %(site)s into it" in error
        assert not (tmp_path / "exports").exists()

    def test_a_path_each(self, tmp_path, two):
        """With %(site)s each site has its file, and run.json says which."""
        sites = write_sites(tmp_path, *(server.url for server in two))
        crawl = run_crawl(
            tmp_path,
            sites,
            "collections=guides",
            output=["-O", f"{tmp_path}/%(site)s.jsonl", "-O", f"{tmp_path}/%(site)s.csv.gz"],
        )

        assert crawl.status == 0, crawl.stderr
        runs = runs_of(tmp_path)
        for server in two:
            name = folder_of(server)
            ids = [item["id"] for item in read_lines(tmp_path / f"{name}.jsonl")]
            assert sorted(ids) == sorted(server.site.listed("guides"))
            paths = [file["path"] for file in runs[name]["files"]]
            assert paths == [f"{tmp_path}/{name}.jsonl", f"{tmp_path}/{name}.csv.gz"]


def test_file_of_sites(tmp_path):
    """What is wrong in the file is named by its line, before any site is asked."""
    crawl = run_crawl(tmp_path, write_sites(tmp_path, "https://example.org", "example.net"))

    assert crawl.status == 2
    [error] = crawl.errors
    assert "museums.txt, line 2: 'example.net' has no http" in error
    assert not (tmp_path / "exports").exists()


def test_one_host(tmp_path, two):
    """Two sites on one host have a run each, and still never two requests in flight there."""
    here = two[0].url.rstrip("/")
    sites = write_sites(tmp_path, f"{here}/a_b/", f"{here}/a/b/")
    crawl = run_crawl(tmp_path, sites, "collections=guides")

    assert crawl.status == 0, crawl.stderr
    runs = [read_run(path.parent) for path in (tmp_path / "exports").rglob("run.json")]
    assert [run["exit_status"] for run in runs] == [0, 0]
    assert len({run["run_id"] for run in runs}) == 2
    assert two[0].in_flight_peak == 1
