"""SQLite: what a crawl keeps beyond what memory should hold."""
