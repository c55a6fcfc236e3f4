"""An index that says little, documents that are not there, and records of odd shapes."""

from __future__ import annotations

from typing import Any

from crawler.sample.site import SampleSite
from tests.faults.row import Row, all_but
from tests.faults.scripts import (
    all_of,
    body,
    data,
    document,
    each_record,
    index,
    of,
    pattern,
    refusal,
    route,
    text,
    when,
)
from tests.faults.server import Asked

POSTS = ("posts",)
TYPES = route("/wp/v2/types")
TAXONOMIES = route("/wp/v2/taxonomies")


def trimmed(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("name", "namespaces")}


def huge(found: dict[str, Any]) -> dict[str, Any]:
    """Add the routes of many plugins: 5 MB of them."""
    args = {f"argument_{n}": {"type": "string", "description": "x" * 40} for n in range(20)}
    entry = {
        "namespace": "x/v1",
        "methods": ["GET"],
        "endpoints": [{"methods": ["GET"], "args": args}],
    }
    return {**found, "routes": {**found["routes"], **{f"/x/v1/{n}": entry for n in range(2500)}}}


def odd_fields(record: dict[str, Any]) -> dict[str, Any]:
    """Send what plugins send where WordPress sends something else."""
    return {
        **record,
        "acf": [] if record["id"] % 2 else False,
        "meta": {"a": {"b": [None, {"c": float(record["id"])}]}},
        "class_list": {"0": "post", "3": "hentry"},
        "yoast_head_json": None,
        "jetpack_featured_media_url": False,
        "_links": {"self": {"href": "x"}, "wp:term": "y", "author": [None, 7, {"href": 3}]},
        "categories": "7,8",
        "": "a field without a name",
        "x" * 300: 1,
    }


def wrong_types(record: dict[str, Any]) -> dict[str, Any]:
    return {
        **record,
        "title": "A string",
        "content": None,
        "excerpt": [],
        "guid": 7,
        "slug": {"raw": "x"},
        "author": "somebody",
        "featured_media": [],
        "format": None,
        "link": None,
    }


def zero_dates(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "date": "-0001-11-30T00:00:00", "date_gmt": "-0001-11-29T15:54:17",
            "modified": "0000-00-00T00:00:00", "modified_gmt": None}  # fmt: skip


def no_id(asked: Asked) -> Any:
    lowest = min(asked.site.listed("guides"))

    def edit(record: dict[str, Any]) -> dict[str, Any]:
        return {name: record[name] for name in record if name != "id" or record["id"] != lowest}

    return each_record(edit)(asked)


def gone_author(site: SampleSite) -> None:
    for number in sorted(site.listed("posts"))[:5]:
        site.update("posts", number, author=4711)


def strangers(found: Any) -> Any:
    return [*found, None, "x", 7] if isinstance(found, list) else found


ROWS = (
    Row("the index is broken, but under `?rest_route=`",
        lambda: when(pattern(r"/wp-json/(\?|$)"), body(lambda found: found[:3000])),
        said='"how": "rest_route"'),
    Row("the index is broken everywhere",
        lambda: when(index, body(lambda found: found[:3000])), "none", 1,
        said="no JSON|WordPress"),
    Row("the index is trimmed: no routes", lambda: when(index, document(trimmed)),
        said="core's parameters assumed"),
    Row("the index is huge: 5 MB", lambda: when(index, document(huge))),
    Row("`/types` fails: 500", lambda: when(TYPES, text(500, "")), "complete", 3,
        collections=("posts", "tags"), said="core's collections assumed"),
    Row("`/types` fails once: 500", lambda: when(TYPES, text(500, ""), times=1)),
    Row("`/types` and `/taxonomies` are closed: 401",
        lambda: when(lambda asked: TYPES(asked) or TAXONOMIES(asked),
                     refusal(401, "rest_cannot_view")),
        collections=("posts", "tags"), said="core's collections assumed"),
    Row("`/types` is cut short", lambda: when(TYPES, body(lambda found: found[:500])),
        "complete", 3, collections=("posts", "tags"), said="core's collections assumed"),
    Row("`/types` is `[]`", lambda: when(TYPES, data([])), "complete", 0,
        collections=("tags",)),
    Row("plugins' fields of odd shapes", lambda: when(of("posts"), each_record(odd_fields)),
        arguments=("follow=author,terms,featured_media",)),
    Row("WordPress's own fields of wrong types",
        lambda: when(of("posts", "guides"), each_record(wrong_types)), said="wrong_type"),
    Row("dates of zero", lambda: when(of("posts"), each_record(zero_dates)), said="zero_date"),
    Row("a record without an id", lambda: when(of("guides"), no_id), "partial", 3, ("guides",),
        have=all_but("guides", 0), said="without an id"),
    Row("ids as strings",
        lambda: when(of("posts", "tags"),
                     each_record(lambda found: {**found, "id": str(found["id"])}))),
    Row("entries that are no records", lambda: when(of("tags"), document(strangers))),
    Row("an author who is gone", lambda: lambda asked: None, prepare=gone_author,
        collections=POSTS, arguments=("follow=author",), said='"dangling": [1-9]'),
    Row("`rest_base` that is a pattern, and one of another namespace",
        lambda: all_of(when(TYPES, document(odd_types)))),
)  # fmt: skip


def odd_types(found: dict[str, Any]) -> dict[str, Any]:
    own = {name: entry for name, entry in found.items() if isinstance(entry, dict)}
    bait = {"name": "Bait", "slug": "bait", "rest_namespace": "wp/v2", "taxonomies": []}
    return {
        **own,
        "bait": {**bait, "rest_base": "a/(?P<id>[\\d]+)/b"},
        "away": {**bait, "rest_base": "//evil.example/x"},
        "none": None,
    }
