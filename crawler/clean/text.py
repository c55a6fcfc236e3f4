"""Plain text of clean HTML: paragraphs parted by blank lines, and how many words it has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from crawler.clean.account import beyond_ascii, count_wide_spaces, residue_of
from crawler.clean.outline import (
    BLOCK,
    BREAK,
    CODE,
    CODE_LINE,
    INDENT,
    LETTERS,
    LINE,
    LISTS,
    MARKS,
    OTHER,
)

Unit = Literal["word", "character"]

TAG = re.compile(rb"<(/?[a-z0-9]+)[^>]*>")
"""A tag as the serializer writes it: no > inside."""

BREAKS = re.compile(BREAK + rb"(?:(?:\s|&nbsp;)*" + BREAK + rb")+")
"""Several of them part paragraphs."""

SPACES = re.compile(b"  +")
TWO_SPACES = re.compile(b"  ")
"""An expression, for it looks for them faster than ``in``."""
FOLDED = bytes.maketrans(b"\n\t\r\f\v", b"     ")
UNFOLDED = (b"\n", b"\t", b"\r", b"\f", b"\v")
BLANK = b" \n\t\r\f\v" + LINE + CODE_LINE
"""What a block neither begins nor ends with; in code, spaces at the beginning may stay."""
TRAILING = BLANK + INDENT

ENTITIES = {b"lt": b"<", b"gt": b">", b"nbsp": b" ", b"amp": b"&"}
"""All that the serializer writes in text; a space that does not break is a space."""

FEW = 1_000
"""Entities in a text that are decoded piece by piece, which is faster, but takes memory."""

SEPARATOR = re.compile(b"[\x1c-\x1f]")
"""What parts words in ASCII, and is no white space in HTML."""

ODD = bytes.maketrans(b"\r\f\v", b"   ")

UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
"""Characters of Thai, Lao, Burmese, Khmer, Japanese and Chinese, which part no words."""


@dataclass(slots=True)
class PlainText:
    """Text with its counts: of characters that are not white space, of words or characters.

    ``wide`` is what in it is not ASCII, in UTF-8.
    """

    text: str
    characters: int
    words: int
    unit: Unit
    wide: bytes

    def composed(self) -> PlainText:
        """Return the same in NFC."""
        return counted(unicodedata.normalize("NFC", self.text).encode())


def text_of(html: bytes) -> PlainText:
    r"""Return the text of *html*, which is clean: written by our own serializer, in UTF-8.

    All is done on UTF-8, where searching and counting are several times faster. Compiled, it
    is in ``crawler.compiled.text``: see ``crawler.clean.inner_loops``.

    >>> text_of(b"<p>One\n &amp; two.</p>\n\n<ul><li>a</li><li>b</li></ul>").text
    'One & two.\n\na\nb'
    """
    parts = TAG.split(html)
    tags = parts[1::2]
    outline = "".join([LETTERS.get(tag, OTHER) for tag in tags])
    return joined_text(parts, map(MARKS.__getitem__, tags), outline)


def joined_text(parts: list[bytes], marks: Iterable[bytes], outline: str) -> PlainText:
    """Join the texts among *parts*, every second of which is a tag; *marks* stand for those."""
    parts[1::2] = marks
    has_code = "q" in outline
    if has_code:
        _keep_layout(parts, outline)
    if "l" in outline:
        _keep_lists_together(parts, outline)
    data = b"".join(parts)
    if "b" in outline:
        data = BREAKS.sub(BLOCK, data).replace(BREAK, LINE)
    if b"&" in data:
        data = _decoded(data)
    blocks = data.split(BLOCK)
    if has_code:
        blocks = [block.strip(BLANK).rstrip(TRAILING) for block in blocks]
    else:
        blocks = [block.strip() for block in blocks]
    if LINE in data:
        blocks = [_lines(block) if LINE in block else block for block in blocks]
    blocks = list(filter(None, blocks))
    data = BLOCK.join(blocks)
    if any(space in data for space in UNFOLDED):
        data = data.translate(FOLDED)
    if TWO_SPACES.search(data):
        data = SPACES.sub(b" ", data)
    data = data.replace(LINE, b"\n").replace(BLOCK, b"\n\n")
    if has_code:
        data = data.replace(INDENT, b" ").replace(CODE_LINE, b"\n")
    return counted(data, None if has_code else len(blocks))


def _decoded(data: bytes) -> bytes:
    """Decode the entities in *data*."""
    if data.count(b"&") > FEW:
        for name, character in ENTITIES.items():  # the ampersand last, for it begins them all
            data = data.replace(b"&%b;" % name, character)
        return data
    pieces = data.split(b"&")
    decoded = [pieces[0]]
    for piece in pieces[1:]:
        name, _, text = piece.partition(b";")
        decoded += ENTITIES[name], text
    return b"".join(decoded)


def _lines(block: bytes) -> bytes:
    """Leave no empty lines in *block*, and no white space around the end of one."""
    return LINE.join([line for part in block.split(LINE) if (line := part.strip(BLANK))])


def counted(data: bytes, blocks: int | None = None) -> PlainText:
    """Count the characters and words of a text in UTF-8, where counting is fastest.

    If its *blocks* are known, they are parted by two line ends, words by one space or line end.
    """
    text = data.decode()
    residue = residue_of(data)
    wide = beyond_ascii(residue)
    spaces = len(residue) - len(wide)
    if blocks and not SEPARATOR.search(residue) and not count_wide_spaces(wide):
        words = spaces - blocks + 2
    else:
        words = len(text.split())
    return with_unit(text, len(data), wide, len(text) - spaces, words)


def with_unit(text: str, size: int, wide: bytes, characters: int, words: int) -> PlainText:
    """Count *text* in the unit that its script has; *size* is that of its bytes in UTF-8.

    Of its *characters*, white space beyond ASCII is still to be taken.
    """
    if wide:
        characters -= count_wide_spaces(wide)
        # Only where characters of three bytes and more may be in the majority
        if 2 * size > 3 * len(text) and 2 * len(UNSPACED.findall(text)) > characters:
            return PlainText(text, characters, characters, "character", wide)
    return PlainText(text, characters, words, "word", wide)


def _keep_lists_together(parts: list[bytes], outline: str) -> None:
    """Have a list inside a list end lines, not blocks."""
    depth = 0
    for found in LISTS.finditer(outline):
        opens = found[0] == "l"
        depth -= not opens
        if depth > 0:
            parts[2 * found.start() + 1] = LINE
        depth += opens


def _keep_layout(parts: list[bytes], outline: str) -> None:
    """Mark spaces and line ends in each <pre>, that folding may not touch them."""
    for found in CODE.finditer(outline):
        inner = slice(2 * found.start() + 2, 2 * found.end() + 1, 2)
        texts = [
            text.replace(b"&nbsp;", b" ").replace(b"\t", b"    ").translate(ODD)
            for text in parts[inner]
        ]
        parts[inner] = [text.replace(b" ", INDENT).replace(b"\n", CODE_LINE) for text in texts]
