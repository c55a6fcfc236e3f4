"""What tests lay over the sample site: answers in its place, and silence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from crawler.sample.answers import Answer
from crawler.sample.server import SampleServer, serve
from crawler.sample.site import SampleSite

Reply = Callable[[str], Answer | None]
"""Takes path and query as they were asked for; None where the site is to answer."""


class Layer:
    """The sample site, behind something that may answer in its place."""

    def __init__(self, site: SampleSite, reply: Reply) -> None:
        self.site = site
        self.reply = reply

    def respond(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        answer = self.reply(target)
        return self.site.respond(method, target, headers) if answer is None else answer


def serve_under(reply: Reply, port: int = 0) -> AbstractContextManager[SampleServer]:
    """Serve the sample site under a layer."""
    return serve(port, wrap=lambda site: Layer(site, reply))


@contextmanager
def serve_below(path: str) -> Iterator[SampleServer]:
    """Serve the sample site in a folder (``/blog``) of a host that has nothing else."""
    with serve() as server:
        server.site = server.responder = SampleSite(f"{server.url.rstrip('/')}{path}/")
        yield server


def where(pattern: str, answer: Answer) -> Reply:
    """Give one answer to all that matches, from its beginning."""
    return lambda target: answer if re.match(pattern, target) else None


def text(status: int, body: str, *headers: tuple[str, str], kind: str = "text/html") -> Answer:
    return Answer(status, (("Content-Type", f"{kind}; charset=UTF-8"), *headers), body.encode())


def as_json(status: int, value: Any, *headers: tuple[str, str]) -> Answer:
    return text(status, json.dumps(value), *headers, kind="application/json")


def rest_error(status: int, code: str) -> Answer:
    """Refuse as WordPress does."""
    words = "Sorry, you are not allowed to do that."
    return as_json(status, {"code": code, "message": words, "data": {"status": status}})


def redirect(location: str, status: int = 301) -> Answer:
    return text(status, "", ("Location", location))


def robots(rules: str) -> Reply:
    """Answer robots.txt with one group of rules for everybody."""
    return where(r"/robots\.txt$", text(200, f"User-agent: *\n{rules}\n", kind="text/plain"))
