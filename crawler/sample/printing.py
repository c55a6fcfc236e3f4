"""What was written -> complete rows: header lines into columns, prose into block HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape

from crawler.sample.documents import crops
from crawler.sample.prose import Page, inline, render
from crawler.sample.registry import DOCUMENTS, LISTED, TERMS
from crawler.sample.source import Entry, read_collections, read_comments, read_written
from crawler.sample.store import Collections, Row, Store
from crawler.sample.texture import shorten, texturize


def print_site(home: str) -> Collections:
    """Return all rows of the site that answers at *home*, an address without a last slash."""
    written = read_written()
    collections = read_collections(written)
    store = Store(home, collections)
    rows = {base: {row["name"]: row for row in collections[base].values()} for base in LISTED}
    ids = {name: row["id"] for base in DOCUMENTS for name, row in rows[base].items()}
    images = {name: row["id"] for name, row in rows["media"].items()}
    users = {row["slug"]: row["id"] for row in collections["users"].values()}
    for row in rows["media"].values():
        _fill_media(row, ids, users)
    for base, entries in written.items():
        for entry in entries:
            row = rows[base][entry.name]
            _fill_columns(row, entry, ids, users)
            image = entry.get("image")  # a number names an image that was deleted
            row["featured_media"] = (
                int(image) if image.isdecimal() else images[image] if image else 0
            )
            _fill_terms(collections, base, row, entry)
    links = {name: store.permalink(row) for base in DOCUMENTS for name, row in rows[base].items()}
    texts = {entry.name: entry.text for entries in written.values() for entry in entries}

    def figure(name: str, first: bool) -> str:
        return _image(store, rows["media"][name], first=first)

    for row in rows["media"].values():
        _fill_captions(row, Page(row["name"], links))
    for base, entries in written.items():
        for entry in entries:
            page = Page(entry.name, links, figure)
            _fill_text(rows[base][entry.name], entry, texts[entry.get("copy", entry.name)], page)
    read_comments(collections)
    return collections


def _fill_media(row: Row, ids: Mapping[str, int], users: Mapping[str, int]) -> None:
    row["file"] = f"{row['date'][:4]}/{row['date'][5:7]}/{row['name']}.{row['suffix']}"
    row["author"] = users[row["author"]]
    row["parent"] = ids[row["parent"]] if row["parent"] else 0
    row["title"] = texturize(escape(row["title"], quote=False))
    row["alt_text"] = escape(row["alt_text"]).replace("&#x27;", "&#039;")


def _fill_columns(
    row: Row, entry: Entry, ids: Mapping[str, int], users: Mapping[str, int]
) -> None:
    post = row["type"] == "post"
    row["author"] = int(entry.get("author_id", "0")) or users[entry.fields["author"]]
    row["title"] = texturize(re.sub(r"&(?!#?\w+;)", "&amp;", entry.get("title")))
    row["status"] = entry.get("status", "publish")
    row["password"] = entry.get("password") == "yes"
    row["sticky"] = entry.get("sticky") == "yes"
    row["format"] = entry.get("format", "standard")
    row["comment_status"] = "open" if post else "closed"
    row["ping_status"] = "open" if post else "closed"
    row["parent"] = ids[entry.get("parent")] if entry.get("parent") else 0
    row["menu_order"] = int(entry.get("order", "0"))


def _fill_terms(collections: Collections, base: str, row: Row, entry: Entry) -> None:
    for taxonomy, each in TERMS.items():
        if each.name in LISTED[base].taxonomies:
            slugs = {term["slug"]: key for key, term in collections[taxonomy].items()}
            row[taxonomy] = [slugs[slug] for slug in entry.names(taxonomy)]


def _fill_text(row: Row, entry: Entry, text: str, page: Page) -> None:
    row["content"] = render(text, page)
    written = entry.get("excerpt")
    row["excerpt"] = f"<p>{inline(written, page)}</p>\n" if written else shorten(row["content"])
    if row["type"] == "guide":
        minutes = int(entry.fields["minutes"])
        row["meta"] = {"difficulty": entry.fields["difficulty"], "minutes": minutes}
    else:
        notes = json.dumps(page.footnotes, ensure_ascii=False, separators=(",", ":"))
        row["meta"] = {"footnotes": notes if page.footnotes else ""}


def _fill_captions(row: Row, page: Page) -> None:
    row["excerpt"] = f"<p>{inline(row['caption'], page)}</p>\n" if row["caption"] else ""
    description = row.get("description")
    row["content"] = f"<p>{inline(description, page)}</p>\n" if description else ""


def _image(store: Store, row: Row, *, first: bool) -> str:
    """Write an image with all its sizes, the first of a page to be fetched before the others."""
    sizes = {name: (width, height) for name, width, height in crops(row)}
    width, height = sizes.get("large", (row["width"], row["height"]))
    source = store.file(row, f"{width}x{height}") if "large" in sizes else store.file(row)
    offered = [f"{store.file(row, f'{w}x{h}')} {w}w" for w, h in sizes.values() if w > 150]
    offered.append(f"{store.file(row)} {row['width']}w")
    hint = 'fetchpriority="high"' if first else 'loading="lazy"'
    return (
        f'<img {hint} decoding="async" width="{width}" height="{height}" src="{source}" '
        f'alt="{row["alt_text"]}" class="wp-image-{row["id"]}" srcset="{", ".join(offered)}" '
        f'sizes="(max-width: {width}px) 100vw, {width}px" />'
    )
