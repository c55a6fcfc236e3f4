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
        return _counted(unicodedata.normalize("NFC", self.text).encode(), 0, ())


def text_of(html: str) -> PlainText:
    r"""Return the text of *html*, which is clean: written by our own serializer.

    All is done on UTF-8, where searching and counting are several times faster.

    >>> text_of("<p>One\n &amp; two.</p>\n\n<ul><li>a</li><li>b</li></ul>").text
    'One & two.\n\na\nb'
    """
    parts = TAG.split(html.encode())
    tags = parts[1::2]
    outline = "".join([LETTERS.get(tag, OTHER) for tag in tags])
    return joined_text(parts, map(MARKS.__getitem__, tags), outline)


def joined_text(parts: list[bytes], marks: Iterable[bytes], outline: str) -> PlainText:
    """Join the texts among *parts*, every second of which is a tag; *marks* stand for those."""
    code = _keep_layout(parts, outline) if "q" in outline else None
    parts[1::2] = marks
    if "l" in outline:
        _keep_lists_together(parts, outline)
    data = b"".join(parts)
    if "b" in outline:
        data = BREAKS.sub(BLOCK, data).replace(BREAK, LINE)
    if b"&" in data:
        data = _decoded(data)
    if code is None:
        blocks = list(filter(None, map(bytes.strip, data.split(BLOCK))))
    else:
        edged = [part.strip(BLANK).rstrip(TRAILING) for part in data.split(BLOCK)]
        blocks = list(filter(None, edged))
    if LINE in data:
        blocks = [_lines(block) if LINE in block else block for block in blocks]
        blocks = list(filter(None, blocks))
    data = BLOCK.join(blocks)
    if any(space in data for space in UNFOLDED):
        data = data.translate(FOLDED)
    if TWO_SPACES.search(data):
        data = SPACES.sub(b" ", data)
    data = data.replace(LINE, b"\n").replace(BLOCK, b"\n\n")
    if code is not None:
        data = data.replace(INDENT, b" ").replace(CODE_LINE, b"\n")
    return _counted(data, len(blocks), code or [])


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


def _counted(data: bytes, blocks: int, code: Iterable[bytes]) -> PlainText:
    """Count the characters and words of a text in UTF-8, where counting is fastest.

    Its *blocks* are parted by two line ends, its words by one space or one line end; not so
    in the *code* in it. No blocks says that nothing is known of that.
    """
    text = data.decode()
    residue = residue_of(data)
    wide = beyond_ascii(residue)
    spaces = len(residue) - len(wide)
    wide_spaces = count_wide_spaces(wide) if wide else 0
    characters = len(text) - spaces - wide_spaces
    if wide_spaces or not blocks:
        words = len(text.split())
    else:
        words = spaces - 2 * (blocks - 1) + blocks + sum(map(_words_beside_spaces, code))
    if 2 * len(data) > 3 * len(text) and 2 * len(UNSPACED.findall(text)) > characters:
        return PlainText(text, characters, characters, "character", wide)
    return PlainText(text, characters, words, "word", wide)


def _words_beside_spaces(code: bytes) -> int:
    """Return how many more words are in *code* than its spaces and line ends make believe."""
    return len(code.split()) - 1 - code.count(b" ") - code.count(b"\n")


def _keep_lists_together(parts: list[bytes], outline: str) -> None:
    """Have a list inside a list end lines, not blocks."""
    depth = 0
    for found in LISTS.finditer(outline):
        opens = found[0] == "l"
        depth -= not opens
        if depth > 0:
            parts[2 * found.start() + 1] = LINE
        depth += opens


def _keep_layout(parts: list[bytes], outline: str) -> list[bytes]:
    """Mark spaces and line ends in each <pre>, that folding may not touch them.

    Return the code as it will stand in the text.
    """
    blocks = []
    for found in CODE.finditer(outline):
        inner = slice(2 * found.start() + 2, 2 * found.end() + 1, 2)
        texts = [
            text.replace(b"&nbsp;", b" ").replace(b"\t", b"    ").translate(ODD)
            for text in parts[inner]
        ]
        code = _decoded(b"".join(texts)).lstrip(b"\n").rstrip()
        if code:
            blocks.append(code)
        parts[inner] = [text.replace(b" ", INDENT).replace(b"\n", CODE_LINE) for text in texts]
    return blocks
