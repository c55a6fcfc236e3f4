"""``scrapy state``: what is remembered from run to run: look, take down, back up."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, ClassVar

import orjson
from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from crawler.certificate import ExitStatus
from crawler.commands.crawl import complain, refuse
from crawler.errors import ArgumentError, PublicationError
from crawler.feeds.storage import silence_stdout
from crawler.program import program
from crawler.report import say_size, show
from crawler.usage import check_settings
from crawler.wordpress.site import normalise_site, site_identity

OPTIONS = {
    "": ("json",),
    "forget": ("dataset", "site", "record", "author", "undo"),
    "backup": (),
}
"""What may follow the command, each word with its options."""

_ID = re.compile(r"[0-9]{1,18}")  # more is no number of SQLite's


class Command(ScrapyCommand):
    """Read the state file, or take down what it knows; no site is asked for anything."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[--json] | forget [--undo] --site URL [--author ID] | --record ID | backup FILE"

    def short_desc(self) -> str:
        return "Show what is remembered from run to run, take it down, back it up"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="write it as JSON Lines")
        group = parser.add_argument_group(title="forget")
        group.add_argument("--site", metavar="URL", help="all records of this site")
        group.add_argument("--author", metavar="ID", help="of that site only this user")
        group.add_argument("--record", metavar="RECORD_ID", help="one record")
        group.add_argument("--dataset", help="in which one, where several have the site")
        group.add_argument("--undo", action="store_true", help="let it be published again")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            check_settings(opts.set, self._settings().keys())
        except ArgumentError as error:
            refuse(error)
        super().process_options(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        from crawler.state.database import read_state_path

        try:
            word, rest = read_words(args, opts)
            path = read_state_path(self._settings()["STATE_PATH"])
            if word == "forget":
                forget(path, opts)
            elif word == "backup":
                back_up(path, rest)
            else:
                look(path, as_json=opts.json)
        except ArgumentError as error:
            refuse(error)
        except PublicationError as error:
            complain(error)
            self.exitcode = int(ExitStatus.STOPPED)

    def _settings(self) -> Settings:
        if self.settings is None:
            raise TypeError("Scrapy sets the settings before it runs a command")
        return self.settings


def read_words(args: Sequence[str], opts: argparse.Namespace) -> tuple[str, list[str]]:
    """Read what is to be done, "" for a look, and what comes after it. Raises ArgumentError."""
    for each in args:
        if each.startswith("-"):
            raise unknown("option", each.partition("=")[0], [f"--{name}" for name in _known()])
    word, *rest = args or [""]
    if word not in OPTIONS:
        raise unknown("word", word, [each for each in OPTIONS if each])
    if rest and word != "backup":
        raise ArgumentError(f"expected nothing after {word!r} but options, got {rest[0]!r}")
    for name in _known():
        if getattr(opts, name) and name not in OPTIONS[word]:
            whose = next(each for each, names in OPTIONS.items() if name in names)
            raise ArgumentError(f"--{name} is of {f'{program()} state {whose}'.strip()}")
    return word, rest


def unknown(what: str, name: str, known: Sequence[str]) -> ArgumentError:
    """Say which word may have been meant.

    >>> print(unknown("word", "forgett", ["forget", "backup"]))
    no word 'forgett': did you mean forget?
    """
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(known)}"
    return ArgumentError(f"no {what} {name!r}: {hint}")


def _known() -> list[str]:
    return [name for names in OPTIONS.values() for name in names]


def look(path: Path, *, as_json: bool) -> None:
    """Show what there is. Raises ArgumentError and PublicationError."""
    from crawler.state.database import open_existing
    from crawler.state.overview import look as read
    from crawler.state_report import state_lines, state_report

    if not path.exists():
        print(f"no state file at {path}: nothing was published yet", file=sys.stderr)
        return
    now = datetime.now(UTC)
    with closing(open_existing(path)) as database:
        overview = read(database, path, now=now)
    if not as_json:
        show(state_report(overview, now=now))
        return
    try:
        for line in state_lines(overview):
            sys.stdout.buffer.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        silence_stdout()


def back_up(path: Path, words: Sequence[str]) -> None:
    """Copy the state file. Raises ArgumentError and PublicationError."""
    from crawler.state import backup
    from crawler.state.database import open_existing

    if len(words) != 1:
        example = f"{program()} state backup presscrawl-backup.sqlite3"
        raise ArgumentError(f"expected one file, as in: {example}")
    with closing(open_existing(path)) as database:
        size = backup.back_up(database, Path(words[0]))
    print(f"{words[0]}: {say_size(size)}, a copy of {path}; it is whole")


def forget(path: Path, opts: argparse.Namespace) -> None:
    """Take down what the options name, or lift that. Raises ArgumentError and PublicationError."""
    from crawler.state.database import open_existing
    from crawler.state.overview import runs_beside
    from crawler.state.take_down import find_target, lift, take_down
    from crawler.state_report import tell_lifted, tell_taken_down

    named = read_named(opts)
    with closing(open_existing(path)) as database:
        target = find_target(database, *named, dataset=opts.dataset)
        if opts.undo:
            lines = tell_lifted(target, lift(database, target))
        else:
            done = take_down(database, target)
            lines = tell_taken_down(target, done, runs_beside(path))
    print("\n".join(lines))


def read_named(opts: argparse.Namespace) -> tuple[str, str, int | None]:
    """Read what is to be taken down: site, collection, id; the last None for a whole site.

    Raises ArgumentError.
    """
    from crawler.state.take_down import AUTHORS

    if opts.author is not None and opts.site is None:
        raise ArgumentError("--author is an id on a site: expected --site, too")
    if (opts.site is None) == (opts.record is None):
        example = f"{program()} state forget --site https://example.org"
        raise ArgumentError(f"expected either --site or --record, as in: {example}")
    if opts.record is not None:
        return read_record_id(opts.record)
    site = site_identity(normalise_site(opts.site))
    if opts.author is None:
        return site, "", None
    if not _ID.fullmatch(opts.author):
        raise ArgumentError(
            f"--author must be the id of a user, as `authors` of documents have it, "
            f"got {opts.author!r}"
        )
    return site, AUTHORS, int(opts.author)


def read_record_id(text: str) -> tuple[str, str, int]:
    """Read the site, the collection and the id of a record. Raises ArgumentError.

    >>> read_record_id("https://example.org#wp/v2/posts/7")
    ('https://example.org', 'wp/v2/posts', 7)
    """
    site, _, place = text.partition("#")
    name, _, number = place.rpartition("/")
    if not site or not name or not _ID.fullmatch(number):
        raise ArgumentError(
            "--record must be a record_id, as in 'https://example.org#wp/v2/posts/7', "
            f"got {text!r}"
        )
    return site, name, int(number)
