"""Captions of older themes, as figures."""

from __future__ import annotations

from collections.abc import Iterator

from turbohtml import Comment, Element, Node, Text

from crawler.clean.allowed import TAGS

RENAMED = {
    "div.wp-caption": "figure",
    ".wp-caption > .wp-caption-text": "figcaption",
    "dl.gallery-item": "figure",
    ".gallery-item > dt": "div",
    ".gallery-item > .gallery-caption": "figcaption",
}
"""What WordPress wrote before HTML had figures, and what it is."""


def mend_figures(root: Element) -> bool:
    """Rename captions and gallery entries to what they are; tell whether there were any."""
    any_renamed = False
    for selector, tag in RENAMED.items():
        for element in root.select(selector):
            element.tag = tag
            any_renamed = True
    return any_renamed


def mend_line_breaks(root: Element) -> None:
    """Take out line breaks at the edges of a block, where they break nothing."""
    breaks = root.select("br")
    for line_break in reversed(breaks):
        if _nothing_but_space(line_break.next_siblings):
            line_break.decompose()
    for line_break in breaks:
        if line_break.parent is not None and _nothing_but_space(line_break.previous_siblings):
            line_break.decompose()


def _nothing_but_space(siblings: Iterator[Node]) -> bool:
    """Tell whether *siblings* are white space, comments and unknown elements without text."""
    return all(
        not sibling.text.strip()
        if isinstance(sibling, Element) and sibling.tag not in TAGS
        else sibling.data.isspace()
        if isinstance(sibling, Text)
        else isinstance(sibling, Comment)
        for sibling in siblings
    )
