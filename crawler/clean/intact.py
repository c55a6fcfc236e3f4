"""A body in which no rule has anything to cut: its outputs, without a copy of its tree.

Most bodies are of this kind. Each of their tags is looked at by itself, see
``crawler.clean.start_tags``; what comes out is what ``crawler.clean.once`` would make of them,
in less than half the time. In any doubt the body is left to that.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from turbohtml import Comment, Element, parse_fragment

from crawler.clean.characters import SIGN
from crawler.clean.footers import Source
from crawler.clean.inner_loops import has_empty_paragraph, is_awkward, may_open_entity
from crawler.clean.intact_ends import read_ends, read_lead_image
from crawler.clean.intact_images import read_images
from crawler.clean.intact_links import read_links
from crawler.clean.links import Link
from crawler.clean.markdown import OTHER_HTML, has_bare_link, has_open_entity, markdown_of
from crawler.clean.outline import CODE, SPAN
from crawler.clean.outputs import Outputs
from crawler.clean.reading import Reading, decoded
from crawler.clean.shortcodes import find_shortcodes
from crawler.clean.start_tags import Unsure
from crawler.clean.text import PlainText

BEFORE = (b"/", b"br", b"img")
NOTHING_AFTER = (b"/", b"span")
"""Tags beside a line break, where it has an element before it, and where it has none behind."""

LINE_END_IN_CODE = re.compile(rb"<pre[^>]*>\n")
"""Which a serializer writes twice, if nothing stands between them."""

COMPOSED = re.compile(rb"(?:[\xc2-\xcb\xd0-\xd1][\x80-\xbf]|\xe2\x80[\x82-\xbf])*")
"""Latin, Cyrillic, punctuation: whatever of them stands together, all is in NFC."""


@dataclass(slots=True)
class Intact(Outputs):
    """What a body becomes of which nothing is cut, and where it says that it comes from."""

    source: Source | None


def read_intact(html: str, base: str, emails: str) -> Intact | None:
    """Return the outputs of *html*; None where a rule has something to do in it, or may have.

    >>> read_intact('<p class="intro">Hi <b>you</b></p>', "https://a.example/", "keep").html
    '<p>Hi <b>you</b></p>'
    >>> read_intact("<p>Hi</p><script>1</script>", "https://a.example/", "keep") is None
    True
    """
    try:
        return outputs_of(html, base, emails)
    except Exception:  # Unsure, or whatever a body does to a parser: the other way has an answer
        return None


def outputs_of(html: str, base: str, emails: str) -> Intact:
    """Return the outputs of *html*, or raise Unsure."""
    root = parse_fragment(html, positions=False)
    data = root.inner_html.encode()
    if emails == "cut" and b"@" in data:
        raise Unsure
    try:
        reading = Reading(root, data, base)
    except Unsure:
        if b"<!--" not in data:
            raise
        reading = Reading(root, _without_comments(root), base)
    _check_structure(reading)
    links = read_links(reading) if "a" in reading.outline else []
    images = read_images(reading) if "i" in reading.outline else []
    source = read_ends(reading) if links else None
    if images and source is None:
        source = read_lead_image(reading, images)
    clean, text = reading.parts.outputs()
    clean = clean.strip()
    html = _html(reading, clean)
    _check_characters(text)
    return Intact(html, text, _markdown(reading, clean, links), links, images, source)


def _without_comments(root: Element) -> bytes:
    """Take the comments out of *root*; return its HTML."""
    for node in list(root.descendants):
        if isinstance(node, Comment):
            node.decompose()
    return root.inner_html.encode()


def _check_structure(reading: Reading) -> None:
    if is_awkward(reading.outline):
        raise Unsure
    if "b" in reading.outline:
        _check_line_breaks(reading)
    if b"[" in reading.parts.data:
        _check_brackets(reading)


def _check_line_breaks(reading: Reading) -> None:
    """See that each stands between texts or elements: at the edges they are taken out."""
    parts = reading.parts
    last = len(reading.outline) - 1
    for at in reading.positions("b"):
        before = parts.tag(at - 1) if at > 0 else b"span"
        after = parts.tag(at + 1) if at < last else b"/"
        closed = before.startswith(BEFORE) and before != b"/span"
        if not closed and not decoded(parts.between(at - 1, at)).strip():
            raise Unsure
        if after.startswith(NOTHING_AFTER) and not decoded(parts.between(at, at + 1)).strip():
            raise Unsure


def _check_brackets(reading: Reading) -> None:
    """See that there is no shortcode in any text, apart from code."""
    parts = reading.parts
    left = parts.data.count(b"[")
    for code in CODE.finditer(reading.outline):
        left -= parts.between(code.start(), code.end()).count(b"[")
    if left and any(
        find_shortcodes(decoded(text))
        for at in range(-1, len(reading.outline))
        if b"[" in (text := parts.between(at, at + 1))
    ):
        raise Unsure


def _check_characters(text: PlainText) -> None:
    """See that no sign is cut out of texts, and that all is in NFC."""
    wide = text.wide
    if not wide:
        return
    if SIGN.search(wide) or not (
        COMPOSED.fullmatch(wide) or unicodedata.is_normalized("NFC", text.text)
    ):
        raise Unsure


def _html(reading: Reading, data: bytes) -> str:
    """Return the clean HTML *data*, once it is seen to be that."""
    if "q" in reading.outline and LINE_END_IN_CODE.search(data):
        raise Unsure
    html = data.decode()
    if has_empty_paragraph(data) or html[:1].isspace() or html[-1:].isspace():
        raise Unsure  # white space beyond ASCII is stripped too, and off the text
    return html


def _markdown(reading: Reading, html: bytes, links: list[Link]) -> str:
    """Return the Markdown of the tree, which has *links*; takes it apart."""
    root = reading.root
    if SPAN in reading.outline:
        root.strip_tags("span")
    open_entity = may_open_entity(html) and has_open_entity(html.decode())
    plain = not open_entity and not has_bare_link(links)
    whole = root.text if b"|" in html else ""
    markdown = markdown_of(root, whole, plain=plain)
    if "<" in markdown and OTHER_HTML.search(markdown):
        raise Unsure  # such as a table that is written as HTML, with all its attributes
    return markdown
