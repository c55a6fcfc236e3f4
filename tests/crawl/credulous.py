"""A spider that asks for whatever it is told, as no other part of the project would."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urljoin

import scrapy

from crawler.wordpress.bounds import Bounds
from crawler.wordpress.query import origin_of


class Credulous(scrapy.Spider):
    """Asks for each of *hrefs*, as it is and joined to the site; tells what became of it."""

    name = "credulous"

    async def start(self):
        self.bounds = Bounds(origin_of(self.site))
        for name, href in json.loads(Path(self.hrefs).read_text()).items():
            for base in ("", self.site):
                try:
                    request = scrapy.Request(urljoin(base, href), dont_filter=True)
                except ValueError:  # no request can be made of it
                    yield {"name": name, "url": "", "became": "no request"}
                else:
                    yield request.replace(errback=self.failed, cb_kwargs={"name": name})

    def parse(self, response, name):
        yield {"name": name, "url": response.url, "became": str(response.status)}

    def failed(self, failure):
        request = failure.request
        became = type(failure.value).__name__
        yield {"name": request.cb_kwargs["name"], "url": request.url[:300], "became": became}
