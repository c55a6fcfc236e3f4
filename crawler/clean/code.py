"""Code blocks: their language in one spelling, whatever plugin coloured them."""

from __future__ import annotations

import re

from turbohtml import Element, Text

from crawler.clean.tree import attribute

LANGUAGE = re.compile(
    r"(?:^|\s)(?:lang(?:uage)?-|brush:\s*|lang:\s*|highlight-source-|sourceCode\s+)([A-Za-z][\w+#-]*)"
)
NO_LANGUAGE = frozenset({"none", "plain", "plaintext", "text", "default", "markup-templating"})


def language_of(*spellings: str) -> str | None:
    """Return the language that class names or attributes give; None where they give none.

    >>> language_of("wp-block-code language-PHP"), language_of("brush: jscript; title: ;")
    ('php', 'jscript')
    """
    for spelling in spellings:
        found = LANGUAGE.search(spelling)
        if found and found[1].lower() not in NO_LANGUAGE:
            return found[1].lower()
    return None


def mend_code(root: Element) -> None:
    """Leave one class on code, ``language-...``, and have each <pre> of code hold a <code>."""
    for code in root.select("code[class], code[lang], code[data-lang]"):
        if code.parent is None or _is_block(code):
            continue
        code.attrs.pop("class", None)
    for pre in root.select("pre"):
        _mend_block(pre)


def _is_block(code: Element) -> bool:
    return isinstance(code.parent, Element) and code.parent.tag == "pre"


def _mend_block(pre: Element) -> None:
    code = pre.select_one(":scope > code")
    given = [pre, code] if code is not None else [pre]
    if isinstance(pre.parent, Element) and "highlight" in attribute(pre.parent, "class"):
        given.append(pre.parent)
    language = language_of(
        *(attribute(each, "class") for each in given),
        *(f"language-{attribute(each, name)}" for each in given for name in NAMING),
    )
    if code is None and language is not None:
        code = pre.wrap_children(Element("code"))
    for line_break in pre.select("br"):
        line_break.replace_with(Text("\n"))
    if code is not None:
        for name in ("class", "lang"):
            code.attrs.pop(name, None)
        if language is not None:
            code.attrs["class"] = f"language-{language}"


NAMING = ("data-lang", "data-language", "data-enlighter-language", "lang")
"""Attributes in which plugins name a language."""
