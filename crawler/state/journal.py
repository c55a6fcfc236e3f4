"""The journal of an unfinished run: each answer that was taken, in a compressed file."""

from __future__ import annotations

import os
import struct
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from zlib import crc32

import orjson
import zstandard
from scrapy.utils.gz import gunzip

from crawler.feeds.staging import cannot_write, make_folder, sync_folder

Body = bytes  # of which an answer has a number, too

FOLDER = "journals"
"""Of all journals, beside the state file."""

MAGIC = b"PCJ1"
LEVEL = 1  # the quickest; what comes in gzip is kept as it came

_FRAME = struct.Struct(">III")  # bytes of the head, bytes of the body, CRC-32 of both


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer as the harvest took it: ``asked`` for one URL, it came from ``url``.

    ``fetched_at`` is RFC 3339 in UTC; ``requests`` and ``bytes`` are what the
    run had cost until then. ``gzipped`` is the body as it came, if that was one whole
    member in gzip.
    """

    asked: str
    status: int
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: str
    requests: int = 0
    bytes: int = 0
    gzipped: Body | None = field(default=None, compare=False)


@dataclass(slots=True)
class Found:
    """What a journal holds: its ``header``, the parts its run began, answers by their URL.

    ``resumed`` are the times at which it was taken up again, ``last`` that of
    the last answer, "" where there is none, all RFC 3339 in UTC. ``notes`` are
    what else the certificate is to know.
    """

    header: dict[str, Any]
    notes: dict[str, Any] = field(default_factory=dict)
    parts: list[Path] = field(default_factory=list)
    resumed: list[str] = field(default_factory=list)
    last: str = ""
    answers: dict[str, deque[int]] = field(default_factory=dict)
    requests: int = 0
    bytes: int = 0
    end: int = 0  # of what is whole; what follows was cut by a kill


class Journal:
    """A file to which answers are added, and from which they are taken again.

    An answer is on its way to the disk when `add` returns: a killed process
    loses none. A power cut may cost the last ones; what is torn is cut off, and
    asked for again. Raises PublicationError where the disk is full.
    """

    def __init__(self, path: Path, file: BinaryIO, found: Found) -> None:
        self.path = path
        self.found = found
        self._file = file
        self._compress = zstandard.ZstdCompressor(level=LEVEL).compress
        self._decompress = zstandard.ZstdDecompressor().decompress

    @classmethod
    def begin(cls, path: Path, header: dict[str, Any]) -> Journal:
        """Begin a journal in place of whatever is at *path*; it is there whole, or not at all."""
        new = path.with_name(path.name + ".new")
        head = orjson.dumps(header)
        try:
            make_folder(path.parent)
            with new.open("wb") as file:
                file.write(MAGIC + _frame(head, b""))
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
            sync_folder(path.parent)
            return cls(path, path.open("r+b", buffering=0), Found(header, end=new_end(head)))
        except OSError as error:
            raise cannot_write(str(path), error) from error

    @classmethod
    def resume(cls, path: Path) -> Journal | None:
        """Open a journal that a run left; None where there is none that can be read."""
        try:
            file = path.open("r+b", buffering=0)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise cannot_write(str(path), error) from error
        try:
            found = _read(file)
            if found is not None:
                file.truncate(found.end)
                return cls(path, file, found)
        except OSError as error:
            file.close()
            raise cannot_write(str(path), error) from error
        file.close()
        return None

    def take(self, asked: str) -> Answered | None:
        """Take the answer to a URL, the first that was not taken yet; None where none is left."""
        waiting = self.found.answers.get(asked)
        if not waiting:
            return None
        place = waiting.popleft()
        if not waiting:
            del self.found.answers[asked]
        self._file.seek(place)
        head, body = next(_frames(self._file))[1]
        fields = orjson.loads(head)
        fields["headers"] = tuple((name, value) for name, value in fields["headers"])
        unpack = gunzip if fields.pop("coding") == "gzip" else self._decompress
        return Answered(**fields, body=unpack(body))

    def add(self, answered: Answered) -> None:
        """Add an answer at the end."""
        head = {
            "asked": answered.asked,
            "status": answered.status,
            "url": answered.url,
            "headers": answered.headers,
            "fetched_at": answered.fetched_at,
            "requests": answered.requests,
            "bytes": answered.bytes,
            "coding": "zstd",
        }
        packed = answered.gzipped
        if packed is not None:
            head["coding"] = "gzip"
        else:
            packed = self._compress(answered.body)
        self._append(orjson.dumps(head), packed)

    def add_part(self, part: Path) -> None:
        """Note a file that this run begins, and that is to go where it is not published."""
        self._append(orjson.dumps({"part": os.fspath(part)}), b"")

    def note(self, name: str, value: Any) -> None:
        """Note what a process that goes on would not see again, in place of what it was before."""
        self.found.notes[name] = value
        self._append(orjson.dumps({"note": name, "value": value}), b"")

    def go_on(self, now: str) -> None:
        """Remove the parts of the process that was killed, and note when another went on."""
        remove_parts(self.found)
        self._append(orjson.dumps({"resumed": now}), b"")
        self.found.resumed.append(now)

    def close(self) -> None:
        """Let go of the file; it stays."""
        self._file.close()

    def remove(self) -> None:
        """Remove it: the run has come to its end."""
        self._file.close()
        self.path.unlink(missing_ok=True)
        sync_folder(self.path.parent)

    def set_aside(self, stamp: str) -> Path:
        """Keep it under another name, for whoever wants to look; give that name."""
        remove_parts(self.found)
        self._file.close()
        aside, taken = self.path.with_name(f"{self.path.name}.{stamp}"), 1
        while aside.exists():
            taken += 1
            aside = self.path.with_name(f"{self.path.name}.{stamp}-{taken}")
        return self.path.rename(aside)

    def _append(self, head: bytes, body: bytes) -> None:
        frame = _frame(head, body)
        try:
            self._file.seek(self.found.end)
            view = memoryview(frame)
            while view:
                view = view[self._file.write(view) :]
        except OSError as error:
            raise cannot_write(str(self.path), error) from error
        self.found.end += len(frame)


def look_into(path: Path) -> Found | None:
    """Read what a journal holds, its answers' bodies apart; None where it cannot be read.

    Nothing is changed: its run may be under way.
    """
    try:
        with path.open("rb") as file:
            return _read(file, whole=False)
    except OSError:
        return None


def remove_parts(found: Found) -> None:
    """Remove what a killed process had begun to write."""
    for part in found.parts:
        part.unlink(missing_ok=True)
    found.parts.clear()


def new_end(head: bytes) -> int:
    """Give the length of a journal with nothing but its header."""
    return len(MAGIC) + _FRAME.size + len(head)


def _frame(head: bytes, body: bytes) -> bytes:
    return _FRAME.pack(len(head), len(body), crc32(body, crc32(head))) + head + body


def _read(file: BinaryIO, *, whole: bool = True) -> Found | None:
    """Read what is whole; None where not even the header is."""
    if file.read(len(MAGIC)) != MAGIC:
        return None
    found: Found | None = None
    for place, (head, _) in _frames(file, whole=whole):
        fields = orjson.loads(head)
        if found is None:
            found = Found(fields)
        elif "part" in fields:
            found.parts.append(Path(fields["part"]))
        elif "note" in fields:
            found.notes[fields["note"]] = fields["value"]
        elif "resumed" in fields:
            found.resumed.append(fields["resumed"])
        else:
            found.answers.setdefault(fields["asked"], deque()).append(place)
            found.requests, found.bytes = fields["requests"], fields["bytes"]
            found.last = fields["fetched_at"]
        found.end = file.tell()
    return found


def _frames(file: BinaryIO, *, whole: bool = True) -> Iterator[tuple[int, tuple[bytes, bytes]]]:
    """Read frame after frame: where it begins, its head and its body; up to the first torn one.

    Bodies are passed over where not *whole*, and what is torn is known by its head.
    """
    size = os.fstat(file.fileno()).st_size
    while True:
        place = file.tell()
        start = file.read(_FRAME.size)
        if len(start) < _FRAME.size:
            return
        head_size, body_size, checksum = _FRAME.unpack(start)
        if head_size + body_size > size - file.tell():
            return
        head, body = file.read(head_size), b""
        if whole:
            body = file.read(body_size)
            torn = crc32(body, crc32(head)) != checksum
        else:
            file.seek(body_size, os.SEEK_CUR)
            torn = not head.endswith(b"}")
        if torn:
            return
        yield place, (head, body)
