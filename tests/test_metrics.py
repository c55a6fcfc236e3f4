from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from crawler.errors import ArgumentError
from crawler.metrics import (
    SCRAPYS,
    check_path,
    metric_name,
    metrics_path,
    registry_of,
    write_metrics,
)
from crawler.sample.server import serve
from crawler.stats import KEYS
from tests.running import run_crawl

SITE = "https://example.org/blog"


def samples(path):
    """Read a text file as Prometheus does: name and labels to value."""
    families = text_string_to_metric_families(path.read_text(encoding="utf-8"))
    return {
        (each.name, *sorted(each.labels.items())): each.value
        for family in families
        for each in family.samples
    }


class TestRegistry:
    def test_values(self, tmp_path):
        """Each key has a gauge with the site; a kind is a label; what was not counted is 0."""
        stats = {
            "wordpress/collection_count/complete": 7,
            "wordpress/collection_count/denied": 1,
            "retry/count": 3,
            "item_scraped_count": 200,
        }
        path = tmp_path / "x.prom"
        write_metrics(path, registry_of(stats, site=SITE, status=3, ended=1e9))

        found = samples(path)
        site = ("site", SITE)
        name = "presscrawl_wordpress_collection_count"
        assert found[(name, site, ("verdict", "complete"))] == 7
        assert found[(name, site, ("verdict", "denied"))] == 1
        assert found["presscrawl_retry_count", site] == 3
        assert found["presscrawl_wordpress_page_count", site] == 0
        assert found["presscrawl_exit_status", site] == 3
        assert found["presscrawl_end_time_seconds", site] == 1e9
        assert not any("item_scraped" in each[0] for each in found)
        assert list(tmp_path.iterdir()) == [path]

    def test_all_keys(self):
        """Every key of ours has a metric, with its meaning."""
        described = {
            family.name: family.documentation
            for family in registry_of({}, site=SITE, status=0, ended=0).collect()
        }
        for key, meaning in {**KEYS, **SCRAPYS}.items():
            assert described[metric_name(key)] == meaning


class TestPath:
    def test_site(self):
        """A site has its own file by its name."""
        path = metrics_path("/var/x/%(site)s.prom", SITE)
        assert str(path) == "/var/x/example.org_blog.prom"

    def test_shared(self, tmp_path):
        """One path for several sites is refused."""
        check_path(str(tmp_path / "x.prom"), sites=1)
        check_path(str(tmp_path / "%(site)s.prom"), sites=2)
        with pytest.raises(ArgumentError, match=r"write %\(site\)s into it$"):
            check_path(str(tmp_path / "x.prom"), sites=2)

    def test_no_folder(self, tmp_path):
        """So is a path whose folder is not there."""
        with pytest.raises(ArgumentError, match="is no folder"):
            check_path(str(tmp_path / "no" / "x.prom"), sites=1)


@pytest.fixture
def sample():
    with serve() as server:
        yield server


def test_crawl(tmp_path, sample):
    """A crawl leaves the file of its run, whatever its status."""
    path = tmp_path / "x.prom"
    crawl = run_crawl(
        tmp_path, f"site={sample.url}", "collections=guides", settings={"PROMETHEUS_FILE": path}
    )

    assert crawl.status == 0, crawl.stderr
    found = samples(path)
    site = ("site", sample.url.rstrip("/"))
    assert found["presscrawl_exit_status", site] == 0
    assert found["presscrawl_wordpress_record_count", ("kind", "document"), site] == 8
    assert found["presscrawl_downloader_request_count", site] == len(sample.requests)


def test_refused(tmp_path):
    """A folder that is not there is named before anything is asked."""
    crawl = run_crawl(
        tmp_path, "site=http://127.0.0.1:9", settings={"PROMETHEUS_FILE": "/no/such/x.prom"}
    )
    assert crawl.status == 2
    assert crawl.errors == ["PROMETHEUS_FILE: '/no/such' is no folder"]
