"""What a visitor gets who follows each link of each document by itself."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

AT_ONCE = 4
PER_PAGE = 100

Answer = tuple[int, Any]


def get(url: str) -> Answer:
    """Ask for one address; give the status and the JSON."""
    try:
        with urlopen(url) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def get_all(urls: Iterable[str]) -> dict[str, Answer]:
    """Ask for each address once."""
    wanted = sorted(set(urls))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(wanted, pool.map(get, wanted), strict=True))


def documents(site: str, route: str) -> list[dict[str, Any]]:
    """Read the links and ids of a whole collection, page by page."""
    found: list[dict[str, Any]] = []
    query = f"per_page={PER_PAGE}&orderby=id&order=asc&_fields=id,author,featured_media,_links"
    while True:
        page = len(found) // PER_PAGE + 1
        status, records = get(f"{site}/?rest_route=/{route}&{query}&page={page}")
        assert status == 200, records
        found += records
        if len(records) < PER_PAGE:
            return found


def hrefs(record: dict[str, Any], rel: str) -> list[str]:
    """List where a rel of a record leads; a list gives all it can at once, and no more fields."""
    entries = [entry["href"] for entry in record["_links"].get(rel, ())]
    terms = f"&per_page={PER_PAGE}&_fields=taxonomy,id,slug,name"
    return [f"{href}{terms}" if "?post=" in href else href for href in entries]


def refused(number: int, answer: Answer) -> dict[str, Any]:
    """Say in our words why an address gave no record."""
    status, error = answer
    assert status in (401, 404), error
    return {"id": number, "resolved": False, "reason": "dangling" if status == 404 else "denied"}


def plain(text: str) -> str:
    return " ".join(html.unescape(text).split())


def author(number: int, answer: Answer) -> dict[str, Any]:
    status, user = answer
    if status != 200:
        return refused(number, answer)
    known = {"id": user["id"], "name": plain(user["name"]), "slug": user["slug"]}
    return {**known, "link": user["link"], "basis": "user"}


def terms(answers: Iterable[Answer]) -> set[tuple[str, int, str, str]]:
    found = set()
    for status, records in answers:
        assert status == 200, records
        assert len(records) < PER_PAGE
        for term in records:
            found.add((term["taxonomy"], term["id"], term["slug"], plain(term["name"])))
    return found


def image(number: int, answer: Answer) -> dict[str, Any]:
    status, media = answer
    if status != 200:
        return refused(number, answer)
    details = media["media_details"]
    sizes = details if isinstance(details, dict) else {}
    return {
        "id": media["id"],
        "source_url": media["source_url"],
        "alt_text": plain(media["alt_text"]),
        "caption": plain(media["caption"]["rendered"].replace("<p>", "").replace("</p>", "")),
        "mime_type": media["mime_type"],
        "width": sizes.get("width"),
        "height": sizes.get("height"),
    }
