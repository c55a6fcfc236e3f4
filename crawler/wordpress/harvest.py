"""The harvest of one site, from its address to the last verdict: which URL comes next."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from crawler.dedupe.aliases import Relation
from crawler.errors import ArgumentError, CrawlerError, DiscoveryError
from crawler.items import Document, Item, Provenance, Tombstone
from crawler.wordpress.alias_search import AliasSearch
from crawler.wordpress.api_root import Discovery, Found
from crawler.wordpress.books import Books
from crawler.wordpress.errands import Query
from crawler.wordpress.fields import FIELDS_BUDGET
from crawler.wordpress.follow import NOTHING, Follow
from crawler.wordpress.index import Collection, read_index
from crawler.wordpress.known import KnownRecords, Recorder
from crawler.wordpress.linked_cache import LinkedCache
from crawler.wordpress.page import (
    Page,
    Record,
    as_error,
)
from crawler.wordpress.passes import MAX_GONE, Passes, Renewal
from crawler.wordpress.progress import Progress, fault_of, name_of
from crawler.wordpress.query import MAX_URL_BYTES, Params, build_url
from crawler.wordpress.records import RecordReader
from crawler.wordpress.resolver import Resolver
from crawler.wordpress.responses import CLOSED, is_word, may_repeat, read_answer, read_document
from crawler.wordpress.rest_errors import Absence, RestError, no_response
from crawler.wordpress.selection import check_params, select
from crawler.wordpress.survey import Survey, collections
from crawler.wordpress.walk import MAX_PAGES, MAX_RECORDS, Plan

FIXED_BUDGET = 250
"""Room for everything else but the lists: paging, order, dates."""

ECHO_BUDGET = 3200
"""Room for the URL of the next page in the headers of an answer: 4 KB, less all others."""


DATED = frozenset({"document", "media", "comment"})
"""Kinds that after and before choose from; terms and users have no dates."""

MAX_BLOCKED = 2
"""Collections in a row that a firewall closes, before no more are asked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a site; dates are RFC 3339 in UTC.

    ``changes_only`` leaves out what is as earlier runs published it; then, in
    one of ``sweep_every`` runs, all ids are compared. Above ``max_gone`` of a
    collection's known records none is called gone.
    """

    collections: Sequence[str] = ("documents",)
    after: str | None = None
    before: str | None = None
    filters: Params = ()
    limit: int | None = None
    raw: bool = False
    follow: Follow = NOTHING
    max_pages: int = MAX_PAGES
    max_records: int = MAX_RECORDS
    changes_only: bool = False
    sweep_every: int = 1
    max_gone: float = MAX_GONE


class Harvest:
    """The state machine of a crawl: ask for ``url``, then ``feed`` or ``fail``.

    Go on until ``url`` is None. Raises DiscoveryError where there is no API
    that may be asked, ArgumentError where what is wanted is not there to ask.
    ``accepted`` tells whether the last response was the site's answer, and no
    failure: the same could be fed again to a harvest that begins anew.
    """

    def __init__(
        self,
        site: str,
        wanted: Wanted,
        *,
        allow_hosts: frozenset[str] = frozenset(),
        linked: LinkedCache | None = None,
        known: KnownRecords | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self.wanted = wanted
        self.accepted = False
        self.resolver: Resolver | None = None  # until it is known what there is to follow
        self.found: Found | None = None
        self.survey: Survey | None = None
        self.progress: list[Progress] = []
        self.faults: list[Exception] = []  # of our own: what they cost is named, as a loss
        self.firewalls: Counter[str] = Counter()  # responses of each in the site's place
        self.vanished: dict[str, int] = {}  # collections: records that stand
        self.relation: Relation | None = None  # to another site of the dataset
        self.unread: list[str] = []  # /types or /taxonomies that failed: what else is there?
        self._site = site
        self._discovery: Discovery | None = Discovery(site, allow_hosts)
        self._found: Found  # the same as found, from the moment it is there
        self._search: AliasSearch | None = None
        self._documents: list[Any] = []  # /types and /taxonomies, as far as they came
        self._waiting: deque[Progress] = deque()
        self._linked = linked
        self._books = Books(known, recorder, changes_only=wanted.changes_only)
        self._provenance: Provenance | None = None  # of the last answer
        self._asking: tuple[Resolver, Query] | None = None  # for what a page links to
        self._again = False  # the same, after it came to nothing once
        self._page: list[Item] = []  # the documents that wait for it
        self._hasty = False
        self._blocked = 0  # collections in a row that a firewall closed
        self._url: str | None = self._discovery.request
        self._idle = False  # nothing is left to ask but for what may be wanted by its id

    @property
    def url(self) -> str | None:
        """What to ask for; None at the end.

        What may have to be asked for again, since a copy was left out for what
        is gone, is looked for when all items that were given have been dealt with:
        so late is this to be asked.
        """
        if self._idle:
            self._wake()
        return self._url

    @property
    def gone(self) -> list[str]:
        """record_ids of what is there no more, to be taken by who keeps what they were."""
        return self._books.gone

    @property
    def is_alias(self) -> bool:
        """Whether nothing is harvested, as the dataset has it from another address."""
        return self.relation is not None and not self.relation.harvested

    @property
    def is_looking(self) -> bool:
        """Whether ``url`` is to be asked for the search."""
        return self._search is not None

    def look_first(self, search: AliasSearch) -> None:
        """Make a search for aliases first, at the moment when the API is found."""
        self._search = search
        self._go_on()

    @property
    def again(self) -> bool:
        """Whether ``url`` was just asked for, and what came was of no use: it may do later."""
        if self._asking is not None:
            return self._again
        return bool(self._waiting) and self._waiting[0].walk.again

    @property
    def hasty(self) -> bool:
        """Whether ``url`` is one of many attempts at the same records: not to be repeated much."""
        return self._asking is None and bool(self._waiting) and self._hasty

    def feed(
        self,
        status: int,
        url: str,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        provenance: Provenance | None = None,
    ) -> list[Item]:
        """Take the response to ``url``; give the items that it brought."""
        self.accepted = status < 400 or status == 404
        if self._discovery is not None:
            self._discovery.feed(status, url, headers, body)
            self._go_on()
        elif self._search is not None:
            answer = read_answer(status, tuple(headers), body)
            self.accepted = is_word(answer)
            self._search.take(answer)
            self._go_on()
        elif self.survey is None:
            self._documents.append(document := read_document(status, body))
            if document is None or status not in CLOSED:
                self.unread.append(url)
            self._go_on()
        elif self._asking is not None:
            resolver, query = self._asking
            answer = self._note(read_answer(status, headers, body, single=query.single))
            if isinstance(answer, Page):
                answer = as_error(answer, status)  # what is not there would count as deleted
            self.accepted = is_word(answer)
            if may_repeat(answer, query) and not self._again:
                self._again = True
                resolver.repeat()
                return []
            return self._take_linked(resolver, answer, size=len(body))
        else:
            single = self._waiting[0].walk.ask.single is not None
            answer = self._note(read_answer(status, headers, body, single=single))
            if single and not isinstance(answer, RestError):
                answer = Page((answer,) if isinstance(answer, dict) else (), None)
            self.accepted = is_word(answer)
            self._provenance = provenance
            return self._take(answer)
        return []

    def fail(self, reason: str, absence: Absence = Absence.BROKEN_OFF) -> list[Item]:
        """Take that ``url`` got no response; give the items that waited for no more than that."""
        if self._discovery is not None:
            self._discovery.fail(reason)
            self._go_on()
        elif self._search is not None:
            self._search.take(no_response(reason))
            self._go_on()
        elif self.survey is None:
            self._documents.append(None)
            self.unread.append(self.url or "")
            self._go_on()
        else:
            error = no_response(reason, absence)
            if self._asking is not None:
                return self._take_linked(self._asking[0], error)
            return self._take(error)
        return []

    def _note(self, answer: Any) -> Any:
        """Count what a firewall answered in the site's place."""
        if isinstance(answer, RestError) and answer.firewall is not None:
            self.firewalls[answer.firewall] += 1
        return answer

    def stop(self, reason: str) -> list[Item]:
        """Take that nothing more may be asked; give the items that waited for an answer.

        What is not there is lost for this *reason*. Raises DiscoveryError where
        no collection was begun.
        """
        if self.survey is None:
            raise DiscoveryError(f"{self._site}: {' '.join(reason.split())}")
        items: list[Item] = []
        if self._asking is not None:
            resolver, _ = self._asking
            resolver.stop(reason)
            items = self._release(resolver)
        for progress in self.progress:
            progress.walk.stop(reason)
            items += self._bury(progress)
        self._next_url()
        return items

    def _go_on(self) -> None:
        """Go from the site's page to its root, to /types, to /taxonomies, to the collections."""
        if self._discovery is not None:
            self._url = self._discovery.request
            if self._discovery.found is None:
                return
            self._found = self.found = self._discovery.found
            self._discovery = None
        if self._search is not None:
            query, self.relation = self._search.query, self._search.relation
            if query is not None:
                self._url = build_url(self._found.root, query.route, query.params)
                return
            self._search = None
        if self.is_alias:
            self._url = None
            return
        routes = ("/wp/v2/types", "/wp/v2/taxonomies")
        if len(self._documents) < len(routes):
            self._url = build_url(self._found.root, routes[len(self._documents)])
        else:
            self._choose(self._found)

    def _choose(self, found: Found) -> None:
        """Choose the collections that are wanted; refuse what is not there to choose."""
        index = read_index(found.index) if found.index is not None else None
        types, taxonomies = self._documents
        self.survey = survey = collections(index, types, taxonomies, found.root)
        closed = (*survey.login_only, *survey.machinery)
        try:
            chosen = select(survey.collections, self.wanted.collections, closed=closed)
        except ArgumentError as error:
            if self.unread:  # nobody knows what else there is
                lists = " and ".join(self.unread)
                raise DiscoveryError(f"{error}; but {lists} could not be read") from error
            raise
        namespaces = index.namespaces if index is not None else ()
        for collection in chosen:
            self._check_bounds(collection)
            for name, value in self.wanted.filters if collection.kind == "document" else ():
                check_params(collection, {name: value}, namespaces=namespaces)
        if index is not None and index.routes:  # whoever hides types and taxonomies lists routes
            there = {name_of(each) for each in survey.collections}
            there |= {route.removeprefix("/") for route in index.routes}
            self.vanished = self._books.vanished(there)
        self.resolver = self._prepare_resolver(survey, found)
        self.progress = [self._start(collection, found) for collection in self._ordered(chosen)]
        self._waiting = deque(self.progress)
        self._next_url()

    def _prepare_resolver(self, survey: Survey, found: Found) -> Resolver | None:
        if not self.wanted.follow:
            return None
        if self._linked is None:
            raise TypeError("links are followed with a place for what they lead to")
        return Resolver(
            self.wanted.follow,
            self._linked,
            root=found.root,
            site=found.site,
            known=survey.collections,
        )

    def _ordered(self, chosen: Sequence[Collection]) -> list[Collection]:
        """Put what serves documents before them: comments only where they are followed."""
        if "replies" not in self.wanted.follow:
            return list(chosen)
        return sorted(chosen, key=lambda each: each.kind == "document")

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
            max_pages=self.wanted.max_pages,
            max_records=self.wanted.max_records,
        )
        reader = RecordReader(collection, site=found.site, oddities=oddities, raw=self.wanted.raw)
        name = name_of(collection)
        renewal = Renewal(
            collection,
            name,
            self._books.known,
            changes_only=self.wanted.changes_only,
            sweep_every=self.wanted.sweep_every,
            max_gone=self.wanted.max_gone,
            authors=self._books.authors_taken_down() if dated else frozenset(),
        )
        return Progress(collection, Passes(plan, renewal), reader, oddities)

    def _next_url(self) -> None:
        while self._waiting and self._waiting[0].outcome is not None:
            ended = self._waiting.popleft()
            self._note_whole(ended)
            self._back_off(ended)
        self._idle = not self._waiting
        if self._idle:
            self._url = None
            return
        progress = self._waiting[0]
        ask = progress.walk.ask
        self._hasty = ask.hasty
        wanted = ask.fields or progress.fields
        params = ask.params if wanted is None else (*ask.params, ("_fields", wanted))
        route = progress.collection.route
        if ask.single is not None:
            route = f"{route}/{ask.single}"
        self._url = build_url(self._found.root, route, params)

    def _wake(self) -> None:
        """Ask for the copies of texts that are not there any more; of other sites they wait."""
        self._idle = False
        walks = {each.name: each.walk for each in self.progress}
        for name, number in self._books.take_copies():
            if name in walks:
                walks[name].want(number)
        self._waiting.extend(each for each in self.progress if each.walk.wake())
        if self._waiting:
            self._next_url()

    def _back_off(self, ended: Progress) -> None:
        """Ask no more of a site whose firewall has closed one collection after the other."""
        blocked = ended.walk.blocked
        self._blocked = self._blocked + 1 if blocked else 0
        if blocked and self._blocked >= MAX_BLOCKED:
            for progress in self._waiting:
                progress.walk.stop(f"not asked, after {blocked}")

    def _note_whole(self, progress: Progress) -> None:
        if self.resolver is not None and progress.walk.had_all:
            self.resolver.served_whole(progress.collection)

    def _take(self, answer: Page | RestError) -> list[Item]:
        progress = self._waiting[0]
        progress.requests += 1
        try:
            return self._give(progress, answer)
        except CrawlerError:
            raise
        except Exception as error:  # one collection shall not cost the others
            self.faults.append(error)
            progress.walk.stop(fault_of(error))
            return [*self._let_go(), *self._bury(progress)]

    def _let_go(self) -> list[Item]:
        """Go on after an error of ours; give the page that waited for what it links to."""
        items, self._page = self._page, []
        if self.resolver is not None:
            self.resolver.abandon()
        self._asking = None
        self._next_url()
        return items

    def _give(self, progress: Progress, answer: Page | RestError) -> list[Item]:
        records: list[Record] = []
        if isinstance(answer, RestError):
            progress.errors[answer.stats_kind] += 1
            progress.walk.fail(answer)
        else:
            progress.mends.update(answer.mends)
            records = progress.walk.take(answer)
        records, read = progress.read(records, self._provenance, self.faults)
        progress.learnt |= bool(records)
        if records and progress.fields is None and not self.wanted.raw:
            self._learn_fields(progress, records)
        if self.resolver is not None and read:
            self.resolver.serve(progress.collection, read)
        records, items = self._books.enter(progress, records, read, self.faults)
        self._page = [*items, *self._bury(progress)]
        if self.resolver is not None and (documents := _documents_of(items)):
            self.resolver.begin(progress.collection, records, documents)
            return self._release(self.resolver)
        given, self._page = self._page, []
        self._next_url()
        return given

    def _learn_fields(self, progress: Progress, records: list[Record]) -> None:
        """Learn from the first page what to ask for; of changes, what was asked for before."""
        document = progress.collection.kind == "document"
        needs = self.resolver.needs(records) if self.resolver and document else ()
        progress.learn_fields(needs, self._books.fields_before(progress.name))

    def _bury(self, progress: Progress) -> list[Tombstone]:
        return self._books.bury(progress, self._found.site, self._provenance)

    def _take_linked(self, resolver: Resolver, answer: Any, *, size: int = 0) -> list[Item]:
        self._again = False
        try:
            if isinstance(answer, RestError):
                resolver.fail(answer)
            else:
                resolver.take(answer, size=size)
            return self._release(resolver)
        except CrawlerError:
            raise
        except Exception as error:  # the documents are there, if not what they link to
            self.faults.append(error)
            return self._let_go()

    def _release(self, resolver: Resolver) -> list[Item]:
        """Ask for the next linked resource; give the page when nothing is left to ask for."""
        query = resolver.query
        self._asking = (resolver, query) if query is not None else None
        if query is not None:
            address = query.address
            self._url = address or build_url(self._found.root, query.route, query.params)
            return []
        resolver.finish()
        items, self._page = self._page, []
        self._next_url()
        return items


def _documents_of(items: Iterable[Item]) -> list[Document]:
    return [item for item in items if isinstance(item, Document)]
