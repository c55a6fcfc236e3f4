"""The bodies of the records that come next, cleaned one right after the other."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from crawler.clean.body import CleanBody
from crawler.clean.canonical import canonical_of
from crawler.items import Comment, Document, Item

BATCH_RECORDS = 100
BATCH_CHARACTERS = 1 << 20  # of bodies: what is made of them waits in memory
"""When a batch has so many, it ends."""

MAX_TOLD = 1000
"""Records of a page that are remembered; a site may send any number."""

ENOUGH = 16
"""Records of a batch by which it is judged whether to work ahead is of use."""


class Rendered(NamedTuple):
    """A body as it came, and what else of its record decides how it is cleaned."""

    html: str
    base_url: str
    canonical: str | None


def rendered_of(item: Item) -> Rendered | None:
    """Give the body of a document or a comment; None where there is none."""
    if not isinstance(item, Document | Comment) or item.content_html is None:
        return None
    canonical = canonical_of(item.extra) if isinstance(item, Document) else None
    return Rendered(item.content_html, item.link or item.site, canonical)


class Made(NamedTuple):
    """What was made ahead, for whom and of what."""

    item: Item
    rendered: Rendered
    body: CleanBody


class Ahead:
    """Cleans in batches, where it is told what comes.

    What cleaning takes stays in the caches of the processor, then, from which all that else is
    done to a record throws it. A result is given only for the body that it was made of: whoever
    changes a record on its way here gets what it became cleaned.
    """

    def __init__(self, clean: Callable[[Item, Rendered], CleanBody]) -> None:
        self._clean = clean
        self._told: OrderedDict[int, Item] = OrderedDict()  # by `id`
        self._made: dict[int, Made] = {}  # by the same
        self._batch = 0  # how many it had
        self._used = 0  # of these
        self._in_vain = False

    def tell(self, items: Iterable[Item]) -> None:
        """Take that *items* come next; what was told before and did not come is forgotten."""
        if not self._in_vain:
            bodies = (item for item in items if getattr(item, "content_html", None) is not None)
            self._told = OrderedDict((id(item), item) for item in islice(bodies, MAX_TOLD))

    def cleaned(self, item: Item, rendered: Rendered) -> CleanBody:
        """Give the body of *item*, cleaned with those before it or now."""
        if self._told.get(id(item)) is item:
            self._begin_batch(item)
        made = self._made.pop(id(item), None)
        if made is None or made.item is not item or made.rendered != rendered:
            return self._clean(item, rendered)
        self._used += 1
        return made.body

    def _begin_batch(self, item: Item) -> None:
        """Clean *item* and those after it.

        Where half of the last batch was of no use, somebody drops or changes what comes here, and
        no more is made ahead.
        """
        self._in_vain = self._batch >= ENOUGH and 2 * self._used <= self._batch
        self._made.clear()
        if self._in_vain:
            self._told.clear()
            return
        while next(iter(self._told.values())) is not item:
            self._told.popitem(last=False)  # it went another way
        characters = 0
        while self._told and len(self._made) < BATCH_RECORDS and characters < BATCH_CHARACTERS:
            key, each = self._told.popitem(last=False)
            with suppress(Exception):  # it is met again when the record comes
                if (rendered := rendered_of(each)) is not None:
                    characters += len(rendered.html)
                    self._made[key] = Made(each, rendered, self._clean(each, rendered))
        self._batch, self._used = len(self._made), 0
