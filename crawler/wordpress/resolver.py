"""The links of documents, a page at a time, resolved by as few requests as can be."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from crawler.items import Document
from crawler.wordpress.errands import (
    MAX_FAILURES,
    ByAddress,
    ById,
    ByIds,
    ByOwners,
    Errand,
    Query,
    Refusal,
    closed_by,
    refusal_of,
)
from crawler.wordpress.filling import MAX_IDS, Came, Filler
from crawler.wordpress.follow import RELS, Follow
from crawler.wordpress.index import Collection
from crawler.wordpress.linked import (
    FIELDS,
    AnyLinkedItem,
    owner_of,
    read_ids,
    summary,
    unresolved,
)
from crawler.wordpress.linked_cache import Entry, LinkedCache
from crawler.wordpress.links import learn_routes
from crawler.wordpress.page import Record
from crawler.wordpress.pointers import Pointer, fields_for, read_pointers
from crawler.wordpress.query import MAX_URL_BYTES, ApiRoot
from crawler.wordpress.records import RecordReader
from crawler.wordpress.rel_progress import RelProgress
from crawler.wordpress.rel_routes import Target, shelf_of, targets
from crawler.wordpress.rest_errors import RestError
from crawler.wordpress.values import without_avatar_hashes

MAX_ASKED_ALONE = 20
"""Resources of a rel that a list left out and that are asked for alone, to learn why."""

MAX_ACCOUNTS = 100
"""Words and rels of a crawl that are told apart: with follow=all a site invents them."""

OTHER_RELS = "*"
"""The account of all others."""

OWNED_BY = {"attachments": "parent", "replies": "post"}
"""Word -> the parameter that lists what belongs to documents."""

ECHO_BUDGET = 2400
"""For a list of owners in the Link header of an answer, in bytes: 4 KB, less all else."""

_FOUND, _REFUSED = 0, 1  # of what an address led to; no wrapping, as JSON has a greatest depth
_OTHERS = 300  # of a URL: `_fields`, `per_page`
_SERVED: dict[str, frozenset[str]] = {
    "user": frozenset({"author"}),
    "term": frozenset({"terms"}),
    "media": frozenset({"featured_media", "attachments"}),
    "comment": frozenset({"replies"}),
    "document": frozenset({"up"}),
}
"""Kind -> the words that its records serve."""

MAX_BYTES, MAX_PAGE_BYTES = 256 * 1024, 8 * 1024 * 1024
"""Of what the address of another rel may bring, and those of a page of documents together.

Each document that names it holds it: a page of them is held in memory.
"""

LOCKED = Refusal("denied", "the document has a password")
UNABLE = Refusal("failed", "the site does not list them by document")
TOO_MANY = Refusal("bound", f"more than {MAX_ACCOUNTS} rels in a crawl")
TOO_LARGE = Refusal("bound", "more than a document should hold")
UNLISTED = Refusal("unlisted", "the site lists no such record")


class Resolver:
    """Resolves the links of one page of documents after the other.

    ``begin`` takes a page; ask with ``query``, answer with ``take`` or ``fail``
    until it is None; then ``finish`` fills the documents in. What is harvested
    anyway is handed over by ``serve``, and not asked for again. ``progress`` is
    the account by word or rel.
    """

    def __init__(
        self,
        follow: Follow,
        cache: LinkedCache,
        *,
        root: ApiRoot,
        site: str,
        known: Sequence[Collection],
    ) -> None:
        words = [word for word in RELS if word in follow]
        self.progress = {name: RelProgress() for name in (*words, *sorted(follow.rels))}
        self._follow = follow
        self._cache = cache
        self._root = root
        self._site = site
        self._known = known
        self._targets: dict[str, list[Target]] = {}  # by route of the documents
        self._readers: dict[str, RecordReader] = {}  # by shelf
        self._whole: set[str] = set()  # shelves that hold all that visitors may read
        self._closed: dict[str, Refusal] = {}
        self._failures: Counter[str] = Counter()  # in a row, by route
        self._alone: Counter[str] = Counter()
        self._documents: Sequence[Document] = ()
        self._followed: list[Target] = []
        self._waiting: deque[Target] = deque()
        self._pointers: list[list[Pointer] | None] = []
        self._errands: deque[tuple[Errand, Callable[[], None]]] = deque()  # what to do at its end
        self._came = Came()
        self._held = 0  # bytes that other rels of this page led to

    def serve(self, collection: Collection, items: Iterable[AnyLinkedItem]) -> None:
        """Keep of harvested records what documents may link to."""
        if self._may_serve(collection):
            entries = [Entry(item.id, summary(item), owner_of(item)) for item in items]
            self._cache.put(shelf_of(collection), entries)

    def served_whole(self, collection: Collection) -> None:
        """Note that all records of a collection that visitors may read were served."""
        if self._may_serve(collection):
            self._whole.add(shelf_of(collection))

    def _may_serve(self, collection: Collection) -> bool:
        if collection.kind == "document" and "parent" not in collection.capabilities.params:
            return False
        return not self._follow.words.isdisjoint(_SERVED[collection.kind])

    def needs(self, records: Iterable[Record]) -> list[str]:
        """Name what `_fields` of documents must hold, beside the ids."""
        return fields_for(records, self._root, self._follow) if self._follow.others else []

    def begin(
        self, collection: Collection, records: Sequence[Record], documents: Sequence[Document]
    ) -> None:
        """Take a page of documents, each with its record."""
        self._came = Came()
        self._held = 0
        self._documents = documents
        self._followed = self._targets_of(collection, records)
        self._waiting = deque(self._followed)
        if self._follow.others:
            self._pointers = [self._follow_pointers(record) for record in records]
        else:
            self._pointers = [None] * len(documents)
        self._go_on()

    @property
    def query(self) -> Query | None:
        """The next request; None when the page can be finished."""
        return self._errands[0][0].query if self._errands else None

    def take(self, answer: Any, *, size: int = 0) -> None:
        """Take what came, in *size* bytes: a Page, or for a single query its JSON."""
        errand, _ = self._errands[0]
        self.progress[errand.word].requests += 1
        self._failures[errand.route] = 0
        if errand.query.address is not None and not self._may_hold(size):
            errand.close(TOO_LARGE)
        else:
            errand.take(answer)
        self._go_on()

    def _may_hold(self, size: int) -> bool:
        """Tell whether what another rel leads to may stand in the documents of this page."""
        self._held += size
        return size <= MAX_BYTES and self._held <= MAX_PAGE_BYTES

    def repeat(self) -> None:
        """Count a request that came to nothing, and is sent again."""
        self.progress[self._errands[0][0].word].requests += 1

    def fail(self, error: RestError) -> None:
        """Take an error in place of it."""
        errand, _ = self._errands[0]
        self.progress[errand.word].requests += 1
        failed = refusal_of(error).reason == "failed"  # else the site answered: no, or not there
        self._failures[errand.route] = self._failures[errand.route] + 1 if failed else 0
        shut = None if errand.query.single else closed_by(error)
        if shut is None and self._failures[errand.route] >= MAX_FAILURES:
            shut = Refusal("failed", error.reason)
        if shut is None:
            errand.fail(error)
        else:
            self._closed[errand.route] = shut
        self._go_on()

    def abandon(self) -> None:
        """Leave the documents of the page as they are, after an error of ours: all has failed."""
        for rel in self.progress.values():
            for _ in self._documents or (None,):
                rel.count("failed")
        self._errands.clear()
        self._waiting.clear()
        self._documents, self._pointers, self._came = (), [], Came()

    def stop(self, reason: str) -> None:
        """Ask for nothing more of this page: what is not there has failed for this *reason*."""
        while self._errands:
            self._closed[self._errands[0][0].route] = Refusal("failed", reason)
            self._go_on()

    def finish(self) -> None:
        """Put what came into the documents of the page."""
        filler = Filler(self._came, self.progress)
        for document, pointers in zip(self._documents, self._pointers, strict=True):
            filler.fill(document, self._followed, pointers)
        self._documents, self._pointers, self._came = (), [], Came()

    def _targets_of(self, collection: Collection, records: Sequence[Record]) -> list[Target]:
        """Learn where the links of a collection lead: once, by its first page."""
        known = self._targets.get(collection.route)
        if known is None:
            learnt = learn_routes(records, self._root)
            found = targets(collection, self._known, learnt, records)
            known = [target for target in found if target.word in self._follow]
            self._targets[collection.route] = known
        return known

    def _go_on(self) -> None:
        """Put away what is done or refused, and come to the next request, or to the end."""
        while self._errands or self._waiting:
            if not self._errands:
                self._want(self._waiting.popleft())
                continue
            errand, settle = self._errands[0]
            if not errand.done and errand.route in self._closed:
                errand.close(self._closed[errand.route])
            if not errand.done:
                return
            self._errands.popleft()
            settle()

    # --- what to ask for ----------------------------------------------------------------------

    def _want(self, target: Target) -> None:
        if target.word not in OWNED_BY:
            self._want_references(target)
        elif target.named:
            self._want_owned(target)

    def _want_references(self, target: Target) -> None:
        """Look up, or ask for, the resources whose ids the documents hold."""
        route = target.collection.route
        values = (each.extra.get(target.field) for each in self._documents)
        ids = dict.fromkeys(number for value in values for number in read_ids(value)[:MAX_IDS])
        if not ids:
            return
        self.progress[target.word].routes.add(route)
        had = self._cache.get(target.shelf, ids)
        self._came.linked |= {(target.shelf, number): had[number] for number in had}
        missing = [number for number in ids if number not in had]
        if target.shelf in self._whole or "include" not in target.collection.capabilities.params:
            self._ask_why(target, missing)
        elif missing:
            errand = ByIds(
                target.word,
                route,
                missing,
                fields=_fields(target),
                size=target.collection.capabilities.per_page,
                budget=MAX_URL_BYTES - len(self._root.url) - len(route) - _OTHERS,
            )
            self._errands.append((errand, partial(self._keep_references, target, errand)))

    def _want_owned(self, target: Target) -> None:
        """Look up, or ask for, what belongs to the documents."""
        word, route = target.word, target.collection.route
        self.progress[word].routes.add(route)
        owners = [each.id for each in self._documents]
        if word == "replies":  # one post with a password, and WordPress refuses the whole list
            locked = {each.id for each in self._documents if each.protected}
            self._came.refused |= {(word, owner): LOCKED for owner in locked}
            owners = [owner for owner in owners if owner not in locked]
        if target.shelf in self._whole:
            had = self._cache.owned(target.shelf, owners)
            self._came.owned |= {(word, owner): had[owner] for owner in had}
        elif OWNED_BY[word] not in target.collection.capabilities.params:
            self._came.refused |= {(word, owner): UNABLE for owner in owners}
        elif owners:
            errand = ByOwners(
                word,
                route,
                owners,
                filter_=OWNED_BY[word],
                able=target.collection.capabilities,
                fields=_fields(target),
                budget=ECHO_BUDGET,
            )
            self._errands.append((errand, partial(self._keep_owned, target, errand)))

    def _ask_why(self, target: Target, absent: Iterable[int]) -> None:
        """Ask alone for what a list left out, a few times; then take it as unlisted."""
        route = target.collection.route
        for number in absent:
            self._alone[target.word] += 1
            if self._alone[target.word] <= MAX_ASKED_ALONE:
                errand = ById(target.word, route, number, fields=_fields(target))
                self._errands.append((errand, partial(self._keep_references, target, errand)))
            else:
                self._refuse(target, {number: UNLISTED})

    def _follow_pointers(self, record: Record) -> list[Pointer]:
        """Look up, or ask for, what other rels lead to."""
        read = read_pointers(record, self._root, self._follow)
        pointers = [self._admit(pointer) for pointer in read]
        for pointer in pointers:
            resource = pointer.resource
            if pointer.address is None or resource in self._came.pointed:
                continue
            had = self._cache.get(resource, (_FOUND, _REFUSED))
            if _FOUND in had:
                self._came.pointed[resource] = had[_FOUND]
            elif _REFUSED in had:
                self._came.pointed[resource] = Refusal(**had[_REFUSED])
            else:
                self._came.pointed[resource] = None  # until it comes: records share addresses
                errand = ByAddress(pointer.rel, pointer.address)
                self._errands.append((errand, partial(self._keep_pointed, errand, resource)))
        return pointers

    def _admit(self, pointer: Pointer) -> Pointer:
        """Open an account for the rel of a pointer, unless it is one too many."""
        if pointer.rel not in self.progress and len(self.progress) >= MAX_ACCOUNTS:
            pointer = Pointer(OTHER_RELS, pointer.href, None, TOO_MANY)
        self.progress.setdefault(pointer.rel, RelProgress())
        return pointer

    # --- what came ----------------------------------------------------------------------------

    def _keep(self, target: Target, records: Iterable[Record]) -> list[AnyLinkedItem]:
        """Read records of a route, and remember them for the crawl."""
        shelf = target.shelf
        reader = self._readers.get(shelf)
        if reader is None:
            reader = RecordReader(target.collection, site=self._site, oddities=Counter())
            self._readers[shelf] = reader
        items = [reader.read(record) for record in records]
        entries = [Entry(item.id, summary(item), owner_of(item)) for item in items]
        self._cache.put(shelf, entries)
        self._came.linked |= {(shelf, entry.id): entry.value for entry in entries}
        return items

    def _keep_references(self, target: Target, errand: ByIds | ById) -> None:
        self._keep(target, errand.found)
        self._refuse(target, errand.refused)
        self._ask_why(target, errand.absent)

    def _keep_owned(self, target: Target, errand: ByOwners) -> None:
        items = sorted(self._keep(target, errand.found), key=lambda item: item.id)
        for item in items:
            own = self._came.owned.setdefault((target.word, owner_of(item)), [])
            own.append(summary(item))
        for owner, refusal in errand.refused.items():
            self._came.refused[target.word, owner] = refusal
            self.progress[target.word].name(errand.route, owner, refusal)

    def _refuse(self, target: Target, refused: Mapping[int, Refusal]) -> None:
        """Remember what could not be had: it is not asked for again."""
        values = {number: unresolved(number, each.reason) for number, each in refused.items()}
        self._cache.put(target.shelf, [Entry(number, value) for number, value in values.items()])
        self._came.linked |= {(target.shelf, number): value for number, value in values.items()}
        for number, refusal in refused.items():
            self.progress[target.word].name(target.collection.route, number, refusal)

    def _keep_pointed(self, errand: ByAddress, resource: str) -> None:
        refusal = errand.refused.get(0)
        if refusal is None:
            value = without_avatar_hashes(errand.found[0])
            self._came.pointed[resource] = value
            self._cache.put(resource, [Entry(_FOUND, value)])
        else:
            self._came.pointed[resource] = refusal
            self._cache.put(resource, [Entry(_REFUSED, asdict(refusal))])
            self.progress[errand.word].name(errand.address, None, refusal)


def _fields(target: Target) -> str:
    return ",".join(FIELDS[target.collection.kind])
