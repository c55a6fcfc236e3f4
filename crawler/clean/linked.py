"""What documents hold of linked resources: lines of plain text, and clean comments."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from crawler.clean.body import clean_body
from crawler.clean.characters import without_emails
from crawler.clean.once import Emails
from crawler.clean.plain import plain_text
from crawler.items import Document

LINES: dict[str, tuple[str, ...]] = {
    "authors": ("name",),
    "terms": ("name",),
    "featured_media": ("alt_text", "caption"),
    "comments": ("author_name",),
    "attachments": ("alt_text", "caption"),
    "parent": ("title",),
}
"""Field of a document -> members of its resources that come as rendered HTML."""

MAX_CACHED_CHARS = 200  # names come again and again, captions do not

_known_text = lru_cache(maxsize=4096)(plain_text)


def clean_linked(document: Document, *, emails: Emails = "keep") -> None:
    """Turn the names, titles and captions in a document's resources into one line of text each.

    The bodies of its comments are cleaned, as those of comments by themselves are.
    """
    for field, names in LINES.items():
        value = getattr(document, field)
        if value:
            _clean(value if isinstance(value, list) else [value], names, emails)
    for comment in document.comments or ():
        if comment.get("content_html") is not None:
            base = comment.get("link") or document.link or document.site
            cleaned = clean_body(comment["content_html"], base_url=base, emails=emails)
            comment["content_html"], comment["content_text"] = cleaned.html, cleaned.text


def _clean(resources: Iterable[dict[str, Any]], names: tuple[str, ...], emails: Emails) -> None:
    for resource in resources:
        for name in names:
            rendered = resource.get(name)
            if rendered:
                short = len(rendered) <= MAX_CACHED_CHARS
                text = _known_text(rendered) if short else plain_text(rendered)
                resource[name] = without_emails(text) if emails == "cut" else text
