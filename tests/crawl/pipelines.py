"""Parts of a user's own: they fail on a record, or drop some."""

from __future__ import annotations

from scrapy.exceptions import DropItem
from scrapy.exporters import BaseItemExporter


class FailOnOne:
    """Has a mistake in it that shows on one record."""

    def process_item(self, item):
        if item.slug == "patch-a-map":
            raise ValueError(f"no stitch for {item.title}")
        return item


class FailOnTombstones:
    """Takes everything for a document."""

    def process_item(self, item):
        if item.kind == "tombstone":
            raise AttributeError("no title")
        return item


class DropEven:
    """Drops what nobody asked for, and says why."""

    def process_item(self, item):
        if item.id % 2 == 0:
            raise DropItem("an even number")
        return item


class SlugExporter(BaseItemExporter):
    """Writes slugs, and has the same mistake in it."""

    def __init__(self, file, **kwargs):
        super().__init__(**kwargs)
        self.file = file

    def export_item(self, item):
        if item.slug == "patch-a-map":
            raise ValueError("no stitch for this one")
        self.file.write(f"{item.slug}\n".encode())
