"""What a run made becomes visible: staged beside the final names, renamed together at the end."""

from __future__ import annotations

import contextlib
import io
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from scrapy import signals
from scrapy.extensions.feedexport import FeedExporter

from crawler.errors import ArgumentError, CrawlerError, PublicationError
from crawler.feeds.appending import append, check_header, read_existing, unchanged
from crawler.feeds.renaming import Rename, check, locked, rename, renames_of
from crawler.feeds.staging import (
    BUFFER,
    StagedFile,
    Target,
    cannot_write,
    check_target,
    new_part,
    sync_folder,
    target_at,
)

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.extensions.feedexport import FeedSlot
    from scrapy.statscollectors import StatsCollector

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file as it stands on the disk.

    ``rows`` are those of this run, after ``offset`` bytes that were there
    before; None where the file has no rows. ``bytes`` and ``sha256`` are of
    the whole file.
    """

    path: str
    format: str
    rows: int | None
    bytes: int
    sha256: str
    offset: int = 0


class Partner(Protocol):
    """What becomes visible together with a run's files, or not at all."""

    def publishing(self) -> contextlib.AbstractContextManager[object]:
        """Give the step at whose end it is visible: all partners' are one, left in turn."""

    def discard(self) -> None:
        """Forget what was to be published."""


class Intents(Protocol):
    """Where it is kept which files are about to take their names, until they have."""

    def begin_part(self, part: Path) -> None:
        """Note a part that is to go where the run is killed."""

    def record(self, renames: Sequence[Rename]) -> None:
        """Note the renames, in the partners' step: with its end they are decided."""

    def fulfil(self) -> None:
        """Note that all of them are done."""


class Publication:
    """The staged files of one crawler's run; a Scrapy extension without settings.

    ::

        publication = crawler.get_extension(Publication)
        files = publication.prepare()          # at engine_stopped: all is stored
        publication.stage_bytes("exports/.../run.json", certificate(files))
        publication.publish()                  # or discard()

    What is promised: until `publish` every old file stands. After it each
    file is whole, and what was staged with `stage_bytes` was renamed last: a
    run.json is never there before the files that it names. ``intents`` keeps
    what was decided: killed between two renames, the next run does the others.
    Without it some names would hold the new file then and some the old one, each
    whole; the parts that were left are hidden files that end in ``.part``.
    ``error`` is the first thing that went wrong: nothing is published from then
    on, until `discard` has taken away what was staged; a run.json that tells of
    it may be staged and published after that.
    """

    def __init__(self, stats: StatsCollector | None = None) -> None:
        self.stats = stats
        self.intents: Intents | None = None
        self.error: Exception | None = None
        self._obstacle: Exception | None = None  # what went wrong since the last discard
        self._callbacks: list[Callable[[Exception], Any]] = []
        self._claimed: dict[Path, str] = {}
        self._staged: list[StagedFile] = []
        self._last: list[StagedFile] = []
        self._wholes: dict[StagedFile, StagedFile] = {}
        self._partners: list[Partner] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        publication = cls(crawler.stats)
        publication.intents = getattr(crawler.spider, "state", None)  # of another spider: none
        crawler.signals.connect(publication.feed_slot_closed, signals.feed_slot_closed)
        logging.getLogger(FeedExporter.__module__).addFilter(_in_one_line)
        return publication

    def feed_slot_closed(self, slot: FeedSlot) -> None:
        staged = getattr(slot.storage, "staged", None)
        if isinstance(staged, StagedFile):
            staged.rows = slot.itemcount
        if self.stats is not None:
            self.stats.inc_value(f"feeds/record_count/{slot.format}", slot.itemcount)

    def on_error(self, callback: Callable[[Exception], Any]) -> None:
        """Call *callback* with the first error, at once if there was one already."""
        self._callbacks.append(callback)
        if self.error is not None:
            callback(self.error)

    def join(self, partner: Partner) -> None:
        """Publish *partner* in the same step as the files, or discard it with them."""
        self._partners.append(partner)

    def fail(self, error: Exception) -> None:
        """Note that nothing may be published; the first error is the one that is told."""
        if self._obstacle is None:
            self._obstacle = error
        if self.error is None:
            self.error = error
            logger.error("Nothing will be published: %s", error)
            for callback in self._callbacks:
                callback(error)

    def claim(self, target: Target) -> None:
        """Reserve a name for this run. Raises ArgumentError where it cannot be used."""
        check_target(target)
        if (other := self._claimed.get(target.real)) is not None:
            both = f"{other!r} and {target.path!r}" if other != target.path else repr(other)
            raise ArgumentError(f"two outputs of one run name the same file: {both}")
        self._claimed[target.real] = target.path

    def open(self, target: Target) -> io.BufferedWriter:
        """Stage a file that was claimed. What goes wrong is noted, never raised."""
        try:
            if self._obstacle is None:
                staged = self._begin(target)
                self._staged.append(staged)
                return io.BufferedWriter(staged, BUFFER)
        except OSError as error:
            self.fail(cannot_write(target.path, error))
        except PublicationError as error:
            self.fail(error)
        return io.BufferedWriter(io.FileIO(os.devnull, "wb"))

    def close(self, file: io.BufferedWriter, *, rows: int | None = None) -> None:
        """Put a staged file on the disk. Raises what went wrong, with it or before."""
        file.flush()
        if isinstance(file.raw, StagedFile):
            file.raw.rows = rows
            file.raw.seal()
        file.close()
        self._raise_error()

    def stage_bytes(self, path: str | Path, data: bytes, *, format: str = "json") -> None:
        """Stage a whole file, to be renamed after all others. Raises PublicationError."""
        self._raise_error()
        target = target_at(os.fspath(path), format=format)
        self.claim(target)
        with self.open(target) as file:
            file.write(data)
            file.flush()
            if isinstance(file.raw, StagedFile):
                self._staged.remove(file.raw)
                self._last.append(file.raw)
                file.raw.seal()
        self._raise_error()

    def prepare(self) -> list[PublishedFile]:
        """Complete every file beside its final name, and tell what will be published.

        Old content is copied in front of what was appended. May be called
        again. Raises the first error of the run: PublicationError, or
        ArgumentError for a feed that could not be used as given.
        """
        self._raise_error()
        for staged in self._staged:
            if not staged.sealed:
                self.fail(PublicationError(f"{staged.target.path!r} was never completed"))
            elif staged.target.append:
                self._complete(staged)
            self._raise_error()
        return [self._describe(staged) for staged in (*self._staged, *self._last)]

    def publish(self) -> list[PublishedFile]:
        """Rename all files, those of `stage_bytes` last.

        Raises the first error of the run before anything is renamed. When the
        system refuses a rename, PublicationError names what is in place; where
        ``intents`` has the others, they are still to be done.
        """
        files = self.prepare()
        rows = [*self._staged, *self._last]
        ready = [self._wholes.get(staged, staged) for staged in rows]
        appended = [staged for staged in self._staged if staged.target.append]
        with locked([staged.target.real.parent for staged in appended]):
            for staged in appended:
                if not unchanged(staged.target, staged.existing):
                    raise PublicationError(
                        f"{staged.target.path!r} was changed while this run appended to it"
                    )
            check(ready)
            with contextlib.ExitStack() as step:
                for partner in self._partners:
                    step.enter_context(partner.publishing())
                if self.intents is None:
                    rename(ready)
                else:
                    for folder in {staged.part.parent for staged in ready}:
                        sync_folder(folder)
                    self.intents.record(renames_of(list(zip(ready, rows, strict=True))))
            left = list(self._wholes)
            self._forget()  # from here on no part may go: it is decided
            if self.intents is not None:
                rename(ready)
        for staged in left:
            staged.remove()
        if self.intents is not None:
            self.intents.fulfil()
        return files

    def discard(self) -> None:
        """Remove what was staged; the old files stand. May be called at any time."""
        for staged in (*self._staged, *self._last, *self._wholes.values()):
            staged.remove()
        for partner in self._partners:
            partner.discard()
        self.intents = None
        self._forget()

    def _begin(self, target: Target) -> StagedFile:
        part = new_part(target.real)
        if self.intents is not None:
            self.intents.begin_part(part)  # before it is there: a kill may come between
        return StagedFile(target, self.fail, part)

    def _forget(self) -> None:
        self._obstacle = None
        self._staged, self._last = [], []
        self._wholes.clear()
        self._claimed.clear()
        self._partners.clear()

    def _raise_error(self) -> None:
        if isinstance(self._obstacle, CrawlerError):
            raise self._obstacle
        if self._obstacle is not None:
            raise PublicationError(str(self._obstacle)) from self._obstacle

    def _complete(self, rows: StagedFile) -> None:
        """Make the whole of old content and new rows, as a part of its own."""
        try:
            if not unchanged(rows.target, rows.existing):
                self._read_again(rows)
            if (rows.continues or rows.head) and rows not in self._wholes:
                self._wholes[rows] = whole = self._begin(rows.target)
                append(whole, rows.part, rows.existing, rows.head)
                whole.seal()
        except OSError as error:
            self.fail(cannot_write(rows.target.path, error))
        except CrawlerError as error:
            self.fail(PublicationError(str(error)))

    def _read_again(self, rows: StagedFile) -> None:
        """Another hand wrote the file since the feed was opened: look again."""
        if rows in self._wholes:
            self._wholes.pop(rows).remove()
        had_content = rows.continues
        rows.existing = read_existing(rows.target)
        if rows.continues and rows.target.format == "csv":
            if not had_content:
                raise ArgumentError(f"{rows.target.path!r} was made by another run meanwhile")
            if rows.head:
                check_header(rows.target, rows.existing, rows.head)

    def _describe(self, staged: StagedFile) -> PublishedFile:
        whole = self._wholes.get(staged, staged)
        return PublishedFile(
            path=staged.target.path,
            format=staged.target.format,
            rows=staged.rows,
            bytes=whole.size,
            sha256=whole.sha256,
            offset=whole.size - staged.size,
        )


def _in_one_line(record: logging.LogRecord) -> bool:
    """Let FeedExporter log our errors, which are for people, without a traceback."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, CrawlerError) and isinstance(record.args, tuple):
        record.msg, record.args = f"{record.msg}: %s", (*record.args, error)
        record.exc_info = None
    return True
