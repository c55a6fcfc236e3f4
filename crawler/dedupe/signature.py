"""MinHash signatures: which texts may be alike."""

from __future__ import annotations

import numpy as np
from rensa import RMinHash

from crawler.dedupe.parameters import Parameters
from crawler.dedupe.shingles import Hashes


def sign(hashes: Hashes, parameters: Parameters) -> bytes:
    """Make the signature of a text from its shingles, of which there is one at least.

    A byte a slot, the lowest of the library's four: a band of them has bits enough.
    """
    row = RMinHash.digest_matrix_from_flat_token_hashes(
        hashes.astype(np.uint64), (0, len(hashes)), parameters.slots, parameters.seed
    ).to_rows()[0]
    return np.array(row, np.uint32).astype(np.uint8).tobytes()
