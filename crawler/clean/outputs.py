"""What a body becomes: HTML, text and Markdown that agree, its links and its images."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.clean.images import Image
from crawler.clean.links import Link
from crawler.clean.text import PlainText


@dataclass(slots=True)
class Outputs:
    """What is made of a body that is clean."""

    html: str
    text: PlainText
    markdown: str
    links: list[Link]
    images: list[Image]
