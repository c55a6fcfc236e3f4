"""A start tag by itself: what the rules say of it, and what of it content_html may hold.

A site writes the same few tags in all its posts. So each is looked at once, and then known.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeVar

from turbohtml import unescape

from crawler.clean.allowed import ATTRIBUTES, TAGS
from crawler.clean.code import NAMING, language_of
from crawler.clean.elements import HIDDEN_STYLE, NOT_BOLD
from crawler.clean.markdown import ODD
from crawler.clean.names import rule_of_names
from crawler.clean.outline import LETTERS, MARKS, NAMED_CODE, OTHER, SPAN

Judged = tuple[bytes, bytes, str]
"""What becomes of a tag: its clean HTML, its mark in the text, its letter in the outline.

The outline of a body has a letter for each of its tags: see ``crawler.clean.outline``.
"""

START = re.compile(rb'([a-z][a-z0-9]*)((?: [^\s"=]+="[^"]*")*)')
"""What stands in a start tag, as the serializer writes it."""

ATTRIBUTE = re.compile(r' ([^\s"=<>]+)="([^"]*)"')
WELL_FORMED = re.compile(r'(?: [^\s"=<>]+="[^"<>]*")*')
"""Attributes whose names are such: a parser takes any, and the serializer writes them."""

PLAIN_TAGS = frozenset(tag.encode() for tag in TAGS - ODD)
"""Tags of which turbohtml alone makes the right Markdown."""

TELLING = frozenset(
    {"hidden", "data-mce-type", "data-cfemail", "colspan", "rowspan", "reversed", "value"}
)
"""Attributes of elements that a rule may cut, or that the converter shows differently."""

LONGEST = 400
MOST = 4096
"""Bytes of a tag that is remembered, and how many are: a hostile body has others every time."""


class Unsure(Exception):
    """A rule may have something to do in this body.

    Raised by what reads intact bodies, and answered by ``crawler.clean.intact``.
    """


def look_at(tag: bytes) -> Judged:
    """Return what ``judge`` says of *tag*; raise Unsure where it says nothing."""
    judged = judge(tag)
    if judged is None:
        raise Unsure
    return judged


class StartTags(dict[bytes, Judged]):
    """What stands in a tag -> what becomes of that; raises Unsure where a rule may look at it.

    Compiled, it is in ``crawler.compiled.parts``: see ``crawler.clean.inner_loops``.
    """

    def __missing__(self, tag: bytes) -> Judged:
        if tag.startswith(OWN_ADDRESS):
            return b"<%b>" % tag, b"", "a" if tag.startswith(b"a ") else "i"
        judged = look_at(tag)
        _remember(self, tag, judged)
        return judged


class KeptAttributes(dict[bytes, bytes]):
    """What stands behind the address of a link -> what of that stays; raises Unsure as above."""

    def __missing__(self, attributes: bytes) -> bytes:
        kept = kept_attributes("a", attributes.decode())
        if kept is None:
            raise Unsure
        _remember(self, attributes, kept.encode())
        return kept.encode()


def _remember(known: dict[bytes, Value], key: bytes, value: Value) -> None:
    if len(key) <= LONGEST:
        if len(known) >= MOST:
            known.clear()
        known[key] = value


OWN_ADDRESSES = (b"a", b"img")
OWN_ADDRESS = (b"a ", b"img ")
"""Tags that hold an address, so that nearly each is another one: looked at elsewhere."""

Value = TypeVar("Value")

TAKEN_OFF: Judged = (b"", b"", SPAN)


def judge(tag: bytes) -> Judged | None:
    r"""Tell what becomes of a tag, *tag* between < and >; None where a rule may look at it.

    >>> judge(b'p class="wp-block"'), judge(b"/em"), judge(b"span")
    ((b'<p>', b'\xff', 'p'), (b'</em>', b'', ' '), (b'', b'', 's'))
    >>> judge(b'p class="sharedaddy"') is None
    True
    """
    if tag.startswith(b"/"):
        name = tag[1:]
        if name == b"span":
            return TAKEN_OFF
        return _known(b"<%b>" % tag, tag) if name in PLAIN_TAGS else None
    found = START.fullmatch(tag)
    if found is None:
        return None
    name = found[1]
    kept = kept_attributes(name.decode(), found[2].decode())
    if name == b"span" and kept is not None:
        return TAKEN_OFF
    if name not in PLAIN_TAGS or name in OWN_ADDRESSES or kept is None:
        return None
    if name == b"code" and kept.startswith(' class="'):
        return b"<code%b>" % kept.encode(), b"", NAMED_CODE
    return _known(b"<%b%b>" % (name, kept.encode()), name)


def _known(html: bytes, name: bytes) -> Judged:
    return html, MARKS[name], LETTERS.get(name, OTHER)


@lru_cache(maxsize=MOST)
def kept_attributes(name: str, attributes: str) -> str | None:
    """Return what of the *attributes* of an element may stay; None where a rule looks at them.

    Both as the serializer writes them. Addresses are not looked at.

    >>> kept_attributes("a", ' href="https://a.example/" class="x" title="T"')
    ' href="https://a.example/" title="T"'
    """
    if WELL_FORMED.fullmatch(attributes) is None:
        return None
    kept = []
    allowed = ATTRIBUTES.get(name, frozenset()) | ATTRIBUTES["*"]
    given = {key: unescape(value) for key, value in ATTRIBUTE.findall(attributes)}
    if not TELLING.isdisjoint(given):
        return None
    if any(rule_of_names(given.get(key, "")) is not None for key in ("class", "id")):
        return None
    style = given.get("style", "")
    if HIDDEN_STYLE.search(style) or (name == "b" and NOT_BOLD.search(style)):
        return None
    if name in ("code", "pre", "div") and not _is_clear_cut(name, attributes, given):
        return None
    for key, value in ATTRIBUTE.findall(attributes):
        if key in allowed and (name, key) != ("code", "lang"):
            kept.append(f' {key}="{value}"')
    return "".join(kept)


def _is_clear_cut(name: str, attributes: str, given: dict[str, str]) -> bool:
    """Tell whether code names no language, or by the very class that content_html has."""
    classes = given.get("class", "")
    if name == "div":
        return "highlight" not in classes
    language = language_of(classes, *(f"language-{given.get(key, '')}" for key in NAMING))
    if name == "pre":
        return language is None and "lang" not in given
    return not attributes or classes == f"language-{language}"
