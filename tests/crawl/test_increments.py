"""Whole crawls with mode=incremental, night after night, and the dataset as it stands."""

from __future__ import annotations

import csv
import json

import pytest

from crawler.sample.server import serve
from tests.running import finish, read_lines, run_crawl, start_scrapy

ALL = ("collections=all", "follow=author,terms")
DROP = {"DEDUPE_EXACT": "drop"}
NOW = "2026-11-20T10:00:00"
TEXT = "<p>" + " ".join(f"word{number}" for number in range(60)) + "</p>"


@pytest.fixture
def server():
    with serve() as made:
        yield made


def crawl(tmp_path, server, *args, **options):
    return run_crawl(tmp_path, f"site={server.url}", *(args or ALL), **options)


def increment(tmp_path, server, *args, **options):
    return crawl(tmp_path, server, *(args or ALL), "mode=incremental", **options)


def snapshot(tmp_path, run):
    """Fold all runs beside this one; give its records by their ids."""
    path = tmp_path / "snapshot.jsonl"
    words = ("snapshot", str(run.folder.parent), "-O", str(path))
    done = finish(tmp_path, start_scrapy(tmp_path, *words))
    assert done.status == 0, done.stderr
    return by_id(read_lines(path))


def by_id(lines):
    """Give records by record_id, without what tells of the run and not of the site."""
    kept = {
        item["record_id"]: {
            name: value for name, value in item.items() if name not in ("provenance", "dedupe")
        }
        for item in lines
    }
    return kept


def posts_in(records):
    """Give the ids of the posts among records."""
    return {int(each.rpartition("/")[2]) for each in records if "#wp/v2/posts/" in each}


def everything(run):
    """Give all records of a run in the same way."""
    kinds = ("document", "media", "comment", "term", "user")
    return by_id(item for kind in kinds for item in run.items(kind))


def change(site):
    """Do what editors do in a night; give ids by what was done to them."""
    posts = sorted(site.listed("posts"))
    edited, back_dated, deleted, drafted, terms, touched = posts[:6]
    site.update("posts", edited, title="Edited", modified=NOW)
    site.update("posts", back_dated, date="2003-01-01T00:00:00", modified=NOW)
    site.delete("posts", deleted)
    site.update("posts", drafted, status="draft", modified=NOW)
    site.update("posts", terms, categories=[1])
    site.update("posts", touched, modified=NOW)
    new = site.insert("posts", title="New", content=TEXT, date=NOW)
    archive = site.insert("posts", title="Archive", content=TEXT[:-60], date="2001-01-01T00:00:00")
    return {
        "delivered": {edited, back_dated, terms, new, archive},
        "gone": {deleted: "gone", drafted: "withdrawn"},
        "touched": touched,
    }


def test_night(tmp_path, server):
    """A night's increment is what was done, and the snapshot is a full crawl of the day after."""
    first = crawl(tmp_path, server)
    done = change(server.site)
    second = increment(tmp_path, server)

    assert (first.status, second.status) == (0, 0), second.stderr
    assert {item["id"] for item in second.items("document")} == done["delivered"]
    stones = {item["id"]: item["reason"] for item in second.items("tombstone")}
    assert stones == done["gone"]
    posts = second.collections()["wp/v2/posts"]
    assert {"new": 2, "changed": 3, "swept": True}.items() <= posts["compared"].items()
    assert posts["compared"]["tombstones"] == {"gone": 1, "withdrawn": 1}
    assert second.run["arguments"]["mode"] == "incremental"

    third = increment(tmp_path, server)
    assert third.status == 0
    assert third.ids() == {}
    assert (third.folder / "tombstones.jsonl").read_bytes() == b""

    folded = snapshot(tmp_path, third)
    anew = crawl(tmp_path / "anew", server)
    expected = everything(anew)
    assert folded.keys() == expected.keys()
    for record_id, record in expected.items():
        if record_id.endswith(f"#wp/v2/posts/{done['touched']}"):
            assert folded[record_id] != record  # a date alone is no change
            record["modified"] = folded[record_id]["modified"]
        assert folded[record_id] == record


def test_representative_goes(tmp_path, server):
    """When what copies were left out for is gone, one of them is delivered, and so on."""
    site = server.site
    same = [
        site.insert("posts", title="Same", content=TEXT, date=f"2025-01-0{day}T10:00:00")
        for day in (1, 2, 3)
    ]
    first = crawl(tmp_path, server, settings=DROP)
    assert [each for each in same if each in first.ids()["wp/v2/posts"]] == same[:1]
    site.delete("posts", same[0])
    second = increment(tmp_path, server, settings=DROP)

    assert second.status == 0, second.stderr
    assert second.ids() == {"wp/v2/posts": [same[1], same[0]]}  # the last one is the tombstone
    [left_out] = read_lines(second.folder / "duplicates.jsonl")
    assert left_out["record_id"].endswith(f"/{same[2]}")
    assert left_out["duplicate_of"].endswith(f"/{same[1]}")
    folded = snapshot(tmp_path, second)
    assert {each for each in same if f"{server.url[:-1]}#wp/v2/posts/{each}" in folded} == {
        same[1]
    }
    assert increment(tmp_path, server, settings=DROP).ids() == {}


def test_representative_changes(tmp_path, server):
    """When it says something else from now on, its copy is delivered with the old text."""
    site = server.site
    same = [
        site.insert("posts", title="Same", content=TEXT, date=f"2025-01-0{day}T10:00:00")
        for day in (1, 2)
    ]
    crawl(tmp_path, server, settings=DROP)
    site.update("posts", same[0], content="<p>" + "other words " * 40 + "</p>", modified=NOW)
    second = increment(tmp_path, server, settings=DROP)

    assert second.ids() == {"wp/v2/posts": same}
    assert increment(tmp_path, server, settings=DROP).ids() == {}


def test_old_text_is_published_anew(tmp_path, server):
    """A new post with the old text of one that says something else by now is delivered."""
    site = server.site
    number = site.insert("posts", title="First", content=TEXT, date="2025-01-01T10:00:00")
    crawl(tmp_path, server, settings=DROP)
    new = site.insert("posts", title="Again", content=TEXT, date="2026-11-20T10:00:00")
    other = "<p>" + "other words " * 40 + "</p>"
    site.update("posts", number, content=other, modified="2026-11-20T11:00:00")
    second = increment(tmp_path, server, settings=DROP)

    assert second.ids() == {"wp/v2/posts": [number, new]}
    assert increment(tmp_path, server, settings=DROP).ids() == {}


def test_tombstone_that_fails(tmp_path, server):
    """A tombstone over which a pipeline of the user's fails is told by the next run."""
    words = ("collections=posts", "follow=none")
    crawl(tmp_path, server, *words)
    number = min(server.site.listed("posts"))
    server.site.delete("posts", number)
    fails = {"ITEM_PIPELINES": json.dumps({"tests.crawl.pipelines.FailOnTombstones": 500})}
    first = increment(tmp_path, server, *words, settings=fails)
    second = increment(tmp_path, server, *words)

    assert first.status == 3
    [lost] = first.collections()["wp/v2/posts"]["lost"]
    assert (lost["reason"], lost["ids"]) == ("a pipeline failed", [number])
    assert first.items("tombstone") == []
    assert [item["id"] for item in second.items("tombstone")] == [number]


def test_full_run_without_it(tmp_path, server):
    """A full run delivers the copies of what is gone by then."""
    site = server.site
    same = [
        site.insert("posts", title="Same", content=TEXT, date=f"2025-01-0{day}T10:00:00")
        for day in (1, 2)
    ]
    crawl(tmp_path, server, settings=DROP)
    site.delete("posts", same[0])
    second = crawl(tmp_path, server, settings=DROP)

    assert second.status == 0, second.stderr
    assert same[1] in second.ids()["wp/v2/posts"]
    assert second.items("tombstone") == []
    folded = snapshot(tmp_path, second)
    assert {each for each in same if f"{server.url[:-1]}#wp/v2/posts/{each}" in folded} == {
        same[1]
    }


def test_copy_on_another_site(tmp_path):
    """A copy on another site of the dataset is delivered by that site's next run."""
    words = ("collections=posts", "follow=none", "dataset=both")
    settings = {**DROP, "DEDUPE_ALIASES": "off"}
    with serve() as one, serve() as two:
        number = one.site.insert("posts", title="Same", content=TEXT, date=NOW)
        copy = two.site.insert("posts", title="Same", content=TEXT, date=NOW)
        crawl(tmp_path, one, *words, settings=settings)
        other = crawl(tmp_path, two, *words, settings=settings)
        assert copy not in other.ids().get("wp/v2/posts", [])
        one.site.delete("posts", number)
        first = increment(tmp_path, one, *words, settings=settings)
        second = increment(tmp_path, two, *words, settings=settings)

    assert [item["id"] for item in first.items("tombstone")] == [number]
    assert second.ids() == {"wp/v2/posts": [copy]}


def test_outputs(tmp_path, server):
    """Tombstones stand in a CSV and in a file of all kinds, too."""
    crawl(tmp_path, server, "collections=posts", "follow=none")
    number = min(server.site.listed("posts"))
    server.site.delete("posts", number)
    output = ["-o", str(tmp_path / "all.csv"), "-o", str(tmp_path / "all.jsonl")]
    run = increment(tmp_path, server, "collections=posts", "follow=none", output=output)

    assert run.status == 0, run.stderr
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    [line] = [json.loads(each) for each in (tmp_path / "all.jsonl").read_text().splitlines()]
    for found in (row, line):
        assert (found["kind"], found["reason"]) == ("tombstone", "gone")
        assert found["record_id"].endswith(f"#wp/v2/posts/{number}")


def test_every_other_night(tmp_path, server):
    """With SWEEP_EVERY=2 the ids are compared in each second run."""
    words, settings = ("collections=posts", "follow=none"), {"SWEEP_EVERY": 2}
    crawl(tmp_path, server, *words)
    runs = [increment(tmp_path, server, *words, settings=settings) for _ in range(4)]

    assert [each.collections()["wp/v2/posts"]["compared"]["swept"] for each in runs] == [
        None,
        True,
        None,
        True,
    ]


@pytest.mark.parametrize(
    "setting", [{"SWEEP_EVERY": 0}, {"SWEEP_MAX_GONE": 20}, {"SWEEP_MAX_GONE": "half"}]
)
def test_refused(tmp_path, server, setting):
    """A setting that cannot be meant is refused before the first request."""
    run = crawl(tmp_path, server, settings=setting)

    assert run.status == 2
    assert next(iter(setting)) in run.errors[0]
    assert server.requests == []


def test_taken_down(tmp_path, server):
    """What `scrapy state forget` names gets its tombstone, and is back when that is lifted."""
    words = ("collections=posts", "follow=none")
    crawl(tmp_path, server, *words)
    number = min(server.site.listed("posts"))
    record_id = f"{server.url.rstrip('/')}#wp/v2/posts/{number}"

    def forget(*more):
        done = finish(
            tmp_path, start_scrapy(tmp_path, "state", "forget", "--record", record_id, *more)
        )
        assert done.status == 0, done.stderr

    forget()
    first = increment(tmp_path, server, *words)
    assert [(item["id"], item["reason"]) for item in first.items("tombstone")] == [
        (number, "forgotten")
    ]
    assert number not in crawl(tmp_path, server, *words).ids()["wp/v2/posts"]
    assert increment(tmp_path, server, *words).ids() == {}
    forget("--undo")
    assert increment(tmp_path, server, *words).ids() == {"wp/v2/posts": [number]}
