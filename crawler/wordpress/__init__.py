"""The WordPress REST protocol: bytes and strings in, values out; no Scrapy, clock, network, files."""
