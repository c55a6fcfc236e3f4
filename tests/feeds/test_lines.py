from __future__ import annotations

import gzip
import json

import pytest

from crawler.errors import ArgumentError
from crawler.feeds.lines import check_outputs, write_lines
from crawler.feeds.output import read_output

ROWS = [{"site": "a"}, {"site": "b"}]


def outputs(*names, overwrite=True):
    read = (read_output(name, overwrite=overwrite, exporters=["jsonl", "csv"]) for name in names)
    return dict(read)


class TestCheckOutputs:
    def test_other_format(self, tmp_path):
        """Only JSON Lines are written."""
        with pytest.raises(ArgumentError, match=r"is written as JSON Lines, as in survey\.jsonl$"):
            check_outputs(outputs(str(tmp_path / "x.csv")))

    def test_folder(self, tmp_path):
        """A name that cannot be a file is refused before anything is asked."""
        folder = tmp_path / "x.jsonl"
        folder.mkdir()
        with pytest.raises(ArgumentError, match="is a folder"):
            check_outputs(outputs("-", str(folder)))


class TestWriteLines:
    def test_replace(self, tmp_path):
        """-O replaces the file; a line a row, and nothing else is left in the folder."""
        path = tmp_path / "x.jsonl"
        path.write_text("old\n")
        write_lines(outputs(str(path)), ROWS)

        assert [json.loads(line) for line in path.read_text().splitlines()] == ROWS
        assert list(tmp_path.iterdir()) == [path]

    def test_append(self, tmp_path):
        """-o appends."""
        path = tmp_path / "x.jsonl"
        for row in ROWS:
            write_lines(outputs(str(path), overwrite=False), [row])
        assert [json.loads(line) for line in path.read_text().splitlines()] == ROWS

    def test_packed(self, tmp_path):
        """The suffix says what it is compressed by."""
        path = tmp_path / "x.jsonl.gz"
        write_lines(outputs(str(path)), ROWS)
        assert gzip.decompress(path.read_bytes()).count(b"\n") == 2

    def test_stdout(self, capfdbinary):
        """- is standard output."""
        write_lines(outputs("-"), ROWS)
        assert capfdbinary.readouterr().out == b'{"site":"a"}\n{"site":"b"}\n'

    def test_all_or_nothing(self, tmp_path):
        """Where one file cannot be written, none is, and nothing is left."""
        folder = tmp_path / "b.jsonl"
        folder.mkdir()
        with pytest.raises(ArgumentError, match="is a folder"):
            write_lines(outputs(str(tmp_path / "a.jsonl"), str(folder)), ROWS)
        assert list(tmp_path.iterdir()) == [folder]
