"""What became of the links of one rel: the account for the certificate."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from crawler.wordpress.errands import Refusal

MAX_NAMED = 100
"""Resources that are named one by one; all are counted."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A resource that could not be had, named once; ``answer`` is the site's word."""

    route: str
    id: int | None
    reason: str
    answer: str


@dataclass(slots=True)
class RelProgress:
    """Counts of one rel.

    ``asked`` are links of documents, ``resolved`` and ``refused`` what became
    of them (for comments and attachments: documents whose own were asked for);
    ``from_record`` are authors taken from the record itself, ``requests`` those
    that this rel cost.
    """

    asked: int = 0
    resolved: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    from_record: int = 0
    requests: int = 0
    routes: set[str] = field(default_factory=set)
    unresolved: list[Unresolved] = field(default_factory=list)

    def count(self, reason: str | None) -> None:
        """Count one link: resolved (None), or why not."""
        self.asked += 1
        if reason is None:
            self.resolved += 1
        else:
            self.refused[reason] += 1

    def name(self, route: str, number: int | None, refusal: Refusal) -> None:
        """Name a resource that could not be had."""
        if len(self.unresolved) < MAX_NAMED:
            entry = Unresolved(route, number, refusal.reason, refusal.answer)
            self.unresolved.append(entry)
