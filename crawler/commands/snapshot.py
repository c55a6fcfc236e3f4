"""``scrapy snapshot``: the full run and the increments after it, as one file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand

from crawler.certificate import ExitStatus
from crawler.commands.crawl import complain, refuse
from crawler.errors import ArgumentError, PublicationError


class Command(ScrapyCommand):
    """Read the files of runs, write the dataset as it stands; nothing is asked for."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "DIR -O FILE"

    def short_desc(self) -> str:
        return "Fold a full run and the increments after it into one file"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-O", dest="output", metavar="FILE", help="JSON Lines, also .gz, .zst")
        parser.add_argument("--dataset", help="whose runs, where DIR holds those of several")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        from crawler.feeds.snapshot import fold, members_of
        from crawler.feeds.whole_file import write_whole

        try:
            if len(args) != 1 or not opts.output:
                raise ArgumentError(
                    "expected the folder of a site and a file, as in: "
                    "scrapy snapshot exports/example.org -O example.jsonl"
                )
            members = members_of(Path(args[0]), opts.dataset)
            rows = write_whole(opts.output, fold(members))
        except ArgumentError as error:
            refuse(error)
        except PublicationError as error:
            complain(error)
            self.exitcode = int(ExitStatus.STOPPED)
            return
        later = len(members) - 1
        print(
            f"{opts.output}: {rows} records, of {members[0].folder.name} and {later} runs after it"
        )
