"""Documents out of JSON Lines that are there already: ours, or other people's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from crawler.errors import ArgumentError
from crawler.feeds.compression import READ_ERRORS, compression_of
from crawler.items import ITEM_CLASSES


@dataclass(frozen=True, slots=True)
class Names:
    """What the fields are called that a document is made of."""

    id: str = "record_id"
    text: str = "content_text"
    date: str = "published"


@dataclass(frozen=True, slots=True)
class Read:
    """A document of a file; ``text`` and ``date`` are None where it has none."""

    id: str
    text: str | None
    date: str | None
    unit: str = "word"  # what our own records say that their words are counted in


def read_documents(path: str, names: Names) -> Iterator[Read]:
    """Read the documents of a file, plain or compressed as its name says.

    Items of ours that are no documents are passed over. Raises ArgumentError,
    with the line, for what is no JSON object or has no id.
    """
    number = 0
    try:
        for number, line in enumerate(lines_of(Path(path)), start=1):
            if not line.strip():
                continue
            value = orjson.loads(line)
            if not isinstance(value, dict):
                raise ArgumentError(f"{path}, line {number}: expected a JSON object")
            if value.get("kind", "document") in _OTHER_KINDS:
                continue
            yield _document(value, names, f"{path}, line {number}")
    except orjson.JSONDecodeError as error:
        raise ArgumentError(f"{path}, line {number}: expected JSON: {error}") from error
    except READ_ERRORS as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise ArgumentError(f"{path!r} cannot be read: {reason or error}") from error


_OTHER_KINDS = [kind for kind in ITEM_CLASSES if kind != "document"]


def _document(value: dict[str, Any], names: Names, place: str) -> Read:
    found = value.get(names.id)
    if not isinstance(found, (str, int)) or isinstance(found, bool):
        raise ArgumentError(
            f"{place}: expected a string or a number under {names.id!r}, got {found!r:.60}; "
            "--id names the field"
        )
    text, date = value.get(names.text), value.get(names.date)
    return Read(
        str(found),
        text if isinstance(text, str) else None,
        None if date is None else str(date),
        "character" if value.get("word_unit") == "character" else "word",
    )


def lines_of(path: Path) -> Iterator[bytes]:
    """Read the lines of a file, plain or compressed as its name says.

    Raises one of READ_ERRORS where it cannot be read, or is cut.
    """
    compression = compression_of(path.name)
    with path.open("rb") as file:
        yield from file if compression is None else _split(compression.read(file))


def _split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest: list[bytes] = []
    for chunk in chunks:
        *lines, last = chunk.split(b"\n")
        for line in lines:
            yield b"".join((*rest, line))
            rest.clear()
        rest.append(last)
    yield b"".join(rest)
