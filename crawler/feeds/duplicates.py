"""duplicates.jsonl: a line for each record that a run dropped as a copy."""

from __future__ import annotations

from contextlib import suppress
from io import BufferedWriter
from pathlib import Path
from typing import Any

from crawler.errors import ArgumentError, CrawlerError
from crawler.feeds.publication import Publication
from crawler.feeds.staging import target_at
from crawler.feeds.strict_json import to_json

NAME = "duplicates.jsonl"


class DuplicatesFile:
    """Written line by line and published with the run's files; without a line there is none.

    What goes wrong is told to the publication, which then publishes nothing.
    """

    def __init__(self, publication: Publication, folder: Path) -> None:
        self._publication = publication
        self._path = folder / NAME
        self._file: BufferedWriter | None = None
        self._rows = 0

    def write(self, line: dict[str, Any]) -> None:
        """Add a line."""
        if self._file is None:
            self._file = self._open()
        self._rows += 1
        self._file.write(to_json(line) + b"\n")

    def close(self) -> None:
        """Complete the file; nothing is written after that."""
        if self._file is not None:
            with suppress(CrawlerError):  # the publication knows, and tells
                self._publication.close(self._file, rows=self._rows)

    def _open(self) -> BufferedWriter:
        target = target_at(str(self._path), format="jsonl")
        try:
            self._publication.claim(target)
        except ArgumentError as error:
            self._publication.fail(error)
        return self._publication.open(target)
