"""One start tag of a page, as html.parser reads it."""

from __future__ import annotations

from contextlib import suppress
from html.parser import HTMLParser


def attributes_of(element: bytes, tag: str) -> dict[str, str]:
    """Return the attributes of *element*, which is to be a *tag*; none where it is not.

    html.parser needs time by the square of what a hostile page leaves open (20 s for 50 KB of
    "<a "): it gets to see the few short elements that can matter, one by one.

    >>> attributes_of(b'<LINK rel=alternate HREF="/?a=1&amp;b" x>', "link")
    {'rel': 'alternate', 'href': '/?a=1&b', 'x': ''}
    >>> attributes_of(b"<linked rel=x>", "link")
    {}
    """
    reader = _Reader(tag)
    with suppress(AssertionError):  # html.parser raises it over "<![x["
        reader.feed(element.decode("utf-8", "replace"))
    return reader.attributes


class _Reader(HTMLParser):
    def __init__(self, tag: str) -> None:
        super().__init__()
        self._tag = tag
        self.attributes: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == self._tag and not self.attributes:
            for name, value in attrs:
                self.attributes.setdefault(name, value or "")
