from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dedupe.canonical import canonical_text
from crawler.dedupe.fingerprint import fingerprint
from crawler.dedupe.parameters import DEFAULTS, Parameters

FEW = Parameters(min_words=1)
TEXT = " ".join(f"word{number}" for number in range(60))


@given(st.text())
def test_hash(text):
    """The hash is that of the canonical text, and the words are counted."""
    found = fingerprint(text, FEW)
    assert found.sha256 == hashlib.sha256(canonical_text(text)).digest()
    assert found.words == len(canonical_text(text).split())
    assert (found.signature is None) == (found.shingles is None) == (found.words < 5)


def test_short():
    """A text below min_words is only hashed; so are all where near copies are not looked for."""
    assert fingerprint(TEXT, DEFAULTS).signature is not None
    assert fingerprint(TEXT, Parameters(min_words=61)).signature is None
    only = fingerprint(TEXT, DEFAULTS, near=False)
    assert (only.sha256, only.signature) == (fingerprint(TEXT, DEFAULTS).sha256, None)


def test_shingles():
    """Each five words in a row are a shingle, of four bytes."""
    shingles = fingerprint(TEXT, DEFAULTS).shingles
    assert shingles is not None
    assert len(shingles) == 4 * (60 - 4)


@pytest.mark.parametrize("limit", [100, 101, 106, 107, 200])
def test_very_long(limit):
    """Only the whole words at the beginning of a very long text are shingled, all are hashed."""
    parameters = Parameters(min_words=1, shingled_bytes=limit)
    whole = fingerprint(TEXT, FEW)
    found = fingerprint(TEXT, parameters)

    words = f" {TEXT} "[:limit].count(" ") - 1
    assert found.sha256 == whole.sha256
    assert found.shingles == whole.shingles[: 4 * (words - 4)]


def test_one_endless_word():
    """A text whose first words do not end has no shingles."""
    found = fingerprint("a" * 200 + " b c d e f", Parameters(min_words=1, shingled_bytes=100))
    assert (found.words, found.signature, found.shingles) == (6, None, None)
