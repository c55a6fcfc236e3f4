"""Copies, within a site and across sites, runs and processes."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from contextlib import closing

import pytest

from crawler.sample.server import serve
from crawler.state.unfinished import INTERVAL
from tests.crawl.layers import serve_under
from tests.running import finish, read_lines, run_crawl, start_crawl

PIPELINES = {
    "crawler.pipelines.clean.CleanPipeline": 100,
    "crawler.pipelines.dedupe.DedupePipeline": 200,
}
SETTINGS = {"DEDUPE_EXACT": "drop"}

OWN_ADDRESS = "bell-of-the-slow-ferry"
"""A post whose text holds the address of a recording: on another site it is a near copy."""


@pytest.fixture
def twins():
    """Two sites with the same posts, pages and guides."""
    with serve() as first, serve() as second:
        yield [server.url for server in (first, second)]


def crawl(tmp_path, site, *args, **options):
    settings = {**SETTINGS, **options.pop("settings", {})}
    words = (f"site={site}", "collections=documents", "follow=none", *args)
    return run_crawl(tmp_path, *words, settings=settings, **options)


def dropped(run):
    return list(read_lines(run.folder / "duplicates.jsonl"))


def texts(items):
    return {item["dedupe"]["canonical_sha256"] for item in items}


def test_one_dataset(tmp_path, twins):
    """In one dataset the second site's copies are left out, and each names the first site's."""
    first, second = (crawl(tmp_path, site, "dataset=twins") for site in twins)

    assert (first.status, second.status) == (0, 0), first.stderr + second.stderr
    originals = {item["record_id"] for item in first.items("document")}
    lines = dropped(second)
    compared = second.run["dedupe"]["compared"]
    assert len(lines) == second.run["dedupe"]["dropped_exact"] == compared - 1 > 40
    marked = [item for item in second.items("document") if item["dedupe"]["duplicate_of"]]
    assert [item["slug"] for item in marked] == [OWN_ADDRESS]
    assert {line["duplicate_of"] for line in lines} <= originals
    assert {line["kind"] for line in lines} == {"exact"}
    delivered = {item["record_id"] for item in second.items("document")}
    assert not delivered & {line["record_id"] for line in lines}
    assert sum(each["duplicates"] for each in second.collections().values()) == len(lines)
    assert {each["verdict"] for each in second.collections().values()} == {"complete"}
    [file] = [each for each in second.run["files"] if each["path"] == "duplicates.jsonl"]
    assert file["rows"] == len(lines)


def test_two_datasets(tmp_path, twins):
    """Without a common dataset neither site's file is shorter for the other."""
    first, second = (crawl(tmp_path, site) for site in twins)

    assert len(first.items("document")) == len(second.items("document")) > 40
    assert len(texts(first.items("document")) ^ texts(second.items("document"))) == 2
    for run in (first, second):
        records = {item["record_id"] for item in run.items("document")}
        assert {line["duplicate_of"] for line in dropped(run)} <= records


def test_again(tmp_path, twins):
    """A second full run of a site delivers it whole again: no record is a copy of itself."""
    first, second = (crawl(tmp_path, twins[0]) for _ in range(2))

    assert first.ids() == second.ids()
    assert first.folder != second.folder
    for one, other in zip(first.items("document"), second.items("document"), strict=True):
        assert one["dedupe"] == other["dedupe"]


def test_at_once(tmp_path, twins):
    """Two processes: each text is delivered, each drop has its record in the dataset."""
    words = ("collections=documents", "follow=none", "dataset=twins")
    started = [
        start_crawl(tmp_path / name, f"site={site}", *words, settings=SETTINGS, env=env)
        for name, site in zip("ab", twins, strict=True)
        for env in [{"PRESSCRAWL_STATE_PATH": str(tmp_path / "state.sqlite3")}]
    ]
    runs = [finish(tmp_path / name, each) for name, each in zip("ab", started, strict=True)]

    assert [run.status for run in runs] == [0, 0], [run.stderr for run in runs]
    assert "locked" not in "".join(run.stderr for run in runs)
    items = [item for run in runs for item in run.items("document")]
    alone = crawl(tmp_path / "c", twins[0])
    assert texts(alone.items("document")) <= texts(items)
    assert len(texts(items) - texts(alone.items("document"))) == 1  # the other's recording
    records = {item["record_id"] for item in items}
    for run in runs:
        assert {line["duplicate_of"] for line in dropped(run)} <= records


def test_unfinished(tmp_path):
    """A copy of what another process has delivered, and not published, is marked and stays."""
    released = threading.Event()

    def hold(target):
        if "/wp/v2/pages" in target:
            assert released.wait(60)

    state = {"PRESSCRAWL_STATE_PATH": str(tmp_path / "state.sqlite3")}
    words = ("collections=posts,pages", "follow=none", "dataset=twins")
    with serve_under(hold) as held, serve() as free:
        process = start_crawl(
            tmp_path / "a", f"site={held.url}", *words, settings=SETTINGS, env=state
        )
        try:
            wait_until(lambda: any("/wp/v2/pages" in each.target for each in held.requests))
            time.sleep(2 * INTERVAL)  # until it has told of its posts
            polite = {**SETTINGS, "DOWNLOAD_DELAY": 0.5}  # so that the first sees it in time
            second = run_crawl(
                tmp_path / "b", f"site={free.url}", *words, settings=polite, env=state
            )
            time.sleep(2 * INTERVAL)  # until it has seen that the other has published
        finally:
            released.set()
            first = finish(tmp_path / "a", process)

    assert (first.status, second.status) == (0, 0), first.stderr + second.stderr
    assert "locked" not in first.stderr + second.stderr
    posts = {item["record_id"] for item in first.items("document") if item["type"] == "post"}
    marked = [item for item in second.items("document") if item["dedupe"]["duplicate_of"] in posts]
    assert (
        len(marked) == second.run["dedupe"]["unfinished"] == second.run["dedupe"]["marked_exact"]
    )
    assert len(marked) > 30
    assert {item["dedupe"]["cluster"] for item in marked} <= posts
    own = {item["record_id"] for item in second.items("document")}
    assert {line["duplicate_of"] for line in dropped(second)} <= own
    pages = [line for line in dropped(first) if "/pages/" in line["record_id"]]
    assert len(pages) > 3, "those were published meanwhile"
    everything = {item["record_id"] for run in (first, second) for item in run.items("document")}
    assert {line["duplicate_of"] for line in dropped(first)} <= everything


def wait_until(true):
    for _ in range(600):
        if true():
            return
        time.sleep(0.05)
    pytest.fail("that took too long")


def test_nothing_published(tmp_path, twins):
    """What a run did not publish is nobody's original."""
    pipelines = json.dumps({**PIPELINES, "tests.crawl.pipelines.FailOnOne": 300})
    failing = {"FEED_EXPORTERS": json.dumps({"slugs": "tests.crawl.pipelines.SlugExporter"})}
    first = crawl(
        tmp_path,
        twins[0],
        "dataset=twins",
        settings=failing,
        output=["-O", f"{tmp_path}/x.slugs"],
    )
    second = crawl(tmp_path, twins[1], "dataset=twins", settings={"ITEM_PIPELINES": pipelines})
    third = crawl(tmp_path, twins[0], "dataset=twins")

    assert (first.status, second.status, third.status) == (4, 3, 0)
    inside = {line["duplicate_of"] for line in dropped(second)}
    assert inside <= {item["record_id"] for item in second.items("document")}
    compared = [item["slug"] for item in third.items("document") if item["dedupe"]["cluster"]]
    assert compared == [OWN_ADDRESS, "patch-a-map"], "the third delivers what the second lost"


def test_one_file(tmp_path, twins):
    """With -O the file holds what is delivered, and the run's folder the copies' lines."""
    crawl(tmp_path, twins[0], "dataset=twins")
    path = tmp_path / "all.jsonl"
    second = crawl(tmp_path, twins[1], "dataset=twins", output=["-O", str(path)])

    assert second.status == 0, second.stderr
    names = {each.name for each in second.folder.iterdir()}
    assert names == {"run.json", "duplicates.jsonl"}
    delivered = sum(each["delivered"] for each in second.collections().values())
    assert len(list(read_lines(path))) == delivered < len(dropped(second))
    assert f"{len(dropped(second))} copies left out" in second.stderr


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("DEDUPE_EXACT", "yes", "DEDUPE_EXACT must be one of drop, mark, off, got 'yes'"),
        ("DEDUPE_MIN_WORDS", "few", "DEDUPE_MIN_WORDS must be a number, 1 or more, got 'few'"),
        ("STATE_PATH", "/", "STATE_PATH: '/' cannot be opened: unable to open database file"),
    ],
)
def test_refused(tmp_path, sample, name, value, error):
    """What cannot be used is refused before the first request, and leaves nothing."""
    refused = run_crawl(tmp_path, f"site={sample.url}", settings={name: value})

    assert (refused.status, refused.errors) == (2, [error])
    assert "Traceback" not in refused.stderr
    assert sample.requests == []
    assert refused.folder is None


def test_off(tmp_path, sample):
    """With both off there is nothing in the index, and no word of copies."""
    settings = {"DEDUPE_EXACT": "off", "DEDUPE_NEAR": "off"}
    run = crawl(tmp_path, sample.url, settings=settings)

    assert run.status == 0, run.stderr
    assert run.run["dedupe"] is None
    assert {item["dedupe"] for item in run.items("document")} == {None}
    with closing(sqlite3.connect(tmp_path / "state" / "presscrawl.sqlite3")) as state:
        assert state.execute("SELECT count(*) FROM dedupe_document").fetchone() == (0,)
