import gzip
import io

import pytest

from crawler.errors import ArgumentError
from crawler.feeds.appending import HEAD_BYTES, check_header, read_existing, unchanged
from crawler.feeds.compression import COMPRESSIONS
from crawler.feeds.staging import target_at


def target(path, *, format="jsonl", packed=False):
    compression = COMPRESSIONS[".gz"] if packed else None
    return target_at(str(path), format=format, append=True, compression=compression)


@pytest.mark.parametrize("packed", [False, True])
class TestReadExisting:
    @pytest.mark.parametrize(
        ("content", "ends_line"),
        [(b"", True), (b"a\n", True), (b"a\r\n", True), (b"a\r", True), (b"a", False)],
    )
    def test_ends(self, tmp_path, packed, content, ends_line):
        """It tells how the content begins, and whether its last row is over."""
        path = tmp_path / "out.jsonl"
        path.write_bytes(gzip.compress(content) if packed else content)
        existing = read_existing(target(path, packed=packed))

        assert (existing.head, existing.ends_line) == (content, ends_line)

    def test_long(self, tmp_path, packed):
        """Of a long file only the beginning is kept."""
        content = b"x" * (2 * HEAD_BYTES) + b"\n"
        path = tmp_path / "out.jsonl"
        path.write_bytes(gzip.compress(content) if packed else content)
        existing = read_existing(target(path, packed=packed))

        assert (len(existing.head), existing.ends_line) == (HEAD_BYTES, True)

    def test_absent(self, tmp_path, packed):
        """Where there is no file there is nothing."""
        assert read_existing(target(tmp_path / "out.jsonl", packed=packed)) is None


class TestUnchanged:
    def test_each_change(self, tmp_path):
        """A file that appeared, grew, was replaced or is gone is another one."""
        path = tmp_path / "out.jsonl"
        assert unchanged(target(path), None)
        path.write_bytes(b"a\n")
        assert not unchanged(target(path), None)
        existing = read_existing(target(path))
        assert unchanged(target(path), existing)
        (tmp_path / "other").write_bytes(b"a\n")
        (tmp_path / "other").replace(path)
        assert not unchanged(target(path), existing)
        existing = read_existing(target(path))
        path.write_bytes(b"a\nb\n")
        assert not unchanged(target(path), existing)
        path.unlink()
        assert not unchanged(target(path), existing)


class TestCheckHeader:
    @pytest.mark.parametrize(
        "content",
        [b"id,name\r\n7,x", b"id,name\n", b'"id","name"', b"\xef\xbb\xbfid,name\r\n", b""],
    )
    def test_same(self, tmp_path, content):
        """The names count, not how they are quoted; a spreadsheet's mark is passed over."""
        (tmp_path / "out.csv").write_bytes(content)
        there = target(tmp_path / "out.csv", format="csv")

        check_header(there, read_existing(there), b"id,name\r\n")

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"id\r\n", "columns 'id' (1), this feed 'id,name' (2): name another file"),
            (b"id,title\r\n", "; column 2 is 'title' there, 'name' here: name another"),
            (b'"id', "has the columns (none), this feed 'id,name' (2): name another file"),
            (b"\xff\xfe", "has the columns (none), this feed"),
        ],
    )
    def test_other(self, tmp_path, content, message):
        """Another header is refused; both are named, and where they part."""
        (tmp_path / "out.csv").write_bytes(content)
        there = target(tmp_path / "out.csv", format="csv")

        with pytest.raises(ArgumentError) as refusal:
            check_header(there, read_existing(there), b"id,name\r\n")
        assert message in str(refusal.value)


def test_torn_between_members():
    """Bytes after the last member that are none are no content."""
    data = gzip.compress(b"a\n") + b"rest"

    with pytest.raises(OSError, match="Not a gzipped file"):
        list(COMPRESSIONS[".gz"].read(io.BytesIO(data)))
