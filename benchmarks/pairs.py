"""The true similarity of every pair among many texts that have anything in common."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.generate import generate_posts

COMMON = 20
"""Texts that share a shingle, from which on it is no sign of a copy, which has rarer ones, too."""

WORTH = 0.3
"""Similarity by rare shingles alone, from which on a pair is compared in full."""


def plain(rendered: str) -> str:
    """Take the tags away, in the plainest way: what is measured is not the cleaning."""
    return html.unescape(re.sub(r"<[^>]*>", " ", rendered))


def texts(count: int, *, exact: int, near: int) -> Iterator[tuple[int, str]]:
    """Yield the generated posts as text, each with its id."""
    for record in generate_posts(count, exact=exact, near=near):
        yield record["id"], plain(record["content"]["rendered"])


def true_pairs(shingles: Sequence[NDArray[np.uint32]]) -> dict[tuple[int, int], float]:
    """Give the Jaccard similarity of all pairs (earlier, later) that may be alike at all.

    Every shingle of every text is looked at: no sample, no estimate, no bands.
    """
    sets = [np.unique(each) for each in shingles]
    sizes = np.array([len(each) for each in sets])
    owners = np.repeat(np.arange(len(sets), dtype=np.int64), sizes)
    hashes = np.concatenate(sets)
    order = np.argsort(hashes, kind="stable")
    hashes, owners = hashes[order], owners[order]
    starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1]))
    lengths = np.diff(np.append(starts, len(hashes)))
    codes = []
    for length in range(2, COMMON + 1):
        at = starts[lengths == length]
        for one in range(length):
            for other in range(one + 1, length):
                codes.append(owners[at + one] * len(sets) + owners[at + other])
    pairs, common = np.unique(np.concatenate(codes), return_counts=True)
    first, second = pairs // len(sets), pairs % len(sets)
    alike = common / (sizes[first] + sizes[second] - common) >= WORTH
    return {
        (one, other): jaccard(sets[one], sets[other])
        for one, other in zip(first[alike].tolist(), second[alike].tolist(), strict=True)
    }


def jaccard(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    """Compare two sets of hashes."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / (len(one) + len(other) - common)
