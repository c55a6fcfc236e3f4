from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.elements import attributes_of


@pytest.mark.parametrize(
    ("element", "found"),
    [
        (b"<link rel='a' href=/b>", {"rel": "a", "href": "/b"}),
        (b"<LINK REL=A rel=b>", {"rel": "A"}),
        (b'<link title="a > b" rel=c>', {"title": "a > b", "rel": "c"}),
        (b"<link rel=c/>", {"rel": "c/"}),
        (b"<link rel=c />", {"rel": "c"}),
        (b"<link rel=\xff>", {"rel": "\ufffd"}),
        (b"<link rel=a><link rel=b>", {"rel": "a"}),
        (b"<link>", {}),
        (b"<meta rel=a>", {}),
        (b"<link rel=a", {}),
        (b"", {}),
        (b"<link rel=a><![x[>", {"rel": "a"}),
    ],
)
def test_attributes(element, found):
    """Attributes as browsers read them: the first of a name counts, names in lower case."""
    assert attributes_of(element, "link") == found


@given(st.binary(max_size=80))
def test_any_bytes(noise):
    """Nothing raises."""
    assert isinstance(attributes_of(b"<link " + noise + b">", "link"), dict)
