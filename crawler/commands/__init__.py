"""Commands of ``scrapy``: crawl with a true exit status, sample."""
