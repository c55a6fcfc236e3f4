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
RUN = re.compile(r"\n\n\n+")
DOUBLE = re.compile(r"  +")

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
        text = unicodedata.normalize("NFC", self.text)
        return counted(text, self.words)


def quick_text(root: Element, expected: int | None = None) -> PlainText | None:
    """Return the text of *root* as turbohtml writes it; None where it would be another's.

    Three times as fast as ``text_of``, but it loses what HTML does not allow, such as text
    between the items of a list: count the characters. Takes *root* apart on the way.
    """
    if root.select_one(MISPLACED) is not None:
        return None
    verbatim = root.select("pre")
    if any("\n\n\n" in pre.text for pre in verbatim):
        return None
    for table in root.select("table"):
        if table.select_one(COMPLEX) is not None:
            return None
        rows = [" ".join(" ".join(row).split()) for row in table.rows()]
        table.replace_with(Element("pre", {}, [Text("\n".join(rows))]))
    for numbered in root.select("ol"):
        numbered.tag = "ul"
    for quote in root.select("blockquote"):
        quote.tag = "div"
    text = RUN.sub("\n\n", root.to_text(ROOMY))
    if "\xa0" in text:
        text = _without_no_break_spaces(text, verbatim=bool(verbatim))
    words = len(text.split()) if verbatim else None
    return counted(text, words, expected)


def _without_no_break_spaces(text: str, *, verbatim: bool) -> str:
    """Make spaces of them, and fold those that come to stand beside another one."""
    pieces = text.split("\xa0")
    if all(piece and not piece[0].isspace() and not piece[-1].isspace() for piece in pieces):
        return " ".join(pieces)  # most of all: between a number and its unit
    text = " ".join(pieces).replace(" \n", "\n").strip()
    return text if verbatim else DOUBLE.sub(" ", text.replace("\n ", "\n"))


def counted(text: str, words: int | None = None, expected: int | None = None) -> PlainText:
    """Count the characters of *text*, and its words where they are not known.

    Words are parted by one space, one line end or two, unless there is code in it. With as
    many characters as *expected* there is no white space beyond ASCII to look for.
    """
    spaces, ends = text.count(" "), text.count("\n")
    characters = len(text) - spaces - ends
    if words is None:
        words = spaces + ends - text.count("\n\n") + 1 if text else 0
    if text.isascii():
        return PlainText(text, characters, words, "word")
    if characters != expected:
        wide = count_spaces(residue_of(text)) - spaces - ends
        if wide:
            characters, words = characters - wide, len(text.split())
    may_be_unspaced = len(text.encode("utf-8", "replace")) > 1.5 * len(text)
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
    text = data.replace(INDENT, b" ").replace(CODE_LINE, b"\n").decode()
    text = unescape(text) if "&" in text else text
    return counted(text, len(text.split()))


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
