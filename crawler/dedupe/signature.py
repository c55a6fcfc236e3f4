"""MinHash signatures: which texts may be alike, and about how much."""

from __future__ import annotations

import numpy as np
from rensa import RMinHash

from crawler.dedupe.parameters import Parameters
from crawler.dedupe.shingles import Hashes

CHANCE = 1 / 256  # that two slots agree, of texts that have nothing in common


def sign(hashes: Hashes, parameters: Parameters) -> bytes:
    """Make the signature of a text from its shingles, of which there is one at least.

    A byte a slot, the lowest of the library's four: what is lost is a chance
    of 1 in 256 that two agree for nothing, which `estimate` takes away again.
    """
    row = RMinHash.digest_matrix_from_flat_token_hashes(
        hashes, (0, len(hashes)), parameters.slots, parameters.seed
    ).to_rows()[0]
    return np.array(row, np.uint32).astype(np.uint8).tobytes()


def estimate(one: bytes, other: bytes) -> float:
    """Estimate the Jaccard similarity of two texts, 0 to 1, from their signatures.

    >>> estimate(bytes(256), bytes(192) + bytes([1]) * 64)
    0.7490196078431373
    """
    agree = np.count_nonzero(np.frombuffer(one, np.uint8) == np.frombuffer(other, np.uint8))
    return max(0.0, (float(agree) / len(one) - CHANCE) / (1 - CHANCE))
