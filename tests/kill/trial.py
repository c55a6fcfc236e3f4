"""One trial: a crawl that is killed up to three times, and what the last of it published."""

from __future__ import annotations

import random
import re
import shutil
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
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
    "files of the folder": "",
    "posts.csv": "-O",
    "posts.jsonl": "-O",
    "posts.jsonl.zst": "-O",
    "more.csv": "-o",
    "more.jsonl.gz": "-o",
}
"""Where a trial writes to: a name, and how the command line gives it. What begins with "more" is
there before, written by another run."""

LAST = "/guides"  # the collection that is asked for last

MODES = ("full", "incremental")
NIGHT = "2026-11-20T10:00:00"

WAYS = ("request", "answer", "moment", "end", "step")
STEPS = 200  # writes, syncs, renames and removals of a crawl, about
AFTER_ANSWER = 0.04  # seconds, in which the answer is read, taken and written down
AT_THE_END = 0.15  # seconds, in which a run is published
DISCOVERY = re.compile(
    r"/(robots\.txt|\.well-known/tdmrep\.json|wp-json/(wp/v2/(types|taxonomies))?)?$"
)


@dataclass(frozen=True)
class Kill:
    """When a crawl is killed; ``share`` says how far it has come by then, 0 to 1.

    ``request``: as the site receives a request; ``answer``: a moment after one;
    ``moment``: at some time; ``end``: soon after the last request; ``step``: in
    the midst of a write, a sync, a rename or a removal.
    """

    way: str
    share: float
    pause: float


@dataclass
class Trial:
    """What is tried: the same for the same seed. ``happened`` tells how each crawl ended."""

    seed: int
    output: str
    kills: list[Kill]
    mode: str = "full"
    happened: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, seed: int) -> Trial:
        """Draw a trial of one to three kills."""
        draw = random.Random(seed)
        kills = [
            Kill(draw.choice(WAYS), draw.random(), draw.random())
            for _ in range(draw.choice((1, 1, 2, 3)))
        ]
        return cls(seed, draw.choice(list(OUTPUTS)), kills, draw.choice(MODES))

    @property
    def struck(self) -> int:
        """How many crawls were killed; others came to their end before."""
        return sum(each.endswith(str(-signal.SIGKILL)) for each in self.happened)


class Executioner:
    """Sits at the site's door and kills the crawl when its time has come.

    ``seconds`` and ``requests`` are what a crawl of a mode takes that nobody kills;
    ``before`` is what stands in files that are appended to (``made_before``: by
    a run of each mode), ``known`` a state
    file that knows the site as it was a day before.
    """

    def __init__(self, server: SampleServer) -> None:
        self.server = server
        self.seconds: dict[str, float] = {}
        self.requests: dict[str, int] = {}
        self.made_before: dict[str, dict[str, bytes]] = {}  # by mode
        self.before: dict[str, bytes] = {}
        self.known: Path | None = None
        self._kill: Kill | None = None
        self._crawling: Crawling | None = None
        self._mode = "full"
        self._strikes_at = 0
        self._seen = 0
        self._known: set[str] = set()
        self._lock = threading.Lock()
        server.site.on_request = self

    def begin(self, mode: str) -> None:
        """Begin with a new trial."""
        self.before = self.made_before.get(mode, {})
        self.server.requests.clear()
        self._known.clear()

    def expect(self, kill: Kill | None, mode: str) -> None:
        """Expect the next crawl, which asks for what was not answered yet."""
        with self._lock:
            self._mode = mode
            left = max(1, self.requests.get(mode, 0) - len(self._known))
            self._strikes_at = 1 + int(kill.share * left) if kill else 0
            self._seen, self._kill, self._crawling = 0, kill, None

    def follow(self, crawling: Crawling) -> None:
        """Follow the crawl that has begun."""
        self._crawling = crawling
        kill, seconds = self._kill, self.seconds.get(self._mode, 0)
        if kill and kill.way == "moment" and not crawling.ended(kill.share * seconds):
            crawling.kill()

    def __call__(self, method: str, target: str) -> None:
        with self._lock:
            self._seen += 1
            self._known.add(target)
            kill, crawling, struck = self._kill, self._crawling, self._seen == self._strikes_at
        if kill is None or crawling is None:
            return
        if kill.way == "request" and struck:
            crawling.kill()
        elif kill.way == "answer" and struck:
            self._kill_after(kill.pause * AFTER_ANSWER, crawling)
        elif kill.way == "end" and LAST in target:
            self._kill_after(kill.pause * AT_THE_END, crawling)

    def _kill_after(self, seconds: float, crawling: Crawling) -> None:
        timer = threading.Timer(seconds, crawling.kill)
        timer.daemon = True
        timer.start()


def pass_night(server: SampleServer) -> None:
    """Do to the site what an incremental run is to find out."""
    site = server.site
    for base in ("posts", "pages"):
        edited, touched, deleted, drafted, moved = sorted(site.listed(base))[:5]
        site.update(base, edited, title="Edited", modified=NIGHT)
        site.update(base, touched, modified=NIGHT)
        site.delete(base, deleted)
        site.update(base, drafted, status="draft")
        site.update(base, moved, slug=f"moved-{moved}")
        site.insert(base, title="New", content="<p>New.</p>", date=NIGHT)
        site.insert(base, title="Old", content="<p>Old.</p>", date="2001-01-01T00:00:00")
    site.update("tags", min(site.listed("tags")), description="Edited")


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
    executioner.begin(trial.mode)
    output, words = output_of(trial.output, executioner.before, place)
    if trial.mode == "incremental" and executioner.known is not None:
        (place / "state").mkdir(parents=True, exist_ok=True)
        shutil.copy(executioner.known, place / "state")
    arguments = (*ARGUMENTS, f"mode={trial.mode}")
    for kill in [*trial.kills, None]:
        executioner.expect(kill, trial.mode)
        env = {"FAULT_AT": "0", "FAULT": "kill"}
        if kill is not None and kill.way == "step":
            env["FAULT_AT"] = str(1 + int(kill.share * STEPS))
        site = f"site={executioner.server.url}"
        crawling = nursery.start(place, site, *arguments, settings=SETTINGS, output=words, env=env)
        executioner.follow(crawling)
        status = crawling.wait()
        told = crawling.err.read_text()
        assert "Traceback" not in told, told
        trial.happened.append(f"{kill.way if kill else 'not killed'}: {status}")
        if status != -signal.SIGKILL:
            assert status == 0, told
            break
        if is_published(place):
            break
    assert is_published(place), trial
    forget_lease_of_the_dead(place)
    return outcome_of(place, output)


def output_of(
    name: str, before: Mapping[str, bytes], place: Path
) -> tuple[Path | None, list[str]]:
    """Prepare where a trial writes to, and give the words for it."""
    if not OUTPUTS[name]:
        return None, []
    path = place / name
    place.mkdir(parents=True, exist_ok=True)
    if name in before:
        path.write_bytes(before[name])
    return path, [OUTPUTS[name], str(path)]


def forget_lease_of_the_dead(place: Path) -> None:
    """A run that was killed after its last word left its lease; the next one would take it."""
    with closing(sqlite3.connect(place / "state" / "presscrawl.sqlite3")) as database:
        database.execute("DELETE FROM lease")
        database.commit()


def asked_again(asked: Sequence[str], expected: Counter[str]) -> int:
    """Count the pages that were asked for more often than by a crawl that nobody killed."""
    pages = Counter(t for t in asked if not DISCOVERY.fullmatch(urlsplit(t).path))
    return sum((pages - expected).values())
