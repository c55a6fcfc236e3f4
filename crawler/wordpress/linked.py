"""What a document holds of the resources it links to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from crawler.items import Comment, Document, Kind, Media, Term, User
from crawler.wordpress.index import CollectionKind
from crawler.wordpress.page import MAX_ID

Linked = dict[str, Any]
"""A linked resource as it stands in a document, resolved or not."""

Reason = Literal[
    "dangling", "denied", "unlisted", "failed", "blocked", "off_site", "not_json", "bound"
]
"""Why a link is not resolved.

``dangling``: the site has no such record. ``denied``: visitors may not read
it. ``unlisted``: the site lists no such record, and nobody asked it why.
``failed``: the site did not answer, or not well. ``blocked``: a firewall
answered in its place. ``off_site``: the address
leads elsewhere, and was not asked. ``not_json``: it leads to something else,
a web page most often. ``bound``: a bound of ours was hit.
"""

MEMBERS: dict[Kind, tuple[str, ...]] = {
    "user": ("id", "name", "slug", "link"),
    "term": ("taxonomy", "id", "slug", "name"),
    "media": ("id", "source_url", "alt_text", "caption", "mime_type", "width", "height"),
    "comment": (
        *("id", "parent", "author_name", "author_url", "published"),
        *("link", "content_html", "content_text"),
    ),
    "document": ("id", "type", "slug", "link", "title"),
}
"""What of each kind of record goes into a document."""

FIELDS: dict[CollectionKind, tuple[str, ...]] = {
    "user": ("id", "name", "slug", "link"),
    "term": ("id", "taxonomy", "slug", "name"),
    "media": (
        *("id", "post", "source_url", "alt_text", "caption", "mime_type"),
        *("media_details", "date"),
    ),
    "comment": (
        *("id", "post", "parent", "author_name", "author_url", "date", "date_gmt"),
        *("link", "content"),
    ),
    "document": ("id", "type", "slug", "link", "title"),
}
"""What is asked for, in the words of ``_fields``.

``date`` is what a walk goes by. ``media_details`` comes whole: WordPress 6.1
gives nothing at all for ``media_details.width``.
"""

AnyLinkedItem = Document | Media | Comment | Term | User


def summary(item: AnyLinkedItem) -> Linked:
    """Give what a document holds of a record."""
    return {name: getattr(item, name) for name in MEMBERS[item.kind]}


def owner_of(item: AnyLinkedItem) -> int | None:
    """Give the id of the document that a comment or an attachment belongs to; None for none."""
    return item.post if isinstance(item, Comment | Media) else None


def unresolved(number: int | None, reason: Reason) -> Linked:
    """Give what stands in the place of a resource that could not be had.

    >>> unresolved(7, "denied")
    {'id': 7, 'resolved': False, 'reason': 'denied'}
    """
    return {"id": number, "resolved": False, "reason": reason}


def is_resolved(linked: Mapping[str, Any]) -> bool:
    """Tell whether a linked resource was had."""
    return linked.get("resolved") is not False


def read_ids(value: object) -> list[int]:
    """Read the ids in a field: a number, or a list of them; 0 names nothing.

    >>> read_ids(7), read_ids([5, 0, 5, "x"]), read_ids(None)
    ([7], [5], [])
    """
    values = value if isinstance(value, list) else [value]
    ids = [each for each in values if type(each) is int and 0 < each <= MAX_ID]
    return list(dict.fromkeys(ids))
