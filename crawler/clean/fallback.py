"""A body that cannot be cleaned, as the second parser reads it: its text, in plain paragraphs."""

from __future__ import annotations

from html import escape

from bs4 import BeautifulSoup
from bs4.element import CData, NavigableString, PreformattedString, Tag

from crawler.clean.account import Account
from crawler.clean.elements import TAG_RULES


def plain_paragraphs(html: str, account: Account) -> tuple[str, str]:
    """Return *html* as paragraphs without any other markup, and all text that it had.

    >>> plain_paragraphs("<p>One<script>2</script><p>Three", Account())
    ('<p>One</p><p>Three</p>', 'One2Three')
    """
    soup = BeautifulSoup(html, "html.parser")
    whole = "".join(texts_in(soup))
    for tag in soup.find_all(list(TAG_RULES)):
        if not tag.decomposed:
            account.cut(TAG_RULES[tag.name], "".join(texts_in(tag)))
            tag.decompose()
    lines = (" ".join(text.split()) for text in texts_in(soup))
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines if line), whole


def texts_in(tag: Tag) -> list[NavigableString]:
    """Return the text nodes in *tag*: not its comments and declarations."""
    return [
        node
        for node in tag.find_all(string=True)
        if not isinstance(node, PreformattedString) or isinstance(node, CData)
    ]
