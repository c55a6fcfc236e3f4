"""The monitors of docs/spidermon, run by Spidermon on crawls of the sample site."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from crawler.sample.server import serve
from tests.crawl.layers import rest_error, serve_under, where
from tests.scrapyd.node import ROOT, TOOLS

pytestmark = pytest.mark.scrapyd

ADDON = 'ADDONS={"monitors.Monitored": 500}'


def monitored(tmp_path, site, *settings):
    """Crawl as docs/spidermon.md shows; give the status and what each monitor said."""
    assert (TOOLS / "scrapyd").exists(), "run `make test-scrapyd`, which sets it up"
    command = [TOOLS / "python", "-m", "scrapy", "crawl", "wordpress", "-a", f"site={site}"]
    for each in ("DOWNLOAD_DELAY=0", "RETRY_TIMES=0", ADDON, *settings):
        command += ["-s", each]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "docs" / "spidermon"),
            "PRESSCRAWL_EXPORTS_DIR": str(tmp_path / "exports"),
            "PRESSCRAWL_STATE_PATH": str(tmp_path / "state.sqlite3"),
        },
        capture_output=True,
        encoding="utf-8",
        timeout=110,
        check=False,
    )
    said = re.findall(r"\[Spidermon\] (\S.*)/(.*)\.\.\. ([A-Z]+)$", done.stderr, re.MULTILINE)
    assert said, done.stderr
    return done.returncode, {name: word for _, name, word in said}, done.stderr


def failed(said):
    return {name for name, word in said.items() if word != "OK"}


def test_well(tmp_path):
    """On a site where all is well every monitor is content."""
    with serve() as server:
        status, said, _ = monitored(tmp_path, server.url)

    assert status == 0
    assert len(said) == 11
    assert failed(said) == set()


def test_too_few(tmp_path):
    """A monitor whose limit is not met fails, and the log says by how much."""
    with serve() as server:
        status, said, log = monitored(tmp_path, server.url, "MONITOR_LEAST_RECORDS=1000")

    assert status == 0
    assert failed(said) == {"as many records came as should"}
    assert "wordpress/record_count is 80, and should be 1000 at least" in log


def test_trouble(tmp_path):
    """A site that fails in part is seen, and so is a collection that it closed."""
    with serve_under(where("/wp-json/wp/v2/pages", rest_error(500, "db_down"))) as server:
        status, said, log = monitored(tmp_path, server.url, "RETRY_BACKOFF=0.01")

    assert status == 3
    assert "every collection is complete, or limited as was asked" in failed(said)
    assert "the crawl came to its end" in failed(said)
    assert "wordpress/collection_count/failed is 1, and should be 0 at most: run.json" in log
