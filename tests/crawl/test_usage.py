"""What is refused before the first request: one line, status 2, nothing written."""

from __future__ import annotations

import pytest

from tests.running import run_crawl

SITE = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["site=example.org"], "'example.org' has no http:// or https:// scheme"),
        ([f"site={SITE}", "colections=posts"], "'colections': did you mean collections?"),
        ([f"site={SITE}", "mode=incremental"], "mode='incremental': runs are not compared yet"),
        ([f"site={SITE}", "sites=sites.txt"], "expected either site= or sites=, got both"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
def test_argument(tmp_path, arguments, said):
    """An argument that cannot be used is answered with what was expected."""
    refused(tmp_path, said, *arguments)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["survey"], "expected one spider, as in: scrapy crawl wordpress; got wordpress survey"),
        (["-s", "FORCE_CRAWLER_PROCESS=1"], "FORCE_CRAWLER_PROCESS and other reactors"),
        (["-O", "posts.parquet"], "'posts.parquet' names no known format"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_word(tmp_path, words, said):
    """So is any other word of the command line."""
    refused(tmp_path, said, f"site={SITE}", output=words)


def test_folder_that_cannot_be_made(tmp_path):
    """An exports folder that is a file is named."""
    (tmp_path / "exports").write_text("not a folder")

    refused(tmp_path, "EXPORTS_DIR: ", f"site={SITE}")


def test_feed_that_cannot_be_written(tmp_path):
    """So is a feed whose folder is a file; the run's folder is not left behind."""
    (tmp_path / "file").write_text("not a folder")

    refused(
        tmp_path, "file/out.jsonl", f"site={SITE}", output=["-O", f"{tmp_path}/file/out.jsonl"]
    )


def test_unknown_name_in_a_path(tmp_path):
    """A path that holds a name which nobody fills in is refused."""
    refused(tmp_path, "nosuch", f"site={SITE}", output=["-O", f"{tmp_path}/%(nosuch)s.jsonl"])


def test_setting(tmp_path):
    """A setting that is not what it should be is named too."""
    refused(tmp_path, "SITES_AT_ONCE", f"site={SITE}", output=["-s", "SITES_AT_ONCE=many"])


def test_no_such_spider(tmp_path):
    """A spider that is not there is named, with those that are."""
    refused(tmp_path, "no spider 'nosuch': there is wordpress", spider="nosuch")


def refused(tmp_path, said, *arguments, **options):
    crawl = run_crawl(tmp_path, *arguments, **options)

    assert crawl.status == 2, crawl.stderr
    [error] = crawl.errors
    assert said in error
    assert "Traceback" not in crawl.stderr
    assert crawl.stdout == ""
    assert crawl.folder is None
