"""Cut out of text nodes what is not text: invisible characters, shortcodes, addresses."""

from __future__ import annotations

import re
from collections.abc import Callable

from turbohtml import Element, Text

from crawler.clean.account import Account
from crawler.clean.shortcodes import find_shortcodes
from crawler.clean.tree import all_texts, texts_of

Spans = list[tuple[int, int]]

INVISIBLE = "\ufeff\u200b\u2060\u00ad\u180e"
"""Characters without width that mean nothing in a text that is not being typeset."""

JOINERS = "\u200c\u200d"
"""They shape Persian, Indic scripts and emoji; elsewhere they are residue."""

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e"
"""They turn the direction of text around, so that it reads otherwise than it is stored."""

CONTROLS = "".join(map(chr, [*range(1, 9), *range(0x0E, 0x1C), 0x7F]))
"""Control characters that are no white space: no reader sees them, and XML cannot hold them."""

ZERO_WIDTH = re.compile(
    rf"[{INVISIBLE}]+"
    rf"|(?<![^\x00-\x7f\s\xa0{JOINERS}{INVISIBLE}])[{JOINERS}]+"
    rf"|[{JOINERS}]+(?![^\x00-\x7f\s\xa0{JOINERS}{INVISIBLE}])"
    rf"|[{JOINERS}]{{2,}}"
)
OVERRIDE = re.compile(f"[{OVERRIDES}]+")
CONTROL = re.compile(f"[{CONTROLS}]+")

EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9](?:[\w-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![\w-])"
)


def _matches(pattern: re.Pattern[str]) -> Callable[[str], Spans]:
    return lambda text: [match.span() for match in pattern.finditer(text)]


find_zero_width = _matches(ZERO_WIDTH)
find_controls = _matches(CONTROL)
find_overrides = _matches(OVERRIDE)
find_emails = _matches(EMAIL)


SEARCHES: tuple[tuple[str, tuple[bytes, ...], Callable[[str], Spans]], ...] = (
    ("control", tuple(char.encode() for char in CONTROLS), find_controls),
    ("zero_width", tuple(char.encode() for char in INVISIBLE + JOINERS), find_zero_width),
    ("bidi_override", tuple(char.encode() for char in OVERRIDES), find_overrides),
    ("shortcode", (b"[",), find_shortcodes),
    ("email", (b"@",), find_emails),
)
"""Each rule with what must be somewhere in the text for it to find anything."""


def cut_characters(root: Element, data: bytes, emails: str, account: Account) -> None:
    """Cut what rules find inside text nodes; *data* is the text of *root* in UTF-8."""
    for rule, signs, find in SEARCHES:
        if rule == "email" and emails == "keep":
            continue
        if any(sign in data for sign in signs) and find(data.decode()):
            nodes = texts_of(root) if rule == "shortcode" else all_texts(root)
            _cut_from(list(nodes), rule, find, account)


def _cut_from(
    nodes: list[Text], rule: str, find: Callable[[str], Spans], account: Account
) -> None:
    """Cut from each node what *find* finds, until it finds nothing there."""
    for node in nodes:
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
