from __future__ import annotations

import pytest
from scrapy.settings import Settings

from crawler.commands.crawl import Command, check_paths, read_feeds, refuse
from crawler.errors import ArgumentError


@pytest.fixture
def settings():
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    return settings


class TestReadFeeds:
    def test_outputs(self, settings):
        """-o appends, -O replaces; suffixes say what is in the file."""
        feeds = read_feeds([("a.jsonl", False), ("b.csv.gz", True), ("-", False)], settings)

        assert list(feeds) == ["a.jsonl", "b.csv.gz", "stdout:"]
        assert [feed["format"] for feed in feeds.values()] == ["jsonl", "csv", "jsonl"]
        assert (feeds["a.jsonl"]["overwrite"], feeds["b.csv.gz"]["overwrite"]) == (False, True)

    def test_twice(self, settings):
        """One file for two feeds is refused."""
        with pytest.raises(ArgumentError, match=r"^'a\.jsonl' is given twice$"):
            read_feeds([("a.jsonl", False), ("a.jsonl", True)], settings)


class TestCheckPaths:
    def test_defaults(self, settings):
        """The project's own feeds have a folder for each site."""
        check_paths(settings)

    @pytest.mark.parametrize("uri", ["%(site)s.jsonl", "out/%(run_folder)s/x.jsonl"])
    def test_each_its_own(self, uri):
        """So have paths with the site in them."""
        check_paths(Settings({"FEEDS": {uri: {"format": "jsonl"}}}))

    @pytest.mark.parametrize("uri", ["all.jsonl", "stdout:", "%(time)s.jsonl"])
    def test_shared(self, uri):
        """Any other is refused with what to write."""
        with pytest.raises(
            ArgumentError, match=r"is one path for several sites: write %\(site\)s"
        ):
            check_paths(Settings({"FEEDS": {uri: {"format": "jsonl"}}}))


def test_refuse(capsys):
    """One line on standard error, and status 2."""
    with pytest.raises(SystemExit) as ended:
        refuse(ArgumentError("expected this"))
    assert ended.value.code == 2
    assert capsys.readouterr() == ("", "scrapy: error: expected this\n")


def test_without_settings():
    """Scrapy sets a command's settings before it runs it; without them there is no running."""
    command = Command()
    command.settings = None
    with pytest.raises(TypeError, match="Scrapy sets the settings"):
        command._settings()
