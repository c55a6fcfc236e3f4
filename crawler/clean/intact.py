"""A body in which no rule has anything to cut: its outputs, without a copy of its tree.

Most bodies are of this kind. Each of their tags is looked at by itself, see
``crawler.clean.start_tags``; what comes out is what ``crawler.clean.once`` would make of them,
in less than half the time. In any doubt the body is left to that.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from turbohtml import Element, parse_fragment, unescape

from crawler.clean.account import Account
from crawler.clean.addresses import TRACKED, absolute_url, is_foreign
from crawler.clean.allowed import ATTRIBUTES
from crawler.clean.characters import SIGN
from crawler.clean.footers import Source, cut_footers, cut_read_also, lead_image_source
from crawler.clean.images import EMOJI, PIXELS, Image, is_emoji, is_pixel, real_address
from crawler.clean.links import LISTED, Link
from crawler.clean.markdown import RULE_LIKE, has_open_entity, mend_emphasis
from crawler.clean.names import rule_of_names
from crawler.clean.phrases import READ_ALSO
from crawler.clean.shortcodes import find_shortcodes
from crawler.clean.start_tags import ATTRIBUTE, START, StartTags, kept_attributes
from crawler.clean.text import CODE, PlainText, joined_text
from crawler.clean.tidy import DEEPEST, EMPTY, is_too_deep
from crawler.clean.tree import folded

TAGS = re.compile(rb"(<[^>]*>)")
EMPTY_IN_BYTES = re.compile(EMPTY.pattern.encode())

BREAK_IN_CODE = re.compile("q[^Q]*b")
FIGURE_IN_FIGURE = re.compile("f[^F]*f")

FIGURE = re.compile("fa?iA?(?:(g)[^fFgGi]*(G))?F")
"""A figure with one image, and its caption."""

LEAF = re.compile("[pxgqPXGQ]")
"""Where a block of text begins or ends."""

WORD = re.compile(rb"[0-9A-Za-z\x80-\xff]")
ASCII_WORD = re.compile(rb"[0-9A-Za-z]")

COMPOSED = re.compile(rb"(?:[\xc2-\xcb\xd0-\xd1][\x80-\xbf]|\xe2\x80[\x82-\xbf])*")
"""Characters of Latin and Cyrillic, and punctuation: whatever stands beside them, all is in NFC."""

ABSOLUTE = re.compile(
    rb'<a href="(https?://[a-z0-9.-]+(?::\d+)?(?:/[\w.~!$\'()*+,;=:@%/-]*)?'
    rb'(\?[\w.~!$\'()*+,;=:@%/?&-]*)?)"'
)
"""An absolute address, which needs nothing done to it unless its query tracks."""

PROTECTED = b"/cdn-cgi/"
"""In what Cloudflare makes of e-mail addresses."""

start_tags = StartTags()


class Unsure(Exception):
    """A rule may have something to do in this body.

    Raised and answered in this module.
    """


@dataclass(slots=True)
class Intact:
    """What a body becomes of which nothing is cut: see ``crawler.clean.body.CleanBody``."""

    html: str
    text: PlainText
    markdown: str
    links: list[Link]
    images: list[Image]
    source: Source | None


def read_intact(html: str, base: str, emails: str) -> Intact | None:
    """Return the outputs of *html*; None where a rule has something to do in it, or may have.

    >>> read_intact('<p class="intro">Hi <b>you</b></p>', "https://a.example/", "keep").html
    '<p>Hi <b>you</b></p>'
    >>> read_intact("<p>Hi</p><script>1</script>", "https://a.example/", "keep") is None
    True
    """
    root = parse_fragment(html, positions=False)
    try:
        data = root.inner_html.encode()
        if PROTECTED in data or (emails == "cut" and b"@" in data):
            return None
        return _Reading(root, data, base).outputs()
    except (Unsure, UnicodeEncodeError):
        return None


class _Reading:
    """One body: its texts and tags in turn, what becomes of the tags, and their outline."""

    def __init__(self, root: Element, data: bytes, base: str) -> None:
        self.root = root
        self.data = data
        self.base = base
        self.parts = TAGS.split(data)
        self.tags = self.parts[1::2]
        if len(self.tags) > DEEPEST and is_too_deep(root):
            raise Unsure
        try:
            judged = list(map(start_tags.__getitem__, self.tags))
            pieces, self.marks, letters = zip(*judged, strict=True) if judged else ((), (), ())
        except TypeError:  # one of them is None
            raise Unsure from None
        self.pieces = list(pieces)
        self.outline = "".join(letters)
        self.changed: dict[str, dict[int, str]] = {"a": {}, "img": {}}

    def outputs(self) -> Intact:
        """Return what the body becomes."""
        outline = self.outline
        if _is_awkward(outline):
            raise Unsure
        if "b" in outline:
            self.check_line_breaks()
        if b"[" in self.data:
            self.check_brackets()
        links = self.read_links() if "a" in outline else []
        images = self.read_images() if "i" in outline else []
        source = self.read_ends() if links else None
        if images and source is None and is_foreign(images[0]["url"], self.base):
            first = self.root.select("img")[0]
            first.attrs["src"] = images[0]["url"]
            source = lead_image_source(first, self.root, self.base)
        html = self.html()
        text = joined_text(self.parts, self.marks, outline)
        self.check_characters(text)
        return Intact(html, text, self.markdown(html), links, images, source)

    def html(self) -> str:
        """Return the clean HTML."""
        self.parts[1::2] = self.pieces
        data = b"".join(self.parts)
        if EMPTY_IN_BYTES.search(data):
            raise Unsure
        return data.decode().strip()

    def markdown(self, html: str) -> str:
        """Return the Markdown of the tree, with the addresses that were made absolute."""
        if (b"&amp;" in self.data and has_open_entity(html)) or (
            b"|" in self.data and RULE_LIKE.search(self.root.text)
        ):
            raise Unsure
        for tag, attribute in (("a", "href"), ("img", "src")):
            if changed := self.changed[tag]:
                elements = self.root.select(tag)
                for at, url in changed.items():
                    elements[at].attrs[attribute] = url
        return mend_emphasis(self.root.to_markdown())

    def positions(self, letter: str) -> list[int]:
        """Return where *letter* stands in the outline."""
        outline, found = self.outline, []
        at = outline.find(letter)
        while at >= 0:
            found.append(at)
            at = outline.find(letter, at + 1)
        return found

    def text_between(self, start: int, end: int) -> str:
        """Return the text between the tags *start* and *end*."""
        inner = self.parts[2 * start + 2 : 2 * end + 1 : 2]
        text = (inner[0] if len(inner) == 1 else b"".join(inner)).decode()
        return unescape(text) if "&" in text else text

    def check_line_breaks(self) -> None:
        """See that each stands inside a text: at its edges they are taken out."""
        for at in self.positions("b"):
            if not (
                self.text_between(at - 1, at).strip() and self.text_between(at, at + 1).strip()
            ):
                raise Unsure

    def check_brackets(self) -> None:
        """See that there is no shortcode in any text, apart from code."""
        left = self.data.count(b"[")
        for code in CODE.finditer(self.outline):
            left -= b"".join(self.parts[2 * code.start() + 2 : 2 * code.end() + 1 : 2]).count(b"[")
        if not left:
            return
        for part in self.parts[::2]:
            if b"[" in part and find_shortcodes(unescape(part.decode())):
                raise Unsure

    def check_characters(self, text: PlainText) -> None:
        """See that no sign is cut out of texts, and that all is in NFC."""
        wide = text.wide
        if wide and (SIGN.search(wide) or not _is_composed(wide, text.text)):
            raise Unsure

    def read_links(self) -> list[Link]:
        """Return the links; their tags get their clean form."""
        outline, parts, links = self.outline, self.parts, []
        at = outline.find("a")
        while at >= 0:
            if outline.startswith("A", at + 1):
                text = parts[2 * at + 2].decode()
                text = " ".join((unescape(text) if "&" in text else text).split())
            else:
                end = outline.find("A", at)
                if end < 0 or outline.find("a", at + 1, end) > 0:
                    raise Unsure
                text = folded(self.text_between(at, end))
            plain = ABSOLUTE.match(self.tags[at])
            url = plain[1].decode() if plain is not None else ""
            if plain is not None and plain[2] is not None:
                url = unescape(url)
                if TRACKED.search(url):
                    plain = None
            if plain is not None:
                if plain.end() < len(self.tags[at]) - 1:  # attributes beside the address
                    self.pieces[at] = plain[0] + _kept("a", self.tags[at][plain.end() : -1]) + b">"
            else:
                url = self.mended(at, "a", "href", len(links))
            if text == url:
                raise Unsure  # in Markdown, it needs an escape
            links.append(Link(url=url, text=text))
            at = outline.find("a", at + 1)
        if len(links) >= LISTED:
            raise Unsure
        return links

    def mended(self, at: int, name: str, attribute: str, number: int) -> str:
        """Return the absolute address in the tag *at*, the *number*-th of its *name*."""
        found = START.fullmatch(self.tags[at])
        if found is None:
            raise Unsure
        attributes = found[2].decode()
        given = {key: unescape(value) for key, value in ATTRIBUTE.findall(attributes)}
        address = given.get(attribute)
        if name == "img":
            image = Element("img", given)
            url = real_address(image, self.base)
            if url is None or is_emoji(image) or is_pixel(image, url):
                raise Unsure
        else:
            url = absolute_url(address, self.base)
            if url is None:
                raise Unsure
        if url != address:
            if address is None:
                raise Unsure
            self.changed[name][number] = url
            attributes = attributes.replace(
                f' {attribute}="{_written(address)}"', f' {attribute}="{_written(url)}"'
            )
        self.pieces[at] = b"<%b%b>" % (name.encode(), _kept(name, attributes.encode()))
        return url

    def read_images(self) -> list[Image]:
        """Return the images; their tags get their clean form."""
        images: list[Image] = []
        for at in self.positions("i"):
            tag = self.tags[at].decode()
            given = dict(ATTRIBUTE.findall(tag))
            if _is_plain_image(given) and START.fullmatch(self.tags[at]):
                url = given["src"]
                kept = [f' {key}="{given[key]}"' for key in given if key in SHOWN]
                self.pieces[at] = f"<img{''.join(kept)}>".encode()
            else:
                url = self.mended(at, "img", "src", len(images))
            alt = given.get("alt", "")
            alt = folded(unescape(alt) if "&" in alt else alt)
            images.append(Image(url=url, alt=alt, caption=self.caption(at)))
        if len(images) >= LISTED:
            raise Unsure
        return images

    def caption(self, image: int) -> str | None:
        """Return the caption of the figure around *image*; None without one."""
        opened = self.outline.rfind("f", 0, image)
        if opened <= self.outline.rfind("F", 0, image):
            return None
        figure = FIGURE.match(self.outline, opened)
        if figure is None:
            raise Unsure
        start, end = figure.span(1)[0], figure.span(2)[0]
        return folded(self.text_between(start, end)) or None if start > 0 else None

    def read_ends(self) -> Source | None:
        """See that nothing below or between the paragraphs is to be cut; return the source."""
        below, between = self._may_end_in_footer(), self._may_say_read_also()
        if not below and not between:
            return None
        account, links = Account(), self.root.select("a")
        source = cut_footers(links, self.root.text, self.base, account) if below else None
        if between:
            cut_read_also(links, account)
        if account.size():
            raise Unsure
        return source

    def _may_end_in_footer(self) -> bool:
        """Tell whether no block with words stands below that of the last link."""
        inside = 0
        for found in LEAF.finditer(self.outline, self.outline.rfind("A")):
            inside += 1 if found[0].islower() else -1
            if inside < 0:
                below = b"".join(self.parts[2 * found.start() + 2 :: 2])
                return WORD.search(below.replace(b"&nbsp;", b"")) is None
        return True

    def _may_say_read_also(self) -> bool:
        """Tell whether any block that may say so ends in a link."""
        outline, parts = self.outline, self.parts
        at = outline.find("A")
        while at >= 0:
            if outline[at + 1 : at + 2] in ENDING:
                after = parts[2 * at + 2]
                if b"&" in after or not ASCII_WORD.search(after):
                    start = outline.rfind("p", 0, at)
                    if start < 0 or LEAF.search(outline, start + 1, at):
                        return True
                    if READ_ALSO.match(self.text_between(start, at).lstrip()):
                        return True
            at = outline.find("A", at + 1)
        return False


ENDING = ("P", "a", "b", " ", "")
"""What may follow on the last link of a paragraph: its end, or another one, or emphasis."""


def _is_awkward(outline: str) -> bool:
    """Tell whether elements stand in each other in a way that rules mend."""
    return (
        outline.count("c") != outline.count("qc")  # a language, but not of a block
        or outline.count("t") != outline.count("ft")
        or outline.count("T") != outline.count("TF")  # a table, not alone in its figure
        or BREAK_IN_CODE.search(outline) is not None
        or FIGURE_IN_FIGURE.search(outline) is not None
    )


def _means_nothing(classes: str) -> bool:
    return "emoji" not in classes and "smiley" not in classes and rule_of_names(classes) is None


def _is_plain_image(given: dict[str, str]) -> bool:
    """Tell whether an image with the attributes *given* is shown as it stands."""
    url, classes = given.get("src", ""), given.get("class", "")
    return (
        given.keys() <= USUAL
        and PLAIN_IMAGE.fullmatch(url) is not None
        and not EMOJI.search(url)
        and not PIXELS.search(url)
        and (USUAL_CLASSES.fullmatch(classes) or _means_nothing(classes))
        and len(given.get("width", "").strip()) > 1
    )


SHOWN = ATTRIBUTES["img"] | ATTRIBUTES["*"]
USUAL = SHOWN | frozenset("class decoding fetchpriority loading sizes srcset".split())
"""Attributes that change nothing about an image."""

USUAL_CLASSES = re.compile(r"(?:(?:wp-image|align|size)-?\w*\s*)*", re.ASCII)
PLAIN_IMAGE = re.compile(r"https?://[a-z0-9.-]+(?::\d+)?/[\w.~!$'()*+,;=:@%/-]*", re.ASCII)


def _kept(name: str, attributes: bytes) -> bytes:
    if not attributes:
        return b""
    kept = kept_attributes(name, attributes.decode())
    if kept is None:
        raise Unsure
    return kept.encode()


def _written(value: str) -> str:
    """Write *value* as the serializer writes attributes."""
    for character, entity in ESCAPED:
        value = value.replace(character, entity)
    return value


ESCAPED = (("&", "&amp;"), ("\xa0", "&nbsp;"), ('"', "&quot;"), ("<", "&lt;"), (">", "&gt;"))


def _is_composed(wide: bytes, text: str) -> bool:
    return COMPOSED.fullmatch(wide) is not None or unicodedata.is_normalized("NFC", text)
