"""The fingerprint of a text: all that is needed to find it again, and what is like it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from crawler.dedupe.canonical import spaced_words
from crawler.dedupe.parameters import Parameters
from crawler.dedupe.shingles import hash_shingles, squeeze, word_ends
from crawler.dedupe.signature import sign
from crawler.dedupe.similarity import pack


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One text.

    ``words`` counts characters in scripts without spaces. ``signature`` and
    ``shingles`` are None where it was not wanted or there is no shingle.
    """

    sha256: bytes
    words: int
    signature: bytes | None
    shingles: bytes | None


def fingerprint(text: str, parameters: Parameters, *, near: bool = True) -> Fingerprint:
    """Take the fingerprint of *text*; without *near* only what finds the same text.

    >>> from crawler.dedupe.parameters import DEFAULTS
    >>> fingerprint("The same words.", DEFAULTS) == fingerprint("the SAME words", DEFAULTS)
    True
    """
    squeezed = squeeze(spaced_words(text))
    sha256 = hashlib.sha256(squeezed[1:-1].data).digest()
    ends = word_ends(squeezed)
    words = len(ends) - 1
    if not near or words < parameters.min_words:
        return Fingerprint(sha256, words, None, None)
    ends = ends[: ends.searchsorted(parameters.shingled_bytes)]
    hashes = hash_shingles(squeezed[: parameters.shingled_bytes], ends, parameters.shingle_words)
    if not len(hashes):
        return Fingerprint(sha256, words, None, None)
    return Fingerprint(sha256, words, sign(hashes, parameters), pack(hashes))
