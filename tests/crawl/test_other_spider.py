"""A spider of the user's own in this project: Scrapy's ways hold, and its feeds are written."""

from __future__ import annotations

from tests.running import read_lines, run_crawl

SHELF = {"SPIDER_MODULES": "crawler.spiders,tests.crawl.shelf"}


def test_feed(tmp_path):
    """Its file is published at the end, without a word about WordPress."""
    crawl = run_crawl(
        tmp_path, spider="shelf", settings=SHELF, output=["-O", f"{tmp_path}/shelf.jsonl"]
    )

    assert crawl.status == 0, crawl.stderr
    assert "Traceback" not in crawl.stderr
    assert [item["number"] for item in read_lines(tmp_path / "shelf.jsonl")] == [0, 1, 2]
