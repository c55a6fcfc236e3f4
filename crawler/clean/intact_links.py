"""The links of a body of which nothing is cut, and the clean form of their tags."""

from __future__ import annotations

import re

from crawler.clean.addresses import TRACKED, absolute_url
from crawler.clean.links import LISTED, Link
from crawler.clean.reading import Reading, Unsure, decoded, kept
from crawler.clean.tree import folded

ABSOLUTE = re.compile(
    rb'<a href="(https?://[a-z0-9.-]+(?::\d+)?(?:/[\w.~!$\'()*+,;=:@%/-]*)?'
    rb'(\?(?:[\w.~!$\'()*+,;=:@%/?-]|&amp;)*)?)"([^>]*)>'
)
"""An absolute address, which needs nothing done to it unless its query tracks."""


def read_links(reading: Reading) -> list[Link]:
    """Return the links; their tags get their clean form."""
    if reading.outline.count("a") >= LISTED:
        raise Unsure
    links: list[Link] = []
    for at in reading.positions("a"):
        url = _address(reading, at, len(links))
        text = folded(_text(reading, at))
        if text == url:
            raise Unsure  # in Markdown, it needs an escape
        links.append(Link(url=url, text=text))
    return links


def _text(reading: Reading, at: int) -> str:
    outline = reading.outline
    if outline.startswith("A", at + 1):
        return decoded(reading.parts[2 * at + 2])
    end = outline.index("A", at)
    if outline.find("a", at + 1, end) > 0:
        raise Unsure
    return reading.between(at, end)


def _address(reading: Reading, at: int, number: int) -> str:
    """Return the absolute address of the *number*-th link, which is the tag *at*."""
    found = ABSOLUTE.fullmatch(reading.tags[at])
    if found is not None:
        url = found[1].decode().replace("&amp;", "&")
        if found[2] is None or not TRACKED.search(url):
            if found[3]:
                attributes = kept("a", found[3].decode())
                reading.pieces[at] = b'<a href="%b"%b>' % (found[1], attributes.encode())
            return url
    mended = absolute_url(reading.attributes(at).get("href"), reading.base)
    if mended is None:
        raise Unsure
    reading.set_address(at, number, "href", mended)
    return mended
