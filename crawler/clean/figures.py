"""Captions of older themes, as figures."""

from __future__ import annotations

from turbohtml import Element

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
