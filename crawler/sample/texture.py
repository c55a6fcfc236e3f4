"""Typewriter signs into the printer's: what WordPress's texturizer does with prose."""

from __future__ import annotations

import re

TAG = re.compile(r"(<[^>]*>)")
SHORTENED = 55  # words of an automatic excerpt

MARKS = (
    (re.compile(r"\.\.\."), "&#8230;"),
    (re.compile(r"(?<= )--(?= )"), "&#8212;"),
    (re.compile(r"--"), "&#8211;"),
    (re.compile(r"(?<= )-(?= )"), "&#8211;"),
    (re.compile(r"(?<=\d)x(?=\d)"), "&#215;"),
)


def texturize(html: str) -> str:
    """Put typographic quotes, dashes and ellipses into text, not into tags or code.

    >>> texturize('''"It's <em>mended</em>," she said -- 30x40 ...''')
    '&#8220;It&#8217;s <em>mended</em>,&#8221; she said &#8212; 30&#215;40 &#8230;'
    """
    before, code, parts = " ", 0, []
    for part in TAG.split(html):
        if part.startswith("<"):
            code += {"<code>": 1, "</code>": -1}.get(part, 0)
            parts.append(part)
        elif part:
            parts.append(part if code else _quotes(_marks(part), before))
            before = part[-1]
    return "".join(parts)


def _marks(text: str) -> str:
    for pattern, sign in MARKS:
        text = pattern.sub(sign, text)
    return text


def _quotes(text: str, before: str) -> str:
    signs = []
    for at, char in enumerate(text):
        if char in "\"'":
            opening = before in " \u00a0([\n" and not _is_decade(text, at)
            quote = ("&#8220;", "&#8221;") if char == '"' else ("&#8216;", "&#8217;")
            signs.append(quote[not opening])
        else:
            signs.append(char)
        before = "(" if char in "\"'" and before in " (" else char
    return "".join(signs)


def _is_decade(text: str, at: int) -> bool:
    """Say whether the sign stands for the century left out, as in '90s."""
    return text[at] == "'" and text[at + 1 : at + 3].isdigit()


def shorten(html: str) -> str:
    """Make the excerpt that WordPress makes where nobody wrote one."""
    text = re.sub(r"<(figure|pre|sup|script)\b.*?</\1>", " ", html, flags=re.DOTALL)
    text = re.sub(r'<ol class="wp-block-footnotes">.*?</ol>', " ", text, flags=re.DOTALL)
    words = TAG.sub("", text).split()
    more = " [&hellip;]" if len(words) > SHORTENED else ""
    return f"<p>{' '.join(words[:SHORTENED])}{more}</p>\n"
