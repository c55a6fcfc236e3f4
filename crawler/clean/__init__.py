"""Rendered HTML -> text, Markdown and clean HTML; no Scrapy, clock, network or files."""
