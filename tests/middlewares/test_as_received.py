from __future__ import annotations

import gzip

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.middlewares.as_received import GZIPPED, AsReceived
from crawler.state.journal import Answered, Journal

BODY = b'[{"id": 7}]' * 100


def pack(data):
    return gzip.compress(data, mtime=0)


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({"Content-Encoding": "gzip"}, True),
        ({"Content-Encoding": "br"}, False),
        ({"Content-Encoding": ["gzip", "br"]}, False),
        ({}, False),
    ],
)
def test_kept(headers, kept):
    """What came in gzip, and in nothing else, is kept as it came."""
    request = Request("https://example.org/", meta={GZIPPED: b"of the answer before"})
    response = Response(request.url, headers=headers, body=b"packed")

    assert AsReceived().process_response(request, response) is response
    assert request.meta.get(GZIPPED) == (b"packed" if kept else None)


@pytest.mark.parametrize(
    "gzipped",
    [
        pack(BODY),
        pack(BODY)[:-3],
        pack(BODY) + b"padding",
        pack(BODY[:50]) + pack(BODY[50:]),
        b"no gzip at all",
        None,
    ],
)
def test_in_the_journal(tmp_path, gzipped):
    """Whatever came over the wire, the journal gives the body that was read."""
    one = Answered("u", 200, "u", (), BODY, "2026-11-23T19:30:00Z", gzipped=gzipped)
    journal = Journal.begin(tmp_path / "one.journal", {})
    journal.add(one)
    journal.close()
    again = Journal.resume(tmp_path / "one.journal")
    found = again.take("u")
    again.close()

    assert found == one
    whole = gzipped == pack(BODY)
    assert (gzipped is not None and gzipped in (tmp_path / "one.journal").read_bytes()) is whole
