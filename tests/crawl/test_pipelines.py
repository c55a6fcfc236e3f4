"""What a user's pipeline takes away is in the account; a mistake in one loses one record."""

from __future__ import annotations

import json

from tests.running import run_crawl

CLEAN = {"crawler.pipelines.clean.CleanPipeline": 100}


def crawl_with(sample, tmp_path, pipeline, *output):
    pipelines = json.dumps({**CLEAN, f"tests.crawl.pipelines.{pipeline}": 200})
    settings = {"ITEM_PIPELINES": pipelines}
    return run_crawl(
        tmp_path,
        f"site={sample.url}",
        "collections=guides,pages",
        settings=settings,
        output=output,
    )


def test_failure(tmp_path, sample):
    """A record that a pipeline fails on is lost and named, status 3; its text is not logged."""
    crawl = crawl_with(sample, tmp_path, "FailOnOne", "-O", f"{tmp_path}/x.csv")

    rows = sample.site.collections["guides"]
    [lost] = [number for number in rows if rows[number]["slug"] == "patch-a-map"]
    told = crawl.collections()["wp/v2/guides"]
    assert crawl.status == 3, crawl.stderr
    assert (told["verdict"], told["delivered"]) == ("partial", len(rows) - 1)
    assert told["lost"] == [{"reason": "a pipeline failed", "ids": [lost], "count": 1}]
    assert crawl.run["files"][0]["rows"] == told["delivered"] + 10
    assert f"Error processing {sample.url.rstrip('/')}#wp/v2/guides/{lost}" in crawl.stderr
    assert "content_html" not in crawl.stderr


def test_drop(tmp_path, sample):
    """What a pipeline drops on purpose is counted, and no fault."""
    crawl = crawl_with(sample, tmp_path, "DropEven")

    assert crawl.status == 0, crawl.stderr
    for name, each in crawl.collections().items():
        listed = sample.site.listed(each["rest_base"])
        odd = {number for number in listed if number % 2}
        assert set(crawl.ids()[name]) == odd
        assert (each["delivered"], each["duplicates"]) == (len(odd), len(listed) - len(odd))
        assert each["verdict"] == "complete"


def test_exporter(tmp_path, sample):
    """Where an exporter fails, a file would lack what run.json counts: nothing is published."""
    old = tmp_path / "old.slugs"
    old.write_text("old\n")
    crawl = run_crawl(
        tmp_path,
        f"site={sample.url}",
        "collections=guides",
        settings={"FEED_EXPORTERS": json.dumps({"slugs": "tests.crawl.pipelines.SlugExporter"})},
        output=["-O", str(old)],
    )

    assert crawl.status == 4, crawl.stderr
    assert crawl.errors == ["8 records were delivered and 7 rows written: see the log"]
    assert old.read_text() == "old\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["exports", "old.slugs", "state"]
    assert (crawl.run["exit_status"], crawl.run["files"]) == (4, [])
