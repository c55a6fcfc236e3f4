from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ArgumentError
from crawler.run import feed_uri_params, open_run, site_folder

NOW = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)


def start(tmp_path, site="https://example.org", now=NOW, dataset=None):
    return open_run(site, dataset=dataset, exports_dir=str(tmp_path), now=now)


class TestSiteFolder:
    @pytest.mark.parametrize(
        ("site", "name"),
        [
            ("https://example.org", "example.org"),
            ("http://127.0.0.1:8765", "127.0.0.1_8765"),
            ("https://example.org/blog/", "example.org_blog"),
            ("https://example.org/a/b-c/", "example.org_a_b-c"),
            ("https://xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("https://example.org/caf%C3%A9/", "example.org_caf_C3_A9"),
            ("http://[::1]:8080", "___1__8080"),
        ],
    )
    def test_sites(self, site, name):
        """Host, port and path; everything but letters, digits, dot and hyphen becomes _."""
        assert site_folder(site) == name

    @given(path=st.text())
    def test_any_path(self, path):
        """Whatever the path, it is one name that any file system takes, and no hidden one."""
        name = site_folder(f"https://example.org/{path.replace('?', '').replace('#', '')}")
        assert name
        assert set(name) <= set(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
        )
        assert len(name) <= 200
        assert not name.startswith(".")


class TestOpenRun:
    def test_first(self, tmp_path):
        """A run is named by the site and the second in which it began, in UTC."""
        local = NOW.astimezone(timezone(timedelta(hours=5)))
        run = start(tmp_path, now=local)

        assert run.id == "example.org/20261123T193000Z"
        assert run.folder == tmp_path / "example.org" / "20261123T193000Z"
        assert run.folder.is_dir()
        assert (run.site_folder, run.dataset) == ("example.org", None)

    def test_taken(self, tmp_path):
        """Runs of the same second are numbered from the second on."""
        ids = [start(tmp_path).id.rpartition("/")[2] for _ in range(3)]
        assert ids == ["20261123T193000Z", "20261123T193000Z-2", "20261123T193000Z-3"]

    def test_dataset(self, tmp_path):
        """A dataset that was named is the run's."""
        assert start(tmp_path, dataset="news").dataset == "news"

    def test_relative(self, tmp_path, monkeypatch):
        """A relative exports folder is one below the working directory, now and later."""
        monkeypatch.chdir(tmp_path)
        run = open_run("https://example.org", dataset=None, exports_dir="exports", now=NOW)
        assert run.folder == tmp_path / "exports" / "example.org" / "20261123T193000Z"

    def test_no_folder(self, tmp_path):
        """Where the folder cannot be made the setting and the path are named."""
        (tmp_path / "file").touch()
        with pytest.raises(
            ArgumentError,
            match=r"^EXPORTS_DIR: '.*/file/example.org' cannot be written: Not a dir",
        ):
            start(tmp_path / "file")


def test_feed_uri_params(tmp_path):
    """A feed's path may hold the site's folder and the run's, beside Scrapy's own."""
    spider = SimpleNamespace(run=start(tmp_path))
    params = feed_uri_params({"time": "now", "name": "wordpress"}, spider)

    assert params == {
        "time": "now",
        "name": "wordpress",
        "site": "example.org",
        "run_folder": str(tmp_path / "example.org" / "20261123T193000Z"),
    }
