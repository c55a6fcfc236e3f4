"""The sample site harvested in this process: the same state that a crawl leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlsplit

from crawler.sample.answers import Answer
from crawler.sample.site import SampleSite
from crawler.wordpress.harvest import Harvest, Wanted

HOME = "http://127.0.0.1:8765/"

Change = Callable[[str, Answer], Answer]
"""Takes the path that was asked for and the sample's answer; gives the one that comes."""


def as_it_is(path: str, answer: Answer) -> Answer:
    return answer


def closed(*bases: str) -> Change:
    """Refuse what visitors ask of some collections."""
    body = json.dumps({"code": "rest_forbidden", "data": {"status": 401}}).encode()
    refusal = Answer(401, (("Content-Type", "application/json"),), body)
    return lambda path, answer: refusal if path.rpartition("/")[2] in bases else answer


def harvest(*names: str, change: Change = as_it_is, stop_before: str | None = None) -> Harvest:
    """Harvest collections to the end, or until a path that holds *stop_before* is next."""
    site = SampleSite(HOME)
    done = Harvest(HOME, Wanted(collections=names))
    while (url := done.url) is not None:
        parts = urlsplit(url)
        path = parts.path or "/"
        if stop_before is not None and stop_before in path:
            return done
        answer = change(path, site.respond("GET", f"{path}?{parts.query}", {}))
        done.feed(answer.status, url, answer.headers, answer.body)
    return done
