"""Captions of older themes, as figures."""

from __future__ import annotations

from turbohtml import Element, Node, Text

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
        if _is_blank(line_break.next_sibling):
            line_break.decompose()
    for line_break in breaks:
        if line_break.parent is not None and _is_blank(line_break.previous_sibling):
            line_break.decompose()


def _is_blank(sibling: Node | None) -> bool:
    """Tell whether there is nothing there, or white space and then nothing."""
    return sibling is None or (type(sibling) is Text and sibling.data.isspace())
