"""What is refused before the first request: one line, status 2, nothing written."""

from __future__ import annotations

import pytest

from crawler.arguments import ARGUMENTS, SURVEY_ARGUMENTS
from tests.running import run_crawl

SITE = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["site=example.org"], "'example.org' has no http:// or https:// scheme"),
        ([f"site={SITE}", "colections=posts"], "'colections': did you mean collections?"),
        ([f"site={SITE}", "mode=incremental", "limit=3"], "mode=incremental compares whole"),
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
        (["-s", "DOWNLOAD_DELY=3"], "no setting 'DOWNLOAD_DELY': did you mean DOWNLOAD_DELAY?"),
        (
            ["-s", 'DOWNLOADER_MIDDLEWARES={"crawler.middlewares.gate.Gate": 999}'],
            "must keep all of the project's, and lacks crawler.middlewares.origin_guard.Origin",
        ),
        (["-s", 'DOWNLOADER_MIDDLEWARES={"my.own": 5}'], "No module named 'my'"),
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
    refused(tmp_path, "no spider 'nosuch': there is survey, wordpress", spider="nosuch")


@pytest.mark.parametrize(
    ("spider", "arguments"), [("wordpress", ARGUMENTS), ("survey", SURVEY_ARGUMENTS)]
)
def test_help(tmp_path, spider, arguments):
    """help=1 shows what a spider takes, and nothing else happens."""
    crawl = run_crawl(tmp_path, "help=1", spider=spider, env={"COLUMNS": "200"})

    assert (crawl.status, crawl.stderr) == (0, "")
    shown = [line.split("=")[0].removeprefix("-a ") for line in crawl.stdout.splitlines()[1:]]
    assert shown == list(arguments)
    assert all(meaning in crawl.stdout for meaning in arguments.values())


def test_setting_of_the_users_own(tmp_path):
    """A setting that is like none of ours may be an extension's: it passes."""
    crawl = run_crawl(tmp_path, "help=1", output=["-s", "MY_STATION=7"])
    assert crawl.status == 0


def refused(tmp_path, said, *arguments, **options):
    crawl = run_crawl(tmp_path, *arguments, **options)

    assert crawl.status == 2, crawl.stderr
    [error] = crawl.errors
    assert said in error
    assert "Traceback" not in crawl.stderr
    assert crawl.stdout == ""
    assert crawl.folder is None
