"""The files under content/ -> the rows of the site, with ids and dates that never change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from urllib.parse import quote
from zlib import crc32

from crawler.sample.prose import Page, inline
from crawler.sample.registry import DOCUMENTS, LISTED, TERMS
from crawler.sample.store import Collections, Row, new_row
from crawler.sample.zone import ZERO

FIRST_ID = 12  # a new WordPress has used up the ids before
FIRST_COMMENT = 2  # the first was WordPress's own

POST_FILES = ("posts-1", "posts-2", "posts-3", "posts-4", "posts-abroad", "posts-hidden")


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a text file: its name, its header lines and its prose."""

    name: str
    fields: Mapping[str, str]
    text: str

    def get(self, name: str, default: str = "") -> str:
        return self.fields.get(name, default)

    def names(self, name: str) -> list[str]:
        """Read a list that is parted by commas."""
        return [each.strip() for each in self.get(name).split(",") if each.strip()]


Written = Mapping[str, list[Entry]]
"""What was written for each post type with content, by rest_base."""


def read_written() -> Written:
    """Read the posts, pages and guides."""
    return {
        "posts": [each for name in POST_FILES for each in _read_entries(name)],
        "pages": list(_read_entries("pages")),
        "guides": list(_read_entries("guides")),
    }


def read_collections(written: Written) -> Collections:
    """Read terms, users and media; of the *written* documents only ids, dates and slugs."""
    collections: Collections = {base: {} for base in (*LISTED, *TERMS, "users", "comments")}
    _read_terms(collections)
    for number, user in enumerate(_read_json("users"), 1):
        collections["users"][number] = {"id": number, "url": "", **user}
    _number(collections, written)
    return collections


def _read_text(name: str) -> str:
    return (files("crawler.sample.content") / name).read_text(encoding="utf-8")


def _read_json(name: str) -> Any:
    return json.loads(_read_text(f"{name}.json"))


def _read_entries(name: str) -> Iterator[Entry]:
    """Read a text file: each record begins with ``@@ name`` and its header lines."""
    for part in re.split(r"^@@ ", _read_text(f"{name}.txt"), flags=re.MULTILINE)[1:]:
        title, _, rest = part.partition("\n")
        head, _, text = rest.partition("\n\n")
        lines = (line.partition(":") for line in head.splitlines())
        yield Entry(title.strip(), {key: value.strip() for key, _, value in lines}, text)


def _read_terms(collections: Collections) -> None:
    """Read the terms; those of all taxonomies are numbered together, as in WordPress."""
    number = 0
    for base, terms in _read_json("terms").items():
        slugs: dict[str, int] = {"": 0}
        for term in terms:
            number += 1
            slugs[term["slug"]] = number
            parent = slugs[term.get("parent", "")]
            collections[base][number] = {
                "description": "",
                **term,
                "id": number,
                "parent": parent,
            }


def _number(collections: Collections, written: Written) -> None:
    """Give ids to the rows of all post types, in the order in which they were entered."""
    made: list[tuple[str, str, Row]] = []
    for base, entries in written.items():
        for entry in entries:
            date = entry.fields["date"]
            row: Row = {"name": entry.name, "slug": quote(entry.get("slug", entry.name)).lower()}
            row |= {"date": _time(date), "modified": _time(entry.get("modified", date))}
            row["revisions"] = int(entry.get("revisions", "0"))
            made.append((base, _time(entry.get("entered", date)), row))
    for media in _read_json("media"):
        row = {**media, "date": _time(media["date"]), "slug": media["name"], "revisions": 0}
        made.append(("media", row["date"], row))
    number = FIRST_ID
    for base, _, row in sorted(made, key=lambda each: (each[1], each[2]["name"])):
        number += 1 + crc32(row["name"].encode()) % 3  # drafts have taken the others
        collections[base][number] = new_row(collections, base, {**row, "id": number})
        number += row["revisions"]


def _time(text: str) -> str:
    if text == "never":
        return ZERO
    return f"{text.replace(' ', 'T')}{':00' if text.count(':') == 1 else ''}"


def read_comments(collections: Collections) -> None:
    """Read the comments: ``@@ b < a`` is one named b, in answer to a; ids follow their dates."""
    posts = {row["name"]: row for base in DOCUMENTS for row in collections[base].values()}
    users = {row["slug"]: row for row in collections["users"].values()}
    made: list[tuple[str, str, Row]] = []
    for entry in _read_entries("comments"):
        name, _, parent = (each.strip() for each in entry.name.partition("<"))
        post, user = posts[entry.fields["on"]], users.get(entry.fields["by"], {})
        delay = timedelta(minutes=int(entry.fields["after"]))
        paragraphs = re.split(r"\n\s*\n", entry.text.strip())
        row = {
            "post": post["id"],
            "author": user.get("id", 0),
            "author_name": user.get("name", entry.fields["by"]),
            "author_url": user.get("url", entry.get("url")),
            "date": (datetime.fromisoformat(post["date"]) + delay).isoformat(),
            "content": "".join(f"<p>{inline(each, Page(name))}</p>\n" for each in paragraphs),
            "status": entry.get("status", "approved"),
        }
        made.append((name, parent, row))
    made.sort(key=lambda each: (each[2]["date"], each[0]))
    ids = {name: number for number, (name, _, _) in enumerate(made, FIRST_COMMENT)}
    for name, parent, row in made:
        row["id"], row["parent"] = ids[name], ids[parent] if parent else 0
        collections["comments"][row["id"]] = row
