"""Which languages a site's own page says it has."""

from __future__ import annotations

import re

from crawler.wordpress.elements import attributes_of
from crawler.wordpress.front_page import MAX_PAGE_BYTES

MAX_LANGUAGES = 50

_ELEMENT = re.compile(rb"<(?:html|link)\b[^<>]{0,2000}>", re.IGNORECASE)
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}")


def languages(body: bytes) -> tuple[str, ...]:
    """List the language of a page, then those of its translations, each once.

    They are tags as in RFC 5646, in lower case: of ``<html lang>``, and of
    ``<link rel="alternate" hreflang>``, which translation plugins write.

    >>> languages(b'<html lang="de-AT"><link rel=alternate hreflang="fr" href="/fr/">')
    ('de-at', 'fr')
    """
    found: dict[str, None] = {}
    for match in _ELEMENT.finditer(body[:MAX_PAGE_BYTES]):
        element = match[0].lower()
        if element.startswith(b"<html") or b"hreflang" in element:
            tag = _language(element)
            if _TAG.fullmatch(tag):
                found.setdefault(tag)
        if len(found) == MAX_LANGUAGES:
            break
    return tuple(found)


def _language(element: bytes) -> str:
    if element.startswith(b"<html"):
        return attributes_of(element, "html").get("lang", "").replace("_", "-")
    link = attributes_of(element, "link")
    return link.get("hreflang", "").strip() if "alternate" in link.get("rel", "").split() else ""
