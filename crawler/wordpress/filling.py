"""What came for a page of documents, and its way into them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crawler.items import Document
from crawler.wordpress.byline import authors_of
from crawler.wordpress.errands import Refusal
from crawler.wordpress.linked import Linked, is_resolved, read_ids, unresolved
from crawler.wordpress.pointers import Pointer
from crawler.wordpress.rel_progress import RelProgress
from crawler.wordpress.rel_routes import Target

MAX_IDS = 1000
"""Ids in one field of a document that are looked up; a hostile site lists a million."""


@dataclass(slots=True)
class Came:
    """What the links of a page led to.

    ``linked`` by (shelf, id); ``owned`` by (word, id of the document), and
    ``refused`` the same for those whose own could not all be had; ``pointed``
    by resource: an address, in the one way in which it is written here.
    """

    linked: dict[tuple[str, int], Linked] = field(default_factory=dict)
    owned: dict[tuple[str, int | None], list[Linked]] = field(default_factory=dict)
    refused: dict[tuple[str, int], Refusal] = field(default_factory=dict)
    pointed: dict[str, Any] = field(default_factory=dict)


class Filler:
    """Puts what came into documents, and counts it by rel."""

    def __init__(self, came: Came, progress: Mapping[str, RelProgress]) -> None:
        self._came = came
        self._progress = progress

    def fill(
        self, document: Document, targets: Sequence[Target], pointers: Sequence[Pointer] | None
    ) -> None:
        """Fill in one document; *targets* are those that are followed, terms before authors.

        *pointers* are its links of other rels, None where none are followed.
        """
        if "terms" in self._progress:  # by all taxonomies of the type, which may have none
            document.terms = []
        for target in targets:
            if target.word == "terms":
                document.terms = [*(document.terms or ()), *self._references(target, document)]
            elif target.word == "author":
                self._sign(target, document)
            elif target.word == "featured_media":
                document.featured_media = self._one(target, document)
            elif target.word == "up":
                document.parent = self._one(target, document)
            elif target.word == "replies":
                document.comments = self._own(target, document)
            else:
                document.attachments = self._own(target, document)
        if pointers is not None:
            document.linked = self._pointed(pointers)

    def _references(self, target: Target, document: Document) -> Iterator[Linked]:
        """Give the resources whose ids a field of the document holds, in its order."""
        ids: list[int | None] = [*read_ids(document.extra.get(target.field))]
        if len(ids) > MAX_IDS:  # one entry for all beyond
            ids[MAX_IDS:] = [None]
        for number in ids:
            if number is None:
                linked = unresolved(None, "bound")
            else:
                linked = self._came.linked[target.shelf, number].copy()
            self._progress[target.word].count(linked.get("reason"))
            if target.word == "terms" and not is_resolved(linked):
                linked = {"taxonomy": target.collection.type, **linked}
            yield linked

    def _one(self, target: Target, document: Document) -> Linked | None:
        return next(self._references(target, document), None)

    def _sign(self, target: Target, document: Document) -> None:
        user = self._one(target, document)
        document.authors = authors_of(user, document.extra, document.terms or ())
        if user is not None and not is_resolved(user) and is_resolved(document.authors[0]):
            self._progress[target.word].from_record += 1

    def _own(self, target: Target, document: Document) -> list[Linked]:
        """Give what belongs to the document; the last entry says where that is not all."""
        key = (target.word, document.id)
        refusal = self._came.refused.get(key)
        self._progress[target.word].count(refusal.reason if refusal else None)
        own = self._came.owned.get(key, [])
        return [*own, unresolved(None, refusal.reason)] if refusal else own

    def _pointed(self, pointers: Iterable[Pointer]) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for pointer in pointers:
            value = pointer.refusal or self._came.pointed[pointer.resource]
            refusal = value if isinstance(value, Refusal) else None
            if refusal is not None:
                value = {"href": pointer.href, "resolved": False, "reason": refusal.reason}
            self._progress[pointer.rel].count(refusal.reason if refusal else None)
            found.setdefault(pointer.rel, []).append(value)
        return found
