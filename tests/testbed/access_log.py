"""The testbed's access log: who asked for what, when, and for how long."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

_LINE = re.compile(
    r"(?P<ended>\d+\.\d{3}) (?P<status>\d{3}) (?P<size>\d+) (?P<took>\d+\.\d{3}) "
    r'"(?P<method>\S*) ?(?P<target>\S*)[^"]*" "(?P<agent>[^"]*)"'
)


@dataclass(frozen=True)
class Request:
    """One request as nginx saw it; times in milliseconds by the server's clock."""

    ended: int
    took: int
    status: int
    size: int
    method: str
    target: str
    agent: str
    route: str | None = None  # of the REST API; None for any other page
    params: dict[str, str] = field(default_factory=dict)

    @property
    def started(self) -> int:
        return self.ended - self.took

    @property
    def collection(self) -> str | None:
        """Name the collection that was asked for, as in wp/v2/posts; None for anything else."""
        words = (self.route or "").strip("/").split("/")
        about = ("types", "taxonomies", "statuses")
        return "/".join(words) if len(words) == 3 and words[2] not in about else None


def read_request(line: str) -> Request:
    """Read one line of the log.

    >>> asked = read_request('9.500 200 42 0.120 "GET /wp-json/wp/v2/tags?page=2 HTTP/1.1" "me"')
    >>> asked.started, asked.ended, asked.collection, asked.params
    (9380, 9500, 'wp/v2/tags', {'page': '2'})
    """
    found = _LINE.fullmatch(line)
    assert found, f"no line of the access log: {line!r}"
    parts = urlsplit(found["target"])
    params = dict(parse_qsl(parts.query, keep_blank_values=True))
    route = params.pop("rest_route", None)
    if route is None and "/wp-json" in parts.path:
        route = unquote(parts.path.partition("/wp-json")[2]) or "/"
    return Request(
        ended=int(found["ended"].replace(".", "")),
        took=int(found["took"].replace(".", "")),
        status=int(found["status"]),
        size=int(found["size"]),
        method=found["method"],
        target=found["target"],
        agent=found["agent"],
        route=route,
        params=params,
    )


@dataclass(frozen=True)
class AccessLog:
    """The file, read from a mark on: what was asked before belongs to others."""

    path: Path

    def mark(self) -> int:
        """Give the place where the log ends now."""
        return self.path.stat().st_size if self.path.exists() else 0

    def since(self, mark: int) -> list[Request]:
        """Read what was asked after *mark*, in the order of the answers."""
        with self.path.open("rb") as file:
            file.seek(mark)
            whole, _, _ = file.read().rpartition(b"\n")
        return [read_request(line) for line in whole.decode("utf-8").splitlines()]


def most_in_flight(requests: Iterable[Request], granularity: int = 1) -> int:
    """Count how many requests were under way at once, at most.

    One that ended no more than *granularity* milliseconds after the next
    started had ended before: nginx stamps both with a clock that it reads
    once a turn.
    """
    under_way: list[Request] = []
    most = 0
    for request in sorted(requests, key=lambda each: each.started):
        under_way = [each for each in under_way if each.ended - request.started > granularity]
        under_way.append(request)
        most = max(most, len(under_way))
    return most


def shortest_gap(requests: Iterable[Request]) -> int:
    """Give the shortest time between two starts, in milliseconds."""
    starts = sorted(request.started for request in requests)
    return min(later - earlier for earlier, later in pairwise(starts))
