"""The true Jaccard similarity of two texts, from the hashes of their shingles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crawler.dedupe.shingles import Hashes


def pack(hashes: Hashes) -> bytes:
    """Pack shingles for keeping, 4 bytes each.

    Of two texts of 1,000 shingles that have none in common, one pair in 4,300
    seems to share one.
    """
    return hashes.astype("<u4").tobytes()


def jaccard(one: bytes, other: bytes) -> float:
    """Compare two packed texts: shingles in both, of those in either; 0 where there are none.

    >>> jaccard(pack(np.array([1, 2, 3, 3], np.uint64)), pack(np.array([2, 3, 4], np.uint64)))
    0.5
    """
    first, second = _distinct(one), _distinct(other)
    union = len(_without_repeats(np.concatenate((first, second))))
    return (len(first) + len(second) - union) / union if union else 0.0


def _distinct(packed: bytes) -> NDArray[np.uint32]:
    return _without_repeats(np.frombuffer(packed, "<u4").copy())


def _without_repeats(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Sort in place; numpy's unique takes ten times as long for so few."""
    hashes.sort()
    keep = np.ones(len(hashes), np.bool_)
    np.not_equal(hashes[1:], hashes[:-1], out=keep[1:])
    return hashes[keep]
