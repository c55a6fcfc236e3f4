"""MinHash signatures: which texts may be alike."""

from __future__ import annotations

from array import array
from struct import pack

from rensa import RMinHash

from crawler.dedupe.parameters import Parameters


def sign(hashes: array[int], parameters: Parameters) -> bytes:
    """Make the signature of a text from its shingles: ``array("Q")``, of one at least.

    A byte a slot, the lowest of the library's four: a band of them has bits enough.
    """
    ends = array("Q", (0, len(hashes)))  # a tuple takes the library half as long again
    row = RMinHash.digest_matrix_from_flat_token_hashes(
        hashes, ends, parameters.slots, parameters.seed
    ).to_rows()[0]
    return pack(f"<{len(row)}I", *row)[::4]
