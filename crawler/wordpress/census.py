"""How much a site has: its collections and their totals, without any of their content."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from crawler.wordpress.challenge import challenge
from crawler.wordpress.harvest import DATED, Harvest, Wanted
from crawler.wordpress.index import Collection
from crawler.wordpress.page import Page, read_page
from crawler.wordpress.query import build_url
from crawler.wordpress.rest_errors import BY_ROBOTS, REFUSALS, Meaning, RestError, no_response

State = Literal["open", "uncounted", "closed", "failed"]
"""What became of the question for a total; uncounted: records came, and no total."""

CLOSED = REFUSALS | {Meaning.BLOCKED}
MAX_DATE_CHARS = 30


@dataclass(frozen=True, slots=True)
class Count:
    """What a site says of one collection.

    ``total`` is None unless it is open; ``newest`` is the date of the newest
    record as RFC 3339 in UTC, None where there is none to see, or no dates;
    ``reason`` says why a collection is closed or failed.
    """

    collection: Collection
    state: State
    total: int | None = None
    newest: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The page that the user named, as it came."""

    headers: tuple[tuple[str, str], ...]
    body: bytes


class Census:
    """The state machine of a survey: ask for ``url``, then ``feed`` or ``fail``.

    Go on until ``url`` is None. It begins as a harvest does, and then asks each
    collection for one id and the headers that come with it. Raises what a
    harvest raises.
    """

    def __init__(
        self, site: str, names: Sequence[str], *, allow_hosts: frozenset[str] = frozenset()
    ) -> None:
        self.harvest = Harvest(site, Wanted(collections=names), allow_hosts=allow_hosts)
        self.front: FrontPage | None = None  # None where none came
        self.counts: list[Count] = []
        self.url: str | None = self.harvest.url
        self._began = False
        self._waiting: list[Collection] = []
        self._envelope: bool | None = None  # None: the headers were not missing yet

    def feed(self, status: int, url: str, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        """Take the response to ``url``."""
        headers = tuple(headers)
        if self.harvest.survey is not None:
            self._take(_read(status, headers, body))
            return
        if not self._began:
            self.front = FrontPage(headers, body)
        self._began = True
        self.harvest.feed(status, url, headers, body)
        self._go_on()

    def fail(self, reason: str) -> None:
        """Take that ``url`` got no response."""
        if self.harvest.survey is not None:
            self._take(no_response(reason))
            return
        self._began = True
        self.harvest.fail(reason)
        self._go_on()

    def _go_on(self) -> None:
        self.url = self.harvest.url
        if self.harvest.survey is not None:
            self._waiting = [each.collection for each in self.harvest.progress]
            self._next_url()

    def _next_url(self) -> None:
        found = self.harvest.found
        if not self._waiting or found is None:
            self.url = None
            return
        collection = self._waiting[0]
        fields = "id,date_gmt" if collection.kind in DATED else "id"
        params = [("per_page", "1"), ("_fields", fields)]
        if self._envelope:
            params.append(("_envelope", "1"))
        self.url = build_url(found.root, collection.route, params)

    def _take(self, answer: Page | RestError) -> None:
        if isinstance(answer, Page) and answer.totals is None and self._envelope is None:
            self._envelope = True  # where headers are stripped, the body may hold them
        else:
            self.counts.append(_count(self._waiting.pop(0), answer))
        self._next_url()


def _read(status: int, headers: tuple[tuple[str, str], ...], body: bytes) -> Page | RestError:
    firewall = challenge(status, headers, body)
    if firewall is not None:
        reason = f"a challenge by {firewall} (HTTP {status})"
        return RestError(Meaning.BLOCKED, status, None, reason)
    return read_page(status, {name.lower(): value for name, value in headers}, body)


def _count(collection: Collection, answer: Page | RestError) -> Count:
    if isinstance(answer, RestError):
        closed = answer.meaning in CLOSED or answer.reason == BY_ROBOTS
        return Count(collection, "closed" if closed else "failed", reason=answer.reason)
    newest = _newest(answer)
    if answer.totals is None:
        return Count(collection, "uncounted", newest=newest)
    return Count(collection, "open", answer.totals.records, newest)


def _newest(page: Page) -> str | None:
    """Read the date of the one record that came, as far as it is one."""
    value = page.records[0].get("date_gmt") if page.records else None
    if not isinstance(value, str) or len(value) > MAX_DATE_CHARS or not value[:4].isdecimal():
        return None
    return f"{value}Z" if value[:4] != "0000" else None
