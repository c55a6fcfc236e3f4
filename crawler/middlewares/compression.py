"""Bodies unpacked, and those that only claim to be packed as they are."""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response


class LenientCompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's; a body that is not what Content-Encoding says is handed on as it came.

    Plugins that cache pages store the header of a packed one beside a plain
    one. What it is then is for ``crawler.wordpress`` to find out. Whatever is
    larger than DOWNLOAD_MAXSIZE is refused while it is unpacked, as ever.
    """

    def process_response(  # type: ignore[override]  # Scrapy's still has the old spider argument
        self, request: Request, response: Response
    ) -> Request | Response:
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
