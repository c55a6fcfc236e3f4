"""Leave no empty paragraphs, no bottomless nesting."""

from __future__ import annotations

import re

from turbohtml import Element, Text

from crawler.clean.account import WIDE_SPACES
from crawler.clean.tree import take_out

_SPACE = b"|".join([rb"[\s\x1c-\x1f]", *(space.pattern for space in WIDE_SPACES)])
EMPTY = re.compile(
    rb"<p>(?=[<&\s\x1c-\x1f\xc2\xe1-\xe3])"
    rb"(?:%b|&nbsp;|<br>|</?(?:b|i|em|strong)>)*</p>" % _SPACE
)
"""What an empty paragraph looks like in clean HTML, in UTF-8."""

MAY_BE_EMPTY = (
    "p, div, h1, h2, h3, h4, h5, h6, ul, ol, li, dl, dt, dd, blockquote, figure, figcaption, "
    "a, b, i, em, strong"
)
HOLDING = "img, hr, table"
"""What is something without any text."""

DEEPEST = 200
"""Elements inside each other, at most: parsers that come after ours give up at 256 or 512."""

_TOO_DEEP = " > ".join(["*"] * (DEEPEST + 1))


def has_empty_paragraph(html: bytes) -> bool:
    """Tell whether there is an empty paragraph in clean HTML.

    Compiled, it is in ``crawler.compiled.text``: see ``crawler.clean.inner_loops``.
    """
    return EMPTY.search(html) is not None


INLINE = frozenset({"a", "b", "i", "em", "strong"})


def cut_empty(root: Element) -> None:
    """Take out elements that hold neither text nor images, from the inside out."""
    for element in reversed(root.select(MAY_BE_EMPTY)):
        if _has_text(element) or element.select_one(HOLDING) is not None:
            continue
        if element.tag in INLINE and element.text:
            element.replace_with(Text(" "))
        else:
            take_out(element)


def _has_text(element: Element) -> bool:
    return any(not string.isspace() for string in element.strings if string)


def is_too_deep(root: Element) -> bool:
    """Tell whether anything is nested too deep."""
    return root.select_one(_TOO_DEEP) is not None


def flatten(root: Element) -> bool:
    """Unwrap what is nested too deep, and tell whether anything was; no text is lost."""
    if not is_too_deep(root):
        return False
    for element in root.select(_TOO_DEEP):
        element.insert_before(Text(" "))
    root.strip_tags(_TOO_DEEP)
    return True
