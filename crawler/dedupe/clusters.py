"""Clusters: what hangs together, whatever the order in which it came."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence


class Components:
    """Which numbers hang together: 8 bytes a number.

    >>> components = Components(4)
    >>> components.join(3, 1)
    >>> [components.find(number) for number in range(4)]
    [0, 1, 2, 1]
    """

    def __init__(self, count: int) -> None:
        self._parents = array("q", range(count))

    def find(self, number: int) -> int:
        """Give the smallest number that hangs together with *number*."""
        parents = self._parents
        while parents[number] != number:
            parents[number] = number = parents[parents[number]]
        return number

    def join(self, one: int, other: int) -> None:
        """Let two numbers, and all that hangs together with them, hang together."""
        first, second = self.find(one), self.find(other)
        self._parents[max(first, second)] = min(first, second)


def join_alike(
    candidates: Sequence[int],
    components: Components,
    alike: Callable[[int, int], bool],
    *,
    most: int,
) -> None:
    """Join those of the *candidates* that are alike, in their order, which must not be chance.

    What hangs together already is not compared again, and no candidate more
    than *most* times: pages of a shop, of which thousands share a band and no two
    are alike, would take days.
    """
    groups: list[list[int]] = []
    for candidate in candidates:
        own: list[int] | None = None
        compared = 0
        for members in groups:
            if components.find(candidate) != components.find(members[0]):
                if compared == most:
                    break
                for member in members[: most - compared]:
                    compared += 1
                    if alike(member, candidate):
                        components.join(member, candidate)
                        break
                else:
                    continue
            own = members if own is None else own
        if own is None:
            groups.append([candidate])
        else:
            own.append(candidate)
