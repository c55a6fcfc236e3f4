"""What to do about a collection that is not complete: one sentence for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crawler.wordpress.paging import Verdict
from crawler.wordpress.rest_errors import BY_ROBOTS

MAX_NAMES = 4  # of collections in one line

VISIBLE = "nothing to do: the site counts records that it shows to nobody"
LIMITED = "nothing to do: it is what you asked for; without limit, after, before, filter comes all"
LATER = "run it again later and more slowly (-s DOWNLOAD_DELAY=5); run.json names what is lost"
STOPPED = "run it again: it was not reached"
PIPELINE = "see the log: a pipeline of yours failed on records"
CLOSED = "ask the owner of the site to open it, or leave it out with -a collections="
ROBOTS = "robots.txt forbids it: ask the owner of the site, or leave it out with -a collections="
FIREWALL = (
    "a firewall answered: ask the owner of the site to let you in (-s CONTACT= says who you are)"
)
ABSENT = "the site does not have this route: leave it out with -a collections="
TOO_MANY = "look at the site: are they gone? Then run it once more with -s SWEEP_MAX_GONE=1"
ELSEWHERE = "if that host is the site's too, name it in -a allow_hosts="


def advise(collections: Iterable[Mapping[str, Any]]) -> list[str]:
    """Give a line for each thing to do, with the collections that it is for.

    *collections* are those of run.json. Of a complete one nothing is said; of many
    the table above has the names.
    """
    collections = list(collections)
    found: dict[str, list[str]] = {}
    for each in collections:
        sentence = _advice(Verdict(each["verdict"]), each["reason"] or "", each["lost"])
        if sentence:
            found.setdefault(sentence, []).append(f"{each['namespace']}/{each['rest_base']}")
    return [
        f"{_named(names, of=len(collections))}: {sentence}" for sentence, names in found.items()
    ]


def _named(names: list[str], *, of: int) -> str:
    if len(names) <= MAX_NAMES:
        return ", ".join(names)
    if len(names) == of:
        return "all collections"
    first = names[: MAX_NAMES - 1]
    return f"{', '.join(first)} and {len(names) - len(first)} more"


def _advice(verdict: Verdict, reason: str, lost: Iterable[Mapping[str, Any]]) -> str | None:
    if verdict is Verdict.COMPLETE:
        return None
    if verdict is Verdict.COMPLETE_VISIBLE:
        return VISIBLE
    if verdict is Verdict.LIMITED:
        return LIMITED
    reasons = [reason, *(each["reason"] for each in lost)]
    for word, told in _CAUSES:
        if any(word in each for each in reasons):
            return told
    return CLOSED if verdict is Verdict.DENIED else LATER


_CAUSES = (
    ("SWEEP_MAX_GONE", TOO_MANY),
    (BY_ROBOTS, ROBOTS),
    ("a challenge by ", FIREWALL),
    ("with a web page", FIREWALL),
    ("rest_no_route", ABSENT),
    ("HTTP 30", ELSEWHERE),
    ("not asked (host)", ELSEWHERE),
    ("not reached", STOPPED),
    ("a pipeline failed", PIPELINE),
)
"""What a reason holds, and what follows from it; the first that fits is told."""
