from __future__ import annotations

import gzip

import pytest
import zstandard

from crawler.errors import PublicationError
from crawler.feeds import whole_file
from crawler.feeds.whole_file import write_whole

LINES = [b'{"id":%d}\n' % number for number in range(100)]


@pytest.fixture
def in_pieces(monkeypatch):
    monkeypatch.setattr(whole_file, "PIECE", 64)


@pytest.mark.usefixtures("in_pieces")
class TestPieces:
    def test_plain(self, tmp_path):
        """Written piece by piece, the file holds every line once, in order; they are counted."""
        path = tmp_path / "x.jsonl"
        path.write_text("old\n")
        assert write_whole(str(path), iter(LINES)) == 100
        assert path.read_bytes() == b"".join(LINES)
        assert list(tmp_path.iterdir()) == [path]

    def test_gzip(self, tmp_path):
        """Each piece is a member of the .gz file."""
        path = tmp_path / "x.jsonl.gz"
        assert write_whole(str(path), iter(LINES)) == 100
        assert gzip.decompress(path.read_bytes()) == b"".join(LINES)

    def test_zstd(self, tmp_path):
        """Each piece is a frame of the .zst file."""
        path = tmp_path / "x.jsonl.zst"
        assert write_whole(str(path), iter(LINES)) == 100
        with path.open("rb") as file:
            reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
            assert reader.read() == b"".join(LINES)


def test_no_lines(tmp_path):
    """A compressed file of no lines can be unpacked, to nothing."""
    path = tmp_path / "x.jsonl.gz"
    assert write_whole(str(path), []) == 0
    assert gzip.decompress(path.read_bytes()) == b""
    assert path.read_bytes() != b""


@pytest.mark.usefixtures("in_pieces")
def test_lines_break_off(tmp_path):
    """Where the lines end in an error, the old file stands, and nothing is left beside it."""

    def broken():
        yield from LINES
        raise PublicationError("a run's file is cut")

    path = tmp_path / "x.jsonl"
    path.write_text("old\n")
    with pytest.raises(PublicationError, match="is cut"):
        write_whole(str(path), broken())

    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]
