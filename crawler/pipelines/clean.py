"""Make text of what WordPress renders as HTML."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector

from crawler.clean.linked import clean_linked
from crawler.clean.plain import plain_text
from crawler.items import Comment, Document, Item, Media, Term, User

LINES: dict[type[Item], tuple[str, ...]] = {
    Document: ("title", "excerpt"),
    Media: ("title", "alt_text", "caption", "description"),
    Comment: ("author_name",),
    Term: ("name", "description"),
    User: ("name", "description"),
}
"""Fields that come as rendered HTML and leave as one line of text."""


class CleanPipeline:
    """Turn titles, excerpts, captions and names into plain text."""

    def __init__(self, stats: StatsCollector) -> None:
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.stats)

    def process_item(self, item: Item) -> Item:
        for name in LINES.get(type(item), ()):
            rendered = getattr(item, name)
            if rendered:
                setattr(item, name, plain_text(rendered))
        if isinstance(item, Document):
            clean_linked(item)
        self.stats.inc_value("clean/item_count")
        return item
