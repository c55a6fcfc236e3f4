"""Linked resources that a crawl has met, for as long as it lasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource: ``owner`` is the document that it belongs to, None for none."""

    id: int
    value: Any
    owner: int | None = None


class LinkedCache(Protocol):
    """Keeps resources by route and id; a value that is given out is the taker's own."""

    def put(self, route: str, entries: Iterable[Entry]) -> None:
        """Keep them; what is there already stays."""

    def get(self, route: str, ids: Iterable[int]) -> Mapping[int, Any]:
        """Give those of *ids* that are there."""

    def owned(self, route: str, owners: Iterable[int]) -> Mapping[int, list[Any]]:
        """Give, by owner, those that belong to *owners*, by id; owners of none are left out."""
