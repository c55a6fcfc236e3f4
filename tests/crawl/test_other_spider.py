"""A spider of the user's own in this project: Scrapy's ways hold, and its feeds are written."""

from __future__ import annotations

from tests.running import read_lines, run_crawl

SHELF = {"SPIDER_MODULES": "crawler.spiders,tests.crawl.shelf"}


def shelf(tmp_path, url):
    output = ["-O", f"{tmp_path}/shelf.jsonl"]
    return run_crawl(tmp_path, f"url={url}", spider="shelf", settings=SHELF, output=output)


def test_feed(tmp_path, sample):
    """Its file is published at the end, without a word about WordPress; it is bound to no site."""
    crawl = shelf(tmp_path, sample.url.replace("127.0.0.1", "localhost"))

    assert crawl.status == 0, crawl.stderr
    assert "Traceback" not in crawl.stderr
    assert [item["number"] for item in read_lines(tmp_path / "shelf.jsonl")] == [0, 1, 2]


def test_other_scheme(tmp_path):
    """It asks nobody but over HTTP: no file is read for it."""
    (tmp_path / "secret.txt").write_text("x")
    crawl = shelf(tmp_path, f"file://{tmp_path}/secret.txt")

    assert "'middlewares/origin_refused_count/scheme': 1" in crawl.stderr
    assert list(read_lines(tmp_path / "shelf.jsonl")) == []
