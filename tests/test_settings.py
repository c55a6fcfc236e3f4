"""What the project promises to those whose sites it visits, read from its settings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from crawler import __version__
from crawler.spiders.wordpress import WordPressSpider
from tests.running import ROOT


@pytest.fixture(scope="module")
def settings():
    """The settings of the project over Scrapy's own, and what a crawler makes of them."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    return Crawler(WordPressSpider, settings).settings


def enabled(settings, name):
    found = settings.get_component_priority_dict_with_base(name)
    paths = [path if isinstance(path, str) else path.__qualname__ for path in found]
    orders = found.values()
    return {
        p.rpartition(".")[2] for p, order in zip(paths, orders, strict=True) if order is not None
    }


class TestGuest:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("ROBOTSTXT_OBEY", True),
            ("ROBOTSTXT_USER_AGENT", "presscrawl"),
            ("CONCURRENT_REQUESTS", 1),
            ("CONCURRENT_REQUESTS_PER_DOMAIN", 1),
            ("DOWNLOAD_DELAY", 1.0),
            ("DOWNLOAD_DELAY_JITTER", 0),
            ("AUTOTHROTTLE_ENABLED", True),
            ("DOWNLOAD_VERIFY_CERTIFICATES", True),
            ("DOWNLOAD_MAXSIZE", 32 * 1024 * 1024),
            ("METAREFRESH_ENABLED", False),
            ("COOKIES_ENABLED", False),
            ("REDIRECT_MAX_TIMES", 5),
            ("TWISTED_DNS_RESOLVER", "crawler.connections.resolver.CheckedResolver"),
            ("HTTPPROXY_ENABLED", False),
        ],
    )
    def test_promise(self, settings, name, value):
        """Robots obeyed, one request at a time and a second apart, a cap, no way round."""
        assert settings[name] == value

    def test_user_agent(self, settings):
        """The user agent names the project, its version, and the contact that is set."""
        assert settings["USER_AGENT"].startswith(f"presscrawl/{__version__} (")

    def test_redirects(self, settings):
        """Redirects are followed on the site only."""
        names = enabled(settings, "DOWNLOADER_MIDDLEWARES")
        assert {"SameSiteRedirectMiddleware", "OriginGuard"} <= names
        assert not {"RedirectMiddleware"} & names

    def test_schemes(self, settings):
        """There is nothing that could download by another scheme than http and https."""
        handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
        assert {scheme for scheme, path in handlers.items() if path} == {"http", "https"}
        assert {path for path in handlers.values() if path} == {
            "crawler.connections.handler.CheckedHTTPHandler"
        }

    def test_guard(self, settings):
        """The guard comes before all others: before robots.txt is asked for."""
        ordered = settings.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
        first = min((order, path) for path, order in ordered.items() if order is not None)
        assert first == (50, "crawler.middlewares.origin_guard.OriginGuard")

    def test_throttle(self, settings):
        """The throttle that knows one's own site stands in the place of Scrapy's."""
        names = enabled(settings, "EXTENSIONS")
        assert "PaceThrottle" in names
        assert "AutoThrottle" not in names


class TestNothingListens:
    @pytest.mark.parametrize("name", ["TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED"])
    def test_off(self, settings, name):
        """Nothing listens while a crawl runs."""
        assert settings.getbool(name) is False

    def test_log(self, settings):
        """The log is at INFO, by a formatter that knows no payload."""
        assert settings["LOG_LEVEL"] == "INFO"
        assert settings["LOG_FORMATTER"] == "crawler.log_format.NoPayloadLogFormatter"


class TestFeeds:
    def test_storages(self, settings):
        """Files are staged, by path and by URI; a pipe is written to as it comes."""
        storages = settings.getwithbase("FEED_STORAGES")
        assert storages[""] == storages["file"] == "crawler.feeds.storage.StagedFileStorage"
        assert storages["stdout"] == "crawler.feeds.storage.StdoutStorage"

    def test_a_file_for_each_kind(self, settings):
        """Without -o or -O a run's folder gets a file for each kind."""
        feeds = settings.getdict("FEEDS")
        names = "documents media comments terms users tombstones".split()
        assert list(feeds) == [f"%(run_folder)s/{name}.jsonl" for name in names]
        assert {feed["format"] for feed in feeds.values()} == {"jsonl"}


def from_a_shell(name, folder, **environment):
    """Read one setting as the project has it in another folder."""
    code = f"from scrapy.utils.project import get_project_settings as s; print(s()[{name!r}])"
    unset = {key: value for key, value in os.environ.items() if "PRESSCRAWL" not in key}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        env={**unset, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.strip()


class TestPlaces:
    def test_below_the_project(self):
        """Exports go under the folder of scrapy.cfg, wherever below it one stands."""
        assert from_a_shell("EXPORTS_DIR", ROOT / "tests") == str(ROOT / "exports")

    def test_elsewhere(self, tmp_path):
        """Without a project around they go to the working directory."""
        found = from_a_shell("EXPORTS_DIR", tmp_path, SCRAPY_SETTINGS_MODULE="crawler.settings")
        assert Path(tmp_path, found) == tmp_path / "exports"

    def test_environment(self, tmp_path):
        """The environment may say where they go, and whom a site's owner may write to."""
        environment = {"PRESSCRAWL_EXPORTS_DIR": "/data", "PRESSCRAWL_CONTACT": "me@example.org"}
        assert from_a_shell("EXPORTS_DIR", ROOT, **environment) == "/data"
        assert from_a_shell("CONTACT", ROOT, **environment) == "me@example.org"
