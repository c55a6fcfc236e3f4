from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.front_page import MAX_ELEMENTS, MAX_PAGE_BYTES, api_elements

ELEMENT = b'<link rel="https://api.w.org/" href="https://example.org/wp-json/" />'


@pytest.mark.parametrize(
    "element",
    [
        ELEMENT,
        b"<LINK HREF='https://example.org/wp-json/' REL='HTTPS://API.W.ORG/'>",
        b"<link\n rel=https://api.w.org/\n href=https://example.org/wp-json/>",
        b'<link rel="alternate https://api.w.org/" href=" https://example.org/wp-json/ ">',
        b'<link rel="https://api.w.org" href="https:&#47;&#x2F;example.org/wp-json/">',
    ],
)
def test_element_in_a_page(element):
    """The element is read as browsers read it, entities decoded."""
    page = b"<!DOCTYPE html><head><title>a < b</title>" + element + b"</head><body>\xff</body>"

    assert api_elements(page) == ["https://example.org/wp-json/"]


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"<p>Write <code>rel=&quot;https://api.w.org/&quot;</code> into your page</p>",
        b'<link rel="https://api.w.org/">',
        b'<link rel="https://api.w.org/" href="">',
        b'<link rel="dns-prefetch" href="//api.w.org/">',
        b'<link title="https://api.w.org/" href="/wp-json/">',
        b'<linked rel="https://api.w.org/" href="/wp-json/">',
        b"<link/api.w.org/>",
        b'<link rel="https://api.w.org/" href="/wp-json/"',
        b'{"link": "https://api.w.org/"}',
    ],
)
def test_no_element(page):
    """Nothing else that names the relation is taken for the element."""
    assert api_elements(page) == []


def test_many():
    """Only so many elements are read, in the order of the page."""
    page = b"".join(b'<link rel="https://api.w.org/" href="/%d/">' % n for n in range(50))

    assert api_elements(page) == [f"/{n}/" for n in range(MAX_ELEMENTS)]


def test_far_behind():
    """What comes after the first megabyte is not read."""
    assert api_elements(b" " * MAX_PAGE_BYTES + ELEMENT) == []


@pytest.mark.parametrize(
    "piece",
    [b"<a ", b"x<y ", b"<a b='", b"<!--", b"<link", b"<link ", b"<link a", b'<link a="api.w.org'],
)
def test_hostile_page(piece):
    """A page that costs html.parser hours is read in a moment."""
    started = time.perf_counter()
    assert api_elements(piece * (MAX_PAGE_BYTES // len(piece)) + b">") == []
    assert time.perf_counter() - started < 5


@given(st.binary(max_size=80))
def test_any_bytes(noise):
    """Noise in an element or around it raises nothing."""
    for target in api_elements(b"<link api.w.org rel='https://api.w.org/' " + noise + b">"):
        assert target == target.strip()
