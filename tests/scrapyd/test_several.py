"""Several nodes, and many sites from a list."""

from __future__ import annotations

import re
import subprocess

import pytest

from crawler.sample.server import serve
from tests.running import read_lines
from tests.scrapyd.node import ROOT, deploy, start, stop, wait_until
from tests.scrapyd.test_node import QUICK, read_run

pytestmark = pytest.mark.scrapyd

LIKE_OTHERS = ["DOWNLOAD_DELAY=0", "DEDUPE_ALIASES=off"]
"""The two sites show the same; without this the second would not be harvested at all."""


def texts(folders):
    return {
        re.sub(r"127\.0\.0\.1:\d+", "site", item["content_text"])
        for folder in folders
        for item in read_lines(folder / "documents.jsonl")
        if item["content_text"]
    }


def test_two_nodes(tmp_path, sources):
    """Two nodes with one state and one dataset: all texts are there, each long one once."""
    state, exports = tmp_path / "state" / "state.sqlite3", tmp_path / "exports"
    nodes = [start(tmp_path / name, exports, state) for name in ("one", "two")]
    try:
        with serve() as first, serve() as second:
            for node, site in zip(nodes, (first, second), strict=True):
                assert '"status": "ok"' in deploy(node, sources)
                job = node.schedule(site.url, dataset="both", setting=LIKE_OTHERS)
                node.wait(job)
            alone = nodes[0].schedule(
                second.url, dataset="alone", setting=[*QUICK, f"EXPORTS_DIR={tmp_path / 'alone'}"]
            )
            nodes[0].wait(alone)
    finally:
        for node in nodes:
            stop(node)
    folders = sorted(exports.glob("*/*Z*"), key=lambda path: path.stat().st_mtime)
    runs = [read_run(folder) for folder in folders]
    [undisturbed] = (tmp_path / "alone").glob("*/*Z*")
    later = folders[-1]
    dropped = list(read_lines(later / "duplicates.jsonl"))

    assert [run["exit_status"] for run in runs] == [0, 0]
    assert texts(folders) == texts([undisturbed])
    assert dropped
    assert {line["duplicate_of"].partition("#")[0] for line in dropped} >= {first.url.rstrip("/")}


def test_list(node, tmp_path):
    """deploy/schedule schedules a job for each site of a list, with what follows for all."""
    with serve() as first, serve() as second:
        sites = tmp_path / "sites.txt"
        sites.write_text(f"# ours\n{first.url}\n\n{second.url} # the other\n", encoding="utf-8")
        command = [ROOT / "deploy" / "schedule", node.url, sites, "-d", "collections=tags"]
        done = subprocess.run(
            [*command, *(word for setting in QUICK for word in ("-d", f"setting={setting}"))],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.count('"status": "ok"') == 2
        wait_until(lambda: len(node.jobs("finished")) == 2, "two jobs")

    assert [read_run(folder)["exit_status"] for folder in node.runs()] == [0, 0]
