"""Cut elements that are not the author's text: by tag, by name, and what is hidden."""

from __future__ import annotations

import re

from turbohtml import Element

from crawler.clean.account import Account, count_characters
from crawler.clean.names import MARKS, opens_at_a_click, rule_of_names
from crawler.clean.tree import attribute, nearest, take_out

TAG_RULES = {
    "script": "script",
    "style": "style",
    "noscript": "noscript",
    "template": "template",
    "title": "head",
    "svg": "svg",
    "canvas": "canvas",
    "noembed": "noembed",
    "noframes": "noembed",
    "annotation": "math_source",
    "annotation-xml": "math_source",
    "form": "form",
    "button": "form",
    "select": "form",
    "textarea": "form",
    "datalist": "form",
    "input": "form",
    "meter": "form",
    "progress": "form",
    "output": "form",
}
"""Elements that are cut with all they hold, each with its rule."""

CUT = frozenset(TAG_RULES)
CUT_TAGS = ", ".join(TAG_RULES)
NAMED = "[class], [id]"
CONCEALED = "[hidden], [style], [data-mce-type]"
"""What may be hidden; images with a style too, which are looked at elsewhere."""

HIDDEN_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE
)

NOT_BOLD = re.compile(r"font-weight\s*:\s*(?:normal|400)", re.IGNORECASE)
"""How Google Docs wraps a whole text in <b>."""

HEADINGS = frozenset("h1 h2 h3 h4 h5 h6 summary dt".split())

KEPT_IN_FORM = 400
"""Characters in paragraphs and headings that make a form the frame of a page, and no form."""

SPARED = 600
"""Characters that a named block may have at most, if it is more than half of the body."""

SMALL = 150
LEFT = 40
"""Of a small body that is named as a whole, too: all but so many characters would be gone."""

SPARINGS = 4
"""Blocks in a body that are spared for their size; then names are no guide there."""


def cut_tags(root: Element, account: Account) -> None:
    """Cut elements whose tag says that nobody reads them."""
    skip = 0
    for element in root.select(CUT_TAGS):
        if skip:
            skip -= 1
            continue
        if _is_frame(element):
            continue
        skip = len(element.select(CUT_TAGS))
        cut_element(element, TAG_RULES[element.tag], account)


def _is_frame(element: Element) -> bool:
    """Tell whether a form or a button is only wrapped around what the author wrote."""
    if element.tag == "form":
        prose = element.select("p, h1, h2, h3, h4, h5, h6, li, blockquote, td")
        return count_characters("".join(part.text for part in prose[:200])) > KEPT_IN_FORM
    if element.tag == "button":
        return nearest(element, HEADINGS) is not None
    return False


def cut_named(root: Element, account: Account, whole: int) -> set[str]:
    """Cut elements by class or id; *whole* is the count of characters in the body.

    Returns the marks that were met: see ``crawler.clean.names``.
    """
    marks: set[str] = set()
    skip = spared = 0
    for element in root.select(NAMED):
        if skip:
            skip -= 1
            continue
        rule = rule_of_names(attribute(element, "class"))
        if rule is None or rule in MARKS:
            if rule:
                marks.add(rule)
            name = element.attr("id")
            rule = rule_of_names(name) if name else None
        if rule is None or rule in MARKS or spared == SPARINGS:
            continue
        if _is_most_of(element, whole):
            account.limits.add("large_block_kept")
            spared += 1
            continue
        skip = len(element.select(NAMED))
        cut_element(element, rule, account)
    return marks


def _is_most_of(element: Element, whole: int) -> bool:
    """Tell whether *element* holds so much that its name must mean something else."""
    size = count_characters(element.text)
    return 2 * size > whole and (size > SPARED or (size > SMALL and whole - size < LEFT))


def cut_hidden(root: Element, account: Account) -> None:
    """Cut what a reader does not see, unless a click would show it."""
    skip = 0
    for element in root.select(CONCEALED):
        if skip:
            skip -= 1
            continue
        rule = _concealed_by(element)
        if rule is None:
            if element.tag == "b" and NOT_BOLD.search(attribute(element, "style")):
                element.tag = "span"
            continue
        skip = len(element.select(CONCEALED))
        cut_element(element, rule, account)


def _concealed_by(element: Element) -> str | None:
    if element.attr("data-mce-type") == "bookmark":
        return "editor_residue"
    hidden = element.attr("hidden")
    styled = HIDDEN_STYLE.search(attribute(element, "style"))
    if not styled and (hidden is None or hidden.lower() == "until-found"):
        return None
    parent = element.parent
    names = [attribute(element, "class"), attribute(element, "role")]
    names += [attribute(parent, "class") if isinstance(parent, Element) else ""]
    return None if any(map(opens_at_a_click, names)) else "hidden"


def cut_element(element: Element, rule: str, account: Account) -> None:
    """Take *element* out of the tree and write down its text."""
    account.cut(rule, element.text)
    take_out(element)
