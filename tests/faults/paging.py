"""Lists that repeat, lie about their length, have no end, or change while they are read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from crawler.sample.answers import Answer
from crawler.sample.site import SampleSite
from tests.faults.row import Row, oldest
from tests.faults.scripts import (
    all_of,
    asking,
    data,
    document,
    headers,
    index,
    later,
    of,
    refusal,
    totals,
    when,
    without,
    without_totals,
)
from tests.faults.server import Asked, Fault

POSTS = ("posts",)


def larger_index(per_page: int) -> Fault:
    """Let the index promise larger pages than there are."""

    def edit(found: dict[str, Any]) -> dict[str, Any]:
        for route in found["routes"].values():
            for endpoint in route["endpoints"]:
                if "per_page" in endpoint["args"]:
                    endpoint["args"]["per_page"]["maximum"] = per_page
        return found

    return when(index, document(edit))


def lowered(per_page: int) -> Fault:
    """Send smaller pages than were asked for, and count by them."""

    def lower(found: dict[str, str]) -> Mapping[str, str]:
        return {**found, "per_page": str(min(per_page, int(found.get("per_page", 10))))}

    return when(of("posts", "guides", "tags"), asking(lower))


class Cache:
    """A cache that knows pages by their path, and by those parameters that it looks at."""

    def __init__(self, *bases: str, known: tuple[str, ...] = (), bust: bool = False) -> None:
        self.chosen = of(*bases)
        self.known = known
        self.bust = bust
        self.kept: dict[tuple[object, ...], Answer] = {}

    def __call__(self, asked: Asked) -> Answer | None:
        if not self.chosen(asked):
            return None
        if self.bust and not set(asked.params) <= NAMES:
            return asked.answer()
        key = (asked.route, *(asked.params.get(name) for name in self.known))
        return self.kept.setdefault(key, asked.answer())


NAMES = frozenset(
    "per_page orderby order after before exclude include page offset _fields _envelope".split()
)
"""What a cache of ours has rules for; another parameter makes it ask the site."""


def endless() -> Fault:
    """Make up records, always a full page of new ones, whatever is asked for."""
    last = 10_000

    def change(asked: Asked) -> Answer:
        nonlocal last
        size = int(asked.params.get("per_page", 10))
        whole = asked.answer("/wp-json/wp/v2/guides?per_page=1").json()[0]
        made = [
            {**whole, "id": number, "date": minute(number), "slug": f"guide-{number}"}
            for number in range(last + 1, last + size + 1)
        ]
        last += size
        return data(made)

    return when(of("guides"), change)


def minute(number: int) -> str:
    return (datetime(2020, 1, 1) + timedelta(minutes=number)).isoformat()


def made_up(site: SampleSite) -> set[int]:
    """Give the ids behind the first page: it came without totals, and is asked for again."""
    return set(range(10_021, 10_171))


def looped(found: Mapping[str, str]) -> Mapping[str, str]:
    """Name the first page as the next one."""
    link = '<http://127.0.0.1/wp-json/wp/v2/posts?page=1>; rel="next"'
    return {**found, "Link": link}


def overlapping(asked: Asked) -> Answer:
    """Begin each page with a record of every page before it."""
    answer = asked.answer()
    records = answer.json()
    if not isinstance(records, list) or asked.params.get("_fields") == "id":
        return answer
    first = asked.answer("/wp-json/wp/v2/tags?per_page=1&orderby=id&order=asc").json()
    return replace(answer, body=json.dumps([*first, *records]).encode())


def while_walking(change: Any, *, base: str = "posts", start: int = 1) -> Any:
    """Change the site before each request to a collection but the first."""

    def prepare(site: SampleSite) -> None:
        seen = 0

        def hook(method: str, target: str) -> None:
            nonlocal seen
            if f"/wp/v2/{base}?" in target:
                seen += 1
                if start < seen <= 8:
                    change(site, seen)

        site.on_request = hook

    return prepare


def insert(site: SampleSite, number: int) -> None:
    site.insert("posts", date=f"2026-09-{number:02}T08:00:00")
    site.insert("posts", date=f"2010-09-{number:02}T08:00:00")


def delete(site: SampleSite, number: int) -> None:
    posts = sorted(site.listed("posts"))
    for place in (number, -number):
        if posts[place] in site.collections["posts"]:
            site.delete("posts", posts[place])


def delete_tag(site: SampleSite, number: int) -> None:
    site.delete("tags", sorted(site.listed("tags"))[0])


def nothing_asked() -> Fault:
    return lambda asked: None


END = refusal(400, "rest_post_invalid_page_number")

ROWS = (
    Row("`per_page` refused with 400, its maximum in the words", lambda: larger_index(100)),
    Row("`per_page` refused with 400, without a word",
        lambda: all_of(larger_index(100), when(too_many(10), wordless()))),
    Row("smaller pages than asked for, the totals by them", lambda: lowered(7)),
    Row("smaller pages than asked for, no totals",
        lambda: all_of(stripped_and_lowered(7)), "complete_visible", 0),
    Row("totals stripped, `_envelope` works",
        lambda: when(lambda asked: asked.route is not None, headers(without_totals)),
        said="stripped"),
    Row("totals stripped, `_envelope` does not work",
        lambda: when(lambda asked: asked.route is not None, stripped_wholly()),
        "complete_visible", 0, said="nobody counted"),
    Row("a cache that ignores the query, another parameter gets by it",
        lambda: Cache("posts", bust=True)),
    Row("a cache that ignores the query, nothing gets by it",
        lambda: Cache("posts"), "partial", 3, POSTS, have=oldest("posts", 20),
        said="repeats its pages|cache"),
    Row("a cache that looks at `page` alone",
        lambda: Cache("posts", known=("page",)), most=80),
    Row("`after`, `before` and `exclude` are ignored",
        lambda: when(of("posts"), without("after", "before", "exclude"))),
    Row("`order` and `orderby` are ignored",
        lambda: when(of("posts"), without("order", "orderby"))),
    Row("`include` is ignored, and a page fails",
        lambda: all_of(when(of("guides"), without("include"))), collections=("guides", "tags")),
    Row("`offset` is ignored", lambda: when(of("tags"), without("offset"))),
    Row("a collection without end",
        endless, "partial", 3, ("guides",), have=made_up, uncounted=True,
        settings={"WORDPRESS_MAX_RECORDS": 150}, said="the cap on records was reached"),
    Row("a `next` that leads back", lambda: when(of("posts", "tags"), headers(looped))),
    Row("totals of a billion",
        lambda: when(of("guides"), totals(10**9, 10**7)), "partial", 3, ("guides",),
        have=lambda site: site.listed("guides"), phantoms=10**9 - 8,
        said="counted, but on no page|empty pages in a row"),
    Row("totals too high, and a short page that explains it",
        lambda: when(of("posts"), totals(70, 4)), "complete_visible", 0, POSTS,
        said='"hidden": 8'),
    Row("totals too high, and fewer pages than they need",
        lambda: when(of("tags"), totals(100, 5)), "partial", 3, ("tags",), per_page=12,
        have=lambda site: site.listed("tags"), phantoms=28, said="counted, but on no page"),
    Row("totals too low", lambda: when(of("posts", "tags"), totals(5, 1)),
        "complete_visible", 0, ("posts", "tags")),
    Row("totals of 0 above full pages", lambda: when(of("posts", "tags", "guides"), totals(0, 0)),
        "complete_visible", 0),
    Row("totals that are no numbers",
        lambda: when(of("posts", "tags", "guides"), totals("many", "some")), said="stripped"),
    Row("`invalid_page_number` early, once", lambda: when(later("posts"), END, times=1)),
    Row("`[]` for what is past the end of terms", lambda: when(of("tags"), totals(24, 3))),
    Row("records twice, over the edges of pages", lambda: when(of("tags"), overlapping)),
    Row("posts come while it walks", nothing_asked, prepare=while_walking(insert),
        collections=POSTS, most=80),
    Row("posts go while it walks", nothing_asked, prepare=while_walking(delete),
        collections=POSTS, most=80),
    Row("tags go while it walks", nothing_asked, prepare=while_walking(delete_tag, base="tags"),
        collections=("tags",), per_page=5, most=80),
)  # fmt: skip


def too_many(size: int) -> Any:
    return lambda asked: (
        asked.route in ("/wp/v2/posts", "/wp/v2/tags", "/wp/v2/guides")
        and int(asked.params.get("per_page", 10)) > size
    )


def wordless() -> Answer:
    return data({"code": "invalid", "message": "Bad request", "data": {"status": 400}}, 400)


def stripped_wholly() -> Any:
    """Answer without totals, and as if `_envelope` were unknown."""
    plain = without("_envelope")

    def change(asked: Asked) -> Answer:
        answer = plain(asked)
        kept = [pair for pair in answer.headers if not pair[0].startswith("X-WP-")]
        return replace(answer, headers=tuple(kept))

    return change


def stripped_and_lowered(per_page: int) -> Fault:
    lower = lowered(per_page)

    def fault(asked: Asked) -> Answer | None:
        target = Asked(asked.site, asked.method, asked.target.replace("_envelope=1", "x=1"), {})
        found = lower(target)
        if not isinstance(found, Answer):
            return None
        kept = [pair for pair in found.headers if not pair[0].startswith("X-WP-")]
        return replace(found, headers=tuple(kept))

    return fault
