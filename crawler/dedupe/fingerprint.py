"""The fingerprint of a text: all that is needed to find it again, and what is like it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from crawler.dedupe.canonical import spaced_words
from crawler.dedupe.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One text.

    ``words`` counts characters in scripts without spaces. ``signature``,
    ``sketch`` and ``shingles`` are None where they were not wanted or there is
    no shingle.
    """

    sha256: bytes
    words: int
    signature: bytes | None
    sketch: bytes | None
    shingles: bytes | None


def fingerprint(text: str, parameters: Parameters, *, near: bool = True) -> Fingerprint:
    """Take the fingerprint of *text*; without *near* only what finds the same text.

    >>> from crawler.dedupe.parameters import DEFAULTS
    >>> fingerprint("The same words.", DEFAULTS) == fingerprint("the SAME words", DEFAULTS)
    True
    """
    # numpy takes a tenth of a second to load: not where nobody deduplicates
    from crawler.dedupe import shingles, signature, sketch

    squeezed = shingles.squeeze(spaced_words(text))
    sha256 = hashlib.sha256(squeezed[1:-1].data).digest()
    ends = shingles.word_ends(squeezed)
    words = len(ends) - 1
    if not near or words < parameters.min_words:
        return Fingerprint(sha256, words, None, None, None)
    if len(squeezed) > parameters.shingled_bytes:
        squeezed = squeezed[: parameters.shingled_bytes]
        ends = ends[: ends.searchsorted(parameters.shingled_bytes)]
    hashes = shingles.hash_shingles(squeezed, ends, parameters.shingle_words)
    if not len(hashes):
        return Fingerprint(sha256, words, None, None, None)
    signed = signature.sign(hashes, parameters)
    return Fingerprint(sha256, words, signed, sketch.draw(hashes), sketch.pack(hashes))
