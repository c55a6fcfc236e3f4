"""Texts that are alike as much as is wanted."""

from __future__ import annotations

from random import Random

from crawler.dedupe.fingerprint import Fingerprint, fingerprint
from crawler.dedupe.parameters import DEFAULTS


def text(name: object, *, changed: int = 0, words: int = 200) -> str:
    """Make a text of its own; *changed* of its words, at its end, are others."""
    rng = Random(f"text {name}")
    written = [f"{rng.choice('bdfglmnprst')}{rng.randrange(10**5)}" for _ in range(words)]
    return " ".join([*written[: words - changed], *(f"new{number}" for number in range(changed))])


def print_of(name: object, *, changed: int = 0, words: int = 200) -> Fingerprint:
    return fingerprint(text(name, changed=changed, words=words), DEFAULTS)
