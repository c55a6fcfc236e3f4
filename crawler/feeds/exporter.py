"""What our exporters share: options refused early, and no item is lost in silence."""

from __future__ import annotations

import codecs
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import IO, TYPE_CHECKING, Any, ClassVar, Self

from itemadapter import ItemAdapter
from scrapy.exporters import BaseItemExporter

from crawler.errors import ArgumentError, CrawlerError, PublicationError
from crawler.feeds.publication import Publication

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector


class RowExporter(BaseItemExporter):
    """Writes one item as one row, in one write.

    Scrapy logs what an exporter raises and goes on without the item. A file
    with a hole is not what was asked for: the publication is told.
    """

    format_name: ClassVar[str]
    options: ClassVar[frozenset[str]] = frozenset({"kinds"})
    """What item_export_kwargs of a feed may hold."""

    stats: StatsCollector | None = None
    publication: Publication | None = None

    def __init__(
        self, file: IO[bytes], *, kinds: Iterable[str] | None = None, **options: Any
    ) -> None:
        """Write to *file* items of *kinds*; None when nobody said which kinds come."""
        super().__init__(**options)
        self.file = file
        self.kinds = kinds
        self.failed = False  # the publication was told, what comes now goes nowhere

    @classmethod
    def from_crawler(cls, crawler: Crawler, file: IO[bytes], **options: Any) -> Self:
        exporter = cls(file, **{**options, "kinds": kinds_of(crawler, options)})
        exporter.stats = crawler.stats
        exporter.publication = crawler.get_extension(Publication)
        return exporter

    @classmethod
    def read_head(cls, crawler: Crawler, feed: Mapping[str, Any]) -> bytes | None:
        """Tell with what a file of this feed begins; None where the first item decides.

        Raises ArgumentError for options of the feed that cannot be honoured.
        """
        kwargs = feed.get("item_export_kwargs") or {}
        if unknown := sorted(kwargs.keys() - cls.options):
            raise ArgumentError(
                f"item_export_kwargs of a {cls.format_name} feed may hold "
                f"{', '.join(sorted(cls.options))}, got {unknown[0]!r}"
            )
        encoding = feed.get("encoding")
        if encoding and not _is_utf8(encoding):
            raise ArgumentError(f"{cls.format_name} is written in utf-8, not in {encoding!r}")
        return b""

    @abstractmethod
    def encode(self, item: Any) -> bytes:
        """Give the whole row of *item*."""

    def export_item(self, item: Any) -> None:
        if self.failed:
            return
        try:
            self.file.write(self.encode(item))
        except Exception as error:
            if self.publication is None:
                raise
            self.failed = True
            self.publication.fail(self._name_error(item, error))
            if not isinstance(error, CrawlerError):
                raise  # for the traceback

    def _name_error(self, item: Any, error: Exception) -> CrawlerError:
        if isinstance(error, CrawlerError):
            return error
        name = ItemAdapter(item).get("record_id", type(item).__name__)
        return PublicationError(f"{name!r} cannot be written as {self.format_name}: {error}")

    def count(self, key: str, count: int = 1) -> None:
        """Count under *key*, where there are stats."""
        if self.stats is not None and count:
            self.stats.inc_value(key, count)


def kinds_of(crawler: Crawler, options: Mapping[str, Any]) -> Iterable[str] | None:
    """Tell which kinds of items a feed gets; None when neither feed nor spider says so.

    A feed says so by ``"item_export_kwargs": {"kinds": [...]}``, else the
    spider by its attribute ``kinds``.
    """
    kinds: Iterable[str] | None = options.get("kinds") or getattr(crawler.spider, "kinds", None)
    return kinds


def _is_utf8(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        return False
