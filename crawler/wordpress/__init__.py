"""The WordPress REST protocol: bytes in, values out; no Scrapy, clock, network or files."""
