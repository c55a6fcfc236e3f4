"""Downloads over HTTP from the addresses that the crawl may connect to."""

from __future__ import annotations

import logging
from time import monotonic

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response

from crawler.connections.lookup import Lookup, looking_up
from crawler.connections.resolver import CheckedResolver
from crawler.middlewares.refusals import Refusals, RequestRefused
from crawler.wordpress.bounds import Bounds

logger = logging.getLogger(__name__)


class AddressRefused(RequestRefused):
    """A name has no address but such as nobody may be sent to.

    Raised by the download handler. It is not retried; the spider's errback
    takes the text as the reason.
    """


class CheckedHTTPHandler(HTTP11DownloadHandler):
    """Scrapy's handler; it tells the resolver for whom it asks, and answers for a refusal."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.crawler = crawler
        # Twisted sends a request again, at once and unseen, where a kept connection broke
        self._pool.retryAutomatically = False
        warn_of_other_resolver()
        self.refusals = Refusals(crawler, "middlewares/address_refused_count/{}")

    async def download_request(self, request: Request) -> Response:
        lookup = Lookup(self._named(request))
        begin = monotonic()
        try:
            with looking_up(lookup):
                response = await super().download_request(request)
            # Scrapy's ends with the headers: what keeps a site busy is the whole answer
            request.meta["download_latency"] = monotonic() - begin
            return response
        except CannotResolveHostError as error:
            if not lookup.refused:
                raise
            raise AddressRefused(why(lookup)) from error
        finally:
            for host, address, kind in lookup.refused:
                self.refusals.add(kind, f"{host} at {address}")

    def _named(self, request: Request) -> frozenset[str] | None:
        """Give the hosts that the user named; None where anything goes."""
        if "proxy" in request.meta:  # the user's too; what lies behind it, it looks up itself
            return None
        bounds: Bounds | None = getattr(self.crawler.spider, "bounds", None)
        return bounds.named_hosts if bounds is not None else None


def warn_of_other_resolver() -> None:
    """Say so where another resolver was set, which nobody asks about addresses."""
    from twisted.internet import reactor  # installed by now, and not to be installed by us

    found = reactor.nameResolver
    if not isinstance(found, CheckedResolver):
        logger.warning("Addresses are not checked: the resolver is %s", type(found).__qualname__)


def why(lookup: Lookup) -> str:
    """Say what was refused, and how to allow it.

    >>> why(Lookup(frozenset(), [("www.example.org", "10.0.0.7", "private")]))[:53]
    '10.0.0.7 (private) is where www.example.org leads; if'
    """
    host, address, kind = lookup.refused[0]
    place = f"{address} ({kind}) is where {host} leads"
    if lookup.named is not None and host in lookup.named:
        return f"{place}, and it had a public address before: not asked"
    return f"{place}; if that may be asked, add -a allow_hosts={host}, or name it as the site"
