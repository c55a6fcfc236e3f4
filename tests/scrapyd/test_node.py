"""Crawls as jobs of a real Scrapyd node: deployed, scheduled, cancelled, killed."""

from __future__ import annotations

import json
import os
import signal
from urllib.request import urlopen

import pytest

from crawler.sample.server import serve
from tests.running import read_lines
from tests.scrapyd.node import deploy, start, stop, wait_until

pytestmark = pytest.mark.scrapyd

QUICK = ["DOWNLOAD_DELAY=0", "DEDUPE_EXACT=mark"]
SLOW = ["DOWNLOAD_DELAY=0.4", "AUTOTHROTTLE_ENABLED=False", "DEDUPE_EXACT=mark"]


@pytest.fixture
def site():
    with serve() as server:
        yield server


def read_run(folder):
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))


def record_ids(folder):
    """All records in the files of a run, in the order of the files."""
    paths = (path for path in sorted(folder.glob("*.jsonl")) if path.stem != "duplicates")
    return [item["record_id"] for path in paths for item in read_lines(path)]


@pytest.fixture(scope="module")
def expected(tmp_path_factory, sources):
    """What a job that nobody disturbs gives, by the ids without their site."""
    folder = tmp_path_factory.mktemp("undisturbed")
    node = start(folder / "node", folder / "exports", folder / "state.sqlite3")
    try:
        deploy(node, sources)
        with serve() as server:
            node.wait(node.schedule(server.url, collections="all", setting=QUICK))
        [run] = node.runs()
        return [record.partition("#")[2] for record in record_ids(run)]
    finally:
        stop(node)


def assert_complete(folder, expected):
    run = read_run(folder)
    ids = [record.partition("#")[2] for record in record_ids(folder)]

    assert run["exit_status"] == 0
    assert {each["verdict"] for each in run["collections"]} <= {"complete", "complete_visible"}
    assert len(ids) == len(set(ids))
    assert ids == expected


class TestDeployed:
    def test_spiders(self, node):
        """The node knows the spiders of the zipped egg."""
        with urlopen(f"{node.url}/listspiders.json?project=presscrawl", timeout=30) as answer:
            assert "wordpress" in json.load(answer)["spiders"]

    def test_lacking(self, node, tmp_path):
        """What the node has not installed is named in a line, already when it is deployed."""
        copied = tmp_path / "copy"
        deploy(node, copied)
        project = copied / "pyproject.toml"
        told = project.read_text(encoding="utf-8")
        more = told.replace("dependencies = [\n", 'dependencies = [\n    "nosuchthing>=1.2",\n', 1)
        project.write_text(more, encoding="utf-8")

        told = deploy(node, copied)

        assert "presscrawl: this node lacks nosuchthing>=1.2 (there is none). Install" in told
        assert "Traceback" not in told


class TestJob:
    def test_finished(self, node, site):
        """Arguments and settings count, and all files are where the environment says."""
        job = node.schedule(site.url, collections="posts,tags", setting=[*QUICK, "LOG_LEVEL=INFO"])
        node.wait(job)
        [folder] = node.runs()
        run = read_run(folder)

        assert run["exit_status"] == 0
        assert [each["rest_base"] for each in run["collections"]] == ["tags", "posts"]
        assert [each["verdict"] for each in run["collections"]] == ["complete", "complete"]
        documents = list(read_lines(folder / "documents.jsonl"))
        assert len(documents) == run["collections"][1]["delivered"] > 0
        assert node.state.exists()
        kept = {path.suffix for path in node.folder.rglob("*") if path.is_file()}
        assert not kept & {".jsonl", ".sqlite3"}
        assert "run.json" in node.log(job) or "Spider closed" in node.log(job)

    def test_no_place(self, node, site, tmp_path):
        """A place can be given with the job itself."""
        elsewhere = tmp_path / "elsewhere"
        settings = [*QUICK, f"EXPORTS_DIR={elsewhere}"]
        node.wait(node.schedule(site.url, collections="tags", setting=settings))

        assert len(list(elsewhere.glob("*/*/run.json"))) == 1
        assert node.runs() == []


class TestDisturbed:
    def test_cancelled(self, node, site, expected):
        """A cancelled job stops cleanly, and the next one goes on: complete, nothing twice."""
        job = node.schedule(site.url, collections="all", setting=SLOW)
        wait_until(lambda: len(site.requests) > 8, "eight requests")
        node.ask("cancel", project="presscrawl", job=job)
        node.wait(job)
        asked = len(site.requests)
        assert not list(node.exports.glob("*/*/documents.jsonl"))

        node.wait(node.schedule(site.url, collections="all", setting=QUICK))

        [folder] = node.runs()
        assert_complete(folder, expected)
        again = [seen.target for seen in site.requests[asked:]]
        before = [seen.target for seen in site.requests[:asked] if "per_page=100" in seen.target]
        assert len(set(again) & set(before)) <= 1

    def test_killed(self, node, site, expected):
        """Killed with -9, the same."""
        job = node.schedule(site.url, collections="all", setting=SLOW)
        wait_until(lambda: len(site.requests) > 8, "eight requests")
        os.kill(node.pid(job), signal.SIGKILL)
        node.wait(job)

        node.wait(node.schedule(site.url, collections="all", setting=QUICK))

        [folder] = node.runs()
        assert_complete(folder, expected)

    def test_second(self, node, site, expected):
        """A second job for a site that is being crawled is refused, and the first goes on."""
        first = node.schedule(site.url, collections="all", setting=SLOW)
        wait_until(lambda: len(site.requests) > 4, "four requests")
        asked = len(site.requests)
        second = node.schedule(site.url, collections="all", setting=QUICK)
        node.wait(second)
        refused_after = len(site.requests) - asked
        node.wait(first)

        [folder] = node.runs()
        assert_complete(folder, expected)
        assert "exitstatus=4" in node.output()
        assert refused_after < 12  # the first one's own, while the second started
        assert site.in_flight_peak == 1
