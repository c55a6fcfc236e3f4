"""A bare Scrapy spider: all pages of a site's posts, as they come.

    python -m scrapy runspider bare_scrapy.py -a site=URL -O posts.jsonl -s LOG_LEVEL=INFO

Stock settings, stock json, stock exporter. The first page says how many there are, the others are
asked for at once, and Scrapy has 8 in flight. It cleans nothing and keeps each record whole. With
-a embed=author,wp:term the site puts what posts link to into them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
from scrapy.http import Request


class PostsSpider(scrapy.Spider):
    """Yields the posts of one site as dicts."""

    name = "posts"

    def __init__(self, site: str, embed: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        embedded = f"_embed={embed}&" if embed else ""
        self.url = f"{site}/wp-json/wp/v2/posts?per_page=100&{embedded}page="

    async def start(self) -> AsyncIterator[Request]:
        yield Request(f"{self.url}1", self.parse_first)

    def parse_first(self, response: Any) -> Iterator[Any]:
        yield from self.parse(response)
        for page in range(2, int(response.headers["X-WP-TotalPages"] or 1) + 1):
            yield Request(f"{self.url}{page}")

    def parse(self, response: Any, **kwargs: Any) -> Iterator[Any]:
        yield from response.json()
