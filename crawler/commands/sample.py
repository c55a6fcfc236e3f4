"""``scrapy sample``: a small WordPress-shaped site on loopback, and a crawl of it."""

from __future__ import annotations

import argparse
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from crawler.commands.crawl import Command as Crawl
from crawler.commands.crawl import refuse
from crawler.errors import ArgumentError

if TYPE_CHECKING:
    from crawler.sample.server import SampleServer

PORT = 8765
"""Where the sample is served, so that its folder has the same name each time."""


SETTINGS = {
    "DOWNLOAD_DELAY": 0,  # the site is ours
    "LOG_LEVEL": "WARNING",  # the table says it all
}


class Command(Crawl):
    """Serve the sample site and crawl it, with everything it has."""

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Crawl a small sample site, served on loopback"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--serve", action="store_true", help="only serve it, until Ctrl-C")
        parser.add_argument("--port", type=int, default=PORT, help=f"(default: {PORT})")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        for name, value in SETTINGS.items():
            self._settings().set(name, value, priority="project")  # -s is stronger
        super().process_options(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if opts.spargs.keys() & {"site", "sites"}:
            text = "sample crawls its own site; for another there is the command crawl"
            refuse(ArgumentError(text))
        with ExitStack() as stack:
            server = self._serve(stack, opts.port)
            if opts.serve:
                wait_on(server)
                return
            self.show_record = True
            arguments = {"collections": "all", "follow": "all", **opts.spargs, "site": server.url}
            self.crawl([arguments])

    def _serve(self, stack: ExitStack, port: int) -> SampleServer:
        from crawler.sample.server import serve  # here: every command is imported by each of them

        try:
            return stack.enter_context(serve(port=port))
        except OSError as error:
            if port != PORT:  # the one that was asked for, and no other
                refuse(ArgumentError(f"--port {port} cannot be used: {error.strerror}"))
            return stack.enter_context(serve(port=0))


def wait_on(server: SampleServer) -> None:
    """Tell where the site is, and keep it there until Ctrl-C."""
    with suppress(KeyboardInterrupt):
        print(server.url, flush=True)
        while True:
            time.sleep(0.5)  # a signal that comes just before it begins does not end it
