from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dedupe.shingles import hash_shingles, squeeze, word_ends

words = st.lists(st.sampled_from("a b ab ba the harbour wall é 東".split()), max_size=40)


def hashes(text: str, size: int = 5) -> list[int]:
    squeezed = squeeze(text.encode())
    return hash_shingles(squeezed, word_ends(squeezed), size).tolist()


@pytest.mark.parametrize(
    ("spaced", "squeezed"),
    [(b"", b" "), (b"   ", b" "), (b"a", b" a "), (b"  a  b ", b" a b "), (b"a b", b" a b ")],
)
def test_squeeze(spaced, squeezed):
    """One space stands at either end and between words, whatever there was."""
    assert squeeze(spaced).tobytes() == squeezed
    assert len(word_ends(squeeze(spaced))) == len(spaced.split()) + 1


@given(words, st.integers(1, 6))
def test_equal(words, size):
    """Two shingles have equal hashes where their words are equal, wherever they stand."""
    shingles = [tuple(words[at : at + size]) for at in range(len(words) - size + 1)]
    found = hashes(" ".join(words), size)

    assert len(found) == len(shingles)
    assert len(set(found)) == len(set(shingles))
    assert len(set(zip(found, shingles, strict=True))) == len(set(shingles))


def test_far_away():
    """A shingle has the same hash at the beginning of a text and at the end of a long one."""
    long = " ".join(f"word{number}" for number in range(50_000))
    assert hashes("one two three four five") == hashes(f"{long} one two three four five")[-1:]


def test_word_borders():
    """Where a word ends is part of the hash."""
    assert not set(hashes("ab c d e f")) & set(hashes("a bc d e f"))


def test_every_machine():
    """The hashes do not depend on the machine, the process or the libraries."""
    assert hashes("the harbour wall held until six") == [3059179145, 4108083346]


def test_few_words():
    """A text with fewer words than a shingle has none."""
    assert hashes("the harbour wall held") == []
    assert hashes("") == []


def test_bits():
    """Each of the 32 bits is set in about half of the hashes."""
    found = np.array(hashes(" ".join(str(number) for number in range(4000))), np.uint32)
    shares = [(found >> np.uint32(bit) & np.uint32(1)).mean() for bit in range(32)]
    assert 0.45 < min(shares) <= max(shares) < 0.55
