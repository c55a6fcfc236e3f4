"""Markdown, GitHub-flavoured, of a clean tree: mended where the converter alone would err."""

from __future__ import annotations

import re

from turbohtml import Element, Markdown

from crawler.clean.tree import texts_of

OPTIONS = Markdown(
    links=Markdown.Links(autolink=False),  # readers show <address> decoded, so it reads otherwise
    inline=Markdown.Inline(quote_open="", quote_close=""),  # marks that are not in the text
)
"""Only for bodies that need them: reading them costs a fifth of a conversion."""

RULE_LIKE = re.compile(r"\|\s*:?-|-:?\s*\|")
"""What the line under a table's head looks like; in prose it would make a table of lines."""

PIPE = "\ue0ff"
"""Stands for a pipe that is to be escaped: from Unicode's private use, so in no text."""

SPANNING_ONE = "[colspan='1'], [rowspan='1'], [colspan='0'], [rowspan='0']"

MARKERS = {"strong": "**", "em": "*"}
RAW_EMPHASIS = re.compile(r"<(strong|em)>(?=[^\W_])([^<>*_`\n]*[^\W_])</\1>(?!\*)")
"""Emphasis that the converter left as HTML, with letters at both its edges."""

OTHER_HTML = re.compile(r"<(?!/?(?:strong|em)>)/?[a-z]")
"""HTML beside emphasis, as in a table that Markdown cannot write: no place for asterisks."""


def markdown_of(tree: Element, whole: str, *, plain: bool) -> str:
    """Return *tree* as Markdown; *whole* is its text, *plain* that it has no oddity to mend."""
    if plain and ("|" not in whole or not RULE_LIKE.search(whole)):
        return mend_emphasis(tree.to_markdown())
    for cell in tree.select(SPANNING_ONE):
        for name in ("colspan", "rowspan"):
            if cell.attr(name) in ("0", "1"):
                del cell.attrs[name]
    tree.strip_tags("rp")
    if RULE_LIKE.search(whole):
        for text in texts_of(tree):
            if "|" in text.data:
                text.data = text.data.replace("|", PIPE)
    return mend_emphasis(tree.to_markdown(OPTIONS).replace(PIPE, r"\|"))


def mend_emphasis(markdown: str) -> str:
    """Write emphasis with asterisks, also where its letters are not ASCII.

    >>> mend_emphasis("x <strong>жж</strong> y")
    'x **жж** y'
    """
    if "<strong>" not in markdown and "<em>" not in markdown:
        return markdown
    if OTHER_HTML.search(markdown) is None:
        return RAW_EMPHASIS.sub(_with_asterisks, markdown)
    return "\n".join(
        line if OTHER_HTML.search(line) else RAW_EMPHASIS.sub(_with_asterisks, line)
        for line in markdown.split("\n")
    )


def _with_asterisks(found: re.Match[str]) -> str:
    marker = MARKERS[found[1]]
    if found.string[found.start() - 1 : found.start()] in ("\\", "*"):
        return found[0]
    return f"{marker}{found[2]}{marker}"
