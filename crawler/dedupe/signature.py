"""MinHash signatures: which texts may be alike."""

from __future__ import annotations

from array import array
from struct import pack

from rensa import RMinHash

from crawler.dedupe.parameters import Parameters


def sign(hashes: array[int], parameters: Parameters) -> bytes:
    """Make the signature of a text from its shingles: ``array("Q")``, of one at least.

    Of each slot the lowest ``slot_bytes`` of the library's four.
    """
    ends = array("Q", (0, len(hashes)))  # a tuple takes the library half as long again
    row = RMinHash.digest_matrix_from_flat_token_hashes(
        hashes, ends, parameters.slots, parameters.seed
    ).to_rows()[0]
    slots = pack(f"<{len(row)}I", *row)
    kept = parameters.slot_bytes
    if kept == 1:
        return slots[::4]
    return b"".join([slots[at : at + kept] for at in range(0, len(slots), 4)])
