"""Plain text of clean HTML: paragraphs parted by blank lines, and how many words it has."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from turbohtml import Element, Text, unescape
from turbohtml import PlainText as PlainFormat

from crawler.clean.account import count_spaces, residue_of
from crawler.clean.allowed import BLOCKS, INLINE
from crawler.clean.tree import Tags

Unit = Literal["word", "character"]

BLOCK, LINE, INDENT, CODE_LINE, CELL = b"\xff", b"\xfe", b"\xfd", b"\xfc", b" "
"""Marks for the end of a block and of a line, and for a space and a line end that folding
spares: bytes that UTF-8 never uses. A cell ends in a space."""

ENDS = (
    dict.fromkeys(INLINE, b"")
    | dict.fromkeys(BLOCKS, BLOCK)
    | dict.fromkeys(("br", "li", "tr", "summary"), LINE)
)
MARKS = {f"{slash}{tag}".encode(): end for tag, end in ENDS.items() for slash in ("", "/")}
MARKS |= {b"td": b"", b"th": b"", b"/td": CELL, b"/th": CELL}
"""Each tag with what it ends."""

LISTS = frozenset({b"ul", b"ol", b"/ul", b"/ol"})

TAG = re.compile(rb"<(/?[a-z0-9]+)[^>]*>")
"""A tag as the serializer writes it: no > inside."""

SPACES = re.compile(rb"  +")
LINE_ENDS = re.compile(rb"\xfe[ \xfe]*")
FOLDED = bytes.maketrans(b"\n\t\r\f\v", b"     ")
BLANK = b" " + LINE + CODE_LINE

UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
"""Characters of Thai, Lao, Burmese, Khmer, Japanese and Chinese, which part no words."""


ROOMY = PlainFormat(bullet="")
SPACE = ord(" ")

# Expressions, for they look for a rare byte several times as fast as bytes.count and replace.
NO_BREAK_SPACE = re.compile(b"\xc2\xa0")
TWO_ENDS = re.compile(b"\n\n")
MANY_ENDS = re.compile(b"\n\n\n+")

MISPLACED = (
    ":not(:is(article, aside, blockquote, body, center, dd, details, div, dl, figcaption, figure, "
    "footer, form, header, li, main, nav, ol, section, td, th, ul, :root)) > :is(address, "
    "blockquote, dd, details, div, dl, dt, figcaption, figure, h1, h2, h3, h4, h5, h6, hr, li, "
    "ol, p, pre, summary, table, ul), option"
)
"""Blocks inside of what is in a line, or in code: turbohtml's own text lets words run together."""

COMPLEX = (
    "br, p, div, ul, ol, dl, table, pre, blockquote, figure, hr, h1, h2, h3, h4, h5, h6, caption, "
    "[colspan], [rowspan]"
)
"""What makes a table more than rows of words."""


@dataclass(frozen=True, slots=True)
class PlainText:
    """Text with its counts: of characters that are not white space, of words or characters."""

    text: str
    characters: int
    words: int
    unit: Unit

    def composed(self) -> PlainText:
        """Return the same in NFC."""
        return counted(unicodedata.normalize("NFC", self.text).encode())


def quick_text(root: Element, tags: Tags, expected: int) -> PlainText | None:
    """Return the text of *root* as turbohtml writes it; None where it would be another's.

    Three times as fast as ``text_of``, but it loses what HTML does not allow, such as text
    between the items of a list: then it has not the *expected* count of characters, and is
    not returned. Takes *root* apart on the way.
    """
    if root.select_one(MISPLACED) is not None:
        return None
    verbatim = "pre" in tags
    if verbatim and any("\n\n\n" in pre.text for pre in root.select("pre")):
        return None
    if "table" in tags and not _flatten_tables(root):
        return None
    if "ol" in tags:
        for numbered in root.select("ol"):
            numbered.tag = "ul"
    if "blockquote" in tags:
        for quote in root.select("blockquote"):
            quote.tag = "div"
    data = _without_no_break_spaces(root.to_text(ROOMY).encode(), verbatim=verbatim)
    data = MANY_ENDS.sub(b"\n\n", data)
    text = counted(data, expected, verbatim=verbatim)
    return text if text.characters == expected else None


def _flatten_tables(root: Element) -> bool:
    """Make lines of words of each table; tell whether all of them are no more than that."""
    for table in root.select("table"):
        if table.select_one(COMPLEX) is not None:
            return False
        rows = [" ".join(" ".join(row).split()) for row in table.rows()]
        table.replace_with(Element("pre", {}, [Text("\n".join(rows))]))
    return True


def _without_no_break_spaces(data: bytes, *, verbatim: bool) -> bytes:
    """Make spaces of them, and fold those that come to stand beside another one."""
    pieces = NO_BREAK_SPACE.split(data)
    if len(pieces) == 1:
        return data
    if all(piece and piece[0] > SPACE and piece[-1] > SPACE for piece in pieces):
        return b" ".join(pieces)  # most of all: between a number and its unit
    data = b" ".join(pieces).replace(b" \n", b"\n").strip()
    return data if verbatim else SPACES.sub(b" ", data.replace(b"\n ", b"\n"))


def counted(data: bytes, expected: int | None = None, *, verbatim: bool = True) -> PlainText:
    """Count the characters and words of a text in UTF-8, where counting is fastest.

    Words are parted by one space, one line end or two, unless there is code (*verbatim*). With
    as many characters as *expected* there is no white space beyond ASCII to look for.
    """
    text = data.decode()
    spaces, ends = data.count(b" "), data.count(b"\n")
    characters = len(text) - spaces - ends
    odd = characters != expected and count_spaces(residue_of(text)) - spaces - ends
    if odd or verbatim:
        characters -= odd
        words = len(text.split())
    else:
        words = spaces + ends - len(TWO_ENDS.findall(data)) + 1 if text else 0
    may_be_unspaced = 2 * len(data) > 3 * len(text)
    if may_be_unspaced and 2 * len(UNSPACED.findall(text)) > characters:
        return PlainText(text, characters, characters, "character")
    return PlainText(text, characters, words, "word")


def text_of(html: str) -> PlainText:
    r"""Return the text of *html*, which is clean: written by our own serializer.

    All is done on UTF-8, where searching and counting are several times faster.

    >>> text_of("<p>One\n &amp; two.</p>\n\n<ul><li>a</li><li>b</li></ul>").text
    'One & two.\n\na\nb'
    """
    parts = TAG.split(html.encode())
    tags = parts[1::2]
    if b"pre" in tags:
        _keep_layout(parts)
    parts[1::2] = map(MARKS.__getitem__, tags)
    if b"ul" in tags or b"ol" in tags:
        _keep_lists_together(parts, tags)
    data = b"".join(parts).translate(FOLDED)
    if b"&" in data:
        data = data.replace(b"&nbsp;", b" ")
    blocks = [block for block in map(_stripped, data.split(BLOCK)) if block]
    data = b"\n\n".join(blocks)
    if b"  " in data:
        data = SPACES.sub(b" ", data)
    if LINE in data:
        data = LINE_ENDS.sub(b"\n", data.replace(b" " + LINE, LINE))
    data = data.replace(INDENT, b" ").replace(CODE_LINE, b"\n")
    return counted(unescape(data.decode()).encode() if b"&" in data else data)


def _stripped(block: bytes) -> bytes:
    return block.strip(BLANK)


def _keep_lists_together(parts: list[bytes], tags: list[bytes]) -> None:
    """Have a list inside a list end lines, not blocks."""
    depth = 0
    for at, tag in enumerate(tags):
        if tag in LISTS:
            depth -= tag.startswith(b"/")
            if depth > 0:
                parts[2 * at + 1] = LINE
            depth += not tag.startswith(b"/")


def _keep_layout(parts: list[bytes]) -> None:
    """Mark line ends and indentation in each <pre>, that folding may not touch them."""
    inside = 0
    for at in range(1, len(parts), 2):
        inside += (parts[at] == b"pre") - (parts[at] == b"/pre")
        if inside:
            text = parts[at + 1].replace(b"&nbsp;", b" ").replace(b"\t", b"    ")
            text = text.replace(b"\n ", b"\n" + INDENT).replace(b"  ", b" " + INDENT)
            parts[at + 1] = text.replace(INDENT + b" ", INDENT + INDENT).replace(b"\n", CODE_LINE)
