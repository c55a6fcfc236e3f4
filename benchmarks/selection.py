"""Which records of a collection a request asks for, in which order, and which of their fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from benchmarks.args import Values
from benchmarks.records import Record

Test = Callable[[Record, Any], bool]

FILTERS: dict[str, Test] = {
    "after": lambda record, moment: record["date"] > moment,
    "before": lambda record, moment: record["date"] < moment,
    "modified_after": lambda record, moment: record["modified"] > moment,
    "modified_before": lambda record, moment: record["modified"] < moment,
    "include": lambda record, ids: record["id"] in ids,
    "exclude": lambda record, ids: record["id"] not in ids,
    "author": lambda record, ids: record["author"] in ids,
    "author_exclude": lambda record, ids: record["author"] not in ids,
    "categories": lambda record, ids: not ids.isdisjoint(record["categories"]),
    "categories_exclude": lambda record, ids: ids.isdisjoint(record["categories"]),
    "tags": lambda record, ids: not ids.isdisjoint(record["tags"]),
    "tags_exclude": lambda record, ids: ids.isdisjoint(record["tags"]),
    "sticky": lambda record, wanted: record["sticky"] is wanted,
    "slug": lambda record, slugs: record["slug"] in slugs,
    "hide_empty": lambda record, wanted: not wanted or record["count"] > 0,
    "media_type": lambda record, wanted: record["media_type"] == wanted,
    "mime_type": lambda record, wanted: record["mime_type"] == wanted,
    "search": lambda record, text: text.casefold() in _searched(record),
}
"""Parameters that mean the same in every collection that declares them."""

PARENT_FILTERS: dict[tuple[str, str], Test] = {
    ("media", "parent"): lambda record, ids: record["post"] in ids,
    ("media", "parent_exclude"): lambda record, ids: record["post"] not in ids,
    ("categories", "parent"): lambda record, number: record["parent"] == number,
    ("comments", "parent"): lambda record, ids: record["parent"] in ids,
    ("comments", "post"): lambda record, ids: record["post"] in ids,
}
"""Parameters that mean something else in each: (rest_base, name)."""


def _searched(record: Record) -> str:
    texts = [record.get("name", "")]
    texts += [record[key]["rendered"] for key in ("title", "content") if key in record]
    return " ".join(texts).casefold()


def select(rest_base: str, records: list[Record], values: Values) -> list[Record]:
    """Return the records that *values* ask for, in the order they ask for.

    ``post`` of terms is not answered here: it needs the posts.
    """
    for name, value in values.items():
        test = PARENT_FILTERS.get((rest_base, name)) or FILTERS.get(name)
        if test is None or (isinstance(value, list) and not value):
            continue
        wanted = set(value) if isinstance(value, list) else value
        records = [record for record in records if test(record, wanted)]
    return order(records, values)


def order(records: list[Record], values: Values) -> list[Record]:
    """Sort by ``orderby`` and ``order``; ties by id, in the same direction."""
    key, descending = values["orderby"], values["order"] == "desc"
    if key == "include":
        ranks = {number: rank for rank, number in enumerate(values.get("include", ()))}
        return sorted(records, key=lambda record: ranks.get(record["id"], 0))
    if key == "title":
        records = sorted(records, key=lambda record: record["id"], reverse=descending)
        return sorted(records, key=lambda record: record[key]["rendered"], reverse=descending)
    return sorted(records, key=lambda record: (record[key], record["id"]), reverse=descending)


def wanted_fields(text: str) -> Record:
    """Read ``_fields`` into a tree; True where a whole field is wanted.

    >>> wanted_fields("id,title.rendered")
    {'id': True, 'title': {'rendered': True}}
    >>> wanted_fields("title, title.rendered")
    {'title': True}
    """
    tree: Record = {}
    for field in re.split(r"[\s,]+", text):
        *parents, last = field.split(".")
        inner: Any = tree
        for parent in parents:
            inner = inner.setdefault(parent, {}) if isinstance(inner, dict) else True
        if isinstance(inner, dict) and last:
            inner[last] = True
    return tree


def cut(record: Record, tree: Record) -> Record:
    """Keep the wanted fields of *record*, in its own order.

    An object of which nothing is left becomes ``[]``, PHP's empty array.

    >>> cut({"id": 7, "title": {"rendered": "A"}, "x": 1}, {"id": True, "title": {"raw": True}})
    {'id': 7, 'title': []}
    """
    kept: Record = {}
    for key, value in record.items():
        below = tree.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            kept[key] = cut(value, below) or []
        elif isinstance(below, dict) and isinstance(value, list):
            kept[key] = []
        elif below is not None:
            kept[key] = value
    return kept
