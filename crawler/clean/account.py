"""What became of the text of a body: how much came in, what was cut and added, what is left."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

RULES = {
    "ad_slot": "places for advertisements, by class or id",
    "appeared_first": "“The post X appeared first on Y.”, in fourteen languages",
    "bidi_override": "characters that turn the direction of text around",
    "cookie_box": "consent boxes, by class or id",
    "editor_residue": "bookmarks that an editor left in the text",
    "email": "e-mail addresses, with CLEAN_EMAILS=cut",
    "embed": "players and frames; a link takes their place, and is counted as added",
    "form": "forms, and buttons and fields outside of them",
    "head": "a <title> inside the text",
    "hidden": "what is hidden by attribute, style or class, unless a click would show it",
    "image_without_address": "images of which only a stand-in is there",
    "math_source": "TeX and the like inside of formulas, which say it twice",
    "newsletter_box": "sign-up boxes, by class or id",
    "noembed": "what browsers without frames would show",
    "noscript": "what browsers without scripts would show",
    "pixel": "images that nobody sees",
    "protected_email": "“[email protected]”, in place of which the address is added",
    "read_also": "“Read also: ...” between or below paragraphs, by class or by words",
    "read_more": "“Continue reading” links",
    "related_posts": "lists of other posts, by class or id",
    "script": "scripts",
    "share_bar": "buttons to share or like, by class or id",
    "shortcode": "shortcodes that nothing was made of",
    "site_rule": "what your own rule for the site cut",
    "source_footer": "“Source link”, “Originally published at”; its address is in `source`",
    "style": "style sheets",
    "svg": "drawings inside the text",
    "table_of_contents": "tables of contents, by class or id",
    "canvas": "what browsers without canvas would show",
    "template": "templates",
    "zero_width": "characters without width, but not where they shape emoji or Persian",
}

LIMITS = {
    "depth": "nested deeper than 200 elements: what is deeper was taken out of its tags",
    "large_block_kept": "more than half of the body bears the name of a share bar or the like",
    "lists_cut": "only the first 10,000 links and images are listed",
    "lone_surrogate": "half characters became U+FFFD",
    "parser_refused": "cleaned as plain text, by the second parser",
    "site_rule_failed": "your own rule raised, and was not applied",
    "site_rule_uneven": "the two parsers read what your own rule left differently",
    "unsettled": "cleaned again, it would still change",
}

SPACES = bytes(byte for byte in range(0x80) if chr(byte).isspace())
VISIBLE = bytes(set(range(0x80)) - set(SPACES))

WIDE_SPACES = (
    re.compile(rb"\xc2[\x85\xa0]"),
    re.compile(rb"\xe2(?:\x80[\x80-\x8a\xa8\xa9\xaf]|\x81\x9f)"),
    re.compile(rb"\xe3[\x80]\x80"),
    re.compile(rb"\xe1[\x9a]\x80"),
)
"""White space beyond ASCII in UTF-8, by its first byte, which is found fastest when alone."""


def residue_of(data: bytes) -> bytes:
    r"""Return *data*, a text in UTF-8, without its visible ASCII: what is left is all that is odd.

    One pass of compiled code leaves a sixth of a text in Latin script to look through.

    >>> residue_of("two words, é".encode())
    b'  \xc3\xa9'
    """
    return data.translate(None, VISIBLE)


def beyond_ascii(residue: bytes) -> bytes:
    """Return what of the *residue* of a text is not ASCII: a fortieth of a text, most often."""
    return residue.translate(None, SPACES)


def count_spaces(residue: bytes) -> int:
    """Count the white space in the *residue* of a text, as ``str.isspace`` has it."""
    wide = beyond_ascii(residue)
    return len(residue) - len(wide) + (count_wide_spaces(wide) if wide else 0)


def count_wide_spaces(wide: bytes) -> int:
    """Count the white space in *wide*, which is what of a text is not ASCII."""
    return sum(len(space.findall(wide)) for space in WIDE_SPACES)


def count_characters(text: str) -> int:
    r"""Count the characters of *text* that are not white space.

    White space is folded on the way, so it counts nowhere.

    >>> count_characters(" two\n words\u2003"), count_characters("日本\u3000é")
    (8, 3)
    """
    return len(text) - count_spaces(residue_of(text.encode("utf-8", "surrogatepass")))


FEW = 8
"""Letters that may lose their accent to a line end or a space that was put between them."""


def count_composed(text: str) -> int:
    r"""Count the same once *text* is in NFC.

    >>> count_composed("e\u0301")
    1
    """
    return count_characters(text if text.isascii() else unicodedata.normalize("NFC", text))


def untouched(characters: int) -> dict[str, Any]:
    """Return the account of a body of which nothing was cut, and to which nothing was added."""
    return {"in": characters, "added": 0, "out": characters, "cut": {}, "limits": []}


class Account:
    """Collects what each rule cuts and what is added, while a body is cleaned.

    >>> account = Account()
    >>> account.cut("script", "let x = 1")
    >>> account.add("👍")
    >>> account.balance(text_in=20, text_out=15)
    {'in': 20, 'added': 1, 'out': 15, 'cut': {'script': 6}, 'limits': []}
    """

    __slots__ = ("additions", "cuts", "limits")

    def __init__(self) -> None:
        self.cuts: list[tuple[str, str]] = []
        self.additions: list[str] = []
        self.limits: set[str] = set()

    def cut(self, rule: str, text: str) -> None:
        """Write down that *rule* cut *text*, which may be empty: a picture has none."""
        self.cuts.append((rule, text))

    def add(self, text: str) -> None:
        """Write down that *text* is in the output, and was no text in the input."""
        self.additions.append(text)

    def size(self) -> int:
        """Return how many entries there are, to see whether anything was done since."""
        return len(self.cuts) + len(self.additions)

    def balance(self, text_in: int, text_out: int, *, composed: bool = True) -> dict[str, Any]:
        """Return the account: in + added = out + what was cut, in characters.

        Where the body was not *composed*, so not in NFC, a letter and its accent may come to
        stand apart, on both sides of a cut: two characters, which had been counted as one.
        """
        cut: dict[str, int] = {}
        for rule, text in self.cuts:
            cut[rule] = cut.get(rule, 0) + count_composed(text)
        added = sum(map(count_composed, self.additions))
        short = text_out + sum(cut.values()) - added - text_in
        if not composed and abs(short) <= FEW + 2 * len(self.cuts):
            text_in += short
        return {
            "in": text_in,
            "added": added,
            "out": text_out,
            "cut": dict(sorted(cut.items())),
            "limits": sorted(self.limits),
        }
