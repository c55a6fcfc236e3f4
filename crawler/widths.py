"""How wide the columns of a table are: numbers are never cut, names share what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

GAP = 2
"""Spaces between two columns."""

Column = Sequence[Text | str]


def shares(wants: Sequence[int], room: int) -> list[int]:
    """Give each of several columns what it wants, or its fair part of the room.

    >>> shares([10, 60], 40), shares([60, 50], 40), shares([10, 20], 40)
    ([10, 30], [20, 20], [10, 20])
    """
    given = [0] * len(wants)
    left = max(len(wants), room)
    order = sorted(range(len(wants)), key=lambda place: wants[place])
    for number, place in enumerate(order):
        given[place] = min(wants[place], left // (len(wants) - number))
        left -= given[place]
    return given


@dataclass(frozen=True, slots=True)
class Shape:
    """What may become of the columns of a table, by their titles.

    ``names`` are cut, with an ellipsis; ``right`` are justified to the right;
    ``least`` are widths that a column has at least; a name may want less. Where
    that takes more than there is, columns of ``may_go`` are left out, in order.
    """

    names: frozenset[str]
    right: frozenset[str]
    least: Mapping[str, int] = field(default_factory=dict)
    may_go: Sequence[str] = ()


def fitted(columns: Mapping[str, Column], room: int, shape: Shape) -> Table:
    """Make a table of *columns*, each under its title, that is no wider than *room*."""
    wants = {title: _want(title, cells, shape) for title, cells in columns.items()}
    for title in shape.may_go:
        if _least(wants, shape) > room:
            wants.pop(title, None)
    gaps = GAP * (len(wants) - 1)
    names = [title for title in wants if title in shape.names]
    rest = room - gaps - sum(wants[title] for title in wants if title not in shape.names)
    wants |= zip(names, shares([wants[title] for title in names], rest), strict=True)
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
    for title, width in wants.items():
        justify: JustifyMethod = "right" if title in shape.right else "left"
        table.add_column(title, justify=justify, no_wrap=True, width=width)
    for row in zip(*(columns[title] for title in wants), strict=True):
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    return table


def _want(title: str, cells: Column, shape: Shape) -> int:
    least = 0 if title in shape.names else shape.least.get(title, 0)
    return max(least, *(cell_len(str(cell)) for cell in (title, *cells)))


def _least(wants: Mapping[str, int], shape: Shape) -> int:
    """Tell how wide a table is whose names are cut as far as they may be."""
    cut = {
        title: min(wants[title], shape.least.get(title, 1)) for title in shape.names & set(wants)
    }
    return sum({**wants, **cut}.values()) + GAP * (len(wants) - 1)
