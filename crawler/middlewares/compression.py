"""Bodies unpacked, and those that only claim to be packed as they are."""

from __future__ import annotations

import zlib

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.responsetypes import responsetypes

GZIPPED = "gzipped_body"
"""The key in ``meta`` of a request whose response came in gzip, whole: packed, and unpacked."""

GZIP_BITS = 31  # of zlib: a member of a gzip file, its checksum and length checked


class LenientCompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's; a body that is not what Content-Encoding says is handed on as it came.

    Plugins that cache pages store the header of a packed one beside a plain
    one. What it is then is for ``crawler.wordpress`` to find out. Whatever is
    larger than DOWNLOAD_MAXSIZE is refused while it is unpacked, as ever. What
    came in gzip is kept as it came, for the journal to store.
    """

    def process_response(  # type: ignore[override]  # Scrapy's still has the old spider argument
        self, request: Request, response: Response
    ) -> Request | Response:
        request.meta.pop(GZIPPED, None)  # of an answer before a retry
        if self._is_plain(request, response):
            body = unpack_whole(response.body, self._max_size)
            if body is not None:
                request.meta[GZIPPED] = response.body, body
                return self._unpacked(response, body)
        return self._leniently(request, response)

    def _is_plain(self, request: Request, response: Response) -> bool:
        """Tell whether there is no more to do than to unpack gzip: no odd wishes, no warning."""
        return (
            response.headers.getlist("Content-Encoding") == [b"gzip"]
            and request.method != "HEAD"
            and not self._warn_size
            and request.meta.keys().isdisjoint(("download_maxsize", "download_warnsize"))
        )

    def _unpacked(self, response: Response, body: bytes) -> Response:
        """Return what Scrapy's own would: it unpacks in small pieces, a quarter slower."""
        if self.stats:
            self.stats.inc_value("httpcompression/response_bytes", len(body))
            self.stats.inc_value("httpcompression/response_count")
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
        # the encoding is found anew: what was guessed of packed text is wrong
        text = {"encoding": None} if issubclass(kind, TextResponse) else {}
        return response.replace(cls=kind, headers=headers, body=body, **text)

    def _leniently(self, request: Request, response: Response) -> Request | Response:
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            refused = str(error)
        except Exception:  # each decoder has errors of its own
            headers = response.headers.copy()
            headers.pop("Content-Encoding", None)
            return response.replace(headers=headers)
        # not as it came: its traceback holds all that was unpacked, until somebody collects it
        raise IgnoreRequest(refused)


def gzipped_body(response: Response) -> bytes | None:
    """Give the body as it came in gzip; None where it did not, or was changed since."""
    if response.request is None:
        return None
    packed, unpacked = response.meta.get(GZIPPED, (None, None))
    return packed if unpacked is response.body else None


def unpack_whole(packed: bytes, limit: int) -> bytes | None:
    """Unpack gzip of one member, whole, of at most *limit* bytes; None for all else.

    >>> import gzip
    >>> unpack_whole(gzip.compress(b"[]"), 10), unpack_whole(gzip.compress(b"[]")[:-1], 10)
    (b'[]', None)
    """
    unpacker = zlib.decompressobj(GZIP_BITS)
    try:
        body = unpacker.decompress(packed, limit)
    except zlib.error:
        return None
    return body if unpacker.eof and not unpacker.unused_data else None
