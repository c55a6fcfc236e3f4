"""Exact and near copies among the generated posts, each with what was changed."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from random import Random
from typing import Literal

from benchmarks import words

Edit = Literal["none", "footer", "drop", "words"]

SHARES = (0.003, 0.005, 0.01, 0.015, 0.02, 0.03, 0.045, 0.06)
"""Shares of words that an edit ``words`` replaces: true similarities of about 0.97 to 0.62."""


WORD = re.compile(r"<[^>]*>|&[#\w]+;|(?P<word>\b[a-z]+\b)")
"""A tag, an entity, or a lower-case word."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Post number *index* repeats post number *original*, but for *edit*.

    ``share`` is the share of words replaced, 0 for other edits.
    """

    index: int
    original: int
    edit: Edit
    share: float = 0.0


def plan_copies(lengths: list[int], *, exact: int, near: int, seed: int) -> dict[int, Copy]:
    """Say which posts are copies of which earlier ones: index -> copy.

    Originals are no copies themselves, are copied once, and have at least
    2,000 characters of HTML, so that every edit finds words to change.
    """
    rng = Random(f"{seed}/copies")
    order = sorted(range(len(lengths)), key=lambda _: rng.random())
    wanted = exact + near
    long = [index for index in order if lengths[index] >= 2000][: 2 * wanted]
    if len(long) < 2 * wanted:
        raise ValueError(f"{len(lengths)} posts are too few for {wanted} copies")
    plan: dict[int, Copy] = {}
    for number in range(wanted):
        first, second = sorted(long[2 * number : 2 * number + 2])
        if number < exact:
            plan[second] = Copy(second, first, "none")
        else:
            plan[second] = _near(second, first, number - exact)
    return plan


def _near(index: int, original: int, number: int) -> Copy:
    """Say how near copy *number* differs: a quarter footers, a quarter cuts, half words."""
    kind, turn = number % 4, number // 4
    if kind == 0:
        return Copy(index, original, "footer")
    if kind == 1:
        return Copy(index, original, "drop")
    return Copy(index, original, "words", SHARES[(2 * turn + kind - 2) % len(SHARES)])


def edit(blocks: list[str], copy: Copy, seed: int) -> list[str]:
    """Return *blocks* changed as *copy* says."""
    rng = Random(f"{seed}/edit/{copy.index}")
    if copy.edit == "footer":
        place = words.PLACES[int(rng.random() * len(words.PLACES))]
        return [*blocks, f"<p>This story first stood in the {place} weekly.</p>"]
    if copy.edit == "drop":
        paragraphs = [at for at, block in enumerate(blocks) if block.startswith("<p>")]
        shortest = min(paragraphs, key=lambda at: len(blocks[at]))
        return blocks[:shortest] + blocks[shortest + 1 :]
    if copy.edit == "words":
        return replace_words(blocks, copy.share, rng)
    return blocks


def replace_words(blocks: list[str], share: float, rng: Random) -> list[str]:
    """Replace that *share* of the lower-case words of *blocks*, one at least.

    Tags and entities stay.

    >>> replace_words(['<p class="one">one &amp; all</p>'], 0.0, Random(""))
    ['<p class="one">one &amp; pear</p>']
    """
    count = sum(match["word"] is not None for block in blocks for match in WORD.finditer(block))
    order = sorted(range(count), key=lambda _: rng.random())
    chosen = set(order[: max(1, round(share * count))])
    numbers = itertools.count()

    def replacement(match: re.Match[str]) -> str:
        if match["word"] is None or next(numbers) not in chosen:
            return match[0]
        others = [noun for noun in words.NOUNS if noun != match[0]]
        return others[int(rng.random() * len(others))]

    return [WORD.sub(replacement, block) for block in blocks]
