"""One run: one site, one folder, one certificate."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import ArgumentError

PLACEHOLDERS = ("site", "run_folder", "name", "time", "batch_time", "batch_id")
"""What the path of a feed may hold."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run's name and place; ``id`` is the folder's path below the exports folder.

    ``dataset`` is None where the user named none: then it is called after the
    site, which is known by its home as soon as its API is found.
    """

    id: str
    site_folder: str
    dataset: str | None
    started: datetime
    folder: Path


def site_folder(site: str) -> str:
    """Name the folder of a site: host, port and path, without what file systems dislike.

    >>> site_folder("https://example.org:8080/blog/")
    'example.org_8080_blog'
    """
    parts = urlsplit(site)
    place = parts.netloc + parts.path.rstrip("/")
    return re.sub(r"[^A-Za-z0-9.-]", "_", place)[:200].lstrip(".") or "_"


def open_run(site: str, *, dataset: str | None, exports_dir: str, now: datetime) -> Run:
    """Make the folder of a new run; no other run has it.

    Raises ArgumentError where the folder cannot be made.
    """
    name = site_folder(site)
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    parent = Path(exports_dir).absolute() / name
    try:
        parent.mkdir(parents=True, exist_ok=True)
        started = _first_free(parent, stamp)
    except OSError as error:
        raise ArgumentError(
            f"EXPORTS_DIR: {str(parent)!r} cannot be written: {error.strerror or error}"
        ) from error
    return Run(f"{name}/{started}", name, dataset, now, parent / started)


def leave_nothing(folder: Path) -> None:
    """Remove the folder of a run that did not begin; what is in it would be somebody's."""
    with suppress(OSError):
        folder.rmdir()
        folder.parent.rmdir()  # of the site, where this would have been its first run


def _first_free(parent: Path, stamp: str) -> str:
    taken = 1
    while True:
        name = stamp if taken == 1 else f"{stamp}-{taken}"
        try:
            (parent / name).mkdir()
        except FileExistsError:
            taken += 1
        else:
            return name


def with_empty_files(feeds: Mapping[str, Any], kinds: Container[str]) -> dict[str, Any]:
    """Let the run's own feeds of these kinds leave a file even when it is empty."""
    return {
        uri: {**feed, "store_empty": _kind_of(feed) in kinds} if _is_own(uri) else feed
        for uri, feed in feeds.items()
    }


def _is_own(uri: object) -> bool:
    return str(uri).startswith("%(run_folder)s/")


def _kind_of(feed: Mapping[str, Any]) -> str:
    classes = feed.get("item_classes") or [""]
    return str(classes[0]).rpartition(".")[2].lower()


def feed_uri_params(params: dict[str, Any], spider: Any) -> dict[str, Any]:
    """Give what a feed's path may hold: ``%(site)s``, ``%(run_folder)s`` and Scrapy's own.

    A spider without a run, which is none of ours, has the folder of its name.
    """
    run: Run | None = getattr(spider, "run", None)
    if run is None:
        folder = Path(spider.settings["EXPORTS_DIR"]) / spider.name
        return {**params, "site": spider.name, "run_folder": str(folder)}
    return {**params, "site": run.site_folder, "run_folder": str(run.folder)}


def check_feed_paths(feeds: Mapping[str, Any]) -> None:
    """Refuse a path with a placeholder that nothing fills in. Raises ArgumentError."""
    for uri in map(str, feeds):
        for name in re.findall(r"%\((\w*)\)", uri):
            if name not in PLACEHOLDERS:
                known = ", ".join(f"%({each})s" for each in PLACEHOLDERS)
                raise ArgumentError(f"{uri!r}: nothing is called {name!r}; there is {known}")
