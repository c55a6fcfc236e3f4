"""What decides whether two texts are the same, or nearly the same."""

from __future__ import annotations

from dataclasses import dataclass

from rensa import RMinHash


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """How texts are fingerprinted and compared; run.json has them.

    ``bands`` of ``rows`` slots each are looked up: two texts are candidates
    where all slots of one band agree, which at a Jaccard similarity of 0.9
    happens to all but 17 pairs of a million, at 0.8 to 991 of 1,000, at 0.7 to
    890, at 0.3 to 29.
    """

    canonical: int = 1  # version of the canonical text
    shingle_words: int = 5  # characters, in scripts without spaces
    shingled_bytes: int = 1 << 20  # a longer text is known by its beginning
    bands: int = 12  # of the MinHash signature
    rows: int = 5  # slots of a band, a byte each
    seed: int = 42
    minhash: str = f"rensa R-MinHash {RMinHash.ALGORITHM_VERSION}"
    threshold: float = 0.8  # Jaccard similarity of shingles
    margin: float = 0.05  # an estimate this far below the threshold is not looked into
    min_words: int = 25  # twice as many characters, in scripts without spaces

    @property
    def slots(self) -> int:
        """How many slots a signature has."""
        return self.bands * self.rows

    @property
    def indexed(self) -> str:
        """What must be equal for two signatures to be comparable."""
        return (
            f"canonical {self.canonical}, shingles of {self.shingle_words} in "
            f"{self.shingled_bytes} bytes, {self.minhash}, "
            f"{self.bands} bands of {self.rows}, seed {self.seed}"
        )


DEFAULTS = Parameters()
