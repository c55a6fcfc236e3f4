from __future__ import annotations

import gzip

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.utils.test import get_crawler

from crawler.middlewares.compression import LenientCompressionMiddleware

URL = "https://example.org/wp-json/wp/v2/posts"
JSON = b'[{"id": 1}]'


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
