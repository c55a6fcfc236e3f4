"""What earlier runs published of a site: what a crawl compares with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from crawler.wordpress.changes import Version


class State(IntEnum):
    """What became of a record."""

    DELIVERED = 0
    LEFT_OUT = 1  # a copy of another record, or dropped by a pipeline of the user's
    GONE = 2  # told by a tombstone, as the next
    WITHDRAWN = 3
    ORPHANED = 4  # a copy whose representative is gone: to be asked for again
    FORGOTTEN = 5  # taken down by the user: a tombstone is still to come
    SUPPRESSED = 6  # taken down, and told by a tombstone


STANDING = frozenset({State.DELIVERED, State.LEFT_OUT, State.ORPHANED})
"""States of a record that was there when it was last looked for."""

TAKEN_DOWN = frozenset({State.FORGOTTEN, State.SUPPRESSED})
"""States of a record that is never delivered again."""


@dataclass(frozen=True, slots=True)
class Known:
    """A record as it was published last; ``dated`` is in seconds since 1970.

    ``copy_of`` is the record_id of what it was left out for.
    """

    hash: bytes
    bonds: bytes | None
    dated: int | None
    state: State
    copy_of: str | None = None

    def is_version(self, version: Version) -> bool:
        """Whether this is the record as it was received now, and was not gone in between."""
        return self.state in STANDING and self.hash == version.hash

    def is_listed_as(self, version: Version) -> bool:
        """Whether all that a sweep sees of a record is as it was."""
        return (self.bonds, self.dated) == (version.bonds, version.dated)


@dataclass(frozen=True, slots=True)
class Grave:
    """A record that is there no more: what it was, and what it is from now on."""

    id: int
    state: State
    last_seen: str | None
    known: Known | None

    @property
    def reason(self) -> str:
        """The word of the tombstone."""
        return "forgotten" if self.state is State.SUPPRESSED else self.state.name.lower()


class Recorder(Protocol):
    """Keeps what a crawl saw of a collection; raises PublicationError where it cannot."""

    def receive(self, name: str, versions: Iterable[Version]) -> None:
        """Keep the versions that are delivered."""

    def see_again(self, name: str, seen: Iterable[tuple[Version, Known]]) -> None:
        """Keep that records are as they were, and not delivered."""

    def bury(self, name: str, grave: Grave) -> None:
        """Keep that a record is gone."""

    def lapse(self, record_id: str) -> None:
        """Keep that the text of a record is not there any more, of which others were copies."""


class KnownRecords(Protocol):
    """What earlier runs published of a site in a dataset; names as in record_ids (wp/v2/posts).

    All raise PublicationError where the state file cannot be read.
    """

    def names(self) -> list[str]:
        """Name the collections that were harvested."""

    def since(self, name: str) -> str | None:
        """Give the moment up to which all changes are known, RFC 3339; None where none is."""

    def fields(self, name: str) -> str | None:
        """Give what was asked for in ``_fields``; None for everything, or where nothing was."""

    def sweep_due(self, name: str, every: int) -> bool:
        """Tell whether *every* runs have come since all ids were last compared, this one too."""

    def look_up(self, name: str, ids: Iterable[int]) -> Mapping[int, Known]:
        """Find records by their ids."""

    def standing(self, name: str) -> Iterator[int]:
        """Give the ids of all records that were there when they were last looked for."""

    def in_state(self, name: str, state: State) -> list[int]:
        """Give the ids of all records in one state."""

    def last_seen(self, name: str, number: int) -> str | None:
        """Tell when the run began that saw a record last, RFC 3339."""

    def copies_of(self, record_id: str) -> list[tuple[str, int]]:
        """Give the copies of the same site that were left out for a record: (name, id)."""


class NothingKnown:
    """KnownRecords of a site that was never crawled."""

    def names(self) -> list[str]:
        return []

    def since(self, name: str) -> str | None:
        return None

    def fields(self, name: str) -> str | None:
        return None

    def sweep_due(self, name: str, every: int) -> bool:
        return False

    def look_up(self, name: str, ids: Iterable[int]) -> Mapping[int, Known]:
        return {}

    def standing(self, name: str) -> Iterator[int]:
        return iter(())

    def in_state(self, name: str, state: State) -> list[int]:
        return []

    def last_seen(self, name: str, number: int) -> str | None:
        return None

    def copies_of(self, record_id: str) -> list[tuple[str, int]]:
        return []
