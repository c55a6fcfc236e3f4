"""The links of a body of which nothing is cut, and the clean form of their tags."""

from __future__ import annotations

from crawler.clean.addresses import absolute_url
from crawler.clean.links import LISTED, Link
from crawler.clean.reading import Reading, link_attributes
from crawler.clean.start_tags import Unsure


def read_links(reading: Reading) -> list[Link]:
    """Return the links; their tags get their clean form."""
    if reading.outline.count("a") >= LISTED:
        raise Unsure

    def mend(at: int, number: int) -> str:
        url = absolute_url(reading.attributes(at).get("href"), reading.base)
        if url is None:
            raise Unsure
        reading.set_address(at, number, "href", url)
        return url

    return reading.parts.links(link_attributes, mend)
