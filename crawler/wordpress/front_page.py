"""What a site's own page says of its API: the link elements in it."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

from crawler.wordpress.link_header import API_REL

MAX_PAGE_BYTES = 1_000_000  # the head of a page, with whatever a theme puts inline
MAX_ELEMENTS = 10

# html.parser needs time by the square of what a hostile page leaves open (20 s for 50 KB of
# "<a "): it gets to see the few short elements that can matter, one by one.
_ELEMENT = re.compile(rb"<link\b[^<>]{0,2000}>", re.IGNORECASE)


def api_elements(body: bytes) -> list[str]:
    """List the targets of ``<link rel="https://api.w.org/">`` in a page.

    >>> api_elements(b"<head><link rel='https://api.w.org/' href='/?rest_route=/&amp;lang=fr' />")
    ['/?rest_route=/&lang=fr']
    """
    matches = _ELEMENT.finditer(body[:MAX_PAGE_BYTES])
    elements = [match[0] for match in matches if b"api.w.org" in match[0].lower()]
    targets = (_target(element) for element in elements[:MAX_ELEMENTS])
    return [target for target in targets if target]


def _target(element: bytes) -> str | None:
    link = BeautifulSoup(element.decode("utf-8", "replace"), "html.parser").link
    if link is None:
        return None
    rels = " ".join(str(rel) for rel in link.get_attribute_list("rel")).lower().split()
    return str(link.get("href", "")).strip() if {API_REL, API_REL[:-1]} & set(rels) else None
