"""IP addresses that no name may lead to unless the user named it: what each of them is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


class AddressKind(StrEnum):
    """Why an address is nobody's public server."""

    METADATA = "metadata"  # of a cloud: secrets for whoever asks from inside
    LOOPBACK = "loopback"
    PRIVATE = "private"
    LINK_LOCAL = "link_local"
    SHARED = "shared"  # behind a provider's NAT
    MULTICAST = "multicast"
    UNSPECIFIED = "unspecified"
    RESERVED = "reserved"


_METADATA = frozenset(
    map(
        ip_address,
        (
            "169.254.169.254",  # AWS, Azure, Google and most others
            "169.254.170.2",  # AWS, for containers
            "168.63.129.16",  # Azure: a public address by its looks
            "100.100.100.200",  # Alibaba
            "192.0.0.192",  # Oracle
            "fd00:ec2::254",  # AWS
            "fd20:ce::254",  # Google
        ),
    )
)
# Of IANA's registries of special-purpose addresses; ipaddress reads them differently from one
# version of Python to the next.
_NETWORKS = tuple(
    (ip_network(network), kind)
    for kind, networks in {
        AddressKind.LOOPBACK: "127.0.0.0/8 ::1/128",
        AddressKind.UNSPECIFIED: "0.0.0.0/8 ::/128",
        AddressKind.PRIVATE: "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fec0::/10 "
        "64:ff9b:1::/48",
        AddressKind.LINK_LOCAL: "169.254.0.0/16 fe80::/10",
        AddressKind.SHARED: "100.64.0.0/10",
        AddressKind.MULTICAST: "224.0.0.0/4 ff00::/8",
        AddressKind.RESERVED: "192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 "
        "198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 2001::/23 2001:db8::/32 3fff::/20",
    }.items()
    for network in networks.split()
)
_GLOBAL_UNICAST = ip_network("2000::/3")  # beyond it nothing is given out
_MAPPED = ip_network("::ffff:0:0/96")
_NAT64 = ip_network("64:ff9b::/96")
_SIX_TO_FOUR = ip_network("2002::/16")


def address_kind(text: str) -> AddressKind | None:
    """Tell what an address is; None for one of the public internet.

    An IPv6 address that carries an IPv4 address (mapped, NAT64, 6to4) is what
    that one is.

    >>> address_kind("10.0.0.7"), address_kind("::ffff:127.0.0.1"), address_kind("1.1.1.1")
    (<AddressKind.PRIVATE: 'private'>, <AddressKind.LOOPBACK: 'loopback'>, None)

    What is no address is reserved.
    """
    try:
        address = _unpacked(ip_address(text.partition("%")[0]))
    except ValueError:
        return AddressKind.RESERVED
    if address in _METADATA:
        return AddressKind.METADATA
    for network, kind in _NETWORKS:
        if address in network:
            return kind
    is_given_out = address.version == 4 or address in _GLOBAL_UNICAST
    return None if is_given_out else AddressKind.RESERVED


def _unpacked(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if address in _MAPPED or address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
    return address


@dataclass(frozen=True, slots=True)
class Resolved:
    """The addresses of one name: those that may be connected to, and the others.

    ``public`` tells whether one of them is of the public internet.
    """

    usable: tuple[str, ...]
    refused: tuple[tuple[str, AddressKind], ...]
    public: bool


def judge_addresses(addresses: Iterable[str], *, named: bool, was_public: bool) -> Resolved:
    """Choose the addresses that may be connected to.

    Public ones always may. Others only where the user *named* that very host,
    and it never had a public one: what moves from outside to inside is not the
    host that the user meant.

    >>> judge_addresses(["127.0.0.1"], named=True, was_public=False).usable
    ('127.0.0.1',)
    >>> judge_addresses(["1.1.1.1", "127.0.0.1"], named=True, was_public=False).usable
    ('1.1.1.1',)
    """
    kinds = {address: address_kind(address) for address in addresses}
    public = None in kinds.values()
    if named and not was_public and not public:
        return Resolved(tuple(kinds), (), public=False)
    return Resolved(
        tuple(address for address, kind in kinds.items() if kind is None),
        tuple((address, kind) for address, kind in kinds.items() if kind is not None),
        public=public,
    )
