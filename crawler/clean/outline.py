"""The outline of a body: a letter for each of its tags, a capital where one closes.

So where one tag stands in relation to others is a matter of a short string.
"""

from __future__ import annotations

import re

from crawler.clean.allowed import BLOCKS, INLINE

BLOCK, LINE, INDENT, CODE_LINE, BREAK, CELL = b"\xff", b"\xfe", b"\xfd", b"\xfc", b"\xfb", b" "
"""Marks for the end of a block and of a line, for a space and a line end that folding spares,
and for a <br>: bytes that UTF-8 never uses. A cell ends in a space."""

ENDS = (
    dict.fromkeys(INLINE, b"")
    | dict.fromkeys(BLOCKS, BLOCK)
    | dict.fromkeys(("li", "tr", "summary"), LINE)
    | {"br": BREAK}
)
MARKS = {f"{slash}{tag}".encode(): end for tag, end in ENDS.items() for slash in ("", "/")}
MARKS |= {b"td": b"", b"th": b"", b"/td": CELL, b"/th": CELL}
"""Each tag with what it ends."""

OUTLINED = {
    "p": "p div",
    "e": "h1 h2 h3 h4 h5 h6",
    "x": "li dd dt blockquote td th caption details dl summary tr tbody thead tfoot",
    "l": "ul ol",
    "q": "pre",
    "k": "code",
    "a": "a",
    "f": "figure",
    "g": "figcaption",
    "t": "table",
}
LETTERS = {
    f"{slash}{tag}".encode(): letter.upper() if slash else letter
    for letter, tags in OUTLINED.items()
    for tag in tags.split()
    for slash in ("", "/")
} | {b"br": "b", b"img": "i", b"hr": "h"}

NAMED_CODE = "c"
"""The letter of a <code> that names its language."""

SPAN = "s"
"""The letter of a <span>, which is no tag of clean HTML."""

OTHER = " "
"""The letter of all other tags."""

LISTS = re.compile("[lL]")
CODE = re.compile("q[^Q]*")
LEAF = re.compile("[pexgqPEXGQ]")
"""Where a block of text begins or ends."""

AWKWARD = re.compile("q[^Q]*[bq]|f[^F]*f|e[^E]*[peqxlfgt]")
"""A line break in code, or code in it; a figure in a figure; a block in a heading."""


def is_awkward(outline: str) -> bool:
    """Tell whether elements stand in each other in a way that rules mend.

    Compiled, it is in ``crawler.compiled.parts``: see ``crawler.clean.inner_loops``.

    >>> is_awkward("fxXxXF"), is_awkward("ftxxXXTF"), is_awkward("txxXXT")
    (False, False, True)
    """
    return (
        AWKWARD.search(outline) is not None
        or outline.count("c") != outline.count("qc")  # a language, but not of a block
        or outline.count("t") != outline.count("ft")
        or outline.count("T") != outline.count("TF")  # a table, not alone in its figure
    )
