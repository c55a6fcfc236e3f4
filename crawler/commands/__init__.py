"""Commands of ``scrapy``: crawl with a true exit status; those that read what crawls left."""
