from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.hosts import ascii_host, is_plain


@pytest.mark.parametrize(
    ("host", "written"),
    [
        ("Example.ORG", "example.org"),
        ("127.0.0.1", "127.0.0.1"),
        ("１２７。0.0.1", "127.0.0.1"),
        ("7.example", "7.example"),
        ("a" * 63 + ".example", "a" * 63 + ".example"),
        ("my_site.example", "my_site.example"),
        ("MÜNCHEN.example", "xn--mnchen-3ya.example"),
        ("例え.example", "xn--r8jz45g.example"),
        ("::1", "::1"),
        ("2001:0DB8::0001", "2001:db8::1"),
    ],
)
def test_names_and_addresses(host, written):
    """A host is written as it is compared: lower case, ASCII, short."""
    assert ascii_host(host) == written


@pytest.mark.parametrize(
    "host",
    [
        "",
        ".",
        "a..b",
        "-a.example",
        "a-.example",
        "example.org.",
        "exa mple.org",
        "ex%61mple.org",
        "example.org\\",
        "example.org\n",
        "fe80::1%eth0",
        "1::2::3",
        "a" * 254,
        "ü" * 80 + ".example",
        "a" * 64 + ".example",
        "2130706433",
        "0x7f000001",
        "127.1",
        "0177.0.0.1",
        "127.0.0.0x1",
        "1.2.3.4.5",
        "256.0.0.1",
        "example.7",
        "ü\u2488.example",
    ],
)
def test_no_host(host):
    """What cannot be looked up is refused, not repaired."""
    with pytest.raises(ValueError, match=r"."):
        ascii_host(host)


@pytest.mark.parametrize("host", ["straße.example", "ς.example", "a\u200db.example"])
def test_names_that_two_standards_read_differently(host):
    """A name that IDNA 2003 and browsers look up differently has to be written in ASCII."""
    with pytest.raises(ValueError, match=r"needs its ASCII form"):
        ascii_host(host)


@given(st.text(max_size=40))
def test_any_text(text):
    """A host that is accepted is stable, and ASCII; all else is a ValueError."""
    try:
        written = ascii_host(text)
    except ValueError:
        return
    assert written.isascii()
    assert ascii_host(written) == written


@pytest.mark.parametrize(
    "netloc",
    [
        "", ":80", "me@", "example.org[::1]", "[::1]example.org", "[example.org]", "[]", "::1",
        "example.org\\@10.0.0.7\\", "example.org:80:81", "example.org:x", "[::1]:x",
    ],
)  # fmt: skip
def test_host_in_no_plain_place(netloc):
    """An authority that two programs may read in two ways is none."""
    assert not is_plain(netloc)
