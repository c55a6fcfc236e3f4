"""Markdown, GitHub-flavoured, of a clean tree: mended where the converter alone would err."""

from __future__ import annotations

import re

from turbohtml import Element, Markdown, Node, Text

from crawler.clean.links import Link
from crawler.clean.tree import Tags, nearest, texts_of

OPTIONS = Markdown(
    links=Markdown.Links(autolink=False),  # readers show <address> decoded, so it reads otherwise
    inline=Markdown.Inline(quote_open="", quote_close=""),  # marks that are not in the text
)
"""Only for bodies that need them: reading them costs a fifth of a conversion."""

RULE_LIKE = re.compile(r"\|\s*:?-|-:?\s*\|")
"""What the line under a table's head looks like; in prose it would make a table of lines."""

ESCAPE = "\ue0ff"
"""Stands for a backslash until all is converted: from Unicode's private use, so in no text."""

OPEN_ENTITY = re.compile(r"&(?=[#\w]*$)")
NUMBER = re.compile(r"^(\s*\d{1,9})([.)])(?=\s|$)")
"""What may go on in the next element as an entity; what may begin a line as a list."""

SMALL = frozenset("sup sub small u ins mark cite abbr".split())
"""Elements for which Markdown has no sign, so that their text may begin a line."""

CELLS = frozenset({"td", "th"})

ODD = frozenset("q rp sup sub small u ins mark abbr".split())
"""Elements, of which any makes a body worth a closer look."""

OPEN_ENTITY_IN_HTML = re.compile(r"&amp;[#\w]*<(?!/p>|/li>|br>)")
_MAY_OPEN_ENTITY = re.compile(rb"&amp;[#\w\x80-\xff]*<(?!/p>|/li>|br>)")
"""The same in UTF-8, where any byte beyond ASCII may be of a letter."""


def needs_mending(html: str, tags: Tags) -> bool:
    """Tell whether the converter alone might err on *html*, which is clean and has *tags*."""
    if not ODD.isdisjoint(tags) or ("table" in tags and 'span="' in html):
        return True
    return has_open_entity(html)


def has_open_entity(html: str) -> bool:
    """Tell whether an ampersand and what stands behind a tag may make an entity."""
    at = html.find("&")
    while at >= 0:
        if OPEN_ENTITY_IN_HTML.match(html, at):
            return True
        at = html.find("&", at + 1)
    return False


def may_open_entity(html: bytes) -> bool:
    """Tell whether ``has_open_entity`` is to be asked, which knows what a letter is.

    Compiled, it is in ``crawler.compiled.text``: see ``crawler.clean.inner_loops``.
    """
    return _MAY_OPEN_ENTITY.search(html) is not None


def has_bare_link(links: list[Link]) -> bool:
    """Tell whether a link is set on its own address, which the converter alone writes anew."""
    return any(link["text"] == link["url"] for link in links)


SPANNING_ONE = "[colspan='1'], [rowspan='1'], [colspan='0'], [rowspan='0']"

MARKERS = {"strong": "**", "em": "*"}
RAW_EMPHASIS = re.compile(r"<(strong|em)>(?=[^\W_])([^<>*_`\n]*[^\W_])</\1>(?!\*)")
"""Emphasis that the converter left as HTML, with letters at both its edges."""

OTHER_HTML = re.compile(r"<(?!/?(?:strong|em)>)/?[a-z]")
"""HTML beside emphasis, as in a table that Markdown cannot write: no place for asterisks."""


def markdown_of(tree: Element, whole: str, *, plain: bool) -> str:
    """Return *tree* as Markdown; *whole* is its text, *plain* that it has no oddity to mend."""
    if plain and not ("|" in whole and RULE_LIKE.search(whole)):
        return mend_emphasis(tree.to_markdown())
    for cell in tree.select(SPANNING_ONE):
        for name in ("colspan", "rowspan"):
            if cell.attr(name) in ("0", "1"):
                del cell.attrs[name]
    tree.strip_tags("rp")
    pipes = RULE_LIKE.search(whole) is not None
    for text in texts_of(tree):
        marked = _marked(text, pipes=pipes)
        if marked != text.data:
            text.data = marked
    return mend_emphasis(tree.to_markdown(OPTIONS).replace(ESCAPE, "\\"))


def _marked(node: Text, *, pipes: bool) -> str:
    """Mark what the converter does not escape: it sees one piece of a line at a time."""
    text = node.data
    if pipes and "|" in text and nearest(node, CELLS) is None:
        text = text.replace("|", f"{ESCAPE}|")
    if "&" in text and not _is_marked(node.next_sibling):
        text = OPEN_ENTITY.sub(rf"{ESCAPE}\g<0>", text)
    return NUMBER.sub(rf"\1{ESCAPE}\2", text) if _begins_line(node) else text


def _is_marked(sibling: Node | None) -> bool:
    """Tell whether Markdown has a sign for *sibling*, which ends what stands before it."""
    return isinstance(sibling, Element) and sibling.tag not in SMALL


def _begins_line(node: Text) -> bool:
    """Tell whether *node* is the first in an element that is first itself."""
    parent = node.parent
    if not isinstance(parent, Element) or parent.tag not in SMALL:
        return False
    return node.previous_sibling is None and parent.previous_sibling is None


def mend_emphasis(markdown: str) -> str:
    """Write emphasis with asterisks, also where its letters are not ASCII.

    >>> mend_emphasis("x <strong>жж</strong> y")
    'x **жж** y'
    """
    if "<" not in markdown or not ("<strong>" in markdown or "<em>" in markdown):
        return markdown
    if OTHER_HTML.search(markdown) is None:
        return RAW_EMPHASIS.sub(with_asterisks, markdown)
    return "\n".join(
        line if OTHER_HTML.search(line) else RAW_EMPHASIS.sub(with_asterisks, line)
        for line in markdown.split("\n")
    )


def with_asterisks(found: re.Match[str]) -> str:
    """Write the emphasis of RAW_EMPHASIS in Markdown, unless it would be read otherwise there."""
    marker = MARKERS[found[1]]
    if found.string[found.start() - 1 : found.start()] in ("\\", "*"):
        return found[0]
    return f"{marker}{found[2]}{marker}"
