"""One pass over a body: the rules in their order, and what is on the allow-list."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

from turbohtml import Element, parse_fragment

from crawler.clean.account import (
    Account,
    count_composed,
    count_spaces,
    residue_of,
)
from crawler.clean.allowed import allowed_copy, reshape
from crawler.clean.characters import compose, cut_characters
from crawler.clean.code import mend_code
from crawler.clean.elements import CUT, cut_hidden, cut_named, cut_tags
from crawler.clean.embeds import FRAME_TAGS, Embed, link_embeds
from crawler.clean.figures import mend_figures, mend_line_breaks
from crawler.clean.footers import Source, cut_footers, cut_read_also, lead_image_source
from crawler.clean.images import Image, describe, mend_images, mend_noscript
from crawler.clean.inner_loops import has_empty_paragraph, text_of
from crawler.clean.links import Link, decode_emails, list_links, mend_links
from crawler.clean.markdown import has_bare_link, markdown_of, needs_mending
from crawler.clean.outputs import Outputs
from crawler.clean.tidy import DEEPEST, cut_empty, flatten
from crawler.clean.tree import Tags, tags_of

Emails = Literal["keep", "cut"]

LOOSE_TABLE = "table:not(figure > table:only-child)"
"""A table with something beside it, which may be what the parser moved out of it."""


@dataclass(slots=True)
class Found:
    """What the rules found in a body, beside what they cut.

    ``text_in`` counts the characters before any rule, ``composed`` says that they were in
    NFC, ``weak_source`` is what the first image says about the source.
    """

    text_in: int
    composed: bool
    embeds: list[Embed]
    source: Source | None
    weak_source: Source | None


@dataclass(slots=True)
class Pass:
    """What one pass gives; ``settled`` when another one would change nothing.

    ``tree`` is the clean tree and ``text`` its text, ``tags`` those of the tree that it was
    copied from.
    """

    html: str
    text: str
    tree: Element
    tags: Tags
    links: list[Link]
    images: list[Image]
    found: Found
    settled: bool

    def outputs(self) -> Outputs:
        """Return what comes of it; takes the tree apart, so only once."""
        plain = not needs_mending(self.html, self.tags) and not has_bare_link(self.links)
        markdown = markdown_of(self.tree, self.text, plain=plain)
        text = text_of(self.html.encode())
        if not self.found.composed:
            text = text.composed()
        return Outputs(self.html, text, markdown, self.links, self.images)


def clean_once(html: str, base: str, emails: Emails, account: Account) -> Pass:
    """Clean *html* once: cut, mend, and keep what is on the allow-list."""
    known = account.size()
    root = parse_fragment(html, positions=False)
    if html.count("<") > DEEPEST and flatten(root):
        account.limits.add("depth")
    whole = root.text
    composed = whole.isascii() or unicodedata.is_normalized("NFC", whole)
    if not composed:
        whole = compose(root)
    residue = residue_of(whole.encode())
    text_in = len(whole) - count_spaces(residue)
    tags = tags_of(root)
    embeds = cut_elements(root, tags, text_in, base, emails, account)
    cut_characters(root, whole, residue, emails, account)
    images = mend_images(root, base, account)
    links = mend_links(root, base, emails, account)
    if "br" in tags:
        mend_line_breaks(root)
    source = cut_last(root, links, whole if account.size() == known else None, base, account)
    weak = lead_image_source(images[0], root, base) if images and source is None else None
    found = Found(text_in, composed, embeds, source, weak)
    if not composed:
        found.text_in = count_composed(whole)
    if account.size() == known:
        done = _as_it_is(root, tags, whole, links, images, found)
        if done is not None:
            return done
    return _reshaped(root, found)


def cut_last(
    root: Element, links: list[Element], whole: str | None, base: str, account: Account
) -> Source | None:
    """Cut what stands below and between paragraphs; *whole* is the text, None if it changed."""
    if not links:
        return None
    source = cut_footers(links, root.text if whole is None else whole, base, account)
    cut_read_also(links, account)
    return source


def _as_it_is(
    root: Element,
    tags: Tags,
    whole: str,
    links: list[Element],
    images: list[Element],
    found: Found,
) -> Pass | None:
    """Finish a body of which nothing was cut; None where its structure has to change."""
    if "table" in tags and root.select_one(LOOSE_TABLE) is not None:
        return None
    tree = allowed_copy(root)
    html = tree.inner_html.strip()
    text = tree.text
    same = text == whole or text == root.text  # what may not be nested comes out as text
    if not same or has_empty_paragraph(html.encode()):
        return None
    listed, described = list_links(links), describe(images)
    return Pass(html, text, tree, tags, listed, described, found, settled=True)


def _reshaped(root: Element, found: Found) -> Pass:
    """Finish a body that is no longer nested as a parser would nest it: parse it once more."""
    reshape(root)
    cut_empty(root)
    root = parse_fragment(root.inner_html, positions=False)
    tree = allowed_copy(root)
    links, images = list_links(root.select("a")), describe(root.select("img"))
    html, tags = tree.inner_html.strip(), tags_of(root)
    return Pass(html, tree.text, tree, tags, links, images, found, settled=False)


def cut_elements(
    root: Element, tags: Tags, whole: int, base: str, emails: Emails, account: Account
) -> list[Embed]:
    """Cut and mend whole elements; return the embeds among them. *tags* are those of *root*."""
    if not CUT.isdisjoint(tags):
        mend_noscript(root, base)
        cut_tags(root, account)
    decode_emails(root, emails, account)
    cut_hidden(root, account)
    marks = cut_named(root, account, whole)
    if "figure" in marks:
        mend_figures(root)
    if "pre" in tags or "code" in tags:
        mend_code(root)
    if "embed" in marks or not FRAME_TAGS.isdisjoint(tags):
        return link_embeds(root, base, account)
    return []
