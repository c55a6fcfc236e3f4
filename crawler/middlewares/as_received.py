"""Keeps what came over the wire, compressed as it was, for whoever wants to store it."""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response

GZIPPED = "gzipped_body"
"""The key in ``meta`` of a request whose response came in gzip."""


class AsReceived:
    """Put a body in gzip into ``meta``; it stands between the wire and HttpCompression."""

    def process_response(self, request: Request, response: Response) -> Response:
        request.meta.pop(GZIPPED, None)  # of an answer before a retry
        if response.headers.getlist("Content-Encoding") == [b"gzip"]:
            request.meta[GZIPPED] = response.body
        return response
