"""The stats of a run as Prometheus reads them from a text file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.errors import ArgumentError
from crawler.run import site_folder
from crawler.stats import KEYS

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Gauge

SCRAPYS = {
    "downloader/request_count": "requests sent",
    "downloader/response_bytes": "bytes received, headers included",
    "elapsed_time_seconds": "seconds from the first request to the last answer",
    "memusage/max": "the most memory that the process had, in bytes",
    "retry/count": "requests that were sent once more",
}
"""Keys of Scrapy's own that are worth a look."""


def metric_name(key: str) -> str:
    """Name the metric of a stats key.

    >>> metric_name("wordpress/collection_count/{verdict}"), metric_name("retry/count")
    ('presscrawl_wordpress_collection_count', 'presscrawl_retry_count')
    """
    return f"presscrawl_{key.partition('/{')[0].replace('/', '_')}"


def registry_of(
    stats: Mapping[str, Any], *, site: str, status: int, ended: float
) -> CollectorRegistry:
    """Make gauges of a run's stats, each with the label ``site``; a kind is a label too.

    *ended* is a time in seconds since 1970. They are gauges, not counters: each
    run begins at 0.
    """
    # takes a hundredth of a second to load: not where nobody set PROMETHEUS_FILE
    from prometheus_client import CollectorRegistry, Gauge

    registry = CollectorRegistry()

    def gauge(name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(name, meaning, ("site", *labels), registry=registry)

    gauge("presscrawl_exit_status", "the exit status of the last run").labels(site).set(status)
    gauge("presscrawl_end_time_seconds", "when the last run ended").labels(site).set(ended)
    for key, meaning in {**SCRAPYS, **KEYS}.items():
        base, _, kind = key.partition("/{")
        if not kind:
            gauge(metric_name(key), meaning).labels(site).set(stats.get(key, 0))
            continue
        by_kind = gauge(metric_name(key), meaning, kind.rstrip("}"))
        for name, value in stats.items():
            if name.startswith(f"{base}/"):
                by_kind.labels(site, name.removeprefix(f"{base}/")).set(value)
    return registry


def metrics_path(setting: str, site: str) -> Path:
    """Fill in %(site)s; without it several sites would have one file."""
    return Path(setting.replace("%(site)s", site_folder(site)))


def check_path(setting: str, *, sites: int) -> None:
    """Refuse a path that cannot be written, or that several sites would share.

    Raises ArgumentError.
    """
    if sites > 1 and "%(site)s" not in setting:
        raise ArgumentError(
            f"PROMETHEUS_FILE: {setting!r} is one path for several sites: write %(site)s into it"
        )
    folder = Path(setting).parent
    if "%(site)s" not in str(folder) and not folder.is_dir():
        raise ArgumentError(f"PROMETHEUS_FILE: {str(folder)!r} is no folder")


def write_metrics(path: Path, registry: CollectorRegistry) -> None:
    """Replace the file in one step: a reader sees the old one or the new one."""
    from prometheus_client import write_to_textfile  # see `registry_of`

    write_to_textfile(str(path), registry)
