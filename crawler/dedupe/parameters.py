"""What decides whether two texts are the same, or nearly the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from rensa import RMinHash

BANDS = ((0.8, 12, 5), (0.7, 17, 4), (0.6, 19, 3), (0.4, 27, 2))
"""Threshold from which on they serve -> how many bands, of how many rows.

Two texts are candidates where all slots of one band agree. These are the fewest bands that find
99 of 100 pairs with just that Jaccard similarity: fewer rows reach further down, and find more
that is not alike.
"""

LEAST_THRESHOLD = BANDS[-1][0]

_BAND_BYTES = 6  # what an index keeps of a band
_SLOT_BYTES = 4  # what there is of a slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """How texts are fingerprinted and compared; run.json has them.

    ``bands`` of ``rows`` slots each are looked up: by default they find all but 17 pairs of a
    million with a Jaccard similarity of 0.9, 991 of 1,000 with 0.8, and 29 with 0.3.
    """

    canonical: int = 1  # version of the canonical text
    shingle_words: int = 5  # characters, in scripts without spaces
    shingled_bytes: int = 1 << 20  # a longer text is known by its beginning
    bands: int = 12  # of the MinHash signature
    rows: int = 5  # slots of a band
    seed: int = 42
    minhash: str = f"rensa R-MinHash {RMinHash.ALGORITHM_VERSION}"
    threshold: float = 0.8  # Jaccard similarity of shingles
    margin: float = 0.05  # an estimate this far below the threshold is not looked into
    min_words: int = 20  # half as many again, of characters in scripts without spaces

    @classmethod
    def of(cls, *, threshold: float, min_words: int) -> Self:
        """Make those of a *threshold* from 0.4 to 1, with bands that reach down to it.

        >>> Parameters.of(threshold=0.75, min_words=20).rows
        4
        """
        if not LEAST_THRESHOLD <= threshold <= 1:
            raise ValueError(f"a threshold is from {LEAST_THRESHOLD} to 1, got {threshold!r}")
        bands, rows = next(each[1:] for each in BANDS if threshold >= each[0])
        return cls(threshold=threshold, min_words=min_words, bands=bands, rows=rows)

    @property
    def slots(self) -> int:
        """How many slots a signature has."""
        return self.bands * self.rows

    @property
    def slot_bytes(self) -> int:
        """How much is kept of a slot: so much that a band has bits enough, and fits an index."""
        return min(_SLOT_BYTES, _BAND_BYTES // self.rows)

    @property
    def signature_bytes(self) -> int:
        """How long a signature is; no two of BANDS have the same."""
        return self.slots * self.slot_bytes

    def signed(self, size: int) -> Self:
        """Give the same with the bands of a signature of *size* bytes: that of any threshold."""
        each = (replace(self, bands=bands, rows=rows) for _, bands, rows in BANDS)
        return next((other for other in each if other.signature_bytes == size), self)

    @property
    def indexed(self) -> str:
        """What must be equal for two signatures to be comparable."""
        return (
            f"canonical {self.canonical}, shingles of {self.shingle_words} in "
            f"{self.shingled_bytes} bytes, {self.minhash}, "
            f"{self.bands} bands of {self.rows}, seed {self.seed}"
        )


DEFAULTS = Parameters()
