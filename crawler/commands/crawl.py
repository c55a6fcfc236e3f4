"""``scrapy crawl``: one site or several, each a crawler of its own, with a true exit status."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import re
import sys
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

# Early: for deprecated names it asks inspect.stack, which for every frame goes through all
# modules that are loaded. Behind ours that takes a tenth of a second.
import scrapy.core.downloader.contextfactory  # noqa: F401 - loaded early, used by Scrapy
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import SETTINGS_PRIORITIES, Settings

from crawler.arguments import (
    ARGUMENTS,
    SURVEY_ARGUMENTS,
    read_arguments,
    read_survey_arguments,
)
from crawler.certificate import ExitStatus, worst
from crawler.errors import ArgumentError, CrawlerError, PublicationError, RunCompleted
from crawler.extensions.certificate import Certificate
from crawler.extensions.progress import BOARD
from crawler.feeds.lines import check_outputs, write_lines
from crawler.feeds.output import read_output
from crawler.metrics import check_path, metrics_path, registry_of, write_metrics
from crawler.neighbours import Neighbours
from crawler.program import program
from crawler.report import record, report, show
from crawler.resuming import abandon
from crawler.sites import read_sites
from crawler.spiders.survey import SurveySpider
from crawler.spiders.wordpress import WordPressSpider
from crawler.survey import survey_status
from crawler.survey_report import survey_report
from crawler.usage import check_middlewares, check_settings, show_arguments, unknown_spider
from crawler.wordpress.query import origin_of
from crawler.wordpress.site import normalise_site

READERS = {"wordpress": read_arguments, "survey": read_survey_arguments}
"""Our spiders, each with what reads its arguments."""

ARGUMENTS_OF = {"wordpress": ARGUMENTS, "survey": SURVEY_ARGUMENTS}

NUMBERS = {
    "SITES_AT_ONCE": 1,
    "DOWNLOAD_DELAY": 0,
    "DOWNLOAD_TIMEOUT": 1,
    "RETRY_TIMES": 0,
    "RETRY_BACKOFF": 0,
    "RETRY_BACKOFF_MAX": 0,
    "RETRY_AFTER_MAX": 0,
    "CRAWL_DELAY_MAX": 0,
}
"""Settings that people set by hand, each with the least that makes sense."""


class Command(ScrapyCrawl):
    """Scrapy's command, for our spider and any other."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: deque[dict[str, str]] = deque()
        self.running: dict[Crawler, str] = {}  # each with its site's host
        self.neighbours = Neighbours()
        self.statuses: list[ExitStatus] = []
        self.accounts: dict[str, dict[str, Any]] = {}  # what a survey found, by site
        self.spider = "wordpress"
        self.outputs: dict[str, Any] = {}  # of a survey
        self.show_record = False
        self.at_once = 1

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--show-record", action="store_true", help="print one of the records at the end"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        outputs = [(name, False) for name in opts.output or ()]
        outputs += [(name, True) for name in opts.overwrite_output or ()]
        opts.output = opts.overwrite_output = None  # Scrapy's reading refuses x.jsonl.gz
        try:
            check_settings(opts.set, self._settings().keys())
        except ArgumentError as error:
            refuse(error)
        super().process_options(args, opts)
        if "help" in opts.spargs:
            spider = next((name for name in args if name in ARGUMENTS_OF), "wordpress")
            show_arguments(spider, ARGUMENTS_OF[spider])
            sys.exit(0)
        if outputs:
            try:
                feeds = read_feeds(outputs, self._settings())
            except ArgumentError as error:
                refuse(error)
            self._settings().set("FEEDS", feeds, priority="cmdline")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            got = " ".join(args) or "none"
            example = f"{program()} crawl wordpress"
            refuse(ArgumentError(f"expected one spider, as in: {example}; got {got}"))
        self._check_spider(args[0])
        if args[0] not in READERS:
            super().run(args, opts)
            return
        self.spider = args[0]
        self.show_record = opts.show_record
        try:
            self._check_settings()
            if self.spider == "survey":
                self._take_outputs()
            sites = self._sites(opts.spargs)
        except ArgumentError as error:
            refuse(error)
        self.crawl(sites)

    def crawl(self, sites: Sequence[dict[str, str]]) -> None:
        """Crawl each site with its arguments, SITES_AT_ONCE at a time, and set the exit code."""
        process = self.crawler_process
        if not isinstance(process, AsyncCrawlerProcess):
            refuse(ArgumentError("FORCE_CRAWLER_PROCESS and other reactors are not supported"))
        self.waiting.extend(sites)
        BOARD.expected = len(sites)
        self._start_more(process)
        collect_garbage_rarely()
        process.start()
        for crawler in list(self.running):  # a second signal cut them off
            self._cut_off(crawler)
        if self.spider == "survey":
            self._tell_survey(sites)
        self.exitcode = int(worst(self.statuses))

    def _start_more(self, process: AsyncCrawlerProcess) -> None:
        """Start what may run now: SITES_AT_ONCE in all, one of a host."""
        for arguments in list(self.waiting):
            host = origin_of(arguments["site"]).netloc.removeprefix("www.")
            if len(self.running) < self.at_once and host not in self.running.values():
                self.waiting.remove(arguments)
                crawler = self._create_crawler(self.spider)
                self.running[crawler] = host
                self.neighbours.invite(crawler)
                task = process.crawl(crawler, **arguments)
                task.add_done_callback(partial(self._ended, process, crawler))

    def _ended(
        self, process: AsyncCrawlerProcess, crawler: Crawler, task: asyncio.Task[None]
    ) -> None:
        if task.cancelled():
            return
        del self.running[crawler]
        self.neighbours.leave(crawler)
        error = task.exception()
        if isinstance(crawler.spider, SurveySpider) and error is None:
            self._surveyed(crawler.spider)
            self._start_more(process)
            return
        certificate = crawler.get_extension(Certificate) if error is None else None
        if certificate is None or certificate.status is None:
            self._failed(crawler, error)
        else:
            self.statuses.append(certificate.status)
            self._measure(crawler, certificate)
            if certificate.run and certificate.status is not ExitStatus.STOPPED:
                folder = certificate.spider.run.folder
                show(report(certificate.run, folder))
                if self.show_record:
                    show(record(folder / "documents.jsonl"))
            if certificate.error is not None:
                complain(certificate.error)
            if certificate.status is ExitStatus.STOPPED:
                self._drop_waiting()
        self._start_more(process)

    def _measure(self, crawler: Crawler, certificate: Certificate) -> None:
        """Write the stats where Prometheus finds them, if a setting says so."""
        setting = self._settings()["PROMETHEUS_FILE"]
        if not setting or certificate.status is None:
            return
        site = certificate.spider.arguments.site
        stats, status = crawler.stats.get_stats(), int(certificate.status)
        try:
            registry = registry_of(stats, site=site, status=status, ended=time.time())
            write_metrics(metrics_path(setting, site), registry)
        except OSError as error:
            complain(PublicationError(f"PROMETHEUS_FILE could not be written: {error}"))

    def _surveyed(self, spider: SurveySpider) -> None:
        """Keep what was found of a site until all are there."""
        usage = isinstance(spider.error, ArgumentError)
        status = ExitStatus.USAGE if usage else survey_status(spider.account)
        self.statuses.append(status)
        if spider.error is not None:
            complain(spider.error)
        if spider.account is not None and status not in (ExitStatus.USAGE, ExitStatus.STOPPED):
            self.accounts[spider.arguments.site] = spider.account
        if status is ExitStatus.STOPPED:
            self._drop_waiting()

    def _tell_survey(self, sites: Sequence[dict[str, str]]) -> None:
        """Print what was found; write it where every site came to its end."""
        named = (normalise_site(arguments["site"]) for arguments in sites)
        accounts = [self.accounts[site] for site in named if site in self.accounts]
        if accounts:
            show(survey_report(accounts), fit=len(sites) > 1)
        if ExitStatus.STOPPED in self.statuses:
            complain(PublicationError("the survey was stopped: no file is written"))
        elif accounts:
            try:
                write_lines(self.outputs, accounts)
            except CrawlerError as error:
                complain(error)
                self.statuses.append(ExitStatus.STOPPED)

    def _take_outputs(self) -> None:
        """Take -o and -O from the crawlers: the command writes one file for all sites."""
        settings = self._settings()
        if settings.getpriority("FEEDS") == SETTINGS_PRIORITIES["cmdline"]:
            self.outputs = settings.getdict("FEEDS")
            check_outputs(self.outputs)
            settings.set("FEEDS", {}, priority="cmdline")

    def _cut_off(self, crawler: Crawler) -> None:
        """Note a crawler whose end nobody waited for; it may have published just before."""
        certificate = None
        with suppress(RuntimeError):  # it has no extensions yet
            certificate = crawler.get_extension(Certificate)
        if certificate is not None and certificate.ended and certificate.status is not None:
            self.statuses.append(certificate.status)
            if certificate.error is not None:
                complain(certificate.error)
            return
        self.statuses.append(ExitStatus.STOPPED)
        complain(PublicationError("stopped at once: nothing published"))

    def _drop_waiting(self) -> None:
        """Begin no further site: the signal, or the full disk, is for all of them."""
        for arguments in self.waiting:
            self.statuses.append(ExitStatus.STOPPED)
            complain(PublicationError(f"{arguments['site']}: not begun, as the crawl was stopped"))
        self.waiting.clear()

    def _failed(self, crawler: Crawler, error: BaseException | None) -> None:
        """Note a crawler that did not come to its end."""
        if isinstance(crawler.spider, WordPressSpider):
            abandon(crawler.spider.run, crawler.spider.state)
        if isinstance(error, RunCompleted):
            self._completed(error)
            return
        usage = isinstance(error, ArgumentError)
        self.statuses.append(ExitStatus.USAGE if usage else ExitStatus.STOPPED)
        if isinstance(error, CrawlerError):
            complain(error)
        elif error is not None:
            raise error

    def _completed(self, error: RunCompleted) -> None:
        """Answer with the run that had been killed while it was publishing."""
        folder = Path(error.folder)
        run = json.loads((folder / "run.json").read_bytes())
        self.statuses.append(ExitStatus(run["exit_status"]))
        show(report(run, folder))
        complain(error)

    def _check_spider(self, name: str) -> None:
        known = self.crawler_process.spider_loader.list() if self.crawler_process else []
        if name not in known:
            refuse(unknown_spider(name, known))

    def _check_settings(self) -> None:
        """Refuse numbers that are none, which Scrapy would find out by a traceback."""
        for name, least in NUMBERS.items():
            value = self._settings()[name]
            try:
                fits = float(value) >= least
            except (TypeError, ValueError):
                fits = False
            if not fits:
                raise ArgumentError(f"{name} must be a number, {least} or more, got {value!r}")
        check_middlewares(self._settings())
        self.at_once = int(float(self._settings()["SITES_AT_ONCE"]))

    def _sites(self, given: dict[str, str]) -> list[dict[str, str]]:
        """Give each site's arguments, all of them checked."""
        sites = [given]
        if "sites" in given:
            shared = {name: value for name, value in given.items() if name != "sites"}
            if "site" in given:
                raise ArgumentError("expected either site= or sites=, got both")
            path = Path(given["sites"])
            dataset = re.sub(r"[^A-Za-z0-9._-]", "_", path.stem).lstrip("._-") or "sites"
            if self.spider == "wordpress":
                shared = {"dataset": dataset, **shared}
            sites = [{**shared, "site": site} for site in read_sites(path)]
        for arguments in sites:
            READERS[self.spider](arguments)
        if len(sites) > 1 and self.spider == "wordpress":
            check_paths(self._settings())
        if self._settings()["PROMETHEUS_FILE"]:
            check_path(self._settings()["PROMETHEUS_FILE"], sites=len(sites))
        return sites

    def _settings(self) -> Settings:
        if self.settings is None:
            raise TypeError("Scrapy sets the settings before it runs a command")
        return self.settings


def collect_garbage_rarely() -> None:
    """Spare the collector what was loaded at the start, and most of its rounds.

    Records hold no cycles, so nearly all memory is given back without it; its rounds took a
    sixth of a crawl. Pages and their requests do hold some, and are found soon enough.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def read_feeds(outputs: Sequence[tuple[str, bool]], settings: Settings) -> dict[str, Any]:
    """Read the arguments of -o (False) and -O (True) into FEEDS."""
    exporters = settings.getwithbase("FEED_EXPORTERS")
    schemes = settings.getwithbase("FEED_STORAGES")
    feeds: dict[str, Any] = {}
    for argument, overwrite in outputs:
        uri, options = read_output(
            argument, overwrite=overwrite, exporters=set(exporters), schemes=set(schemes)
        )
        if uri in feeds:
            raise ArgumentError(f"{argument!r} is given twice")
        feeds[uri] = options
    return feeds


def check_paths(settings: Settings) -> None:
    """Refuse one path for the feeds of several sites."""
    for uri in settings.getdict("FEEDS"):
        if not any(name in str(uri) for name in ("%(site)s", "%(run_folder)s")):
            raise ArgumentError(
                f"{str(uri)!r} is one path for several sites: write %(site)s into it, "
                "as in -O '%(site)s.jsonl'"
            )


def complain(error: CrawlerError) -> None:
    """Print one line for a human."""
    with suppress(BrokenPipeError):  # nobody listens
        print(f"{program()}: error: {error}", file=sys.stderr, flush=True)


def refuse(error: CrawlerError) -> NoReturn:
    """End the program before anything was asked."""
    complain(error)
    sys.exit(int(ExitStatus.USAGE))
