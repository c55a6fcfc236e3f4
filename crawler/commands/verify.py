"""``scrapy verify``: whether the files of runs are what their run.json says."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand

from crawler.commands.crawl import refuse
from crawler.errors import ArgumentError

DIFFERENT = 1
"""The exit status where files are not what run.json says."""


class Command(ScrapyCommand):
    """Read the files of runs; nothing is changed, and nothing asked for."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "DIR..."

    def short_desc(self) -> str:
        return "Check the files of runs against their run.json"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        from crawler.feeds.verifying import faults_in, read_run

        try:
            if not args:
                raise ArgumentError(
                    "expected the folder of a run, as in: scrapy verify exports/*/*"
                )
            for folder in map(Path, args):
                run = read_run(folder)
                faults = 0
                for fault in faults_in(folder, run):
                    faults += 1
                    print(f"{folder}: {fault}", file=sys.stderr)
                if faults:
                    self.exitcode = DIFFERENT
                else:
                    rows = sum(told["rows"] or 0 for told in run["files"])
                    print(f"{folder}: {len(run['files'])} files, {rows} rows: as run.json says")
        except ArgumentError as error:
            refuse(error)
