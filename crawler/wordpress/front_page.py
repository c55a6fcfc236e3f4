"""What a site's own page says of its API: the link elements in it."""

from __future__ import annotations

import re

from crawler.wordpress.elements import attributes_of
from crawler.wordpress.link_header import API_REL

MAX_PAGE_BYTES = 1_000_000  # the head of a page, with whatever a theme puts inline
MAX_ELEMENTS = 10

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
    link = attributes_of(element, "link")
    rels = link.get("rel", "").lower().split()
    return link.get("href", "").strip() if {API_REL, API_REL[:-1]} & set(rels) else None
