"""What a text is known by and compared by, in Python; `crawler.compiled` does the same, quicker.

Here numpy does the work, which takes a tenth of a second to load: not before it is wanted.
"""

from __future__ import annotations

import hashlib
from array import array

from crawler.dedupe.canonical import spaced_words
from crawler.dedupe.parameters import Parameters


def shingle(
    text: str, parameters: Parameters, *, near: bool
) -> tuple[bytes, int, tuple[array[int], bytes, bytes] | None]:
    """Give the SHA-256 of the canonical *text*, how many words it has, and its shingles.

    Those are the hash of each, in 64 bits as `sign` wants them, then as `draw`
    and as `pack` keep them; None without *near*, or where the words are too few.
    """
    from crawler.dedupe import shingles, sketch

    squeezed = shingles.squeeze(spaced_words(text))
    sha256 = hashlib.sha256(squeezed[1:-1].data).digest()
    ends = shingles.word_ends(squeezed)
    words = len(ends) - 1
    if not near or words < parameters.min_words:
        return sha256, words, None
    if len(squeezed) > parameters.shingled_bytes:
        squeezed = squeezed[: parameters.shingled_bytes]
        ends = ends[: ends.searchsorted(parameters.shingled_bytes)]
    hashes = shingles.hash_shingles(squeezed, ends, parameters.shingle_words)
    if not len(hashes):
        return sha256, words, None
    return sha256, words, (shingles.widen(hashes), sketch.draw(hashes), sketch.pack(hashes))


def overlap(one: bytes, other: bytes) -> tuple[int, int]:
    """Count the shingles that two packed texts have both, and those that either has.

    >>> overlap(b"one.two.two.", b"two.six.")
    (1, 3)
    """
    from crawler.dedupe.shingles import count_distinct

    either = count_distinct(one + other)
    return count_distinct(one) + count_distinct(other) - either, either
