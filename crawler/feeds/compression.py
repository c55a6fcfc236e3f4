"""Which file names are compressed, by what, and how such files are read back."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePath
from typing import Any, BinaryIO

import zstandard

ZSTD_LEVEL = 3  # 4 times the speed of gzip 6, and smaller
GZIP_LEVEL = 6  # Scrapy's default of 9 takes twice the time for one in a hundred
CHUNK = 1 << 16

OTHER_SUFFIXES = frozenset({".7z", ".br", ".bz2", ".lz4", ".lzma", ".xz", ".z", ".zip"})
"""Suffixes that promise a compression which we do not write."""


class ZstdPlugin:
    """Compresses a feed with Zstandard; a post-processing plugin of Scrapy.

    The option ``zstd_level`` of the feed sets the level. Same input, same
    bytes; each frame carries a checksum.
    """

    def __init__(self, file: BinaryIO, feed_options: Mapping[str, Any]) -> None:
        level = int(feed_options.get("zstd_level", ZSTD_LEVEL))
        self._writer: Any = _zstd(level).stream_writer(file, closefd=False)

    def write(self, data: bytes) -> int:
        self._writer.write(data)
        return len(data)

    def close(self) -> None:
        self._writer.close()


@dataclass(frozen=True, slots=True)
class Compression:
    """One way to compress: what Scrapy must be told, and both directions by hand.

    ``read`` gives the content of a file, all members or frames of it; it
    raises ValueError, EOFError or a library's error where the file is cut.
    """

    suffix: str
    plugin: str
    compress: Callable[[bytes], bytes]
    read: Callable[[BinaryIO], Iterator[bytes]]
    options: Mapping[str, Any] = field(default_factory=dict)


def compression_of(path: str) -> Compression | None:
    """Tell how a file is compressed by the last suffix of its name; None when it is not.

    >>> compression_of("posts.jsonl.gz").suffix, compression_of("posts.jsonl")
    ('.gz', None)
    """
    return COMPRESSIONS.get(PurePath(path).suffix.lower())


def feed_options_for(path: str) -> dict[str, Any]:
    """Give the feed options that the suffixes of *path* ask for.

    ``format`` is what stands before a suffix of compression, and may be empty.

    >>> feed_options_for("posts.JSONL")
    {'format': 'jsonl'}
    >>> feed_options_for("posts.csv.zst")["postprocessing"]
    ['crawler.feeds.compression.ZstdPlugin']
    """
    name = PurePath(path)
    compression = compression_of(path)
    if compression is None:
        return {"format": name.suffix.lower().removeprefix(".")}
    inner = PurePath(name.stem).suffix.lower().removeprefix(".")
    return {"format": inner, "postprocessing": [compression.plugin], **compression.options}


def _zstd(level: int) -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(level=level, write_checksum=True)


def _compress_zstd(data: bytes) -> bytes:
    return _zstd(ZSTD_LEVEL).compress(data)


def _read_zstd(file: BinaryIO) -> Iterator[bytes]:
    """Read frame by frame: the library's stream reader is silent about a cut one."""
    decompressor = zstandard.ZstdDecompressor()
    frame = decompressor.decompressobj()
    begun = False
    while data := file.read(CHUNK):
        while data:
            begun = True
            yield frame.decompress(data)
            data = b""
            if frame.eof:
                data = frame.unused_data
                frame, begun = decompressor.decompressobj(), False
    if begun:
        raise EOFError("the last frame is cut")


def _read_gzip(file: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file, mode="rb") as content:
        while data := content.read(CHUNK):
            yield data


READ_ERRORS = (OSError, EOFError, ValueError, zlib.error, zstandard.ZstdError)
"""What reading a compressed file can raise."""

COMPRESSIONS: dict[str, Compression] = {
    ".gz": Compression(
        suffix=".gz",
        plugin="scrapy.extensions.postprocessing.GzipPlugin",
        compress=partial(gzip.compress, compresslevel=GZIP_LEVEL, mtime=0),
        read=_read_gzip,
        # neither time nor name in the header: same input, same bytes
        options={"gzip_compresslevel": GZIP_LEVEL, "gzip_mtime": 0, "gzip_filename": ""},
    ),
    ".zst": Compression(
        suffix=".zst",
        plugin="crawler.feeds.compression.ZstdPlugin",
        compress=_compress_zstd,
        read=_read_zstd,
    ),
}
"""Every suffix of compression that is written."""
