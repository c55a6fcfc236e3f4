from __future__ import annotations

import pytest
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.task import Clock

from crawler.connections.lookup import Lookup, current_lookup, looking_up
from crawler.connections.resolver import CheckedResolver, ascii_name

INSIDE, OUTSIDE = "10.0.0.7", "93.184.216.34"


class Names:
    """Whoever is behind the resolver: gives what it was told, at once or when asked to."""

    def __init__(self, *addresses, late=False):
        self.addresses = addresses
        self.late = late
        self.asked = []

    def resolveHostName(self, receiver, name, port, types, semantics):
        self.asked.append(name)
        self.receiver = receiver
        receiver.resolutionBegan(None)
        if not self.late:
            self.answer(port)

    def answer(self, port=80):
        for address in self.addresses:
            kind = IPv6Address if ":" in address else IPv4Address
            self.receiver.addressResolved(kind("TCP", address, port))
        self.receiver.resolutionComplete()


class Told:
    """Whoever asks: what it was told, in order."""

    def __init__(self):
        self.addresses = []
        self.completed = 0

    def resolutionBegan(self, resolution):
        self.name = resolution.name

    def addressResolved(self, address):
        self.addresses.append((address.host, address.port))

    def resolutionComplete(self):
        self.completed += 1


def ask(names, host="site.test", *, lookup=None, resolver=None, **options):
    resolver = resolver or CheckedResolver(Clock(), names, timeout=60)
    told = Told()
    with looking_up(lookup or Lookup()):
        resolver.resolveHostName(told, host, 80, **options)
    return told


def test_outside():
    """Addresses outside are given on, with their port, and it ends once."""
    told = ask(Names(OUTSIDE, "2606:4700::1111"))
    assert told.addresses == [(OUTSIDE, 80), ("2606:4700::1111", 80)]
    assert (told.completed, told.name) == (1, "site.test")


def test_inside():
    """One inside is not, and it is noted for whom it was asked."""
    lookup = Lookup(frozenset({"other.test"}))
    told = ask(Names(INSIDE), lookup=lookup)
    assert (told.addresses, told.completed) == ([], 1)
    assert lookup.refused == [("site.test", INSIDE, "private")]


@pytest.mark.parametrize("named", [frozenset({"site.test"}), None])
def test_named(named):
    """It is where the user named the host, or named no site at all."""
    told = ask(Names(INSIDE), lookup=Lookup(named))
    assert told.addresses == [(INSIDE, 80)]


def test_moved():
    """A name that was outside does not come inside, in whichever crawl it was seen."""
    names = Names(OUTSIDE)
    resolver = CheckedResolver(Clock(), names, timeout=60)
    assert ask(names, resolver=resolver).addresses
    names.addresses = (INSIDE,)
    lookup = Lookup(frozenset({"site.test"}))
    assert ask(names, lookup=lookup, resolver=resolver).addresses == []
    assert lookup.refused == [("site.test", INSIDE, "private")]


def test_for_nobody():
    """Whoever asks outside a request is given nothing inside."""
    assert current_lookup() == Lookup()
    told = Told()
    CheckedResolver(Clock(), Names(INSIDE, OUTSIDE), timeout=60).resolveHostName(told, "x.test")
    assert told.addresses == [(OUTSIDE, 0)]


def test_one_family():
    """Who asks for addresses of one family gets no other."""
    told = ask(Names("2606:4700::1111", OUTSIDE), addressTypes=[IPv4Address])
    assert told.addresses == [(OUTSIDE, 80)]


def test_no_address_of_the_internet():
    """What cannot be judged is not given on."""
    names = Names(late=True)
    told = ask(names, lookup=Lookup(None))
    names.receiver.addressResolved(UNIXAddress(b"/x"))
    names.answer()
    assert (told.addresses, told.completed) == ([], 1)


def test_late():
    """After the time-out there is no address, and what comes then changes nothing."""
    names = Names(OUTSIDE, late=True)
    clock = Clock()
    told = ask(names, resolver=CheckedResolver(clock, names, timeout=5))
    clock.advance(4.9)
    assert told.completed == 0
    clock.advance(0.2)
    assert told.completed == 1
    names.answer()
    assert (told.addresses, told.completed) == ([], 1)


@pytest.mark.parametrize(
    ("host", "asked"),
    [("faß.test", "xn--fa-hia.test"), ("☃.test", "xn--n3h.test"), ("A_b.test", "a_b.test")],
)
def test_name_in_other_letters(host, asked):
    """The name that is looked up is the one in the URL, which Twisted gives decoded."""
    names = Names(OUTSIDE)
    assert ask(names, host).name == asked == ascii_name(host)
    assert names.asked == [asked]
