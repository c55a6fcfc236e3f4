"""The fingerprint of a text: all that is needed to find it again, and what is like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.dedupe.parameters import Parameters
from crawler.dedupe.signature import sign

if TYPE_CHECKING:
    from crawler.dedupe.shingling import shingle
else:  # pragma: no cover - it depends on the machine
    try:
        from crawler.compiled.shingles import shingle
    except ImportError:
        from crawler.dedupe.shingling import shingle


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
    sha256, words, shingles = shingle(text, parameters, near=near)
    if shingles is None:
        return Fingerprint(sha256, words, None, None, None)
    hashes, sketch, packed = shingles
    return Fingerprint(sha256, words, sign(hashes, parameters), sketch, packed)
