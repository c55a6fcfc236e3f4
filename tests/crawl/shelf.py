"""A spider of another kind, as a user may add one to the project."""

from __future__ import annotations

import scrapy


class Shelf(scrapy.Spider):
    name = "shelf"

    async def start(self):
        yield scrapy.Request(self.url, self.parse)

    def parse(self, response):
        for number in range(3):
            yield {"number": number, "status": response.status}
