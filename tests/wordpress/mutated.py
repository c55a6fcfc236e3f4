"""Walks through recorded pages that are spoilt on their way; run as a program it counts them.

python -m tests.wordpress.mutated 10000
"""

from __future__ import annotations

import json
import random
import re
import resource
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from crawler.sample.site import SampleSite
from crawler.wordpress.index import Capabilities
from crawler.wordpress.page import Page, id_of, read_page
from crawler.wordpress.paging import Outcome, Verdict, Walk
from crawler.wordpress.walk import Ask, Plan
from tests.wordpress.asking import Comments, numbers
from tests.wordpress.model import DATED, FLAT, TREE
from tests.wordpress.mutations import FIREWALLS, HARMFUL, HARMLESS, Mutation, Sent

SHARED = Path(__file__).resolve().parents[3] / "shared"
HOME = "http://127.0.0.1:8765/"
MAX_REQUESTS = 3000
MAX_BYTES = 3_000_000  # of one collection: what takes longer is no better a test


def peak_mb() -> int:
    """Return the peak of this process's memory: ru_maxrss begins with that of who started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.findall(r"VmHWM:\s*(\d+) kB", status.read_text())[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def recorded() -> dict[str, list[dict]]:
    """Give lists of records: of the sample site, and of real sites where they are at hand."""
    site = SampleSite(HOME)
    found = {}
    for base in ("posts", "guides", "media", "tags", "users"):
        answer = site.respond("GET", f"/wp-json/wp/v2/{base}?per_page=100", {})
        found[f"sample/{base}"] = json.loads(answer.body)
    for file in sorted((SHARED / "real-records").glob("*/*.json")):
        records = json.loads(file.read_bytes())
        if isinstance(records, list) and file.stat().st_size < MAX_BYTES:
            unique = {id_of(record): record for record in records if isinstance(record, dict)}
            unique.pop(None, None)
            if len(unique) > 1:
                found[f"{file.parent.name}/{file.stem}"] = list(unique.values())
    return found


@dataclass
class Spoilt:
    """A collection whose responses are spoilt: by chance at the first request, or by a record."""

    records: list[dict]
    dice: random.Random
    chance: float
    kinds: dict[str, Mutation]
    poison: frozenset[int] = frozenset()  # ids that spoil every page they are on
    by: Mutation | None = None
    spoilt: int = 0
    slowest: float = 0.0
    asked: set[str] = field(default_factory=set)

    def answer(self, ask: Ask):
        """Answer a request as Walk takes it."""
        params = dict(ask.params)
        rows = self.records
        if "include" in params:
            wanted = set(numbers(params["include"]))
            rows = [row for row in rows if row["id"] in wanted]
        key = "date" if params.get("orderby") == "date" else "id"
        rows = sorted(
            rows, key=lambda row: (str(row.get(key)), row["id"]) if key == "date" else row["id"]
        )
        page = Comments.choose(rows, {k: v for k, v in params.items() if k != "include"})
        totals = {
            "x-wp-total": str(page.totals.records),
            "x-wp-totalpages": str(page.totals.pages),
        }
        records = [{"id": r["id"]} for r in page.records] if ask.fields else page.records
        body = json.dumps(list(records), ensure_ascii=self.dice.random() < 0.5).encode()
        sent = self._spoil(ask, Sent(200, {"content-type": "application/json", **totals}, body))
        begin = time.perf_counter()
        answer = read_page(sent.status, sent.headers, sent.body)
        self.slowest = max(self.slowest, time.perf_counter() - begin)
        return answer

    def _spoil(self, ask: Ask, sent: Sent) -> Sent:
        key = repr(ask.params)
        mutation = None
        if (
            self.poison
            and not ask.fields
            and self.poison & {r["id"] for r in json.loads(sent.body)}
        ):
            mutation = self.by
        elif key not in self.asked and self.dice.random() < self.chance:
            mutation = self.kinds[self.dice.choice(sorted(self.kinds))]
        self.asked.add(key)
        if mutation is None:
            return sent
        self.spoilt += 1
        return mutation(self.dice, sent)


@dataclass
class Done:
    """A walk at its end."""

    site: Spoilt
    ids: list[int]
    outcome: Outcome
    requests: int

    @property
    def missing(self) -> set[int]:
        return {row["id"] for row in self.site.records} - set(self.ids)

    @property
    def named(self) -> set[int]:
        return {number for lost in self.outcome.lost for number in lost.ids}

    def check(self) -> None:
        """What went in came out, or is named; nothing comes twice, and nothing else."""
        assert len(self.ids) == len(set(self.ids)), "twice"
        assert set(self.ids) <= {row["id"] for row in self.site.records}, "made up"
        assert len(self.ids) == self.outcome.delivered
        assert not self.named & set(self.ids), "named and delivered"
        rest = self.missing - self.named
        told = [lost.count for lost in self.outcome.lost if not lost.ids]
        if rest and self.ids:
            assert None in told or sum(filter(None, told)) >= len(rest), (rest, self.outcome)
        if self.missing:
            bad = (Verdict.PARTIAL, Verdict.FAILED, Verdict.DENIED)
            assert self.outcome.verdict in bad, (self.missing, self.outcome)


def walk(site: Spoilt, params: frozenset[str], size: int) -> Done:
    """Walk to the verdict."""
    orders = {"id", "date", "slug"} if "after" in params else {"id", "slug"}
    going = Walk(Plan(Capabilities(params, frozenset(orders), size, "index")))
    ids: list[int] = []
    for number in range(MAX_REQUESTS):
        if going.outcome is not None:
            return Done(site, ids, going.outcome, number)
        answer = site.answer(going.ask)
        came = going.take(answer) if isinstance(answer, Page) else going.fail(answer)
        ids += [record["id"] for record in came]
    raise AssertionError("it does not end")


def a_walk(seed: int, source: dict[str, list[dict]]) -> Done:
    """Make a walk by its number: the same number is the same walk."""
    dice = random.Random(seed)
    records = source[dice.choice(sorted(source))]
    records = dice.sample(records, min(len(records), 40))
    dated = all(isinstance(record.get("date"), str) for record in records)
    params = dice.choice([DATED, FLAT, TREE] if dated else [FLAT, TREE])
    kinds = {**HARMLESS, **HARMFUL} if seed % 5 else {**HARMFUL, **FIREWALLS}
    site = Spoilt(records, dice, dice.choice([0.1, 0.5, 1.0]), kinds)
    if seed % 3 == 0:
        site.poison = frozenset(dice.sample([r["id"] for r in records], min(2, len(records))))
        site.by = HARMFUL[dice.choice(sorted(HARMFUL))]
    return walk(site, params, dice.choice([2, 5, 7, 10, 20]))


def main(wanted: int, first: int) -> None:
    """Walk until so many responses were spoilt, from walk number *first* on."""
    source = recorded()
    spoilt = walks = requests = whole = 0
    slowest = 0.0
    begin = time.perf_counter()
    while spoilt < wanted:
        done = a_walk(first + walks, source)
        try:
            done.check()
        except AssertionError as error:
            raise AssertionError(f"walk {first + walks}: {error}") from error
        walks += 1
        spoilt += done.site.spoilt
        requests += done.requests
        whole += not done.missing
        slowest = max(slowest, done.site.slowest)
    told = {
        "spoilt": spoilt,
        "walks": walks,
        "walks_whole": whole,
        "requests": requests,
        "slowest_s": round(slowest, 3),
        "peak_mb": peak_mb(),
        "seconds": round(time.perf_counter() - begin, 1),
        "collections": len(source),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
