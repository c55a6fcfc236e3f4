"""An excerpt as one line of plain text, without the tail that leads to the rest."""

from __future__ import annotations

from crawler.clean.phrases import ELLIPSIS_TAIL, READ_MORE_ALONE, READ_MORE_TAIL
from crawler.clean.plain import plain_text

LONGEST_TAIL = 260
"""Characters at the end in which a tail is looked for: it may name a long title."""

LONGEST_ELLIPSIS = 16
"""Characters of one in brackets, in a text whose white space is folded."""

LONGEST_PHRASE = 80
"""Characters at the end in which it is looked for without a title."""


def plain_excerpt(rendered: str) -> str:
    """Decode entities, drop tags, fold white space, and cut the read-more tail.

    An ellipsis of its own stays: it says that the sentence goes on.

    >>> plain_excerpt("<p>It held until six &hellip; <a href='x'>Continue reading</a></p>")
    'It held until six'
    >>> plain_excerpt("<p>It held [&hellip;]</p>"), plain_excerpt("It held until&hellip;")
    ('It held', 'It held until…')
    """
    text = _without_ellipsis(plain_text(rendered))
    while (shorter := _without_ellipsis(_without_tail(text))) != text:
        text = shorter
    return text


def _without_ellipsis(text: str) -> str:
    if not text.endswith(("]", ")")):
        return text
    tail = ELLIPSIS_TAIL.search(text, max(0, len(text) - LONGEST_ELLIPSIS))
    return text[: tail.start()] if tail else text


def _without_tail(text: str) -> str:
    """Cut "Continue reading ..." at the end; alone it stays, for there is nothing else."""
    tail = None
    if "…" in text or "..." in text:
        tail = READ_MORE_TAIL.search(text, max(0, len(text) - LONGEST_TAIL))
    tail = tail or READ_MORE_ALONE.search(text, max(0, len(text) - LONGEST_PHRASE))
    return text[: tail.start()].rstrip() if tail else text
