"""Know a site again under another address, when its API is found."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from urllib.parse import urlsplit

import orjson
from scrapy.crawler import Crawler

from crawler.clean.body import clean_body
from crawler.clean.once import Emails
from crawler.dedupe.aliases import KnownSite, Relation
from crawler.dedupe.fingerprint import fingerprint
from crawler.dedupe.parameters import Parameters
from crawler.dedupe.policy import Policy
from crawler.errors import PublicationError
from crawler.items import Document
from crawler.neighbours import Neighbour, neighbours_of, wait_for
from crawler.pipelines.clean import read_emails
from crawler.spiders.wordpress import WordPressSpider
from crawler.state.sites import KnownSites, Sighting
from crawler.wordpress.alias_search import AliasSearch
from crawler.wordpress.api_root import Found, site_identity
from crawler.wordpress.index import read_index

TRAITS = ("name", "description", "namespaces", "timezone_string", "gmt_offset", "site_icon")
"""What the index of one database says on whatever address."""


class Aliases:
    """What a dataset knows of its sites, for one crawl of one of them."""

    def __init__(
        self,
        crawler: Crawler,
        database: sqlite3.Connection,
        *,
        policy: Policy,
        parameters: Parameters,
    ) -> None:
        self._crawler = crawler
        self._database = database
        self._policy = policy
        self._parameters = parameters
        self._emails: Emails = read_emails(crawler.settings)
        self._neighbours = neighbours_of(crawler)
        self._own: Neighbour | None = None  # as soon as the API is found

    @property
    def _spider(self) -> WordPressSpider:
        if not isinstance(self._crawler.spider, WordPressSpider):
            raise TypeError(f"aliases are those of a site, got {self._crawler.spider!r}")
        return self._crawler.spider

    async def searches(self, found: Found) -> AsyncGenerator[AliasSearch]:
        """Give one search after the other, each when the one before has come to its end.

        First among the crawls of this command that came first, by what they have
        delivered so far; whose alias this is, that one is waited for. Then among
        the sites that are published.
        """
        self._own = own = Neighbour(self._spider.dataset, found.site, _traits_of(found))
        relation, others = None, set()
        for each in await self._neighbours.enter(self._crawler, own):
            await wait_for(each.sampled, "may be the same site", own, each)
            if (known := each.known) is None:
                continue
            search = self._search(found, [known], relation)
            yield search
            relation = search.relation
            if relation is None or relation.kind != "alias":
                others.add(each.site)
            elif self._policy is Policy.DROP:
                await wait_for(each.ended, "is the same site", own, each)
        if self._neighbours.have_published(own.dataset, found.site):
            left = self._policy is not Policy.DROP
            relation = Relation(site=found.site, kind="alias", basis="address", harvested=left)
            yield self._search(found, (), relation)
            return
        with _told():
            published = KnownSites(self._database, own.dataset).candidates(self._sighting(found))
        known_sites = [each for each in published if each.site not in others]
        yield self._search(found, known_sites, relation)

    def _search(
        self, found: Found, known: Sequence[KnownSite], relation: Relation | None
    ) -> AliasSearch:
        wanted = self._spider.harvest.wanted
        dates = (("after", wanted.after), ("before", wanted.before))
        return AliasSearch(
            known,
            index=read_index(found.index) if found.index is not None else None,
            site=found.site,
            bounds=(*wanted.filters, *((name, value) for name, value in dates if value)),
            skip=self._policy is Policy.DROP,
            hash_text=self._hash_text,
            relation=relation,
        )

    def offer(self, item: Document, text: bytes | None) -> None:
        """Take a document into the site's sample, or not; *text* as KnownSite has it."""
        if self._own is not None:
            name = item.record_id.partition("#")[2].rpartition("/")[0]
            self._own.sample.offer(f"/{name}", item, text)
            if self._own.sample.is_full:
                self._own.sampled.set()

    def publish(self) -> None:
        """Keep the site's sample, in the transaction that publishes its texts."""
        found = self._spider.harvest.found
        if found is not None and self._own is not None and self._own.sample.best is not None:
            with _told():
                KnownSites(self._database, self._spider.dataset).publish(self._sighting(found))

    def note_published(self) -> None:
        """Let the other crawls of this command know that it is done."""
        if not self._spider.harvest.is_alias:
            self._neighbours.note_published(self._crawler)

    def _sighting(self, found: Found) -> Sighting:
        spider = self._spider
        route, sample = (self._own.sample.best if self._own else None) or ("", ())
        named = site_identity(spider.arguments.site)
        moved = urlsplit(named).path == urlsplit(found.site).path  # from one host to another
        totals = {
            each.collection.route: each.outcome.announced
            for each in spider.harvest.progress
            if each.outcome is not None
        }
        return Sighting(
            site=found.site,
            named=named if moved else found.site,
            name=read_index(found.index).name if found.index is not None else None,
            wanted=_wanted(spider),
            until=spider.run.started.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            route=route,
            total=totals.get(route),
            sample=sample,
        )

    def _hash_text(self, item: Document) -> bytes | None:
        """Hash the text of a document that no pipeline has seen, as if one had."""
        if item.protected or not item.content_html:
            return None
        base = item.link or item.site
        cleaned = clean_body(item.content_html, base_url=base, emails=self._emails)
        text = fingerprint(cleaned.text, self._parameters, near=False)
        return text.sha256 if text.words else None


def _traits_of(found: Found) -> str | None:
    if found.index is None:
        return None
    return orjson.dumps({name: found.index.get(name) for name in TRAITS}).decode()


def _wanted(spider: WordPressSpider) -> str:
    """Write what decides which records are asked for."""
    wanted = spider.harvest.wanted
    chosen = (wanted.collections, wanted.after, wanted.before, wanted.filters, wanted.limit)
    return orjson.dumps(chosen).decode()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise PublicationError(f"the state file cannot be read or written: {error}") from error
