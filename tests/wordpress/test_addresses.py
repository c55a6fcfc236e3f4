from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.addresses import AddressKind, address_kind, judge_addresses

PUBLIC = ["1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111"]
v4 = st.integers(0, 2**32 - 1).map(IPv4Address)
v6 = st.integers(0, 2**128 - 1).map(IPv6Address)


@pytest.mark.parametrize(
    ("kind", "addresses"),
    [
        ("loopback", "127.0.0.1 127.255.255.254 ::1"),
        ("private", "10.0.0.7 172.16.0.1 172.31.255.255 192.168.1.1 fc00::1 fd12::1 fec0::1"),
        ("link_local", "169.254.0.1 fe80::1 fe80::1%eth0 febf::1"),
        ("shared", "100.64.0.1 100.127.255.254"),
        ("multicast", "224.0.0.1 239.255.255.255 ff02::1"),
        ("unspecified", "0.0.0.0 0.1.2.3 ::"),
        ("reserved", "192.0.0.8 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 240.0.0.1"),
        ("reserved", "255.255.255.255 192.88.99.1 2001::1 2001:db8::1 3fff::1 100::1 5f00::1"),
        ("metadata", "169.254.169.254 169.254.170.2 168.63.129.16 100.100.100.200 192.0.0.192"),
        ("metadata", "fd00:ec2::254 fd20:ce::254 ::ffff:169.254.169.254"),
        ("metadata", "64:ff9b::169.254.169.254 2002:a9fe:a9fe::1"),
        ("loopback", "::ffff:127.0.0.1 ::ffff:7f00:1 64:ff9b::7f00:1 2002:7f00:1::"),
        ("private", "::ffff:10.0.0.7 64:ff9b::10.0.0.7 2002:a00:7:1::1 64:ff9b:1::1"),
        ("unspecified", "::ffff:0.0.0.0"),
        ("reserved", "::127.0.0.1 ::ffff:0:127.0.0.1"),
        ("reserved", "2001:0:5ef5:79fb:0:0:80ff:fffe"),
        ("reserved", "localhost 127.1 0x7f.0.0.1"),
    ],
)
def test_inside(kind, addresses):
    """An address of the inside is known for what it is, whatever it is wrapped in."""
    assert {address_kind(address) for address in addresses.split()} == {AddressKind(kind)}


@pytest.mark.parametrize(
    "address", [*PUBLIC, "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1"]
)
def test_public(address):
    """One of the public internet is nothing special."""
    assert address_kind(address) is None


@given(v4 | v6)
def test_no_wider_than_python(address):
    """What Python's registry calls private, this one calls something too."""
    if not address.is_global and getattr(address, "ipv4_mapped", None) is None:
        assert address_kind(str(address)) is not None


@given(v4)
def test_wrapped(address):
    """A wrapped address is what it is when it is bare."""
    number = int(address)
    for wrapped in (0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80):
        assert address_kind(str(IPv6Address(wrapped))) == address_kind(str(address))


class TestJudgeAddresses:
    @given(st.lists((v4 | v6).map(str)), st.booleans(), st.booleans())
    def test_any(self, addresses, named, was_public):
        """Each address is used or refused; none of the inside is used beside one outside."""
        resolved = judge_addresses(addresses, named=named, was_public=was_public)
        refused = {address for address, _ in resolved.refused}
        assert set(resolved.usable) | refused == set(addresses)
        assert refused.isdisjoint(resolved.usable)
        inside = {address for address in resolved.usable if address_kind(address)}
        assert not inside or (named and not was_public and not resolved.public)
        assert not {address for address in refused if address_kind(address) is None}

    @pytest.mark.parametrize(
        ("named", "was_public", "usable"),
        [(False, False, ()), (True, False, ("10.0.0.7",)), (True, True, ())],
    )
    def test_inside(self, named, was_public, usable):
        """Only a host that the user named, and that was never outside, may be inside."""
        resolved = judge_addresses(["10.0.0.7"], named=named, was_public=was_public)
        assert resolved.usable == usable
        assert resolved.refused == (() if usable else (("10.0.0.7", AddressKind.PRIVATE),))
