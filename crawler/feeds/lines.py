"""Writes what several crawlers found into one JSON Lines file, once all of them have ended."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from typing import Any

import orjson

from crawler.errors import ArgumentError
from crawler.feeds.appending import read_existing
from crawler.feeds.output import STDOUT
from crawler.feeds.publication import Publication
from crawler.feeds.staging import Target, check_target, staged_under
from crawler.feeds.storage import silence_stdout, target_of

FORMATS = frozenset({"jsonl", "jsonlines", "jl"})


def check_outputs(feeds: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse, before anything is asked, what cannot be written. Raises ArgumentError."""
    for uri, options in feeds.items():
        if options["format"] not in FORMATS:
            raise ArgumentError(f"{uri!r}: a survey is written as JSON Lines, as in survey.jsonl")
        if uri != STDOUT:
            check_target(target_of(uri, dict(options)))


def write_lines(feeds: Mapping[str, Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write *rows* to each of the *feeds*: all of their files appear together.

    Raises PublicationError or ArgumentError where one cannot be written; then
    the old files stand.
    """
    data = b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
    publication = Publication()
    with ExitStack() as stack:
        stack.callback(publication.discard)  # what was published is no longer there to discard
        for uri, options in feeds.items():
            if uri == STDOUT:
                _print(data)
            else:
                _stage(publication, target_of(uri, dict(options)), data)
        publication.publish()


def _stage(publication: Publication, target: Target, data: bytes) -> None:
    publication.claim(target)
    existing = read_existing(target) if target.append else None
    file = publication.open(target)
    staged = staged_under(file)
    if staged is not None:
        staged.existing = existing
    file.write(target.compression.compress(data) if target.compression else data)
    publication.close(file)


def _print(data: bytes) -> None:
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        silence_stdout()
