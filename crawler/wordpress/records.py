"""JSON object -> typed record; what is left over is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from crawler.items import Comment, Document, Media, Provenance, Term, User
from crawler.wordpress.fields import FIELDS, IDS, MAPS, PRUNED, Names
from crawler.wordpress.index import Collection
from crawler.wordpress.layout import Layout, lay_out
from crawler.wordpress.page import Record
from crawler.wordpress.reading import ODDITY_KINDS, Reading
from crawler.wordpress.values import MAX_NUMBER, has_avatar_hash, read_id, without_avatar_hashes

AnyItem = Document | Media | Comment | Term | User

_Build = Callable[[Reading, int, Provenance | None], AnyItem]
_MEASURES = ("width", "height", "sizes")

MAX_LAYOUTS = 32  # a collection has one or two
MAX_LAYOUT_FIELDS = 300  # a layout of more is used once and forgotten

ODDITIES = frozenset(
    f"{kind}/{name}"
    for kind in ODDITY_KINDS
    for name in {
        *(name for own in FIELDS.values() for name in own.mapped),
        *(*IDS, *MAPS, *PRUNED, "terms", "protected", "extra"),
        *_MEASURES,
    }
)
"""Everything that a reader may count."""


class RecordReader:
    """Reads the records of one collection of one site.

    ``seen``, ``unmapped`` and ``ignored`` are the field names that came, those
    that are in ``extra`` without being WordPress's own, and those left out.
    ``oddities`` counts what was not as WordPress sends it, by kind and field.
    With *raw* the item carries the record as received, avatar hashes included.
    """

    def __init__(
        self,
        collection: Collection,
        *,
        site: str,
        oddities: Counter[str],
        raw: bool = False,
    ) -> None:
        self.seen = Names()
        self.unmapped = Names()
        self.ignored = Names()
        self.oddities = oddities
        self._collection = collection
        self._site = site
        self._raw = raw
        self._prefix = f"{site}#{collection.namespace}/{collection.rest_base}/"
        self._layouts: dict[tuple[str, ...], Layout] = {}
        builders: dict[str, _Build] = {
            "document": self._document,
            "media": self._media,
            "comment": self._comment,
            "term": self._term,
            "user": self._user,
        }
        self._build = builders[collection.kind]

    def read(self, record: Record, provenance: Provenance | None = None) -> AnyItem:
        """Read one record, whatever it holds.

        Raises ProtocolError where it has no id: it cannot be told from others.
        """
        number = record.get("id")
        if type(number) is not int or not 0 <= number <= MAX_NUMBER:
            number = read_id(record, self.oddities)
        layout = self._layouts.get(tuple(record)) or self._learn(record)
        extra = {name: record[name] for name in layout.extra}
        reading = Reading(record, extra, self.oddities)
        for oddity in layout.missing:
            self.oddities[oddity] += 1
        for tidy, name in layout.tidy:
            tidy(reading, name)
        item = self._build(reading, number, provenance)
        if has_avatar_hash(item.extra):
            item.extra = without_avatar_hashes(item.extra)
            self.oddities["avatar_hash/extra"] += 1
        return item

    def _learn(self, record: Record) -> Layout:
        names = tuple(record)
        layout = lay_out(self._collection, names)
        if len(self._layouts) < MAX_LAYOUTS and len(names) <= MAX_LAYOUT_FIELDS:
            self._layouts[names] = layout
        self.seen.update(names)
        self.unmapped.update(layout.unmapped)
        self.ignored.update(layout.ignored)
        return layout

    def _document(self, reading: Reading, number: int, provenance: Provenance | None) -> Document:
        published, modified = reading.dates()
        return Document(
            record_id=f"{self._prefix}{number}",
            kind="document",
            site=self._site,
            collection=self._collection.rest_base,
            type=reading.text("type") or self._collection.type,
            id=number,
            link=reading.text("link"),
            slug=reading.text("slug"),
            guid=reading.rendered("guid"),
            status=reading.text("status"),
            format=reading.text("format"),
            published=published,
            modified=modified,
            title=reading.rendered("title"),
            excerpt=reading.rendered("excerpt"),
            content_html=reading.rendered("content"),
            content_text=None,
            content_markdown=None,
            protected=reading.protected(),
            authors=None,
            terms=None,
            featured_media=None,
            comments=None,
            attachments=None,
            parent=None,
            linked=None,
            links=None,
            images=None,
            embeds=None,
            source=None,
            word_count=None,
            word_unit=None,
            dedupe=None,
            cleaning=None,
            extra=reading.extra,
            raw=reading.record if self._raw else None,
            provenance=provenance,
        )

    def _media(self, reading: Reading, number: int, provenance: Provenance | None) -> Media:
        published, modified = reading.dates()
        details = reading.members("media_details")
        file = Reading(details, {}, self.oddities)
        width, height, sizes = file.number("width"), file.number("height"), file.members("sizes")
        file.extra.update((name, details[name]) for name in details if name not in _MEASURES)
        if file.extra:
            reading.extra["media_details"] = file.extra
        return Media(
            record_id=f"{self._prefix}{number}",
            kind="media",
            site=self._site,
            collection=self._collection.rest_base,
            type=reading.text("type") or self._collection.type,
            id=number,
            link=reading.text("link"),
            slug=reading.text("slug"),
            published=published,
            modified=modified,
            title=reading.rendered("title"),
            alt_text=reading.text("alt_text"),
            caption=reading.rendered("caption"),
            description=reading.rendered("description"),
            media_type=reading.text("media_type"),
            mime_type=reading.text("mime_type"),
            source_url=reading.text("source_url"),
            width=width,
            height=height,
            sizes=sizes or None,
            post=reading.number_or_null("post"),
            extra=reading.extra,
            raw=reading.record if self._raw else None,
            provenance=provenance,
        )

    def _comment(self, reading: Reading, number: int, provenance: Provenance | None) -> Comment:
        published = reading.utc("date_gmt")
        if published is None:
            reading.keep_received("date")
        if reading.text("type") not in (None, self._collection.type):
            reading.keep_received("type")
        return Comment(
            record_id=f"{self._prefix}{number}",
            kind="comment",
            site=self._site,
            collection=self._collection.rest_base,
            type=self._collection.type,
            id=number,
            link=reading.text("link"),
            post=reading.number("post"),
            parent=reading.number("parent"),
            author_name=reading.text("author_name"),
            author_url=reading.address("author_url"),
            published=published,
            content_html=reading.rendered("content"),
            content_text=None,
            extra=reading.extra,
            raw=reading.record if self._raw else None,
            provenance=provenance,
        )

    def _term(self, reading: Reading, number: int, provenance: Provenance | None) -> Term:
        return Term(
            record_id=f"{self._prefix}{number}",
            kind="term",
            site=self._site,
            collection=self._collection.rest_base,
            type=self._collection.type,
            id=number,
            link=reading.text("link"),
            taxonomy=reading.text("taxonomy"),
            slug=reading.text("slug"),
            name=reading.text("name"),
            description=reading.text("description"),
            parent=reading.number("parent"),
            count=reading.number("count"),
            extra=reading.extra,
            raw=reading.record if self._raw else None,
            provenance=provenance,
        )

    def _user(self, reading: Reading, number: int, provenance: Provenance | None) -> User:
        return User(
            record_id=f"{self._prefix}{number}",
            kind="user",
            site=self._site,
            collection=self._collection.rest_base,
            type=self._collection.type,
            id=number,
            link=reading.text("link"),
            slug=reading.text("slug"),
            name=reading.text("name"),
            description=reading.text("description"),
            url=reading.address("url"),
            extra=reading.extra,
            raw=reading.record if self._raw else None,
            provenance=provenance,
        )
