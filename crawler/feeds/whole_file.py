"""Writes lines into files that appear when all of them are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from crawler.feeds.appending import read_existing
from crawler.feeds.output import read_output
from crawler.feeds.publication import Publication
from crawler.feeds.staging import Target, staged_under
from crawler.feeds.storage import target_of

PIECE = 1 << 22
"""Bytes that are written, and compressed, at a time."""


def write_whole(path: str, lines: Iterable[bytes]) -> int:
    """Write *lines* to the JSON Lines file *path*, plain or compressed by its name; count them.

    Raises ArgumentError for a path that cannot be one, PublicationError where it cannot be
    written; then the old file stands.
    """
    named, options = read_output(path, overwrite=True, exporters={"jsonl"})
    with together() as publication:
        return stage_lines(publication, target_of(named, options), lines)


@contextmanager
def together() -> Iterator[Publication]:
    """Give a publication: all that is staged in it appears at the end, and nothing on an error."""
    publication = Publication()
    with ExitStack() as stack:
        stack.callback(publication.discard)  # what was published is no longer there to discard
        yield publication
        publication.publish()


def stage_lines(publication: Publication, target: Target, lines: Iterable[bytes]) -> int:
    """Stage one file of *lines*, and count them.

    Where *target* is appended to, what stands there comes first. Raises
    ArgumentError or PublicationError where it cannot be written.
    """
    publication.claim(target)
    existing = read_existing(target) if target.append else None
    file = publication.open(target)
    staged = staged_under(file)
    if staged is not None:
        staged.existing = existing
    rows = 0
    held: list[bytes] = []
    size = 0
    for line in lines:
        rows += 1
        held.append(line)
        size += len(line)
        if size >= PIECE:
            file.write(_packed(target, held))
            held, size = [], 0
    file.write(_packed(target, held))  # of no lines, too: an empty .gz is no gzip file
    publication.close(file)
    return rows


def _packed(target: Target, lines: list[bytes]) -> bytes:
    data = b"".join(lines)
    return target.compression.compress(data) if target.compression else data
