import gzip
import io

import pytest
import zstandard
from scrapy.extensions.postprocessing import PostProcessingManager

from crawler.feeds.compression import COMPRESSIONS, READ_ERRORS, feed_options_for

ROWS = [f'{{"id":{number}}}\n'.encode() for number in range(5_000)]


def compress(suffix: str, rows, **options) -> bytes:
    """Compress as a feed does."""
    file = io.BytesIO()
    feed = {**feed_options_for(f"out.jsonl{suffix}"), **options}
    manager = PostProcessingManager(feed["postprocessing"], file, feed)
    for row in rows:
        manager.write(row)
    manager.close()
    return file.getvalue()


def read(suffix: str, data: bytes) -> bytes:
    return b"".join(COMPRESSIONS[suffix].read(io.BytesIO(data)))


def test_readable_by_others():
    """The libraries of each format read what was written."""
    whole = b"".join(ROWS)

    assert gzip.decompress(compress(".gz", ROWS)) == whole
    assert zstandard.ZstdDecompressor().stream_reader(compress(".zst", ROWS)).read() == whole


@pytest.mark.parametrize("suffix", COMPRESSIONS)
class TestEach:
    def test_same_bytes(self, suffix, monkeypatch):
        """The same input gives the same bytes, whatever the time and the name."""
        first = compress(suffix, ROWS)
        monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)

        assert compress(suffix, ROWS) == first

    def test_concatenated(self, suffix):
        """Several, one after the other, are read as one; those made by hand too."""
        data = (
            compress(suffix, ROWS)
            + COMPRESSIONS[suffix].compress(b"between")
            + compress(suffix, [])
            + compress(suffix, ROWS[:1])
        )

        assert read(suffix, data) == b"".join(ROWS) + b"between" + ROWS[0]

    @pytest.mark.parametrize("kept", [1, 5, 100, -1, -8])
    def test_cut(self, suffix, kept):
        """A file that was cut is no shorter file."""
        data = compress(suffix, ROWS)

        with pytest.raises(READ_ERRORS):
            read(suffix, data + data[:kept])
        with pytest.raises(READ_ERRORS):
            read(suffix, data[:kept])

    def test_changed(self, suffix):
        """A file of which one byte changed is refused."""
        data = bytearray(compress(suffix, ROWS))
        data[len(data) // 2] ^= 0x55

        with pytest.raises(READ_ERRORS):
            read(suffix, bytes(data))

    def test_nothing(self, suffix):
        """No rows make a whole, readable file."""
        data = compress(suffix, [])

        assert data != b""
        assert read(suffix, data) == b""
        assert read(suffix, b"") == b""


def test_level():
    """The levels can be set, feed by feed."""
    assert len(compress(".zst", ROWS, zstd_level=19)) < len(compress(".zst", ROWS, zstd_level=1))
    assert len(compress(".gz", ROWS, gzip_compresslevel=9)) < len(
        compress(".gz", ROWS, gzip_compresslevel=1)
    )
