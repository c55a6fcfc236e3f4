"""Who runs: for each its command, its surroundings and where its rows are."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PURE_PYTHON = "PRESSCRAWL_PURE_PYTHON"
"""The variable that turns off what is compiled: see crawler/compiled."""

ROOT = Path(__file__).resolve().parent.parent
PEERS = Path(__file__).resolve().parent / "peers"


@dataclass(frozen=True, slots=True)
class Contestant:
    """One row of the table.

    ``command`` takes the address of the site and the folder of the run;
    ``project`` is where it is started, None for the folder of the run; ``pure`` runs use nothing
    that is compiled in it;
    ``rows`` is a pattern of JSON Lines files in that folder, a post a line.
    """

    name: str
    title: str
    command: Callable[[str, Path], list[str]]
    rows: str
    project: Path | None = None
    pure: bool = False

    def environment(self, folder: Path) -> dict[str, str]:
        """Return the variables that keep a run within *folder*, and on its own code."""
        kept = {
            "PRESSCRAWL_EXPORTS_DIR": str(folder / "exports"),
            "PRESSCRAWL_STATE_PATH": str(folder / "state.sqlite3"),
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }
        if self.project:
            kept["PYTHONPATH"] = str(self.project)
        if self.pure:
            kept[PURE_PYTHON] = "1"
        return kept


PROFILES: dict[str, tuple[str, ...]] = {
    "raw": ("-s", "ITEM_PIPELINES={}", "-a", "follow=none"),
    "clean": ("-s", "DEDUPE_EXACT=off", "-s", "DEDUPE_NEAR=off", "-a", "follow=none"),
    "full": ("-a", "follow=none"),
    "pure": ("-a", "follow=none"),
    "linked": ("-s", "ITEM_PIPELINES={}", "-a", "follow=author,terms,featured_media"),
}
"""Profile -> what it adds to our command.

raw cleans, deduplicates and follows nothing, clean cleans, full has all pipelines, pure too,
but nothing compiled; linked resolves author, terms and featured image and cleans nothing.
"""

EMBED = "author,wp:term,wp:featuredmedia"
"""What `_embed` is asked for: the same three, which WordPress then puts into each post."""

GROUPS = {"both": ("raw", "full", "bare", "dlt"), "links": ("linked", "embed")}
"""Word -> who runs."""


def ours(
    profile: str, *, name: str, title: str, project: Path = ROOT, extra: str = ""
) -> Contestant:
    """This crawler in the checkout *project*, with further *extra* arguments."""

    def command(site: str, folder: Path) -> list[str]:
        return [
            *(sys.executable, "-m", "scrapy", "crawl", "wordpress"),
            *("-a", f"site={site}", "-a", "collections=posts", "-O", str(folder / "out.jsonl")),
            *("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False"),
            *("-s", "LOG_LEVEL=INFO"),
            *PROFILES[profile],
            *shlex.split(extra),
        ]

    return Contestant(name, title, command, "out.jsonl", project, pure=profile == "pure")


def _bare(site: str, folder: Path) -> list[str]:
    spider, out = str(PEERS / "bare_scrapy.py"), str(folder / "out.jsonl")
    return [
        *(sys.executable, "-m", "scrapy", "runspider", spider, "-a", f"site={site}"),
        *("-O", out, "-s", "LOG_LEVEL=INFO"),
    ]


def _embed(site: str, folder: Path) -> list[str]:
    return [*_bare(site, folder), "-a", f"embed={EMBED}"]


def _dlt(site: str, folder: Path) -> list[str]:
    return [sys.executable, str(PEERS / "dlt_rest_api.py"), site, str(folder)]


BARE = Contestant("bare", "bare Scrapy, all pages, stock json", _bare, "out.jsonl")
DLT = Contestant("dlt", "dlt rest_api, default tables", _dlt, "dataset/posts/*.jsonl")
EMBEDDED = Contestant("embed", f"bare Scrapy, _embed={EMBED}", _embed, "out.jsonl")
PEERS_BY_NAME = {peer.name: peer for peer in (BARE, DLT, EMBEDDED)}


def field(profile: str | None, extra: str = "") -> list[Contestant]:
    """Return who runs in *profile*: a group, or one of ours beside bare and dlt; None for all."""
    if profile is None:
        names: tuple[str, ...] = (*PROFILES, *PEERS_BY_NAME)
    else:
        names = GROUPS.get(profile, (profile, "bare", "dlt"))
    return [
        PEERS_BY_NAME.get(name) or ours(name, name=name, title=f"presscrawl, {name}", extra=extra)
        for name in names
    ]


def two_checkouts(other: Path, profile: str, extra: str = "") -> list[Contestant]:
    """Return ours as it is here and as it is in *other*, in one profile each."""
    profiles = [name for name in GROUPS.get(profile, (profile,)) if name in PROFILES]
    places = (("here", ROOT), ("there", other.resolve()))
    return [
        ours(one, name=f"{one} {place}", title=f"{one}, {place}", project=project, extra=extra)
        for one in profiles
        for place, project in places
    ]
