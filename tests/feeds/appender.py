"""Appends rows to a file, again and again, beside others who do: ``-m tests.feeds.appender``."""

from __future__ import annotations

import sys

from crawler.errors import PublicationError
from crawler.feeds.appending import read_existing
from crawler.feeds.publication import Publication
from crawler.feeds.staging import staged_under
from crawler.feeds.storage import target_of


def append_rows(path: str, name: str, times: int) -> int:
    """Publish one row *times* times; give how often another got in between."""
    beaten = 0
    for number in range(times):
        publication = Publication()
        target = target_of(path, {"format": "jsonl"})
        publication.claim(target)
        file = publication.open(target)
        staged_under(file).existing = read_existing(target)
        file.write(f'{{"by":"{name}","number":{number}}}\n'.encode())
        publication.close(file, rows=1)
        while True:
            try:
                publication.publish()
                break
            except PublicationError:
                beaten += 1
    return beaten


if __name__ == "__main__":
    print(append_rows(sys.argv[1], sys.argv[2], int(sys.argv[3])))
