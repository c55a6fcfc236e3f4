from __future__ import annotations

import json

import pytest

from crawler.errors import ArgumentError
from crawler.feeds.compression import COMPRESSIONS
from crawler.feeds.reading import Names, Read, read_documents

LINES = [
    {"record_id": "a#1", "kind": "document", "content_text": "One.", "published": "2026-01-01"},
    {"record_id": "a#2", "kind": "comment", "content_text": "Two."},
    {"record_id": "a#3", "kind": "document", "content_text": None, "published": None},
    {"record_id": 4, "content_text": "U\u2028V", "published": 2026},
]
EXPECTED = [
    Read("a#1", "One.", "2026-01-01"),
    Read("a#3", None, None),
    Read("4", "U\u2028V", "2026"),
]


def read(path, data, **names):
    path.write_bytes(data)
    return list(read_documents(str(path), Names(**names)))


def lines(values):
    return b"".join(json.dumps(value, ensure_ascii=False).encode() + b"\n" for value in values)


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_compressed(tmp_path, suffix):
    """Documents are read, other items of ours passed over, compressed or not."""
    data = lines(LINES)
    packed = COMPRESSIONS[suffix].compress(data) if suffix else data
    assert read(tmp_path / f"a.jsonl{suffix}", packed) == EXPECTED


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_long(tmp_path, suffix):
    """Lines longer than what is read at once, and the last without its end, come whole."""
    values = [{"record_id": f"a#{n}", "content_text": str(n) * 70_000} for n in range(9)]
    data = lines(values).removesuffix(b"\n")
    packed = COMPRESSIONS[suffix].compress(data) if suffix else data
    found = read(tmp_path / f"a.jsonl{suffix}", packed)
    assert [each.text for each in found] == [value["content_text"] for value in values]


def test_other_names(tmp_path):
    """Other people's fields have other names; blank lines are nothing."""
    data = b'{"url": "u", "body": "b", "day": "d"}\n\n  \n'
    names = {"id": "url", "text": "body", "date": "day"}
    assert read(tmp_path / "a.jsonl", data, **names) == [Read("u", "b", "d")]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b'{"record_id": "a"}\n{"record', "line 2: expected JSON: "),
        (b"[1]\n", "line 1: expected a JSON object"),
        (
            b'{"id": 7}\n',
            "line 1: expected a string or a number under 'record_id', got None; --id",
        ),
        (b'{"record_id": true}\n', "under 'record_id', got True"),
    ],
)
def test_refused(tmp_path, data, error):
    """What is no document is refused with its line."""
    with pytest.raises(ArgumentError) as caught:
        read(tmp_path / "a.jsonl", data)
    assert error in str(caught.value)


def test_cut(tmp_path):
    """A compressed file that is cut is refused."""
    packed = COMPRESSIONS[".zst"].compress(lines(LINES))
    with pytest.raises(ArgumentError, match="cannot be read: the last frame is cut"):
        read(tmp_path / "a.jsonl.zst", packed[:-6])


def test_absent(tmp_path):
    """So is one that is not there."""
    with pytest.raises(ArgumentError, match="cannot be read: No such file"):
        list(read_documents(str(tmp_path / "none.jsonl"), Names()))
