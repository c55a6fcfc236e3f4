from __future__ import annotations

import pytest

from crawler.clean.addresses import absolute_url, decode_protected_email, host_of, is_foreign

BASE = "https://example.org/2026/tide/"


class TestAbsoluteUrl:
    @pytest.mark.parametrize(
        ("address", "url"),
        [
            ("https://a.example/x?b=1&c", "https://a.example/x?b=1&c"),
            ("/x", "https://example.org/x"),
            ("x.html#top", "https://example.org/2026/tide/x.html#top"),
            ("#fn1", "https://example.org/2026/tide/#fn1"),
            ("//a.example/x", "https://a.example/x"),
            (" https://a.example/x\n", "https://a.example/x"),
            ("https://a.example/ä b", "https://a.example/%C3%A4%20b"),
            ("mailto:me@example.org", "mailto:me@example.org"),
            ("tel:+44123", "tel:+44123"),
            ("?utm_source=x", "https://example.org/2026/tide/"),
            ("https://a.example/?b=1&utm_medium=x&UTM_term=y&c=2", "https://a.example/?b=1&c=2"),
            ("https://a.example/?fbclid=x#part", "https://a.example/#part"),
            ("https://a.example/#utm_source=rss&x", "https://a.example/"),
            ("https://a.example/?my_utm_source=1", "https://a.example/?my_utm_source=1"),
        ],
    )
    def test_usable(self, address, url):
        """An address becomes absolute, and loses what tracks."""
        assert absolute_url(address, BASE) == url

    @pytest.mark.parametrize(
        "address",
        [
            None,
            "",
            " ",
            "javascript:alert(1)",
            "JaVa\tScRiPt:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "http://[x/",
            "http:///x",
            f"https://a.example/{'x' * 9000}",
        ],
    )
    def test_unusable(self, address):
        """What leads nowhere, or would run, is no address."""
        assert absolute_url(address, BASE) is None


@pytest.mark.parametrize(
    ("url", "base", "foreign"),
    [
        ("https://other.example/", BASE, True),
        ("https://cdn.example.org/", BASE, False),
        ("https://a.co.uk/", "https://b.co.uk/", True),
        ("https://www.a.co.uk/", "https://a.co.uk/", False),
        ("mailto:a@b.c", BASE, False),
    ],
)
def test_foreign(url, base, foreign):
    """A site is the last two labels of its host, or three under a country."""
    assert is_foreign(url, base) is foreign


def test_host_of_none():
    """What has no host has an empty one."""
    assert host_of("tel:1") == ""


@pytest.mark.parametrize("encoded", ["", "zz", "00", "42ff", "422b022c276c2d4"])
def test_no_protected_email(encoded):
    """What Cloudflare did not write is no address."""
    assert decode_protected_email(encoded) is None
