from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.opt_out import (
    MAX_FILE_BYTES,
    MAX_SIGNALS,
    Signal,
    in_headers,
    in_page,
    in_robots,
    in_tdmrep,
)


def told(signals):
    return [(signal.name, signal.value) for signal in signals]


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (("X-Robots-Tag", "noindex"), []),  # core's own on each answer of the API: no opt-out
        (("X-Robots-Tag", "noindex, noai, noimageai"), [("noai", ""), ("noimageai", "")]),
        (("x-robots-tag", "somebot: NoAI"), [("noai", "")]),
        (("Content-Signal", "ai-train=no, search=yes"), [("ai-train", "no"), ("search", "yes")]),
        (("Content-Usage", 'train-ai="n"'), [("train-ai", "n")]),
        (("TDM-Reservation", " 1 "), [("tdm-reservation", "1")]),
        (("tdm-policy", "https://example.org/p"), [("tdm-policy", "https://example.org/p")]),
        (("Server", "noai"), []),
    ],
)
def test_headers(header, found):
    """Headers of any answer may hold signals."""
    assert told(in_headers([header])) == found


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (b"<meta name=robots content='noai'>", [("noai", "")]),
        (b'<META CONTENT="index, noimageai" NAME="Robots">', [("noimageai", "")]),
        (b'<meta name="tdm-reservation" content="1">', [("tdm-reservation", "1")]),
        (b'<meta name="tdm-policy" content="/p.json">', [("tdm-policy", "/p.json")]),
        (b'<meta name="description" content="robots and noai">', []),
        (b"<meta charset=utf-8><meta-x robots><metadata robots>", []),
        (b'<meta name="robots" content="max-image-preview:large">', []),
        (b"<p>noai</p>", []),
        (b"<meta robots" * 50_000, []),
        (b" " * 1_000_001 + b"<meta name=robots content=noai>", []),
    ],
)
def test_page(page, found):
    """So may the meta elements of a page, however they are written."""
    assert told(in_page(page)) == found


def test_robots():
    """And robots.txt, in any group of it; what follows a # is none."""
    rules = (
        b"User-agent: *\r\nContent-Signal: search=yes,ai-train=no\r\nAllow: /\r\n"
        b"# Content-Signal: ai-input=no\n  content-usage : train-ai=n # why\n"
    )
    assert told(in_robots(rules)) == [("search", "yes"), ("ai-train", "no"), ("train-ai", "n")]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'[{"location":"/","tdm-reservation":1}]', [("tdm-reservation", "1")]),
        (b'[{"location":"/","tdm-reservation":0}]', [("tdm-reservation", "0")]),
        (
            b'{"tdm-reservation":"1","tdm-policy":"https://example.org/p"}',
            [("tdm-reservation", "1"), ("tdm-policy", "https://example.org/p")],
        ),
        (b'[{"location":7,"tdm-reservation":null,"tdm-policy":1},8,null]', []),
        (b"<h1>Not here</h1>", []),
        (b"[" * 100_000, []),
        (b'"x"', []),
        (b" " * (MAX_FILE_BYTES + 1), []),
    ],
)
def test_tdmrep(body, found):
    """tdmrep.json is a list of places; what is not like that says nothing."""
    assert told(in_tdmrep(body)) == found


@pytest.mark.parametrize(
    ("name", "value", "out"),
    [
        ("noai", "", True),
        ("noimageai", "", False),
        ("ai-train", "no", True),
        ("ai-train", "yes", False),
        ("train-ai", "n", True),
        ("search", "no", False),
        ("tdm-reservation", "1", True),
        ("tdm-reservation", "0", False),
        ("tdm-policy", "https://example.org", False),
    ],
)
def test_opts_out(name, value, out):
    """Texts are reserved against mining or training; images, and search, are another matter."""
    assert Signal(name, value, "here").opts_out is out


def test_bounded():
    """A site that says it without end is cut short."""
    assert len(in_page(b"<meta name=robots content=noai>" * 1000)) == MAX_SIGNALS
    assert len(in_headers([("X-Robots-Tag", "noai")] * 1000)) == MAX_SIGNALS


@given(st.binary(max_size=300))
def test_any_bytes(body):
    """No bytes are too odd."""
    for read in (in_page, in_robots, in_tdmrep):
        assert len(read(b"<meta name=robots " + body + b">")) <= MAX_SIGNALS
