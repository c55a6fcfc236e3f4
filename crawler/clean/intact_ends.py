"""What says where a body comes from, where it says so without anything that is to be cut."""

from __future__ import annotations

from crawler.clean.account import Account
from crawler.clean.addresses import is_foreign
from crawler.clean.footers import Source, cut_footers, cut_read_also, lead_image_source
from crawler.clean.images import Image
from crawler.clean.outline import LEAF
from crawler.clean.phrases import READ_ALSO
from crawler.clean.reading import Reading, decoded
from crawler.clean.start_tags import Unsure


def read_ends(reading: Reading) -> Source | None:
    """See that nothing below or between the paragraphs is to be cut; return the source.

    For bodies with links.
    """
    below, between = _may_end_in_footer(reading), _may_say_read_also(reading)
    if not below and not between:
        return None
    account, links = Account(), reading.elements("a")
    source = None
    if below:
        whole = decoded(reading.parts.between(-1, len(reading.outline)))
        source = cut_footers(links, whole, reading.base, account)
    if between:
        cut_read_also(links, account)
    if account.size():
        raise Unsure
    return source


def read_lead_image(reading: Reading, images: list[Image]) -> Source | None:
    """Return the site of the first image, if that says anything."""
    if not is_foreign(images[0]["url"], reading.base):
        return None
    return lead_image_source(reading.elements("img")[0], reading.root, reading.base)


def _may_end_in_footer(reading: Reading) -> bool:
    """Tell whether no block with words stands below that of the last link."""
    inside = 0
    for found in LEAF.finditer(reading.outline, reading.outline.rfind("A")):
        inside += 1 if found[0].islower() else -1
        if inside < 0:
            return not reading.parts.has_words(found.start())
    return True


def _may_say_read_also(reading: Reading) -> bool:
    """Tell whether any block that may say so ends in a link."""
    outline = reading.outline
    for at in reading.parts.last_links():
        start = max(outline.rfind("p", 0, at), outline.rfind("e", 0, at))
        if start < 0 or LEAF.search(outline, start + 1, at):
            return True
        if READ_ALSO.match(decoded(reading.parts.between(start, at)).lstrip()):
            return True
    return False
