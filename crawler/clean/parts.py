"""A body taken apart: its texts and tags in turn, what becomes of these, its outline.

Compiled, all here is in ``crawler.compiled.parts``: see ``crawler.clean.inner_loops``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from turbohtml import unescape

from crawler.clean.addresses import LONGEST, TRACKED
from crawler.clean.links import PROTECTED_PATH, Link
from crawler.clean.start_tags import (
    START,
    KeptAttributes,
    StartTags,
    Unsure,
)
from crawler.clean.text import PlainText, joined_text

LINK = re.compile("a[^aA]*A")

ABSOLUTE = re.compile(
    rb'a href="(https?://[a-z0-9.-]+(?::\d+)?(?:/[\w.~!$\'()*+,;=:@%/-]*)?'
    rb'(\?(?:[\w.~!$\'()*+,;=:@%/?-]|&amp;)*)?)"(.*)',
    re.DOTALL,
)
"""An absolute address, which needs nothing done to it unless its query tracks."""

LAST = re.compile("A(?=[PEab ]|$)")
"""A link that may be the last of a paragraph, with what may follow: another one, or emphasis."""

ATTRIBUTE = re.compile(rb' ([^\s"=<>]+)="([^"]*)"')

WORD = re.compile(rb"[0-9A-Za-z]")
WIDE_WORD = re.compile(rb"[0-9A-Za-z\x80-\xff]")


class Parts:
    """The body *data*, as the serializer writes it; *known* says what becomes of its tags.

    ``pieces`` holds what becomes of each tag, ``outline`` a letter for each. *data* holds no
    comments: only in them, in names and in elements that are not allowed, the serializer writes
    < and > that are no edge of a tag.
    Raises Unsure for such, and for tags that are not known.
    """

    def __init__(self, data: bytes, known: StartTags) -> None:
        self.data = data
        self._parts = parts = data.replace(b">", b"<").split(b"<")
        self.texts = parts[::2]
        self._tags = parts[1::2]
        if len(self._tags) != data.count(b">"):
            raise Unsure  # a parser takes < into names
        judged = list(map(known.__getitem__, self._tags))
        self.pieces = [each[0] for each in judged]
        self._marks = [each[1] for each in judged]
        self.outline = "".join([each[2] for each in judged])

    def tag(self, at: int) -> bytes:
        """Return what stands in the tag *at*, between < and >."""
        return self._tags[at]

    def attributes(self, at: int) -> dict[str, str]:
        """Return the attributes of the tag *at*, as written; {} where they are none of ours."""
        found = START.fullmatch(self._tags[at])
        given = [] if found is None else ATTRIBUTE.findall(found[2])
        return {name.decode(): value.decode() for name, value in given}

    def between(self, start: int, end: int) -> bytes:
        """Return the text between the tags *start* and *end*, as written, without other tags.

        The beginning of the body is -1, its end the number of its tags.
        """
        return b"".join(self.texts[start + 1 : end + 1])

    def has_words(self, start: int) -> bool:
        """Tell whether any letter, digit or character beyond ASCII stands behind a tag."""
        text = self.between(start, len(self._tags))
        return WIDE_WORD.search(text.replace(b"&nbsp;", b"")) is not None

    def line(self, start: int, end: int) -> str:
        """Return the same decoded, on one line."""
        text = self.between(start, end).decode()
        return " ".join((unescape(text) if "&" in text else text).split())

    def outputs(self) -> tuple[bytes, PlainText]:
        """Return the body with the pieces in the place of its tags, and its text."""
        self._parts[1::2] = self.pieces
        html = b"".join(self._parts)
        return html, joined_text(self._parts, self._marks, self.outline)

    def links(self, kept: KeptAttributes, mend: Callable[[int, int], str]) -> list[Link]:
        """Return the links, and give the pieces of their tags their clean form.

        *kept* says what of the attributes behind an address stays. Where more is to be done
        to an address, *mend* does it, given which tag it is in, and which link that is.
        """
        links: list[Link] = []
        for found in LINK.finditer(self.outline):
            at, end = found.start(), found.end() - 1
            url = self._address(at, kept) or mend(at, len(links))
            text = self.line(at, end)
            if PROTECTED_PATH in url:
                raise Unsure
            links.append({"url": url, "text": text})
        if len(links) != self.outline.count("a"):
            raise Unsure  # one in another
        return links

    def _address(self, at: int, kept: KeptAttributes) -> str | None:
        """Return the address of the link tag *at*, if it stays as it is."""
        found = ABSOLUTE.fullmatch(self._tags[at])
        if found is None or len(found[0]) > LONGEST:
            return None
        address, query, attributes = found.groups()
        url: str = address.decode().replace("&amp;", "&")
        if query is not None and TRACKED.search(url):
            return None
        if attributes:
            self.pieces[at] = b'<a href="%b"%b>' % (address, kept[attributes])
        return url

    def last_links(self) -> list[int]:
        """Return where links end that may be the last of a paragraph: no word follows at once."""
        ends = [found.start() for found in LAST.finditer(self.outline)]
        return [at for at in ends if _ends_words(self.texts[at + 1])]


def _ends_words(text: bytes) -> bool:
    return b"&" in text or WORD.search(text) is None
