"""Cut out of text nodes what is not text: invisible characters, shortcodes, addresses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from turbohtml import Element, Text

from crawler.clean.account import Account, beyond_ascii
from crawler.clean.shortcodes import find_shortcodes
from crawler.clean.tree import all_texts, attribute, texts_of

Spans = list[tuple[int, int]]

INVISIBLE = "\ufeff\u200b\u2060\u00ad"
"""Characters without width that mean nothing in a text that is not being typeset."""

JOINERS = "\u200c\u200d"
"""They shape Persian, Indic scripts and emoji; elsewhere they are residue."""

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e"
"""They turn the direction of text around, so that it reads otherwise than it is stored."""

ZERO_WIDTH = re.compile(
    rf"[{INVISIBLE}][{INVISIBLE}{JOINERS}]*"
    rf"|(?<![^\x00-\x7f\s\xa0{JOINERS}{INVISIBLE}])[{JOINERS}]+"
    rf"|[{JOINERS}]+(?![^\x00-\x7f\s\xa0{JOINERS}{INVISIBLE}])"
    rf"|[{JOINERS}]{{2,}}"
)
OVERRIDE = re.compile(f"[{OVERRIDES}]+")

SIGN = re.compile(rb"\xe2(?:\x80[\x8b-\x8d\xaa-\xae]|\x81\xa0)|\xef\xbb\xbf|\xc2\xad")
"""All of these in UTF-8."""

EMAIL = re.compile(
    r"(?<![\w.+/@-])[\w.+-]{1,64}@(?:[A-Za-z0-9](?:[\w-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}"
    r"(?![\w-]|:\w)"
)


DESCRIBING = ("alt", "title")
"""Attributes that may hold an address where no text is."""


def _matches(pattern: re.Pattern[str]) -> Callable[[str], Spans]:
    return lambda text: [match.span() for match in pattern.finditer(text)]


find_zero_width = _matches(ZERO_WIDTH)
find_overrides = _matches(OVERRIDE)
find_emails = _matches(EMAIL)


def cut_characters(
    root: Element, whole: str, residue: bytes, emails: str, account: Account
) -> None:
    """Cut what rules find inside text nodes; *whole* is the text of *root*."""
    if not residue.isascii() and SIGN.search(beyond_ascii(residue)):
        _cut_from(all_texts(root), "zero_width", find_zero_width, account)
        _cut_from(all_texts(root), "bidi_override", find_overrides, account)
    if "[" in whole and find_shortcodes(whole):
        _cut_from(texts_of(root), "shortcode", find_shortcodes, account)
    if emails == "cut":
        if "@" in whole:
            _cut_from(all_texts(root), "email", find_emails, account)
        for name in DESCRIBING:
            for element in root.select(f"[{name}*='@']"):
                element.attrs[name] = without_emails(attribute(element, name))


def without_emails(text: str) -> str:
    """Cut the e-mail addresses out of a line of plain text.

    >>> without_emails("Write to me@tides.example today")
    'Write to today'
    """
    return " ".join(EMAIL.sub("", text).split()) if "@" in text else text


def _cut_from(
    nodes: Iterable[Text], rule: str, find: Callable[[str], Spans], account: Account
) -> None:
    """Cut from each node what *find* finds, until it finds nothing there."""
    for node in list(nodes):
        text = node.data
        for _ in range(3):  # what is cut may bring together what is to be cut
            spans = find(text)
            if not spans:
                break
            text = _without(text, spans, rule, account)
            node.data = text


def _without(text: str, spans: Spans, rule: str, account: Account) -> str:
    kept = []
    at = 0
    for start, end in spans:
        kept.append(text[at:start])
        account.cut(rule, text[start:end])
        at = end
    kept.append(text[at:])
    return "".join(kept)


def compose(root: Element) -> str:
    """Put the text nodes of *root* into NFC; return the text of *root*."""
    for node in list(all_texts(root)):
        text = node.data
        if not unicodedata.is_normalized("NFC", text):
            node.data = unicodedata.normalize("NFC", text)
    return root.text
