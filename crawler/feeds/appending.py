"""What stands in a file that is to be appended to, and the whole that comes of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from crawler.errors import ArgumentError
from crawler.feeds.cells import read_header
from crawler.feeds.compression import READ_ERRORS
from crawler.feeds.staging import Existing, StagedFile, Target

HEAD_BYTES = 1 << 20  # the longest header that is looked for
CHUNK = 1 << 20
CLOSED_FORMATS = frozenset({"json", "xml"})
"""Formats of which two, one after the other, are none."""


def read_existing(target: Target) -> Existing | None:
    """Read what is at *target*; None where there is nothing.

    A compressed file is read whole, since only so its end is known. Raises
    ArgumentError where it is not what its name says, or cut.
    """
    try:
        with target.real.open("rb") as file:
            identity = _identity(file)
            head, last = _read_ends(target, file)
    except FileNotFoundError:
        return None
    except READ_ERRORS as error:
        raise ArgumentError(f"{target.path!r} cannot be appended to: {error}") from error
    if head and target.format in CLOSED_FORMATS:
        raise ArgumentError(
            f"{target.path!r} cannot be appended to: {target.format} ends with its last bracket; "
            "use JSON Lines, or -O to replace the file"
        )
    return Existing(head, ends_line=last in b"\r\n", identity=identity)


def check_header(target: Target, existing: Existing | None, head: bytes) -> None:
    """Refuse to append CSV rows under a header that is not theirs."""
    if existing is None or not existing.head:
        return
    there = read_header(existing.head.removeprefix(b"\xef\xbb\xbf"))
    ours = read_header(head)
    if there == ours:
        return
    raise ArgumentError(
        f"{target.path!r} has the columns {_shorten(there)}, this feed {_shorten(ours)}"
        f"{_difference(there or [], ours or [])}: name another file, or use -O to replace it"
    )


def unchanged(target: Target, existing: Existing | None) -> bool:
    """Tell whether a file is still as it was when it was read."""
    try:
        with target.real.open("rb") as file:
            return existing is not None and _identity(file) == existing.identity
    except FileNotFoundError:
        return existing is None
    except OSError:
        return False


def append(whole: StagedFile, rows: Path, existing: Existing | None, head: bytes) -> None:
    """Write into *whole* what the file holds, or *head*, and *rows* after it. Raises OSError."""
    target = whole.target
    if existing is not None and existing.head:
        with target.real.open("rb") as file:
            _copy(file, whole)
        if not existing.ends_line:
            _write(whole, _packed(target, b"\n"))
    elif head:
        _write(whole, _packed(target, head))
    with rows.open("rb") as file:
        _copy(file, whole)


def _identity(file: BinaryIO) -> tuple[int, ...]:
    found = os.fstat(file.fileno())
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def _read_ends(target: Target, file: BinaryIO) -> tuple[bytes, bytes]:
    """Read the beginning of the content, and its last byte; b"" where there is none."""
    if target.compression is None:
        head = file.read(HEAD_BYTES)
        if head:
            file.seek(-1, os.SEEK_END)
        return head, file.read(1)
    head = last = b""
    for data in target.compression.read(file):
        if len(head) < HEAD_BYTES:
            head += data[: HEAD_BYTES - len(head)]
        last = data[-1:] or last
    return head, last


def _packed(target: Target, data: bytes) -> bytes:
    return target.compression.compress(data) if target.compression else data


def _copy(source: BinaryIO, whole: StagedFile) -> None:
    while data := source.read(CHUNK):
        _write(whole, data)


def _write(whole: StagedFile, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[whole.write(view) :]


def _shorten(names: list[str] | None) -> str:
    if names is None:
        return "(none)"
    text = ",".join(names)
    return repr(text if len(text) <= 120 else f"{text[:100]}...") + f" ({len(names)})"


def _difference(there: list[str], ours: list[str]) -> str:
    for number, (one, other) in enumerate(zip(there, ours, strict=False), start=1):
        if one != other:
            return f"; column {number} is {one!r} there, {other!r} here"
    return ""
