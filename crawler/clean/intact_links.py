"""The links of a body of which nothing is cut, and the clean form of their tags."""

from __future__ import annotations

import re

from turbohtml import unescape

from crawler.clean.addresses import TRACKED, absolute_url
from crawler.clean.links import LISTED, Link
from crawler.clean.reading import Reading, kept
from crawler.clean.start_tags import Unsure

PROTECTED = "/cdn-cgi/"
"""In what Cloudflare makes of e-mail addresses."""

LINK = re.compile("a[^aA]*A")

ABSOLUTE = re.compile(
    rb'a href="(https?://[a-z0-9.-]+(?::\d+)?(?:/[\w.~!$\'()*+,;=:@%/-]*)?'
    rb'(\?(?:[\w.~!$\'()*+,;=:@%/?-]|&amp;)*)?)"(.*)',
    re.DOTALL,
)
"""An absolute address, which needs nothing done to it unless its query tracks."""


def read_links(reading: Reading) -> list[Link]:
    """Return the links; their tags get their clean form."""
    count = reading.outline.count("a")
    if count >= LISTED:
        raise Unsure
    parts = reading.parts
    links: list[Link] = []
    for found in LINK.finditer(reading.outline):
        at, end = found.start(), found.end()
        url = _address(reading, at, len(links))
        text = b"".join(parts[2 * at + 2 : 2 * end : 2]).decode()
        text = " ".join((unescape(text) if "&" in text else text).split())
        if text == url or PROTECTED in url:
            raise Unsure  # in Markdown, the one needs an escape
        links.append({"url": url, "text": text})
    if len(links) != count:
        raise Unsure  # one in another
    return links


def _address(reading: Reading, at: int, number: int) -> str:
    """Return the absolute address of the *number*-th link, which is the tag *at*."""
    found = ABSOLUTE.fullmatch(reading.tags[at])
    if found is not None:
        address, query, attributes = found.groups()
        url: str = address.decode()
        if query is not None:
            url = url.replace("&amp;", "&")
        if query is None or not TRACKED.search(url):
            if attributes:
                shown = kept("a", attributes.decode())
                reading.pieces[at] = b'<a href="%b"%b>' % (address, shown.encode())
            return url
    mended = absolute_url(reading.attributes(at).get("href"), reading.base)
    if mended is None:
        raise Unsure
    reading.set_address(at, number, "href", mended)
    return mended
