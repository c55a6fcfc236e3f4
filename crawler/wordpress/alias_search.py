"""Is this site one that is known by another address? A request or two, before anything else."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

from crawler.dedupe.aliases import KnownSite, Relation, Sampled, is_covered, relate, sampled
from crawler.items import Document
from crawler.wordpress.core import core_capabilities
from crawler.wordpress.errands import Query
from crawler.wordpress.index import Collection, Index
from crawler.wordpress.page import Page, Record, id_of
from crawler.wordpress.query import Params
from crawler.wordpress.records import RecordReader
from crawler.wordpress.rest_errors import RestError
from crawler.wordpress.walk import join_ids

FIELDS = "id,guid,slug,link,date_gmt,modified_gmt,content"

HashText = Callable[[Document], bytes | None]
"""Hashes the canonical text of a document as it was received; None where it has none."""


class AliasSearch:
    """Compares a site with known ones: ask with ``query``, answer with ``take``, until it is None.

    The known sites' own records are asked for by id; a site that has them is
    asked how many there are. ``relation`` is what came of it: the first known
    site that it is an alias of, else one that it is a translation of, None for
    neither. With *skip* an alias is not harvested.
    """

    def __init__(
        self,
        known: Sequence[KnownSite],
        *,
        index: Index | None,
        site: str,
        bounds: Params,
        skip: bool,
        hash_text: HashText,
        relation: Relation | None = None,
    ) -> None:
        """Begin with a *relation* that is found already, which an alias replaces, or with none."""
        self.relation = relation
        self._waiting = deque(known)
        self._index = index
        self._site = site
        self._bounds = bounds
        self._skip = skip
        self._hash_text = hash_text
        self._alias: Relation | None = None  # as soon as only its size is to be seen

    @property
    def query(self) -> Query | None:
        """The next request; None when all is said."""
        if not self._waiting:
            return None
        known = self._waiting[0]
        if self._alias is not None:
            until = () if known.until is None else (("before", known.until),)
            own = {name for name, _ in self._bounds}
            bounds = (*self._bounds, *(pair for pair in until if pair[0] not in own))
            return Query(known.route, (("per_page", "1"), *bounds, ("_fields", "id")))
        ids = [each.id for each in known.sample]
        params = (("per_page", str(len(ids))), ("include", join_ids(ids)), ("_fields", FIELDS))
        return Query(known.route, params)

    def take(self, answer: Page | RestError) -> None:
        """Take the answer to ``query``."""
        known = self._waiting[0]
        records = answer.records if isinstance(answer, Page) else ()
        if self._alias is not None:
            totals = answer.totals if isinstance(answer, Page) else None
            covered = is_covered(totals.records if totals else None, known)
            self._conclude(replace(self._alias, harvested=not (self._skip and covered)))
            return
        relation = relate(known, [self._sampled(known, each) for each in records if id_of(each)])
        if relation is None:
            self._waiting.popleft()
        elif relation.kind == "alias":
            self._alias = relation
            if known.total is None:  # nothing to hold its size against
                self._conclude(relation)
        else:
            self.relation = self.relation or relation
            self._waiting.popleft()

    def _conclude(self, alias: Relation) -> None:
        self.relation = alias
        self._waiting.clear()

    def _sampled(self, known: KnownSite, record: Record) -> Sampled:
        namespace, _, base = known.route[1:].rpartition("/")
        routes = self._index.routes if self._index is not None else {}
        able = routes.get(known.route) or core_capabilities("document")
        collection = Collection(namespace, base, known.route, "document", "", able)
        reader = RecordReader(collection, site=self._site, oddities=Counter())
        item = cast(Document, reader.read(record))  # as the collection says
        return sampled(item, self._hash_text(item))
