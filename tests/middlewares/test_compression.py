from __future__ import annotations

import gzip
import zlib
from contextlib import suppress

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.utils.test import get_crawler

from crawler.middlewares.compression import (
    GZIPPED,
    LenientCompressionMiddleware,
    gzipped_body,
)

URL = "https://example.org/wp-json/wp/v2/posts"
JSON = b'[{"id": 1}]'
PACKED = gzip.compress(JSON, mtime=0)


OURS = {"DOWNLOAD_WARNSIZE": 0}


def unpacked(body, encoding="gzip", **settings):
    middleware = LenientCompressionMiddleware.from_crawler(get_crawler(settings_dict=settings))
    headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}
    return middleware.process_response(Request(URL), Response(URL, headers=headers, body=body))


def test_packed():
    """What is packed is unpacked, as in Scrapy."""
    response = unpacked(gzip.compress(JSON))

    assert (response.body, response.headers.get("Content-Encoding")) == (JSON, None)
    assert isinstance(response, TextResponse)


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "zstd"])
def test_not_packed(encoding):
    """What only claims to be is handed on as it came, and claims it no more."""
    response = unpacked(JSON, encoding)

    assert (response.body, response.headers.get("Content-Encoding")) == (JSON, None)
    assert response.headers["Content-Type"] == b"application/json"


def test_cut():
    """What is cut in the middle is unpacked as far as it goes."""
    packed = gzip.compress(bytes(range(256)) * 400, compresslevel=0)

    assert unpacked(packed[: len(packed) // 2]).body.startswith(bytes(range(256)))


def test_bomb():
    """What grows beyond the cap is refused."""
    with pytest.raises(IgnoreRequest, match="DOWNLOAD_MAXSIZE"):
        unpacked(gzip.compress(b" " * 1_000_000), DOWNLOAD_MAXSIZE=10_000)


@pytest.mark.parametrize(
    ("body", "encoding", "kept"),
    [
        (PACKED, "gzip", True),
        (PACKED[:-3], "gzip", False),
        (PACKED + b"padding", "gzip", False),
        (PACKED + gzip.compress(b" "), "gzip", False),
        (PACKED[:-8] + bytes(8), "gzip", False),
        (gzip.compress(PACKED), ["gzip", "gzip"], False),
        (JSON, "gzip", False),
        (zlib.compress(JSON), "deflate", False),
    ],
    ids=["whole", "cut", "padded", "two members", "spoilt", "twice", "plain", "deflate"],
)
def test_kept_as_it_came(body, encoding, kept):
    """Only what came in gzip, once and whole, is kept as it came: the journal can trust it."""
    request = Request(URL, meta={GZIPPED: (b"of the answer before", b"")})
    middleware = LenientCompressionMiddleware.from_crawler(get_crawler(settings_dict=OURS))
    headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}
    response = middleware.process_response(request, Response(URL, headers=headers, body=body))

    assert response.body.rstrip() == JSON
    response.request = request
    assert gzipped_body(response) == (body if kept else None)
    mended = response.replace(body=response.body + b" ")
    mended.request = request
    assert gzipped_body(mended) is None  # nor for what somebody changed since


def test_text_that_was_packed():
    """The encoding is that of what was unpacked, not guessed from what was packed."""
    body = gzip.compress('["Übersee"]'.encode())
    packed = TextResponse(URL, headers={"Content-Encoding": "gzip"}, body=body, encoding="cp1252")
    middleware = LenientCompressionMiddleware.from_crawler(get_crawler(settings_dict=OURS))

    assert middleware.process_response(Request(URL), packed).text == '["Übersee"]'


def test_counted():
    """What is unpacked is counted as Scrapy counts it."""
    crawler = get_crawler(settings_dict=OURS)
    middleware = LenientCompressionMiddleware.from_crawler(crawler)
    packed = Response(URL, headers={"Content-Encoding": "gzip"}, body=PACKED)
    middleware.process_response(Request(URL), packed)

    assert crawler.stats.get_stats() == {
        "httpcompression/response_bytes": len(JSON),
        "httpcompression/response_count": 1,
    }


@pytest.mark.parametrize(
    "wish",
    [{"meta": {"download_maxsize": -1}}, {"meta": {"download_warnsize": 1}}, {"method": "HEAD"}],
)
def test_wishes(wish):
    """A request with wishes of its own is left to Scrapy."""
    request = Request(URL, **wish)
    middleware = LenientCompressionMiddleware.from_crawler(get_crawler(settings_dict=OURS))
    with suppress(IgnoreRequest):
        packed = Response(URL, headers={"Content-Encoding": "gzip"}, body=PACKED)
        middleware.process_response(request, packed)
    assert GZIPPED not in request.meta


def test_warning(caplog):
    """DOWNLOAD_WARNSIZE warns of what is large only when it is unpacked."""
    unpacked(gzip.compress(b" " * 5000), DOWNLOAD_WARNSIZE=1000)
    assert "larger than the download warning size" in caplog.text
