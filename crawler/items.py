"""What spiders yield: one dataclass a kind, its fields in the order of the files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["document", "media", "comment", "term", "user", "tombstone"]


@dataclass(slots=True, frozen=True)
class Provenance:
    """Where a record came from: one object a page, shared by its records."""

    url: str
    fetched_at: str
    run_id: str
    dataset: str
    crawler_version: str
    api: str


@dataclass(slots=True)
class Item:
    """The head that every item begins with."""

    record_id: str
    kind: Kind
    site: str
    collection: str
    type: str
    id: int
    link: str | None


@dataclass(slots=True)
class Document(Item):
    """A record of a post type with content: a post, a page, a book ..."""

    slug: str | None
    guid: str | None
    status: str | None
    format: str | None
    published: str | None
    modified: str | None
    title: str | None
    excerpt: str | None
    content_html: str | None
    content_text: str | None
    content_markdown: str | None
    protected: bool
    authors: list[dict[str, Any]] | None
    terms: list[dict[str, Any]] | None
    featured_media: dict[str, Any] | None
    comments: list[dict[str, Any]] | None
    attachments: list[dict[str, Any]] | None
    parent: dict[str, Any] | None
    linked: dict[str, list[Any]] | None
    links: list[dict[str, Any]] | None
    images: list[dict[str, Any]] | None
    embeds: list[dict[str, Any]] | None
    source: dict[str, Any] | None
    word_count: int | None
    word_unit: str | None
    dedupe: dict[str, Any] | None
    cleaning: dict[str, Any] | None
    extra: dict[str, Any]
    raw: dict[str, Any] | None
    provenance: Provenance | None


@dataclass(slots=True)
class Media(Item):
    """An attachment: an image, a video, a file."""

    slug: str | None
    published: str | None
    modified: str | None
    title: str | None
    alt_text: str | None
    caption: str | None
    description: str | None
    media_type: str | None
    mime_type: str | None
    source_url: str | None
    width: int | None
    height: int | None
    sizes: dict[str, Any] | None
    post: int | None
    extra: dict[str, Any]
    raw: dict[str, Any] | None
    provenance: Provenance | None


@dataclass(slots=True)
class Comment(Item):
    """An approved comment on a document."""

    post: int | None
    parent: int | None
    author_name: str | None
    author_url: str | None
    published: str | None
    content_html: str | None
    content_text: str | None
    extra: dict[str, Any]
    raw: dict[str, Any] | None
    provenance: Provenance | None


@dataclass(slots=True)
class Term(Item):
    """A category, a tag, or a term of any other taxonomy."""

    taxonomy: str | None
    slug: str | None
    name: str | None
    description: str | None
    parent: int | None
    count: int | None
    extra: dict[str, Any]
    raw: dict[str, Any] | None
    provenance: Provenance | None


@dataclass(slots=True)
class User(Item):
    """A user who has published something."""

    slug: str | None
    name: str | None
    description: str | None
    url: str | None
    extra: dict[str, Any]
    raw: dict[str, Any] | None
    provenance: Provenance | None


@dataclass(slots=True)
class Tombstone(Item):
    """A record that was published before and is there no more."""

    reason: str
    last_seen: str | None
    provenance: Provenance | None


ITEM_CLASSES: dict[str, type[Item]] = {
    "document": Document,
    "media": Media,
    "comment": Comment,
    "term": Term,
    "user": User,
    "tombstone": Tombstone,
}
"""Every kind with its class, in the order in which columns and files are listed."""
