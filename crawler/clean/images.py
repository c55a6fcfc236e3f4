"""Images: their real address, what counts readers, what is only a character."""

from __future__ import annotations

import re
from typing import TypedDict

from turbohtml import Element, Text

from crawler.clean.account import Account
from crawler.clean.addresses import absolute_url
from crawler.clean.tree import attribute, folded, nearest

LISTED = 10_000
"""Images of a body that are listed at most."""


class Image(TypedDict):
    """An image in the text; ``caption`` is None where it has none."""

    url: str
    alt: str
    caption: str | None


LAZY = (
    "data-lazy-src data-src data-original data-orig-src data-original-src data-lazy data-url "
    "data-echo data-cfsrc data-orig-file data-large-file data-medium-file"
).split()
"""Attributes in which plugins hide the address from the browser, the surest first."""

SETS = ("data-lazy-srcset", "data-srcset", "srcset")

PIXELS = re.compile(
    r"//(?:pixel\.wp\.com|stats\.wordpress\.com|feeds\.feedburner\.com/~r|feedads\.g\.doubleclick"
    r"|ad\.doubleclick\.net|www\.facebook\.com/tr\b|b\.scorecardresearch\.com|pixel\.quantserve\.com"
    r"|www\.assoc-amazon\.|ir-[a-z]{2}\.amazon-adsystem\.com|feeds\.wordpress\.com/1\.0"
    r"|counter\.yadro\.ru|mc\.yandex\.ru/watch|vg\d+\.met\.vgwort\.de|www\.google-analytics\.com)"
)
"""Addresses of images that nobody sees."""

EMOJI = re.compile(r"/(?:images/core/emoji|images/smilies|wp-includes/images/smilies)/")

TINY = re.compile(r"\s*[01](?:px)?\s*")
TINY_STYLE = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*[01]px\b", re.IGNORECASE)

FIGURE = frozenset({"figure"})


def mend_images(root: Element, base: str, account: Account) -> list[Element]:
    """Give images their real address; cut pixels, and make characters of emoji.

    What is left is returned, in the order of the text.
    """
    kept = []
    for image in root.select("img"):
        if is_emoji(image):
            _become_text(image, account)
            continue
        url = real_address(image, base)
        if url is None or is_pixel(image, url):
            account.cut("pixel" if url else "image_without_address", "")
            image.decompose()
            continue
        if image.attr("src") != url:
            image.attrs["src"] = url
        kept.append(image)
    return kept


def is_emoji(image: Element) -> bool:
    """Tell whether *image* stands for a character."""
    if image.has_class("emoji") or image.has_class("wp-smiley"):
        return True
    return EMOJI.search(attribute(image, "src")) is not None


def _become_text(image: Element, account: Account) -> None:
    alt = attribute(image, "alt")
    account.add(alt)
    image.replace_with(Text(alt))


def is_pixel(image: Element, url: str) -> bool:
    """Tell whether *image*, which is really at *url*, is one that nobody sees."""
    sizes = [image.attr("width"), image.attr("height")]
    if all(size is not None and TINY.fullmatch(size) for size in sizes):
        return True
    style = image.attr("style")
    if style and len({name.lower() for name in TINY_STYLE.findall(style)}) == 2:
        return True
    return PIXELS.search(url) is not None


def real_address(image: Element, base: str) -> str | None:
    """Return where the image really is: what lazy loading hides, its src, the largest of a set."""
    src = image.attr("src")
    url = absolute_url(src, base)
    for name in LAZY[:3] if url else LAZY:
        hidden = image.attr(name)
        if hidden and not hidden.startswith("data:"):
            return absolute_url(hidden, base) or url
    if url:
        return url
    for name in SETS:
        largest = largest_of_set(image.attr(name) or "", base)
        if largest:
            return largest
    return None


def largest_of_set(srcset: str, base: str) -> str | None:
    """Return the address of the widest image of *srcset*; None where it has none.

    >>> largest_of_set("/a-300.jpg 300w, /a.jpg 1500w", "https://example.org/")
    'https://example.org/a.jpg'
    """
    best: tuple[float, str | None] = (0.0, None)
    for candidate in re.split(r",\s+", srcset):
        words = candidate.split()
        url = absolute_url(words[0], base) if words else None
        if url is None:
            continue
        size = re.fullmatch(r"(\d+(?:\.\d+)?)[wx]", words[-1])
        width = float(size[1]) if size else 1.0
        if width > best[0]:
            best = (width, url)
    return best[1]


def mend_noscript(root: Element, base: str) -> None:
    """Give the image of a <noscript> to the empty one before it, or put it in its place."""
    for noscript in root.select("noscript"):
        image = noscript.select_one("img")
        if image is None or real_address(image, base) is None:
            continue
        before = _image_before(noscript)
        if before is None:
            noscript.insert_before(image)
        elif real_address(before, base) is None:
            before.attrs["src"] = attribute(image, "src")


def _image_before(node: Element) -> Element | None:
    before = node.previous_sibling
    if isinstance(before, Text) and not before.data.strip():
        before = before.previous_sibling
    if not isinstance(before, Element):
        return None
    return before if before.tag == "img" else before.select_one("img")


def describe(images: list[Element]) -> list[Image]:
    """List the first of *images* with their descriptions and the captions of their figures."""
    captions: dict[Element, str | None] = {}
    described = []
    for image in images[:LISTED]:
        figure = nearest(image, FIGURE)
        if figure is not None and figure not in captions:
            captions[figure] = _caption(figure)
        described.append(
            Image(
                url=attribute(image, "src"),
                alt=folded(attribute(image, "alt")),
                caption=captions[figure] if figure is not None else None,
            )
        )
    return described


def _caption(figure: Element) -> str | None:
    """Return the caption of *figure* itself, not that of a figure in it."""
    for child in figure.children:
        if isinstance(child, Element) and child.tag == "figcaption":
            return folded(child.text) or None
    return None
