"""The harvest of one site, from its address to the last verdict: which URL comes next."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crawler.errors import ArgumentError, ProtocolError
from crawler.items import Provenance
from crawler.wordpress.api_root import Discovery, Found
from crawler.wordpress.challenge import challenge
from crawler.wordpress.fields import FIELDS_BUDGET, field_list
from crawler.wordpress.index import Collection, read_index
from crawler.wordpress.missing import Lost
from crawler.wordpress.page import Page, Record, read_json, read_page
from crawler.wordpress.paging import Outcome, Verdict, Walk
from crawler.wordpress.query import MAX_URL_BYTES, Params, build_url
from crawler.wordpress.records import AnyItem, RecordReader
from crawler.wordpress.rest_errors import Meaning, RestError, no_response
from crawler.wordpress.selection import check_params, select
from crawler.wordpress.survey import Survey, collections
from crawler.wordpress.walk import Plan

FIXED_BUDGET = 250
"""Room for everything else but the lists: paging, order, dates."""

ECHO_BUDGET = 3200
"""Room for the URL of the next page in the headers of an answer: 4 KB, less all others."""


DATED = frozenset({"document", "media", "comment"})
"""Kinds that after and before choose from; terms and users have no dates."""

CLOSED = frozenset({200, 401, 403, 404})
"""Answers to /types that tell what there is, or that it is nobody's business."""

UNASKED = "some fields of plugins cannot be named in a request: only the first page has them"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a site; dates are RFC 3339 in UTC."""

    collections: Sequence[str] = ("documents",)
    after: str | None = None
    before: str | None = None
    filters: Params = ()
    limit: int | None = None
    raw: bool = False


@dataclass(slots=True)
class Progress:
    """One collection under way: its walk, its reader, and what was counted."""

    collection: Collection
    walk: Walk
    reader: RecordReader
    oddities: Counter[str]
    fields: str | None = None  # None: asked whole
    notes: list[str] = field(default_factory=list)
    requests: int = 0
    errors: Counter[str] = field(default_factory=Counter)  # by code, or "other"

    @property
    def outcome(self) -> Outcome | None:
        """How it ended; None while it is under way."""
        return self.walk.outcome


class Harvest:
    """The state machine of a crawl: ask for ``url``, then ``feed`` or ``fail``.

    Go on until ``url`` is None. Raises DiscoveryError where there is no API
    that may be asked, ArgumentError where what is wanted is not there to ask.
    """

    def __init__(
        self, site: str, wanted: Wanted, *, allow_hosts: frozenset[str] = frozenset()
    ) -> None:
        self.wanted = wanted
        self.found: Found | None = None
        self.survey: Survey | None = None
        self.progress: list[Progress] = []
        self.unread: list[str] = []  # /types or /taxonomies that failed: what else is there?
        self._discovery: Discovery | None = Discovery(site, allow_hosts)
        self._found: Found  # the same as found, from the moment it is there
        self._documents: list[Any] = []  # /types and /taxonomies, as far as they came
        self._waiting: deque[Progress] = deque()
        self.url: str | None = self._discovery.request

    def feed(
        self,
        status: int,
        url: str,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        provenance: Provenance | None = None,
    ) -> list[AnyItem]:
        """Take the response to ``url``; give the items that it brought."""
        if self._discovery is not None:
            self._discovery.feed(status, url, headers, body)
            self._go_on()
        elif self.survey is None:
            self._documents.append(document := _read_document(status, body))
            if document is None or status not in CLOSED:
                self.unread.append(url)
            self._go_on()
        else:
            return self._take(_read_answer(status, tuple(headers), body), provenance)
        return []

    def fail(self, reason: str) -> None:
        """Take that ``url`` got no response."""
        if self._discovery is not None:
            self._discovery.fail(reason)
            self._go_on()
        elif self.survey is None:
            self._documents.append(None)
            self.unread.append(self.url or "")
            self._go_on()
        else:
            error = no_response(reason)
            if "robots.txt" in reason:  # the site's word, as good as a 401
                error = replace(error, meaning=Meaning.DENIED)
            self._take(error, None)

    def _go_on(self) -> None:
        """Go from the site's page to its root, to /types, to /taxonomies, to the collections."""
        if self._discovery is not None:
            self.url = self._discovery.request
            if self._discovery.found is None:
                return
            self._found = self.found = self._discovery.found
            self._discovery = None
        routes = ("/wp/v2/types", "/wp/v2/taxonomies")
        if len(self._documents) < len(routes):
            self.url = build_url(self._found.root, routes[len(self._documents)])
        else:
            self._choose(self._found)

    def _choose(self, found: Found) -> None:
        """Choose the collections that are wanted; refuse what is not there to choose."""
        index = read_index(found.index) if found.index is not None else None
        types, taxonomies = self._documents
        self.survey = survey = collections(index, types, taxonomies, found.root)
        closed = (*survey.login_only, *survey.machinery)
        chosen = select(survey.collections, self.wanted.collections, closed=closed)
        namespaces = index.namespaces if index is not None else ()
        for collection in chosen:
            self._check_bounds(collection)
            for name, value in self.wanted.filters if collection.kind == "document" else ():
                check_params(collection, {name: value}, namespaces=namespaces)
        self.progress = [self._start(collection, found) for collection in chosen]
        self._waiting = deque(self.progress)
        self._next_url()

    def _check_bounds(self, collection: Collection) -> None:
        """Refuse dates that a collection of dated records does not take."""
        able = collection.capabilities.params
        for name, value in (("after", self.wanted.after), ("before", self.wanted.before)):
            if value and collection.kind in DATED and name not in able:
                raise ArgumentError(f"{name}: {collection.route} has no parameter {name!r}")

    def _start(self, collection: Collection, found: Found) -> Progress:
        oddities: Counter[str] = Counter()
        dated = collection.kind in DATED
        filters = self.wanted.filters if collection.kind == "document" else ()
        base = len(build_url(found.root, collection.route, filters))
        plan = Plan(
            collection.capabilities,
            filters=filters,
            after=self.wanted.after if dated else None,
            before=self.wanted.before if dated else None,
            limit=self.wanted.limit,
            id_budget=max(100, MAX_URL_BYTES - base - FIELDS_BUDGET - FIXED_BUDGET),
            echo_budget=max(100, ECHO_BUDGET - base - FIXED_BUDGET),
        )
        reader = RecordReader(collection, site=found.site, oddities=oddities, raw=self.wanted.raw)
        return Progress(collection, Walk(plan), reader, oddities)

    def _next_url(self) -> None:
        while self._waiting and self._waiting[0].outcome is not None:
            self._waiting.popleft()
        if not self._waiting:
            self.url = None
            return
        progress = self._waiting[0]
        ask = progress.walk.ask
        wanted = "id" if ask.ids_only else progress.fields
        params = ask.params if wanted is None else (*ask.params, ("_fields", wanted))
        self.url = build_url(self._found.root, progress.collection.route, params)

    def _take(self, answer: Page | RestError, provenance: Provenance | None) -> list[AnyItem]:
        progress = self._waiting[0]
        progress.requests += 1
        if isinstance(answer, RestError):
            progress.errors[answer.stats_kind] += 1
            progress.walk.fail(answer)
            items: list[AnyItem] = []
        else:
            items = self._read(progress, progress.walk.take(answer), provenance)
        self._next_url()
        return items

    def _read(
        self, progress: Progress, records: list[Record], provenance: Provenance | None
    ) -> list[AnyItem]:
        items = [progress.reader.read(record, provenance) for record in records]
        if records and progress.fields is None and not self.wanted.raw:
            listed = field_list(progress.collection, progress.reader.seen, budget=FIELDS_BUDGET)
            progress.fields = listed.value
            if listed.unsafe or listed.over_budget:
                progress.notes.append(UNASKED)
        return items


def outcome_of(progress: Progress) -> Outcome:
    """Give the outcome of a collection; one that was cut short has failed or is partial."""
    outcome = progress.outcome
    if outcome is None:
        return Outcome(
            Verdict.FAILED, None, 0, None, lost=(Lost("not reached"),), reason="not reached"
        )
    return outcome


def _read_answer(
    status: int, headers: tuple[tuple[str, str], ...], body: bytes
) -> Page | RestError:
    """Read a page; what is none may be a firewall's, which is named."""
    answer = read_page(status, {name.lower(): value for name, value in headers}, body)
    if isinstance(answer, RestError) and (firewall := challenge(status, headers, body)):
        reason = f"a challenge by {firewall} (HTTP {status})"
        return replace(answer, meaning=Meaning.BLOCKED, reason=reason)
    return answer


def _read_document(status: int, body: bytes) -> Any:
    """Read /types or /taxonomies; None where no JSON came."""
    try:
        return read_json(body)
    except ProtocolError:
        return None
