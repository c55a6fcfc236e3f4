"""Writes what several crawlers found into one JSON Lines file, once all of them have ended."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from crawler.errors import ArgumentError
from crawler.feeds.output import STDOUT
from crawler.feeds.staging import check_target
from crawler.feeds.storage import silence_stdout, target_of
from crawler.feeds.whole_file import stage_lines, together

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
    lines = [orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows]
    with together() as publication:
        for uri, options in feeds.items():
            if uri == STDOUT:
                _print(b"".join(lines))
            else:
                stage_lines(publication, target_of(uri, dict(options)), lines)


def _print(data: bytes) -> None:
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        silence_stdout()
