"""The images of a body of which nothing is cut, and the clean form of their tags."""

from __future__ import annotations

import re

from turbohtml import Element, unescape

from crawler.clean.allowed import ATTRIBUTES
from crawler.clean.images import EMOJI, LISTED, PIXELS, Image, is_emoji, is_pixel, real_address
from crawler.clean.names import rule_of_names
from crawler.clean.reading import Reading
from crawler.clean.start_tags import Unsure

SHOWN = ATTRIBUTES["img"] | ATTRIBUTES["*"]
USUAL = SHOWN | frozenset("class decoding fetchpriority loading sizes srcset".split())
"""Attributes that change nothing about an image."""

USUAL_CLASSES = re.compile(r"(?:(?:wp-image|align|size)-?\w*\s*)*", re.ASCII)
PLAIN_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(?::\d+)?/[\w.~!$'()*+,;=:@%/-]*", re.ASCII)

FIGURE = re.compile("fa?iA?(?:(g)[^fFgGi]*(G))?F")
"""A figure with one image, and its caption."""


def read_images(reading: Reading) -> list[Image]:
    """Return the images; their tags get their clean form."""
    if reading.outline.count("i") >= LISTED:
        raise Unsure
    images: list[Image] = []
    for at in reading.positions("i"):
        given = reading.parts.attributes(at)
        if _is_plain(given):
            url = given["src"]
            shown = [f' {key}="{given[key]}"' for key in given if key in SHOWN]
            reading.parts.pieces[at] = f"<img{''.join(shown)}>".encode()
        else:
            url = _mended(reading, at, len(images))
        alt = given.get("alt", "")
        alt = " ".join((unescape(alt) if "&" in alt else alt).split())
        images.append({"url": url, "alt": alt, "caption": _caption(reading, at)})
    return images


def _is_plain(given: dict[str, str]) -> bool:
    """Tell whether an image with the attributes *given* is shown as it stands."""
    url, classes = given.get("src", ""), given.get("class", "")
    return (
        given.keys() <= USUAL
        and PLAIN_ADDRESS.fullmatch(url) is not None
        and not EMOJI.search(url)
        and not PIXELS.search(url)
        and (USUAL_CLASSES.fullmatch(classes) is not None or _means_nothing(classes))
        and len(given.get("width", "").strip()) > 1
    )


def _means_nothing(classes: str) -> bool:
    return "emoji" not in classes and "smiley" not in classes and rule_of_names(classes) is None


def _mended(reading: Reading, at: int, number: int) -> str:
    """Return the real address of the *number*-th image, which is the tag *at*."""
    image = Element("img", reading.attributes(at))
    url = real_address(image, reading.base)
    if url is None or is_emoji(image) or is_pixel(image, url):
        raise Unsure
    reading.set_address(at, number, "src", url)
    return url


def _caption(reading: Reading, image: int) -> str | None:
    """Return the caption of the figure around *image*; None without one."""
    outline = reading.outline
    opened = outline.rfind("f", 0, image)
    if opened <= outline.rfind("F", 0, image):
        return None
    figure = FIGURE.match(outline, opened)
    if figure is None:
        raise Unsure
    if figure[1] is None:
        return None
    return reading.parts.line(figure.start(1), figure.start(2)) or None
