"""The shingles of a text: every five words in a row, hashed all at once."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
"""The hash of each shingle, in the order of the text, repeated where it repeats."""

Squeezed = NDArray[np.uint8]
"""The bytes of a canonical text, with a space at either end."""

_SPACE = np.uint8(0x20)
_BASE = 0x9E3779B97F4A7C15  # odd, so that its powers have inverses modulo 2**64
_MIX = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
_BYTES: Final[Hashes] = np.frombuffer(
    hashlib.shake_256(b"presscrawl/shingles").digest(256 * 8), "<u8"
).astype(np.uint64)
"""A random number for each byte: no generator, so the same on every machine."""


def squeeze(spaced: bytes) -> Squeezed:
    """Leave one space where there are several, and one at either end.

    *spaced* is what `spaced_words` gives; b"" has no words, and gives one space.
    """
    data = np.frombuffer(b" " + spaced + b" ", np.uint8)
    keep = data != _SPACE
    keep[1:] |= keep[:-1]  # the space that ends a word
    keep[0] = True
    squeezed: Squeezed = data[keep]
    return squeezed


def word_ends(squeezed: Squeezed) -> NDArray[np.intp]:
    """Say where the spaces are: one more than there are words."""
    return np.flatnonzero(squeezed == _SPACE)


def hash_shingles(squeezed: Squeezed, ends: NDArray[np.intp], words: int) -> Hashes:
    """Hash each *words* words in a row; none where the text has fewer.

    A polynomial over the bytes, by its sums from the beginning of the text: the
    difference of two is the hash of what stands between, once the power at
    which it begins is divided out. Equal shingles have equal hashes, wherever
    they stand.
    """
    if len(ends) <= words:
        return np.empty(0, np.uint64)
    powers, inverses = _powers(1 << len(squeezed).bit_length())
    sums = _BYTES.take(squeezed)
    sums *= powers[: len(squeezed)]
    sums.cumsum(out=sums)
    at_ends = sums.take(ends)
    hashes = at_ends[words:] - at_ends[:-words]
    hashes *= inverses.take(ends[:-words])
    hashes ^= hashes >> _HALF  # a polynomial's low bits know too little of the text
    hashes *= _MIX
    hashes ^= hashes >> _HALF
    return hashes


@cache
def _powers(count: int) -> tuple[Hashes, Hashes]:
    """Give the first *count* powers of the base, a power of two, and their inverses."""
    return _powers_of(_BASE, count), _powers_of(pow(_BASE, -1, 1 << 64), count)


def _powers_of(base: int, count: int) -> Hashes:
    powers = np.ones(count, np.uint64)
    known = 1
    while known < count:
        powers[known : 2 * known] = powers[:known] * np.uint64(pow(base, known, 1 << 64))
        known *= 2
    return powers
