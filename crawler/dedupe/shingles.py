"""The shingles of a text: every five words in a row, hashed all at once."""

from __future__ import annotations

from array import array
from functools import cache

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]
"""The hash of each shingle, in the order of the text, repeated where it repeats."""

Squeezed = NDArray[np.uint8]
"""The bytes of a canonical text, with a space at either end."""

_SPACE = np.uint8(0x20)
_BASE = 0x9E3779B1  # odd, so that its powers have inverses modulo 2**32
_MIX = np.uint32(0x7FEB352D)
_HALF = np.uint32(16)


def squeeze(spaced: bytes) -> Squeezed:
    """Leave one space where there are several, and one at either end.

    *spaced* is what `spaced_words` gives; b"" has no words, and gives one space.
    """
    data = np.frombuffer(b"\0 " + spaced + b" ", np.uint8)
    in_word = data != _SPACE
    squeezed: Squeezed = data[1:][in_word[1:] | in_word[:-1]]  # words, and the space that ends one
    return squeezed


def word_ends(squeezed: Squeezed) -> NDArray[np.intp]:
    """Say where the spaces are: one more than there are words."""
    ends: NDArray[np.intp] = (squeezed == _SPACE).nonzero()[0]  # quicker than flatnonzero
    return ends


def hash_shingles(squeezed: Squeezed, ends: NDArray[np.intp], words: int) -> Hashes:
    """Hash each *words* words in a row; none where the text has fewer.

    A polynomial over the bytes, by its sums from the beginning of the text: the
    difference of two is the hash of what stands between, once the power at
    which it begins is divided out. Equal shingles have equal hashes, wherever
    they stand. With 64 bits it would take half as long again, and two texts of
    1,000 shingles share one by chance in one pair of 4,300 as it is.
    """
    if len(ends) <= words:
        return np.empty(0, np.uint32)
    powers, inverses = _powers(1 << len(squeezed).bit_length())
    sums = powers[: len(squeezed)] * squeezed
    np.add.accumulate(sums, out=sums)
    at_ends = sums.take(ends)
    hashes = at_ends[words:] - at_ends[:-words]
    hashes *= inverses.take(ends[:-words])
    hashes ^= hashes >> _HALF  # a polynomial's low bits know too little of the text
    hashes *= _MIX
    hashes ^= hashes >> _HALF
    return hashes


def widen(hashes: Hashes) -> array[int]:
    """Give the hashes as 64 bits each, which is how the signature is made of them."""
    return array("Q", hashes.astype(np.uint64).tobytes())


def count_distinct(packed: bytes) -> int:
    """Count different shingles, packed to 4 bytes each; numpy's unique takes ten times as long."""
    hashes = np.frombuffer(packed, "<u4").copy()
    hashes.sort()
    return len(hashes) and 1 + int(np.count_nonzero(hashes[1:] != hashes[:-1]))


@cache
def _powers(count: int) -> tuple[Hashes, Hashes]:
    """Give the first *count* powers of the base, a power of two, and their inverses."""
    return _powers_of(_BASE, count), _powers_of(pow(_BASE, -1, 1 << 32), count)


def _powers_of(base: int, count: int) -> Hashes:
    powers = np.ones(count, np.uint32)
    known = 1
    while known < count:
        powers[known : 2 * known] = powers[:known] * np.uint32(pow(base, known, 1 << 32))
        known *= 2
    return powers
