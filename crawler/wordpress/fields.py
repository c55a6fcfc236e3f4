"""Which fields of a record are mapped, kept, ignored, and which are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from crawler.wordpress.index import Collection, CollectionKind

MAX_NAMES = 300  # a hostile site invents field names: so many are told apart
MAX_NAME_CHARS = 100
FIELDS_BUDGET = 1500
"""Bytes of a URL that `_fields` may take; query.MAX_URL_BYTES leaves the rest to `exclude`."""

SAFE_NAME = re.compile(r"[\w:@+-]{1,100}")
"""What can be named in `_fields`, which splits at commas, dots and white space."""


@dataclass(frozen=True, slots=True)
class KindFields:
    """The fields of WordPress's own for one kind of record.

    ``mapped`` fields become fields of the item. ``required`` of them are always
    sent, so that their absence is an oddity. ``known`` fields stay in ``extra``
    by design. ``private`` ones are left out: personal data that the public API
    does not send.
    """

    mapped: tuple[str, ...]
    required: tuple[str, ...]
    known: tuple[str, ...]
    private: tuple[str, ...] = ()


_POST = ("id", "link", "slug", "type", "status", "date_gmt", "modified_gmt")
_DISCUSSION = ("comment_status", "ping_status", "template", "meta")

FIELDS: dict[CollectionKind, KindFields] = {
    "document": KindFields(
        mapped=(*_POST, "guid", "format", "title", "excerpt", "content"),
        required=(*_POST[1:], "guid"),
        known=("author", "featured_media", "parent", "menu_order", "sticky", *_DISCUSSION),
    ),
    "media": KindFields(
        mapped=(
            *(name for name in _POST if name != "status"),
            *("title", "alt_text", "caption", "description"),
            *("media_type", "mime_type", "source_url", "media_details", "post"),
        ),
        required=(
            *("link", "slug", "type", "date_gmt", "modified_gmt", "title", "alt_text", "caption"),
            *("description", "media_type", "mime_type", "source_url", "media_details", "post"),
        ),
        known=(
            *("author", "featured_media", "status", "guid", *_DISCUSSION),
            *("missing_image_sizes", "filename", "filesize", "exif_orientation"),
        ),
    ),
    "comment": KindFields(
        mapped=(
            *("id", "link", "type", "post", "parent"),
            *("author_name", "author_url", "date_gmt", "content"),
        ),
        required=("link", "post", "parent", "author_name", "author_url", "date_gmt", "content"),
        known=("author", "status", "meta"),
        private=("author_email", "author_ip", "author_user_agent"),
    ),
    "term": KindFields(
        mapped=("id", "link", "taxonomy", "slug", "name", "description", "parent", "count"),
        required=("link", "taxonomy", "slug", "name", "description", "count"),
        known=("meta",),
    ),
    "user": KindFields(
        mapped=("id", "link", "slug", "name", "description", "url"),
        required=("link", "slug", "name", "description", "url"),
        known=("meta",),
        private=("email",),
    ),
}

IGNORED = {
    "_links": "routes, read by links.py",
    "_embedded": "linked resources, which are asked for in batches instead",
    "class_list": "repeats ids, slugs and states as CSS classes",
    "yoast_head": "HTML of what yoast_head_json holds",
    "aioseo_head": "HTML of what aioseo_head_json holds",
    "aioseo_notices": "messages to the editor",
    "jetpack-related-posts": "teasers of other records, other ones each day",
    "avatar_urls": "hashes of e-mail addresses",
    "author_avatar_urls": "hashes of e-mail addresses",
}
"""Fields that nobody needs, with the reason: left out of items, and not asked for."""

PRUNED = {
    "yoast_head_json": ("author", "canonical", "og_locale"),
    "aioseo_head_json": ("canonical_url", "og:locale"),
}
"""Large fields of which `extra` keeps these members: who wrote it, where, in which language."""

LOCAL_DATES = {"date": "date_gmt", "modified": "modified_gmt"}
"""Site-local dates: in `extra` only where the one in UTC cannot be used."""

MAPS = ("meta", "acf")
IDS = ("author", "featured_media", "parent")


def taxonomies_of(collection: Collection) -> tuple[str, ...]:
    """Name the fields that hold ids of terms; core's own also where the index was closed."""
    core = ("categories", "tags") if collection.kind == "document" else ()
    return (*core, *collection.taxonomies)


def local_dates_of(collection: Collection) -> dict[str, str]:
    """Name the site-local dates of a record, each with the mapped one in UTC."""
    mapped = FIELDS[collection.kind].mapped
    return {local: utc for local, utc in LOCAL_DATES.items() if utc in mapped}


class Names:
    """Field names that a site used, as many as are worth telling apart, sorted.

    ``omitted`` counts what came after the first MAX_NAMES.
    """

    def __init__(self) -> None:
        self._names: set[str] = set()
        self.omitted = 0

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names))

    def __len__(self) -> int:
        return len(self._names)

    def update(self, names: Iterable[str]) -> None:
        """Add names; a long one is cut, and the cut marked."""
        for name in names:
            if len(name) > MAX_NAME_CHARS:
                name = name[: MAX_NAME_CHARS - 1] + "…"
            if len(self._names) < MAX_NAMES or name in self._names:
                self._names.add(name)
            else:
                self.omitted += 1


@dataclass(frozen=True, slots=True)
class FieldList:
    """What to ask for in `_fields`.

    ``value`` is None where the record is to be asked for whole. ``unsafe`` are
    names that cannot be written there, ``over_budget`` those that made the list
    too long: both are fields seen that later pages will not bring.
    """

    value: str | None
    unsafe: tuple[str, ...] = ()
    over_budget: tuple[str, ...] = ()


def field_list(
    collection: Collection,
    seen: Iterable[str],
    *,
    needs: Iterable[str] = (),
    budget: int = FIELDS_BUDGET,
) -> FieldList:
    """Choose what to ask for after the first page of *collection*.

    That is what is mapped, *needs* (nested ones too: ``_links.author``), and
    every other field *seen* but the heavy ones. Nothing seen, or not even the
    core's own within *budget* bytes: the records are asked for whole.

    >>> from crawler.wordpress.index import Capabilities
    >>> able = Capabilities(frozenset(), frozenset(), 100, "core")
    >>> tags = Collection("wp/v2", "tags", "/wp/v2/tags", "term", "post_tag", able)
    >>> field_list(tags, ["id", "name", "acf", "_links"], needs=["_links.up"]).value
    '_links.up,acf,count,description,id,link,name,parent,slug,taxonomy'
    """
    names = set(seen)
    if not names:
        return FieldList(None)
    own = FIELDS[collection.kind]
    safe = {name for name in names if SAFE_NAME.fullmatch(name)}
    core = {*own.mapped, *needs, *local_dates_of(collection)}
    core |= safe & {*own.known, *taxonomies_of(collection)}
    for name in names & PRUNED.keys():
        core |= {f"{name}.{member}" for member in PRUNED[name]}
    left = names - core - IGNORED.keys() - PRUNED.keys() - {*own.private}
    others = left & safe
    unsafe = tuple(sorted(left - safe))
    for chosen, over_budget in ((core | others, ()), (core, tuple(sorted(others)))):
        value = _write(chosen)
        if len(quote(value, safe=",:")) <= budget:
            return FieldList(value, unsafe, over_budget)
    return FieldList(None)


def _write(names: set[str]) -> str:
    """Join names; never a member beside its whole object.

    At ``content,content.rendered`` WordPress drops every name that follows.
    """
    return ",".join(
        sorted(
            name
            for name in names
            if not any(name[: dot.start()] in names for dot in re.finditer(r"\.", name))
        )
    )
