"""What is done about a copy, and in favour of which record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from crawler.dedupe.fingerprint import Fingerprint
from crawler.dedupe.parameters import Parameters
from crawler.items import Document

Kind = Literal["exact", "near"]
Reason = Literal["protected", "empty", "short"]


class Policy(StrEnum):
    """What becomes of a copy."""

    DROP = "drop"  # it is left out; duplicates.jsonl names it
    MARK = "mark"  # it stays, and says of what it is one
    OFF = "off"  # nobody looks


CHARACTERS_PER_WORD = 1.5
"""In scripts without spaces, by which a text is short: so many has a word of running Chinese."""

Policies = Mapping[Kind, Policy]


@dataclass(frozen=True, slots=True)
class Match:
    """A delivered record whose text is the same, or nearly.

    ``cluster`` is the record that represents it. ``order`` is smaller for what
    was delivered earlier.
    """

    record_id: str
    cluster: str
    kind: Kind
    similarity: float
    order: int


def in_order(matches: Iterable[Match]) -> list[Match]:
    """Sort what a copy may be one of: exact before near, most alike first, then earliest."""
    return sorted(
        matches, key=lambda match: (match.kind == "near", -match.similarity, match.order)
    )


def why_not(item: Document, words: int, parameters: Parameters) -> Reason | None:
    """Say why the text of *item*, which has that many words, is not compared.

    None where it is.
    """
    if item.protected:
        return "protected"
    if not words:
        return "empty"
    return "short" if is_short(words, item.word_unit, parameters) else None


def is_short(words: int, unit: str | None, parameters: Parameters) -> bool:
    """Whether a text says too little to be compared; *unit* is what its script is counted in."""
    per_word = CHARACTERS_PER_WORD if unit == "character" else 1
    return words < parameters.min_words * per_word


def describe(record_id: str, text: Fingerprint, match: Match | None) -> dict[str, Any]:
    """Write the field ``dedupe`` of a record whose text was compared."""
    return {
        "canonical_sha256": text.sha256.hex(),
        "cluster": match.cluster if match else record_id,
        "duplicate_of": match.record_id if match else None,
        "similarity": round(match.similarity, 4) if match else None,
    }


def describe_uncompared(text: Fingerprint) -> dict[str, Any]:
    """Write the same field of a record whose text was not; no hash where there is no text."""
    return {
        "canonical_sha256": text.sha256.hex() if text.words else None,
        "cluster": None,
        "duplicate_of": None,
        "similarity": None,
    }


def account(item: Document, match: Match) -> dict[str, Any]:
    """Write the line of duplicates.jsonl for a record that is dropped."""
    return {
        "record_id": item.record_id,
        "link": item.link,
        "duplicate_of": match.record_id,
        "kind": match.kind,
        "similarity": round(match.similarity, 4),
    }
