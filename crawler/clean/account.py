"""What became of the text of a body: how much came in, what was cut and added, what is left."""

from __future__ import annotations

import re
from typing import Any

NOT_COUNTED = b" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f" + bytes(range(0x80, 0xC0))
"""Bytes of UTF-8 that are ASCII white space, or not the first of a character."""

WIDE_SPACES = (
    re.compile(rb"\xc2[\x85\xa0]"),
    re.compile(rb"\xe2(?:\x80[\x80-\x8a\xa8\xa9\xaf]|\x81\x9f)"),
    re.compile(rb"\xe3[\x80]\x80"),
    re.compile(rb"\xe1[\x9a]\x80"),
)
"""White space beyond ASCII in UTF-8, by its first byte, which is found fastest when alone."""


def count_wide_spaces(data: bytes) -> int:
    """Count white space beyond ASCII in UTF-8 *data*.

    >>> count_wide_spaces("a\xa0b\u3000c d".encode())
    2
    """
    if data.isascii():
        return 0
    return sum(len(space.findall(data)) for space in WIDE_SPACES)


def count_characters(text: str) -> int:
    r"""Count the characters of *text* that are not white space, as ``str.isspace`` has it.

    White space is folded on the way, so it counts nowhere. Done on bytes, where
    each of these steps is compiled code.

    >>> count_characters(" two\n words\u2003"), count_characters("日本\u3000é")
    (8, 3)
    """
    return count_bytes(text.encode("utf-8", "surrogatepass"))


def count_bytes(data: bytes) -> int:
    """Count the same in UTF-8 *data*."""
    return len(data.translate(None, NOT_COUNTED)) - count_wide_spaces(data)


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

    def balance(self, text_in: int, text_out: int) -> dict[str, Any]:
        """Return the account: in + added = out + what was cut, in characters."""
        cut: dict[str, int] = {}
        for rule, text in self.cuts:
            cut[rule] = cut.get(rule, 0) + count_characters(text)
        return {
            "in": text_in,
            "added": sum(map(count_characters, self.additions)),
            "out": text_out,
            "cut": dict(sorted(cut.items())),
            "limits": sorted(self.limits),
        }
