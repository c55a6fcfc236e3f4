"""Writes lines into one file that appears when all of them are there."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack

from crawler.feeds.output import read_output
from crawler.feeds.publication import Publication
from crawler.feeds.staging import check_target
from crawler.feeds.storage import target_of

PIECE = 1 << 22
"""Bytes that are written, and compressed, at a time."""


def write_whole(path: str, lines: Iterable[bytes]) -> int:
    """Write *lines* to the JSON Lines file *path*, plain or compressed by its name; count them.

    Raises ArgumentError for a path that cannot be one, PublicationError where it cannot be
    written; then the old file stands.
    """
    named, options = read_output(path, overwrite=True, exporters={"jsonl"})
    target = target_of(named, options)
    check_target(target)
    publication = Publication()
    with ExitStack() as stack:
        stack.callback(publication.discard)  # what was published is no longer there to discard
        publication.claim(target)
        file = publication.open(target)
        rows, held, size = 0, [], 0
        for line in lines:
            rows += 1
            held.append(line)
            size += len(line)
            if size >= PIECE:
                piece = b"".join(held)
                file.write(target.compression.compress(piece) if target.compression else piece)
                held, size = [], 0
        piece = b"".join(held)
        file.write(target.compression.compress(piece) if target.compression else piece)
        publication.close(file)
        publication.publish()
    return rows
