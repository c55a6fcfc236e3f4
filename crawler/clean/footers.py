"""What stands below a text: where it comes from, where it appeared first, what else to read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypedDict

from turbohtml import Element, Text

from crawler.clean.account import Account
from crawler.clean.addresses import absolute_url, host_of, is_foreign
from crawler.clean.elements import cut_element
from crawler.clean.phrases import APPEARED, PUBLISHED, READ_ALSO, SOURCE_NAMED, SOURCE_ONLY, VIA
from crawler.clean.tree import attribute, folded, nearest

Basis = Literal[
    "source link", "originally published", "appeared first", "via", "canonical", "lead image"
]


class Source(TypedDict):
    """Where a syndicated text says that it comes from, and what says so."""

    url: str
    name: str
    basis: Basis


LEAVES = frozenset(
    "article aside blockquote dd div dt figcaption footer h1 h2 h3 h4 h5 h6 li p pre section td "
    "th".split()
)
PARTS = frozenset("figure figcaption table td th li dt dd".split())
"""Where a link belongs to something else than the text as a whole: "Source:" of a chart."""

ENDS = ".)]" + "".join(filter(str.isspace, map(chr, range(0x3001))))
"""What may stand after the last word of a footer."""

TAIL = 700
"""Characters at the end of a text where a footer may begin."""

LAST_LINKS = 6
LONGEST_FOOTER = 420
LONGEST_NOTICE = 260
LONGEST_LABEL = 60
WORD = re.compile(r"[^\W_]")

SHARED_HOSTS = frozenset(
    """
    wp.com wordpress.com gravatar.com googleusercontent.com ggpht.com blogspot.com
    bp.blogspot.com blogger.com flickr.com staticflickr.com imgur.com cloudinary.com
    amazonaws.com cloudfront.net akamaized.net akamaihd.net fastly.net unsplash.com pexels.com
    pixabay.com wikimedia.org wikipedia.org youtube.com ytimg.com vimeocdn.com fbcdn.net
    cdninstagram.com twimg.com tinypic.com photobucket.com postimg.cc ibb.co imgbb.com
    shopify.com squarespace-cdn.com wixstatic.com medium.com substackcdn.com kinja-img.com
    b-cdn.net kxcdn.com netdna-cdn.com netdna-ssl.com statically.io jsdelivr.net
    githubusercontent.com media-amazon.com ssl-images-amazon.com images-amazon.com ebayimg.com
    pinimg.com giphy.com tenor.com shutterstock.com istockphoto.com gettyimages.com dropbox.com
    dropboxusercontent.com google.com gstatic.com archive.org linkedin.com licdn.com localhost
    """.split()
)
"""Hosts that keep everybody's images, so that an image there says nothing about the text."""


def cut_footers(links: list[Element], whole: str, base: str, account: Account) -> Source | None:
    """Cut footers from the end of a body with the text *whole*; return the source they name."""
    source: Source | None = None
    rest = whole.rstrip(ENDS)  # what stands above the footers that were cut so far
    gone: set[Element] = set()
    for link in reversed(links[-LAST_LINKS:]):
        said = link.text.strip()
        if not said or is_gone(link, gone):
            continue
        block = nearest(link, LEAVES)
        if nearest(link, PARTS) is not None:
            break  # a caption, a cell: of something that stands in the text itself
        line = block.text if block is not None else rest[-TAIL:]
        last = line.rstrip(ENDS).endswith(said)
        if block is None or len(line) > LONGEST_FOOTER or _holds_paragraphs(block):
            block, line = None, said  # it holds more than a line
        if not rest.endswith(line.strip().rstrip(ENDS)):
            break  # there is text below it, so it is no footer
        if not last and len(line) - len(said) > LONGEST_LABEL:
            continue
        known = len(gone)
        found = Last(link, block, folded(line), last)
        source = _cut_footer(found, base, account, gone) or source
        if len(gone) > known:
            rest = rest[: rest.rindex(line.strip().rstrip(ENDS))].rstrip(ENDS)
    return source


def _holds_paragraphs(block: Element) -> bool:
    return block.tag != "p" and block.select_one("p") is not None


@dataclass(frozen=True, slots=True)
class Last:
    """A link near the end: its block and that block's text, and if it is the end of that.

    ``block`` is None, and ``line`` the text of the link, where the block is more than a line.
    """

    link: Element
    block: Element | None
    line: str
    ends: bool


def _cut_footer(last: Last, base: str, account: Account, gone: set[Element]) -> Source | None:
    """Cut the block of a link, or the link, if it is a footer; return the source it names."""
    block, line = last.block, last.line
    said, url = folded(last.link.text), attribute(last.link, "href")
    foreign = is_foreign(url, base)
    if block is not None and APPEARED.fullmatch(line.rstrip(" .")):
        gone.add(block)
        cut_element(block, "appeared_first", account)
        return Source(url=url, name=said, basis="appeared first") if foreign else None
    source = _named_source(line, said, url) if foreign and len(line) <= LONGEST_NOTICE else None
    if source is not None and (block is not None or last.ends):
        gone.add(block or last.link)
        cut_element(block or last.link, "source_footer", account)
        return source
    if foreign and last.ends and SOURCE_ONLY.fullmatch(said):
        gone.add(last.link)
        cut_element(last.link, "source_footer", account)
        return Source(url=url, name=host_of(url), basis="source link")
    return None


def _named_source(line: str, said: str, url: str) -> Source | None:
    """Read "Source: X", "Originally published at X", "via X"; None where it says no such thing."""
    if SOURCE_ONLY.fullmatch(line):
        return Source(url=url, name=host_of(url), basis="source link")
    name = host_of(url) if SOURCE_ONLY.fullmatch(said) else said
    if PUBLISHED.fullmatch(line):
        return Source(url=url, name=name, basis="originally published")
    found = SOURCE_NAMED.fullmatch(line)
    if found and (said in found["name"] or SOURCE_ONLY.fullmatch(said)):
        return Source(url=url, name=name, basis="source link")
    found = VIA.fullmatch(line)
    if found and found["name"].strip("\"'“”«»") == said:
        return Source(url=url, name=name, basis="via")
    return None


def cut_read_also(links: list[Element], account: Account) -> None:
    """Cut paragraphs that say "Read also" and hold nothing but links."""
    seen: set[Element] = set()
    gone: set[Element] = set()
    for link in links:
        before = link.previous_sibling
        if type(before) is Text and not _may_be_label(before.data):
            continue
        block = nearest(link, LEAVES)
        if block is None or block.tag not in MAY_SAY_READ_ALSO or block in seen:
            continue
        seen.add(block)
        line = block.text
        if len(line) > LONGEST_FOOTER:
            continue
        line = folded(line)
        label = READ_ALSO.match(line)
        if label is None:
            continue
        linked = _letters("".join(each.text for each in block.select("a")))
        alone = linked and linked in (_letters(line), _letters(line[label.end() :]))
        if alone and not is_gone(link, gone):
            gone.add(block)
            cut_element(block, "read_also", account)


def _may_be_label(text: str) -> bool:
    """Tell whether *text* before a link may be all there is before it: "Read also:", or a mark."""
    if len(text) > LONGEST_LABEL:
        return False
    text = text.lstrip()
    label = READ_ALSO.match(text)
    return WORD.search(text, label.end() if label is not None else 0) is None


def is_gone(link: Element, gone: set[Element]) -> bool:
    """Tell whether *link* is in one of the blocks that were cut."""
    return bool(gone) and (link in gone or any(block in gone for block in link.ancestors))


MAY_SAY_READ_ALSO = frozenset({"p", "div", "h3", "h4", "h5", "h6"})


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def canonical_source(canonical: str | None, base: str) -> Source | None:
    """Return the page that an SEO plugin calls the original, if it is on another site."""
    url = absolute_url(canonical, base)
    if url is None or not is_foreign(url, base):
        return None
    return Source(url=url, name=host_of(url), basis="canonical")


def lead_image_source(image: Element, root: Element, base: str) -> Source | None:
    """Return the site of *image* if that is another one, and the image stands before all text.

    Weak evidence, and asked for last: the host of the image is all it tells.
    """
    url = attribute(image, "src")
    host = host_of(url)
    if not is_foreign(url, base) or _is_shared(host) or not _comes_first(image, root):
        return None
    return Source(url=f"https://{host}/", name=host, basis="lead image")


def _is_shared(host: str) -> bool:
    labels = host.split(".")
    return any(".".join(labels[at:]) in SHARED_HOSTS for at in range(len(labels)))


def _comes_first(image: Element, root: Element) -> bool:
    """Tell whether *image* comes before all text of *root*."""
    visible = (
        node
        for node in root.descendants
        if node == image or (isinstance(node, Text) and node.data.strip())
    )
    return next(visible, None) == image
