"""Plain text of clean HTML: paragraphs parted by blank lines, and how many words it has."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from crawler.clean.account import count_wide_spaces
from crawler.clean.allowed import INLINE, TAGS

Unit = Literal["word", "character"]

BLOCK, LINE, CELL, INDENT = b"\x02", b"\x01", b" ", b"\x03"
"""Marks for the end of a block, of a line and of a cell, and for a space that folding spares.

Bodies hold none of these characters: crawler.clean.characters cuts them.
"""

LINES = frozenset({"br", "li", "dt", "dd", "tr", "summary"})
CELLS = frozenset({"td", "th"})

MARKS = {
    f"{slash}{tag}".encode(): (
        LINE if tag in LINES else b"" if tag in INLINE or tag in CELLS else BLOCK
    )
    for tag in TAGS
    for slash in ("", "/")
} | {f"/{tag}".encode(): CELL for tag in CELLS}

TAG = re.compile(rb"<(/?[a-z0-9]+)[^>]*>")
"""A tag as the serializer writes it: no > inside."""

SPACES = re.compile(rb"  +")

UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
"""Characters of Thai, Lao, Burmese, Khmer, Japanese and Chinese, which part no words."""


@dataclass(frozen=True, slots=True)
class PlainText:
    """Text with its counts: of characters that are not white space, of words or characters."""

    text: str
    characters: int
    words: int
    unit: Unit


def text_of(html: str) -> PlainText:
    r"""Return the text of *html*, which is clean: written by our own serializer.

    All is done on UTF-8, where searching and counting are several times faster.

    >>> text_of("<p>One\n &amp; two.</p>\n\n<ul><li>a</li><li>b</li></ul>").text
    'One & two.\n\na\nb'
    """
    data = html.encode()
    if b"<pre" in data:
        data = _kept_layout(data)
    parts = TAG.split(data.replace(b"\n", b" ").replace(b"\t", b" "))
    parts[1::2] = map(MARKS.__getitem__, parts[1::2])
    data = b"".join(parts)
    if b"&" in data:
        data = data.replace(b"&nbsp;", b" ")
    data = b"\n\n".join([block for block in map(_block, data.split(BLOCK)) if block])
    if b"  " in data:
        data = SPACES.sub(b" ", data)
    return _counted(data)


def _block(block: bytes) -> bytes:
    if LINE in block:
        return b"\n".join(filter(None, map(bytes.strip, block.split(LINE))))
    return block.strip()


def _kept_layout(data: bytes) -> bytes:
    """Mark line ends and indentation in each <pre>, that folding may not touch them."""
    first, *others = data.split(b"<pre")
    parts = [first]
    for other in others:
        inside, _, after = other.partition(b"</pre>")
        inside = inside.replace(b"&nbsp;", b" ").replace(b"\t", b"    ")
        inside = inside.replace(b"\n ", b"\n" + INDENT).replace(b"  ", b" " + INDENT)
        inside = inside.replace(INDENT + b" ", INDENT + INDENT).replace(b"\n", LINE)
        parts += [b"<pre", inside, b"</pre>", after]
    return b"".join(parts)


def _counted(data: bytes) -> PlainText:
    """Count while words are parted by one space, one line end or two."""
    spaces, ends, wide = data.count(b" "), data.count(b"\n"), count_wide_spaces(data)
    words = spaces + ends - data.count(b"\n\n") + 1 if data else 0
    layout = data.count(INDENT)
    if layout:
        data = data.replace(INDENT, b" ")
    if b"&" in data:
        data = data.replace(b"&lt;", b"<").replace(b"&gt;", b">").replace(b"&amp;", b"&")
    text = data.decode()
    if wide:
        words = len(text.split())
    characters = len(text) - spaces - ends - layout - wide
    if len(data) > 1.5 * len(text) and 2 * len(UNSPACED.findall(text)) > characters:
        return PlainText(text, characters, characters, "character")
    return PlainText(text, characters, words, "word")


def is_composed(text: str) -> bool:
    """Tell whether *text* is in NFC."""
    return text.isascii() or unicodedata.is_normalized("NFC", text)


def compose(text: str) -> str:
    """Return *text* in NFC."""
    return unicodedata.normalize("NFC", text)
