"""Ends a run: publishes or discards what it made, and writes run.json."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

import orjson
from itemadapter import ItemAdapter
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.utils.defer import deferred_from_coro

from crawler.certificate import (
    FINISH_REASONS,
    VERSION,
    ExitStatus,
    Losses,
    conclude,
    describe_api,
    describe_collection,
    describe_files,
    describe_links,
    describe_relation,
    exit_status,
    notes_of,
    settle,
    versions,
    why_nothing,
)
from crawler.errors import ArgumentError, CrawlerError, PublicationError
from crawler.feeds.duplicates import NAME as DUPLICATES
from crawler.feeds.publication import Publication, PublishedFile
from crawler.items import Tombstone
from crawler.middlewares.gate import Gate
from crawler.middlewares.robots import site_told
from crawler.run import leave_nothing
from crawler.spiders.wordpress import WordPressSpider
from crawler.state.database import BUSY_SECONDS
from crawler.state.ledger import Published
from crawler.stats import count_harvest

logger = logging.getLogger(__name__)

PUBLISHED = (ExitStatus.COMPLETE, ExitStatus.PARTIAL)


class Certificate:
    """Judges the run when the spider is idle, and closes the books when the engine stops.

    ``status`` is the exit status, None before the end; ``error`` the line that
    explains it; ``run`` what run.json holds. ``describe_dedupe`` gives the
    account of deduplication, None where there was none.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.status: ExitStatus | None = None
        self.ended = False  # nothing is left to be done, nor said otherwise
        self.error: CrawlerError | None = None
        self.run: dict[str, Any] = {}
        self._losses: dict[str, Losses] = {}
        self._reason = ""
        self.describe_dedupe: Callable[[], dict[str, Any]] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        certificate = cls(crawler)
        if not issubclass(crawler.spidercls, WordPressSpider):
            crawler.signals.connect(certificate.publish, signal=signals.engine_stopped)
            return certificate
        for handler, signal in (
            (certificate.spider_opened, signals.spider_opened),
            (certificate.spider_idle, signals.spider_idle),
            (certificate.spider_closed, signals.spider_closed),
            (certificate.engine_stopped, signals.engine_stopped),
            (certificate.item_dropped, signals.item_dropped),
            (certificate.item_error, signals.item_error),
            (certificate.site_told, site_told),
        ):
            crawler.signals.connect(handler, signal=signal)
        return certificate

    @property
    def spider(self) -> WordPressSpider:
        spider = self.crawler.spider
        if not isinstance(spider, WordPressSpider):
            raise TypeError(f"the certificate is of a WordPressSpider, not of {spider!r}")
        return spider

    def spider_opened(self) -> None:
        self._publication().on_error(self._stop)
        self._publication().join(self.spider.state)

    def spider_idle(self) -> None:
        """Give the finish reason the meaning of the exit status."""
        status = exit_status(self.spider.harvest, self.spider.error, self._losses)
        if status is not ExitStatus.COMPLETE:
            raise CloseSpider(FINISH_REASONS[status])

    def spider_closed(self, reason: str) -> None:
        self._reason = reason
        for key, value in count_harvest(self.spider.harvest).items():
            self.crawler.stats.set_value(key, value)

    def item_dropped(self, item: Any, exception: Exception) -> None:
        if isinstance(item, Tombstone):
            self._losses_of(item).tombstones += 1
            return
        self._losses_of(item).dropped += 1
        copy_of = getattr(exception, "copy_of", None)
        self._note(item, partial(self.spider.state.ledger.leave_out, copy_of=copy_of))

    def item_error(self, item: Any) -> None:
        if isinstance(item, Tombstone):
            self._losses_of(item).tombstones += 1
            self._losses_of(item).untold.append(item.id)
        else:
            self._losses_of(item).failed.append(ItemAdapter(item).get("id", 0))
        self._note(item, self.spider.state.ledger.forget)

    def site_told(self, name: str, told: Any) -> None:
        """Keep what the site said beside its records: who goes on with this run won't hear it."""
        notes = self.spider.state.journal.found.notes
        if isinstance(told, list):
            before = notes.get(name, [])
            told = [*before, *(each for each in told if each not in before)]
        try:
            self.spider.state.journal.note(name, told)
        except PublicationError as error:
            self._publication().fail(error)

    async def engine_stopped(self) -> None:
        """Publish, or discard; either way say so in run.json."""
        try:
            self.status = self._judge()
            if self.status in PUBLISHED:
                await self._wait_for_state()
            self._end()
        except (CrawlerError, OSError, TypeError) as error:
            usage = isinstance(error, ArgumentError)
            self.status = ExitStatus.USAGE if usage else ExitStatus.STOPPED
            self.error = error if isinstance(error, CrawlerError) else PublicationError(str(error))
            self._publication().discard()
            self._write_down()
        self.ended = True
        self.spider.state.close(keep=self.status is ExitStatus.STOPPED)
        if self.error is not None:
            logger.debug("The run ended with: %s", self.error)

    def publish(self) -> None:
        """Publish what another spider made: it has no certificate."""
        try:
            self._publication().publish()
        except CrawlerError as error:
            self._publication().discard()
            logger.error("Nothing is published: %s", error)

    async def _wait_for_state(self) -> None:
        """Wait while others write the state file, such that signals and other sites are served."""
        for waited in range(BUSY_SECONDS * 2):
            if self.spider.state.lease.can_write():
                return
            if waited == 1:
                logger.info("Waiting for the state file, which another process is writing")
            await asyncio.sleep(0.5)
        raise PublicationError("the state file is locked by another process: nothing published")

    def _end(self) -> None:
        publication = self._publication()
        if self.status in PUBLISHED:
            self._check_rows(publication.prepare())
        else:
            publication.discard()
        if self.status is ExitStatus.NOTHING and self.error is None:
            self.error = CrawlerError(why_nothing(self.spider.harvest))
        if self.status is ExitStatus.USAGE:
            leave_nothing(self.spider.run.folder)
            return
        publication.stage_bytes(self._path(), self._json(publication.prepare()))
        self.spider.state.conclude(self._concluded())
        publication.publish()

    def _write_down(self) -> None:
        """Say in run.json that nothing was published, where the disk still takes it."""
        if self.status is ExitStatus.USAGE:
            leave_nothing(self.spider.run.folder)
            return
        with suppress(OSError):
            self._path().write_bytes(self._json([]))

    def _path(self) -> Path:
        return self.spider.run.folder / "run.json"

    def _json(self, files: list[PublishedFile]) -> bytes:
        self.run = self._describe(files)
        return orjson.dumps(self.run, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    def _concluded(self) -> Published:
        harvest = self.spider.harvest
        return Published(
            run_id=self.spider.run.id,
            started=_rfc3339(self.spider.run.started),
            dataset=self.spider.dataset,
            site=harvest.found.site if harvest.found else self.spider.arguments.site,
            collections=[conclude(progress, self._losses) for progress in harvest.progress],
        )

    def _judge(self) -> ExitStatus:
        self.error = self.spider.error
        if isinstance(self.error, ArgumentError):
            return ExitStatus.USAGE
        if self._reason not in FINISH_REASONS.values() or self._reason == "stopped":
            if self.error is None:
                self.error = PublicationError(f"stopped ({self._reason}): nothing published")
            return ExitStatus.STOPPED
        return exit_status(self.spider.harvest, self.error, self._losses)

    def _check_rows(self, files: list[PublishedFile]) -> None:
        """Refuse to publish fewer rows than were delivered: an exporter failed on one."""
        delivered = sum(
            settle(progress, self._losses).delivered
            + progress.tombstones.total()
            - self._losses.get(progress.name, Losses()).tombstones
            for progress in self.spider.harvest.progress
        )
        feeds = self.crawler.settings.getdict("FEEDS").values()
        parted = any(feed.keys() & {"item_classes", "item_filter"} for feed in feeds)
        folder = str(self.spider.run.folder)
        dropped = str(self.spider.run.folder / DUPLICATES)
        files = [file for file in files if file.path != dropped]
        counts = [file.rows or 0 for file in files]
        batches = self.crawler.settings.getint("FEED_EXPORT_BATCH_ITEM_COUNT")
        if batches or any(feed.get("batch_item_count") for feed in feeds):
            counts = [sum(counts)] if len(feeds) == 1 else []
        elif parted:  # the files of the run's folder share the kinds among them
            counts = [sum(counts)] if all(file.path.startswith(folder) for file in files) else []
        for rows in counts:
            if rows != delivered:
                raise PublicationError(
                    f"{delivered} records were delivered and {rows} rows written: see the log"
                )

    def _describe(self, files: list[PublishedFile]) -> dict[str, Any]:
        spider, stats = self.spider, self.crawler.stats
        harvest, survey = spider.harvest, spider.harvest.survey
        notes = spider.state.journal.found.notes
        gate = self.crawler.get_downloader_middleware(Gate)
        return {
            "version": VERSION,
            "run_id": spider.run.id,
            "site": harvest.found.site if harvest.found else spider.arguments.site,
            "dataset": spider.dataset,
            "arguments": spider.arguments.as_json(),
            "versions": versions(),
            "started": _rfc3339(spider.run.started),
            "ended": _rfc3339(datetime.now(UTC)),
            "resumed": spider.state.journal.found.resumed,
            "exit_status": self.status,
            "finish_reason": self._finish_reason(),
            "error": str(self.error) if self.error is not None else None,
            "api": describe_api(harvest),
            "alias_of": describe_relation(harvest, "alias"),
            "translation_of": describe_relation(harvest, "translation"),
            "robots": {
                "obeyed": self.crawler.settings.getbool("ROBOTSTXT_OBEY"),
                **notes.get("robots", {}),
                "forbidden": stats.get_value("robotstxt/forbidden", 0),
            },
            "politeness": gate.describe() if gate is not None else None,
            "opt_out": {
                "setting": self.crawler.settings["OPT_OUT_SIGNALS"],
                "signals": notes.get("opt_out", []),
            },
            "requests": spider.requests,
            "bytes": spider.bytes,
            "firewalls": dict(sorted(harvest.firewalls.items())),
            "collections": [describe_collection(each, self._losses) for each in harvest.progress],
            "vanished": [
                {"collection": name, "records": count} for name, count in harvest.vanished.items()
            ],
            "login_only": list(survey.login_only) if survey else [],
            "machinery": list(survey.machinery) if survey else [],
            "notes": notes_of(harvest),
            "links": describe_links(harvest),
            "dedupe": self.describe_dedupe() if self.describe_dedupe else None,
            "files": describe_files(files, spider.run.folder),
        }

    def _finish_reason(self) -> str:
        """Say the same as the exit status; Scrapy's word for what stopped a run stands."""
        told = FINISH_REASONS[self.status or ExitStatus.COMPLETE]
        stopped = self.status is ExitStatus.STOPPED and self._reason not in FINISH_REASONS.values()
        return self._reason if stopped else told

    def _stop(self, error: Exception) -> None:
        self.spider.error = error if isinstance(error, CrawlerError) else None
        reason = FINISH_REASONS[ExitStatus.STOPPED]
        deferred_from_coro(self.crawler.engine.close_spider_async(reason=reason))

    def _note(self, item: Any, note: Callable[[str], None]) -> None:
        """Tell the ledger what became of an item, without which nothing is published."""
        record_id = ItemAdapter(item).get("record_id")
        try:
            if record_id is not None:
                note(record_id)
        except PublicationError as error:
            self._publication().fail(error)

    def _losses_of(self, item: Any) -> Losses:
        # a pipeline of the user's may have made a dict of it
        record_id: str = ItemAdapter(item).get("record_id", "")
        name = record_id.partition("#")[2].rpartition("/")[0]
        return self._losses.setdefault(name, Losses())

    def _publication(self) -> Publication:
        publication = self.crawler.get_extension(Publication)
        if publication is None:
            raise TypeError("the certificate needs crawler.feeds.publication in EXTENSIONS")
        return publication


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
