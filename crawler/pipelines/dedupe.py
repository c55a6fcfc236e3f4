"""Drop or mark documents whose text was delivered already, in this run or an earlier one."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any, Self

from itemadapter import ItemAdapter
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, NotConfigured
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call
from twisted.internet.task import LoopingCall

from crawler.dedupe.fingerprint import fingerprint
from crawler.dedupe.policy import (
    Match,
    Policy,
    account,
    describe,
    describe_uncompared,
    why_not,
)
from crawler.errors import PublicationError
from crawler.extensions.certificate import Certificate
from crawler.feeds.duplicates import DuplicatesFile
from crawler.feeds.storage import publication_of
from crawler.items import Document
from crawler.pipelines.aliases import Aliases
from crawler.pipelines.dedupe_settings import DedupeSettings, read_settings
from crawler.run import feed_uri_params
from crawler.spiders.wordpress import WordPressSpider, record_gone
from crawler.state.database import open_state
from crawler.state.dedupe_index import DedupeIndex
from crawler.state.run_state import RunState
from crawler.state.unfinished import INTERVAL, Unfinished

logger = logging.getLogger(__name__)


class CopyDropped(DropItem):
    """A copy is left out.

    Raised by the pipeline. The ledger keeps of which record it is one: ``copy_of``.
    """

    def __init__(self, match: Match) -> None:
        super().__init__(f"{match.kind} copy of {match.record_id} ({match.similarity:.4f})")
        self.copy_of = match.record_id


class DedupePipeline:
    """Compare each document's text with all that its dataset has.

    A state file that cannot be used is refused before the first request. The
    index advances in the step in which the run's files are published.
    """

    def __init__(self, crawler: Crawler, settings: DedupeSettings) -> None:
        self.crawler = crawler
        self.settings = settings
        self._exact = settings.policies["exact"] is not Policy.OFF
        self._near = settings.policies["near"] is not Policy.OFF
        self._database: Connection | None = None
        self._index: DedupeIndex | None = None
        self._aliases: Aliases | None = None
        self._unfinished: Unfinished | None = None
        self._exchanges: AsyncioLoopingCall | LoopingCall | None = None
        self._counts: dict[str, int] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        settings = read_settings(crawler.settings)
        if set(settings.policies.values()) == {Policy.OFF}:
            raise NotConfigured("DEDUPE_EXACT and DEDUPE_NEAR are off")
        open_state(settings.state_path, now=datetime.now(UTC)).close()  # or it is refused here
        return cls(crawler, settings)

    def open_spider(self) -> None:
        crawler = self.crawler
        publication = publication_of(crawler)
        if publication is None:
            raise TypeError("the extensions are built before the pipelines are opened")
        self.publication = publication
        state: RunState | None = getattr(crawler.spider, "state", None)
        if state is not None:  # what it publishes is one step with the rest of the run
            self._database = state.database
        else:
            self._database = open_state(self.settings.state_path, now=datetime.now(UTC))
        self._unfinished = Unfinished(self.settings.state_path)  # long before the first document
        self._look_for_aliases(self._database)
        folder = feed_uri_params({}, crawler.spider)["run_folder"]
        self._dropped = DuplicatesFile(publication, Path(folder))
        publication.join(self)
        certificate = crawler.get_extension(Certificate)
        if certificate is not None:
            certificate.describe_dedupe = self.describe
        crawler.signals.connect(self.spider_opened, signals.spider_opened)
        crawler.signals.connect(self.item_lost, signals.item_dropped)
        crawler.signals.connect(self.item_lost, signals.item_error)
        crawler.signals.connect(self.record_gone, record_gone)

    def _look_for_aliases(self, database: Connection) -> None:
        spider, policy = self.crawler.spider, self.settings.aliases
        if isinstance(spider, WordPressSpider) and policy is not Policy.OFF:
            self._aliases = Aliases(
                self.crawler, database, policy=policy, parameters=self.settings.parameters
            )
            spider.alias_searches = self._aliases.searches

    def spider_opened(self) -> None:
        """Look once a second who else is there: a site may take long to send the next page."""
        self._exchanges = create_looping_call(self.exchange)
        self._exchanges.start(INTERVAL, now=False)

    def close_spider(self) -> None:
        if self._exchanges is not None:
            self._exchanges.stop()
        self._dropped.close()
        for key, count in sorted(self._counts.items()):
            self.crawler.stats.set_value(key, count)

    def process_item(self, item: Any) -> Any:
        if not isinstance(item, Document):
            return item
        try:
            return self._deduplicate(item)
        except PublicationError as error:
            self.publication.fail(error)  # which ends the run
            return item

    def item_lost(self, item: Any) -> None:
        """Forget a document that a later pipeline dropped or failed on: nobody has it."""
        record_id = ItemAdapter(item).get("record_id")
        if self._index is not None and record_id is not None:
            self._index.remove(record_id)
            if self._unfinished is not None:
                self._unfinished.forget(record_id)

    def record_gone(self, record_id: str) -> None:
        """Let nothing be a copy of a record that is there no more."""
        try:
            self._open_index().pass_over(record_id)
        except PublicationError as error:
            self.publication.fail(error)

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """Let the index advance with the body, which gives the files their names."""
        if self._index is None:
            yield
        else:
            with self._advancing(self._index):
                yield
        if self._aliases is not None:
            self._aliases.note_published()
        self.discard()  # there is nothing left that is not published

    @contextmanager
    def _advancing(self, index: DedupeIndex) -> Iterator[None]:
        renamed = False
        try:
            with index.publishing() as overtaken:
                if self._aliases is not None:
                    self._aliases.publish()
                yield
                renamed = True
        except PublicationError as error:
            if not renamed:
                raise
            logger.warning("Published, but later runs will not know these texts: %s", error)
        if overtaken:
            logger.info("%d texts were published by another run meanwhile, too", overtaken)

    def discard(self) -> None:
        """Forget what was not published."""
        if self._unfinished is not None:
            self._unfinished.close()
        if self._index is not None:
            self._index.close()
        elif self._database is not None:
            self._database.close()

    def describe(self) -> dict[str, Any]:
        """Write what run.json says about it."""
        return {
            "exact": str(self.settings.policies["exact"]),
            "near": str(self.settings.policies["near"]),
            **{name: self._counts.get(key, 0) for name, key in COUNTED.items()},
            "parameters": asdict(self.settings.parameters),
        }

    def _deduplicate(self, item: Document) -> Document:
        parameters = self.settings.parameters
        text = fingerprint(item.content_text or "", parameters, near=self._near)
        index = self._open_index()
        if self._aliases is not None:
            self._aliases.offer(item, text.sha256 if text.words and not item.protected else None)
        if reason := why_not(item, text.words, parameters):
            self._count(f"dedupe/uncompared_count/{reason}")
            index.pass_over(item.record_id)
            item.dedupe = describe_uncompared(text)
            return item
        self._count("dedupe/compared_count")
        place = index.look_up(item.record_id, text, exact=self._exact)
        match = place.match
        if match is not None:
            self._answer(item, match)
        elif self._exact and self._unfinished is not None:
            match = self._unfinished.find(item.record_id, text.sha256, place.keys[1])
            if match is not None:
                self._count("dedupe/marked_count/exact")
                self._count("dedupe/unfinished_count")
        index.add(place)  # as no copy of what may never be published
        item.dedupe = describe(item.record_id, text, match)
        return item

    def exchange(self) -> None:
        """Tell other runs that go on what this one delivers, and see what they publish."""
        if self._index is None or self._unfinished is None:
            return
        try:
            if self._unfinished.exchange(self._index.delivered_since):
                self._index.refresh()
        except PublicationError as error:
            self.publication.fail(error)

    def _answer(self, item: Document, match: Match) -> None:
        """Drop a copy, or count it. Raises CopyDropped."""
        if self.settings.policies[match.kind] is Policy.MARK:
            self._count(f"dedupe/marked_count/{match.kind}")
            return
        self._count(f"dedupe/dropped_count/{match.kind}")
        self._dropped.write(account(item, match))
        raise CopyDropped(match)

    def _open_index(self) -> DedupeIndex:
        """Begin with the first document: the dataset may be called after what was found."""
        if self._index is None:
            if self._database is None:
                raise TypeError("open_spider comes before the first item")
            spider = self.crawler.spider
            dataset = str(getattr(spider, "dataset", "") or getattr(spider, "name", ""))
            self._index = DedupeIndex(self._database, dataset, self.settings.parameters)
        return self._index

    def _count(self, key: str) -> None:
        self._counts[key] = self._counts.get(key, 0) + 1


COUNTED = {
    "compared": "dedupe/compared_count",
    "short": "dedupe/uncompared_count/short",
    "empty": "dedupe/uncompared_count/empty",
    "protected": "dedupe/uncompared_count/protected",
    "dropped_exact": "dedupe/dropped_count/exact",
    "dropped_near": "dedupe/dropped_count/near",
    "marked_exact": "dedupe/marked_count/exact",
    "marked_near": "dedupe/marked_count/near",
    "unfinished": "dedupe/unfinished_count",
}
"""What run.json counts, each with the stats key."""
