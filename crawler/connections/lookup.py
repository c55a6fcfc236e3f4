"""One request's look-ups: on whose behalf a name is resolved, and what was refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from crawler.wordpress.addresses import AddressKind


@dataclass(slots=True)
class Lookup:
    """What the resolver has to know of a request, and where it notes what it refused.

    *named* are the hosts that this crawl's user named; None for a spider that
    is bound to no site, which may go anywhere.
    """

    named: frozenset[str] | None = frozenset()
    refused: list[tuple[str, str, AddressKind]] = field(default_factory=list)  # host, address


_CURRENT: ContextVar[Lookup | None] = ContextVar("lookup", default=None)


def current_lookup() -> Lookup:
    """Give the look-up of the request under way; without one, that of a user who named nothing."""
    return _CURRENT.get() or Lookup()


@contextmanager
def looking_up(lookup: Lookup) -> Iterator[None]:
    """Resolve on behalf of one request: the resolver is the whole process's, names are a crawl's.

    What is begun in the block, tasks and callbacks too, inherits it.
    """
    token = _CURRENT.set(lookup)
    try:
        yield
    finally:
        _CURRENT.reset(token)
