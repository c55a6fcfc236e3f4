"""A whole run of Scrapy with our feeds, in a process of its own.

``python -m tests.feeds.feed_run PLAN`` starts one. The plan is JSON:

- outputs: pairs of -o or -O and a file; feeds: more of FEEDS; settings: more settings
- items: how many; noise: characters of noise in each; plain: dicts, not documents
- kinds, shelf: attributes of the spider
- wait_at: the item before which it prints a line and waits for one
- file_limit: the bytes that a file may have; then the disk is full
- folder: where to go first; run_json: a file to stage last; report: where to tell what happened
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import scrapy
from scrapy import signals
from scrapy.crawler import CrawlerProcess
from scrapy.exceptions import CloseSpider

from crawler.errors import CrawlerError
from crawler.feeds.output import read_output
from crawler.feeds.publication import Publication
from tests.feeds.sample_items import document

ROOT = Path(__file__).resolve().parents[2]
EXPORTERS = {
    **dict.fromkeys(("jsonl", "jsonlines", "jl"), "crawler.feeds.jsonl.JsonLinesExporter"),
    "csv": "crawler.feeds.csv.CsvExporter",
}
STORAGES = {
    **dict.fromkeys(("", "file"), "crawler.feeds.storage.StagedFileStorage"),
    "stdout": "crawler.feeds.storage.StdoutStorage",
}


class Shelf(scrapy.Spider):
    """Yields documents, 100 a page, from nowhere."""

    name = "shelf"

    def __init__(self, plan: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.plan = plan
        self.shelf = plan.get("shelf", "shelf")
        if "kinds" in plan:
            self.kinds = tuple(plan["kinds"])

    async def start(self):
        yield self.next_page(1)

    def next_page(self, first: int) -> scrapy.Request:
        return scrapy.Request(
            "data:,page", self.parse, cb_kwargs={"first": first}, dont_filter=True
        )

    async def parse(self, response, first):
        last = min(first + 99, self.plan["items"])
        for number in range(first, last + 1):
            if number == self.plan.get("wait_at"):
                print("waiting", flush=True)
                await asyncio.to_thread(sys.stdin.readline)
            if self.plan.get("plain"):
                yield {"id": number, "title": f"Walk {number}"}
            else:
                noise = random.Random(number).randbytes(self.plan.get("noise", 0) // 2).hex()
                yield document(number, title=f"Walk {number}", content_html=f"<p>{noise}</p>")
        if last < self.plan["items"]:
            yield self.next_page(last + 1)


class Finish:
    """Publishes at the end, or says why not; stops a run that went wrong."""

    def __init__(self, crawler, plan):
        self.crawler, self.plan = crawler, plan
        self.reason, self.error, self.files = "", None, []
        crawler.signals.connect(self.spider_opened, signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)
        crawler.signals.connect(self.engine_stopped, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler):
        return cls(crawler, crawler.settings.getdict("PLAN"))

    def spider_opened(self, spider):
        self.publication = self.crawler.get_extension(Publication)
        if self.publication.error is not None:
            raise CloseSpider("refused")
        self.publication.on_error(lambda error: self.stop())

    def stop(self):
        self.stopping = asyncio.ensure_future(
            self.crawler.engine.close_spider_async(reason="publication_error")
        )

    def spider_closed(self, spider, reason):
        self.reason = reason

    def engine_stopped(self):
        try:
            files = [asdict(file) for file in self.publication.prepare()]
            if "run_json" in self.plan:
                self.publication.stage_bytes(self.plan["run_json"], json.dumps(files).encode())
            self.files = [asdict(file) for file in self.publication.publish()]
        except CrawlerError as error:
            self.error = error
            self.publication.discard()


def main(plan: dict[str, Any]) -> None:
    os.chdir(plan["folder"])
    settings = {
        "EXTENSIONS": {Publication: 100, Finish: 200},
        "FEED_EXPORTERS": EXPORTERS,
        "FEED_STORAGES": STORAGES,
        "FEEDS": {**feeds_of(plan), **plan.get("feeds", {})},
        "LOG_LEVEL": "INFO",
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "PLAN": plan,
        **plan.get("settings", {}),
    }
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(Shelf)
    failures = []
    process.crawl(crawler, plan=plan).addErrback(failures.append)
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (plan.get("file_limit", before), most))
    process.start()
    resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))
    finish = None if failures else crawler.get_extension(Finish)
    error = failures[0].value if failures else finish.error or finish.publication.error
    report = {
        "error": str(error) if error else None,
        "kind": type(error).__name__,
        "reason": finish.reason if finish else None,
        "files": finish.files if finish else [],
        "stats": {key: value for key, value in crawler.stats.get_stats().items() if "feed" in key},
    }
    Path(plan["report"]).write_text(json.dumps(report))


def feeds_of(plan: dict[str, Any]) -> dict[str, Any]:
    return dict(
        read_output(argument, overwrite=option == "-O", exporters=[*EXPORTERS, "json", "xml"])
        for option, argument in plan.get("outputs", [])
    )


def start_run(tmp_path: Path, *outputs: tuple[str, object], **plan: Any) -> subprocess.Popen:
    """Start a run; its stdin, stdout and stderr are pipes."""
    plan = {
        "items": 10,
        "folder": str(tmp_path),
        "report": str(tmp_path / "report"),
        "outputs": [(option, str(file)) for option, file in outputs],
        **plan,
    }
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.feeds.feed_run", json.dumps(plan)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run(tmp_path: Path, *outputs: tuple[str, object], **plan: Any) -> dict[str, Any]:
    """Run to the end; give the report, with what was printed and logged."""
    (tmp_path / "report").unlink(missing_ok=True)
    with start_run(tmp_path, *outputs, **plan) as process:
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr.decode()
    report = json.loads((tmp_path / "report").read_text())
    return {**report, "stdout": stdout, "log": stderr.decode()}


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
