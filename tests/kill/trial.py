"""One trial: a crawl that is killed up to three times, and what the last of it published."""

from __future__ import annotations

import random
import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from crawler.sample.server import SampleServer
from tests.kill.crawls import Crawling, Nursery
from tests.kill.outcome import Outcome, outcome_of

ARGUMENTS = ("collections=all", "follow=all")
SETTINGS = {"DEDUPE_EXACT": "drop"}
PER_PAGE = 10  # of the site: many pages

OUTPUTS = {
    "files of the folder": (),
    "posts.csv": ("-O",),
    "posts.jsonl": ("-O",),
    "posts.jsonl.zst": ("-O",),
    "more.csv": ("-o",),
    "more.jsonl.gz": ("-o",),
}
"""Where a trial writes to: a name, and how the command line gives it."""

WAYS = ("request", "answer", "moment", "end", "step")
STEPS = 260  # writes, syncs and renames of a crawl, most of them
DISCOVERY = re.compile(r"/(robots\.txt|wp-json/(wp/v2/(types|taxonomies))?)?$")


@dataclass
class Kill:
    """When a crawl is killed.

    ``request``: as the site receives its Nth; ``answer``: a moment after that;
    ``moment``: at a time; ``end``: at a time after the last request; ``step``:
    in the midst of the Nth write, sync or rename.
    """

    way: str
    number: int
    pause: float


@dataclass
class Trial:
    """What is tried: the same for the same seed."""

    seed: int
    output: str
    kills: list[Kill]
    happened: list[str] = field(default_factory=list)
    again: int = 0

    @classmethod
    def of(cls, seed: int, requests: int, seconds: float) -> Trial:
        """Draw one; *requests* and *seconds* are what a crawl takes that nobody kills."""
        draw = random.Random(seed)
        kills = []
        for _ in range(draw.choice((1, 1, 2, 3))):
            way = draw.choice(WAYS)
            number = draw.randint(1, STEPS if way == "step" else requests)
            pause = draw.random() * {"answer": 0.06, "moment": seconds, "end": 0.4}.get(way, 0.0)
            kills.append(Kill(way, number, pause))
        return cls(seed, draw.choice(list(OUTPUTS)), kills)


class Executioner:
    """Sits at the site's door and kills the crawl when its time has come."""

    def __init__(self, server: SampleServer, requests: int) -> None:
        self.server = server
        self.requests = requests  # of a crawl that nobody kills
        self.kill: Kill | None = None
        self.crawling: Crawling | None = None
        self.seen = 0
        self.lock = threading.Lock()
        server.site.on_request = self

    def __call__(self, method: str, target: str) -> None:
        with self.lock:
            self.seen += 1
            kill, crawling, seen = self.kill, self.crawling, self.seen
        if kill is None or crawling is None:
            return
        if kill.way == "request" and seen == kill.number:
            crawling.kill()
        elif (kill.way == "answer" and seen == kill.number) or (
            kill.way == "end" and "/guides" in target
        ):
            timer = threading.Timer(kill.pause, crawling.kill)
            timer.daemon = True
            timer.start()


def is_published(place: Path) -> bool:
    """Tell whether a run has done everything: then the same command would be a new run."""
    found = list((place / "exports").glob("[!.]*/*/run.json"))
    state = place / "state" / "presscrawl.sqlite3"
    if not found or not state.exists() or list((place / "state").glob("journals/*.journal")):
        return False
    with closing(sqlite3.connect(state)) as database:
        return database.execute("SELECT * FROM intent").fetchall() == []


def conduct(trial: Trial, nursery: Nursery, executioner: Executioner, place: Path) -> Outcome:
    """Crawl, kill, crawl again, until the run is published; give what it left."""
    output, words = output_of(trial.output, place)
    for kill in [*trial.kills, None]:
        status = one_crawl(kill, nursery, executioner, place, words)
        told = (place / "stderr.txt").read_text()
        assert "Traceback" not in told, told
        trial.happened.append(f"{kill.way if kill else 'not killed'}: {status}")
        if status != -9:
            assert status == 0, told
            break
        if is_published(place):
            break
    assert is_published(place)
    forget_lease_of_the_dead(place)
    return outcome_of(place, output)


def one_crawl(
    kill: Kill | None,
    nursery: Nursery,
    executioner: Executioner,
    place: Path,
    words: Sequence[str],
) -> int:
    env = {"FAULT_AT": "0", "FAULT": ""}
    if kill is not None and kill.way == "step":
        env = {"FAULT_AT": str(kill.number), "FAULT": "kill"}
    with executioner.lock:
        executioner.seen, executioner.kill, executioner.crawling = 0, kill, None
    crawling = nursery.start(
        place,
        f"site={executioner.server.url}",
        *ARGUMENTS,
        settings=SETTINGS,
        output=words,
        env=env,
    )
    executioner.crawling = crawling
    if kill is not None and kill.way == "moment" and not crawling.ended(kill.pause):
        crawling.kill()
    return crawling.wait()


def output_of(name: str, place: Path) -> tuple[Path | None, list[str]]:
    """Prepare where a trial writes to: what is appended to has something already."""
    how = OUTPUTS[name]
    if not how:
        return None, []
    place.mkdir(parents=True, exist_ok=True)
    path = place / name
    return path, [*how, str(path)]


def forget_lease_of_the_dead(place: Path) -> None:
    """A run that was killed after its last word left its lease; the next one would take it."""
    with closing(sqlite3.connect(place / "state" / "presscrawl.sqlite3")) as database:
        database.execute("DELETE FROM lease")
        database.commit()


def asked_again(asked: Sequence[str], expected: Counter[str]) -> int:
    """Count the pages that were asked for more often than by a crawl that nobody killed."""
    pages = Counter(t for t in asked if not DISCOVERY.fullmatch(urlsplit(t).path))
    return sum((pages - expected).values())
