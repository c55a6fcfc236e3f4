"""Where feeds are written: staged files, and standard output."""

from __future__ import annotations

import io
import os
import sys
from typing import IO, TYPE_CHECKING, Any, Self

from scrapy.utils.misc import load_object
from w3lib.url import file_uri_to_path

from crawler.errors import ArgumentError, CrawlerError, PublicationError
from crawler.feeds.appending import check_header, read_existing
from crawler.feeds.compression import COMPRESSIONS, compression_of
from crawler.feeds.publication import Publication
from crawler.feeds.staging import (
    Existing,
    StagedFile,
    Target,
    check_target,
    staged_under,
    target_at,
)

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from scrapy import Spider
    from scrapy.crawler import Crawler


def publication_of(crawler: Crawler) -> Publication | None:
    """Find the publication; None while the extensions are still being built.

    Scrapy's FeedExporter builds a storage for each feed then, only to see
    whether it can.
    """
    extensions = crawler.settings.get_component_priority_dict_with_base("EXTENSIONS")
    enabled = [load_object(name) for name, order in extensions.items() if order is not None]
    if not any(issubclass(extension, Publication) for extension in enabled):
        name = f"{Publication.__module__}.{Publication.__qualname__}"
        raise ArgumentError(f"feeds to files need the extension {name} in EXTENSIONS")
    try:
        return crawler.get_extension(Publication)
    except RuntimeError:
        return None


class StagedFileStorage:
    """Stages a feed beside its final name; the run's Publication renames it.

    Registered in FEED_STORAGES under "" and "file". A feed that cannot be
    written as asked is an ArgumentError while the extensions are built, and
    where its name is only known later (``%(site)s``), an error of the
    publication before the first request.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self.publication: Publication | None = None
        self.staged: StagedFile | None = None
        self._existing: Existing | None = None

    @classmethod
    def from_crawler(
        cls, crawler: Crawler, uri: str, *, feed_options: dict[str, Any] | None = None
    ) -> Self:
        options = feed_options or {}
        storage = cls(target_of(uri, options))
        storage.publication = publication_of(crawler)
        if storage.publication is None:
            if "%(" not in uri:
                check_target(storage.target)
                storage.check(crawler, options)
            return storage
        try:
            storage.publication.claim(storage.target)
            storage.check(crawler, options)
        except CrawlerError as error:
            storage.publication.fail(error)
        return storage

    def check(self, crawler: Crawler, options: dict[str, Any]) -> None:
        """Refuse options that cannot be honoured, and what cannot be appended to."""
        _check_compression(self.target, options)
        head = _read_head(crawler, options)
        if self.target.append:
            self._existing = read_existing(self.target)
            if head:
                check_header(self.target, self._existing, head)

    def open(self, spider: Spider) -> IO[bytes]:
        assert self.publication is not None
        file = self.publication.open(self.target)
        self.staged = staged_under(file)
        if self.staged is not None:
            self.staged.existing = self._existing
        return file

    def store(self, file: IO[bytes]) -> None:
        assert self.publication is not None
        assert isinstance(file, io.BufferedWriter)
        self.publication.close(file)


class StdoutStorage:
    """Writes a feed to standard output as it comes, and notices when nobody reads any more."""

    def __init__(self, publication: Publication | None) -> None:
        self.publication = publication

    @classmethod
    def from_crawler(
        cls, crawler: Crawler, uri: str, *, feed_options: dict[str, Any] | None = None
    ) -> Self:
        _read_head(crawler, feed_options or {})
        return cls(publication_of(crawler))

    def open(self, spider: Spider) -> IO[bytes]:
        assert self.publication is not None
        return io.BufferedWriter(_Stdout(self.publication))

    def store(self, file: IO[bytes]) -> None:
        file.close()


class _Stdout(io.RawIOBase):
    def __init__(self, publication: Publication) -> None:
        super().__init__()
        self._publication = publication
        self._broken = False

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        view = memoryview(data).cast("B")
        if not self._broken:
            try:
                sys.stdout.buffer.write(view)
                sys.stdout.buffer.flush()
            except OSError as error:
                self._broken = True
                silence_stdout()
                self._publication.fail(
                    PublicationError(f"standard output was closed: {error.strerror or error}")
                )
        return len(view)


def silence_stdout() -> None:
    """Let what is left in its buffer go nowhere: Python would complain at exit."""
    descriptor = os.open(os.devnull, os.O_WRONLY)
    os.dup2(descriptor, sys.stdout.fileno())
    os.close(descriptor)


def target_of(uri: str, options: dict[str, Any]) -> Target:
    """Read where the file of a feed goes, links resolved."""
    path = file_uri_to_path(uri) if uri.startswith("file:") else uri
    return target_at(
        path,
        format=options.get("format", ""),
        append=not options.get("overwrite", False),
        compression=compression_of(path) if options.get("postprocessing") else None,
    )


def _check_compression(target: Target, options: dict[str, Any]) -> None:
    """Refuse plain text under a compressed name, and compression that cannot be appended to."""
    expected = compression_of(target.path)
    plugins = options.get("postprocessing") or []
    if expected is not None and not plugins:
        raise ArgumentError(
            f"{target.path!r} would not be compressed: give the feed the option "
            f"'postprocessing': [{expected.plugin!r}]"
        )
    if target.append and plugins and expected is None and target.real.exists():
        known = " and ".join(COMPRESSIONS)
        raise ArgumentError(
            f"{target.path!r} cannot be appended to: only {known} files and plain ones can be"
        )


def _read_head(crawler: Crawler, options: dict[str, Any]) -> bytes | None:
    """Ask the exporter with what the file begins; None where that is not known yet."""
    exporters = crawler.settings.getwithbase("FEED_EXPORTERS")
    exporter = exporters.get(options.get("format") or "")
    read_head = getattr(load_object(exporter), "read_head", None) if exporter else None
    return read_head(crawler, options) if read_head else None
