"""Resolves names to addresses, and gives only those that may be connected to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, Self, cast

import idna
from scrapy.crawler import Crawler
from scrapy.resolver import CachingHostnameResolver, HostResolution
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.base import ReactorBase

from crawler.connections.lookup import Lookup, current_lookup
from crawler.wordpress.addresses import Resolved, judge_addresses


class Receiver(Protocol):
    """Twisted's IResolutionReceiver, in a form that can be checked."""

    def resolutionBegan(self, resolutionInProgress: Any) -> None: ...
    def addressResolved(self, address: Any) -> None: ...
    def resolutionComplete(self) -> None: ...


class NameResolver(Protocol):
    """Twisted's IHostnameResolver, likewise."""

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Any = None,
        transportSemantics: str = "TCP",
    ) -> Any: ...


Families = tuple[type[IPv4Address] | type[IPv6Address], ...]


class CheckedResolver:
    """The process's resolver: the address that is checked is the one connected to.

    It stands between Twisted and getaddrinfo, with Scrapy's cache behind it: an
    answer is judged anew for each crawl that gets it.
    """

    def __init__(self, reactor: ReactorBase, resolver: NameResolver, *, timeout: float) -> None:
        self.reactor = reactor
        self.resolver = resolver
        self.timeout = timeout
        self._public: set[str] = set()  # names that had a public address

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        settings = crawler.settings
        resolver = cast("NameResolver", reactor.nameResolver)
        if settings.getbool("DNSCACHE_ENABLED"):
            resolver = cast("NameResolver", CachingHostnameResolver.from_crawler(crawler, reactor))
        return cls(reactor, resolver, timeout=settings.getfloat("DNS_TIMEOUT"))

    def install_on_reactor(self) -> None:
        self.reactor.installNameResolver(cast("Any", self))

    def resolveHostName(
        self,
        resolutionReceiver: Receiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Any = None,
        transportSemantics: str = "TCP",
    ) -> HostResolution:
        name = ascii_name(hostName)
        resolution = HostResolution(name)
        resolutionReceiver.resolutionBegan(resolution)
        wanted: Families = tuple(addressTypes or (IPv4Address, IPv6Address))
        answer = _Answer(self, resolutionReceiver, name, wanted)
        self.resolver.resolveHostName(answer, name, portNumber, addressTypes, transportSemantics)
        return resolution

    def judge(self, name: str, addresses: Sequence[str], lookup: Lookup) -> Resolved:
        """Choose the addresses that may be connected to, and note the others in *lookup*."""
        if lookup.named is None:
            return Resolved(tuple(addresses), (), public=False)
        resolved = judge_addresses(
            addresses, named=name in lookup.named, was_public=name in self._public
        )
        if resolved.public:
            self._public.add(name)
        lookup.refused += [(name, address, kind) for address, kind in resolved.refused]
        return resolved


class _Answer:
    """Collects the addresses of one name, and hands on those that may be connected to.

    After DNS_TIMEOUT there are none: a name without an address is what Twisted
    and Scrapy know as a failed look-up.
    """

    def __init__(
        self, resolver: CheckedResolver, receiver: Receiver, name: str, wanted: Families
    ) -> None:
        self.resolver = resolver
        self.receiver = receiver
        self.name = name
        self.wanted = wanted
        self.lookup = current_lookup()
        self.addresses: list[IPv4Address | IPv6Address] = []
        self.expiry = resolver.reactor.callLater(resolver.timeout, receiver.resolutionComplete)

    def resolutionBegan(self, resolutionInProgress: Any) -> None:
        """Do nothing: the receiver knows already."""

    def addressResolved(self, address: Any) -> None:
        if isinstance(address, self.wanted):  # the cache keeps both families
            self.addresses.append(address)

    def resolutionComplete(self) -> None:
        if not self.expiry.active():
            return
        self.expiry.cancel()
        hosts = [address.host for address in self.addresses]
        usable = self.resolver.judge(self.name, hosts, self.lookup).usable
        for address in self.addresses:
            if address.host in usable:
                self.receiver.addressResolved(address)
        self.receiver.resolutionComplete()


def ascii_name(host: str) -> str:
    """Write a name as it stood in the URL: Twisted gives it decoded.

    >>> ascii_name("faß.example"), ascii_name("Example.org")
    ('xn--fa-hia.example', 'example.org')

    Python's own codec would look up another name, fass.example.
    """
    if host.isascii():
        return host.lower()
    try:
        return idna.encode(host).decode("ascii")
    except UnicodeError:  # an emoji, most often, which Scrapy decoded by Python's codec
        return host.encode("idna").decode("ascii")
