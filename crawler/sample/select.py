"""Which rows a collection request asks for, and in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from zlib import crc32

from crawler.sample.params import site_time
from crawler.sample.registry import TERMS, PostType, Taxonomy
from crawler.sample.store import Row, Store

Values = Mapping[str, Any]
"""The checked parameters of a request."""

Test = Callable[[Row], bool]

TIED = {"modified", "author", "parent", "menu_order"}
"""Orders for which the database has no tie-breaker: ties fall anew for each page."""

SEARCHED = {"post_title": "title", "post_excerpt": "excerpt", "post_content": "content"}


def select_posts(store: Store, kind: PostType, values: Values, start: int) -> list[Row]:
    """Return the rows of a post type for a page that begins at *start*.

    Rows that visitors may not see are among them: WordPress counts before it looks.
    """
    tests = [
        _among("status", values["status"]),
        *_in_time(values),
        *_with_terms(store, kind, values),
    ]
    if values["include"]:  # where both are given, WordPress forgets exclude
        tests.append(_among("id", values["include"]))
    elif values["exclude"]:
        tests.append(_not(_among("id", values["exclude"])))
    for column in ("author", "parent"):
        if values.get(column):
            tests.append(_among(column, values[column]))
        if values.get(f"{column}_exclude"):
            tests.append(_not(_among(column, values[f"{column}_exclude"])))
    for column in ("sticky", "menu_order", "mime_type"):
        if values.get(column) is not None:
            tests.append(_among(column, [values[column]]))
    if values["slug"]:
        tests.append(_among("slug", values["slug"]))
    if values.get("media_type"):
        tests.append(lambda row: row["mime_type"].startswith(f"{values['media_type']}/"))
    if values["search"]:
        tests.append(_finds(values))
    rows = _where(store.collections[kind.rest_base].values(), tests)
    return _order_posts(rows, values, start)


def _where(rows: Iterable[Row], tests: Iterable[Test]) -> list[Row]:
    tests = list(tests)
    return [row for row in rows if all(test(row) for test in tests)]


def _among(column: str, values: Iterable[Any]) -> Test:
    wanted = list(values)
    return lambda row: row[column] in wanted


def _not(test: Test) -> Test:
    return lambda row: not test(row)


def _in_time(values: Values) -> list[Test]:
    """Compare site time, strictly."""
    tests: list[Test] = []
    for prefix, column in (("", "date"), ("modified_", "modified")):
        for name, later in (("after", True), ("before", False)):
            if given := values.get(prefix + name):
                tests.append(_beyond(column, site_time(given) or "", later=later))
    return tests


def _beyond(column: str, bound: str, *, later: bool) -> Test:
    return lambda row: row[column] > bound if later else row[column] < bound


def _with_terms(store: Store, kind: PostType, values: Values) -> list[Test]:
    tests: list[Test] = []
    for base, taxonomy in TERMS.items():
        if taxonomy.name in kind.taxonomies:
            if values[base]:
                tests.append(_has_terms(store, base, values[base]))
            if values[f"{base}_exclude"]:
                tests.append(_not(_has_terms(store, base, values[f"{base}_exclude"])))
    if tests and values["tax_relation"] == "OR":
        return [lambda row: any(test(row) for test in tests)]
    return tests


def _has_terms(store: Store, base: str, query: Any) -> Test:
    """Build the test of one term filter: a list of ids, or terms, include_children, operator."""
    if isinstance(query, list):
        query = {"terms": query}
    groups = [{term} for term in query.get("terms", ())]
    if query.get("include_children"):
        groups = [_family(store, base, term) for group in groups for term in group]
    together = all if query.get("operator") == "AND" else any
    return lambda row: together(group & set(row[base]) for group in groups)


def _family(store: Store, base: str, term: int) -> set[int]:
    found = {term}
    while more := {
        row["id"]
        for row in store.collections[base].values()
        if row["parent"] in found and row["id"] not in found
    }:
        found |= more
    return found


def _finds(values: Values) -> Test:
    """Build the test of a search: every word is there; what a password protects is never found."""
    text = values["search"].casefold()
    exact = values["search_semantics"] == "exact"
    columns = [SEARCHED[each] for each in values["search_columns"] or SEARCHED]

    def found(row: Row) -> bool:
        texts = [re.sub(r"<[^>]*>", "", str(row[column])).casefold() for column in columns]
        if row["password"]:
            return False
        if exact:
            return any(each.strip() == text for each in texts)
        return all(any(word in each for each in texts) for word in text.split())

    return found


def _order_posts(rows: list[Row], values: Values, start: int) -> list[Row]:
    by = str(values["orderby"])
    if by == "include":
        return _in_order_of(rows, "id", values["include"])
    if by == "include_slugs" and values["slug"]:
        return _in_order_of(rows, "slug", values["slug"])
    column = {"relevance": "date", "include_slugs": "date"}.get(by, by)

    def key(row: Row) -> tuple[Any, int]:
        tie = crc32(f"{start}:{row['id']}".encode()) if by in TIED else row["id"]
        return _fold(row[column]), tie

    return sorted(rows, key=key, reverse=values["order"] == "desc")


def _in_order_of(rows: list[Row], column: str, wanted: list[Any]) -> list[Row]:
    return sorted(rows, key=lambda row: wanted.index(row[column]))


def select_terms(store: Store, taxonomy: Taxonomy, values: Values) -> list[Row]:
    """Return the terms of a taxonomy."""
    base = taxonomy.rest_base
    tests = _listed(values, ("name", "slug"), both=False)
    if values["post"] is not None:
        post = store.post(values["post"]) or {}
        tests.append(_among("id", post.get(base, ())))
    if values.get("parent") is not None:
        tests.append(_among("parent", [values["parent"]]))
    if values["hide_empty"]:
        tests.append(lambda row: store.count(taxonomy, row["id"]) > 0)
    rows = _where(store.collections[base].values(), tests)
    by = str(values["orderby"])
    if by == "count":
        return _sorted(rows, values, lambda row: store.count(taxonomy, row["id"]))
    return _by_column(rows, values, {"include_slugs": "name", "term_group": "id"}.get(by, by))


def select_users(store: Store, values: Values) -> list[Row]:
    """Return the users who have published something."""
    tests = [_among("id", store.authors()), *_listed(values, ("name", "slug"), both=False)]
    by = str(values["orderby"])
    rows = _where(store.collections["users"].values(), tests)
    return _by_column(rows, values, {"include_slugs": "name"}.get(by, by))


def select_comments(store: Store, values: Values) -> list[Row]:
    """Return the approved comments, those on hidden posts among them."""
    tests = [_among("status", ["approved"]), *_in_time(values)]
    tests += _listed(values, ("content", "author_name"), both=True)
    for column in ("post", "parent"):
        if values[column]:
            tests.append(_among(column, values[column]))
    if values["parent_exclude"]:
        tests.append(_not(_among("parent", values["parent_exclude"])))
    by = str(values["orderby"])
    rows = _where(store.collections["comments"].values(), tests)
    return _by_column(rows, values, {"date_gmt": "date", "type": "status"}.get(by, by))


def _listed(values: Values, searched: tuple[str, ...], *, both: bool) -> list[Test]:
    """Test include, exclude, slug and search; only comments heed include and exclude *both*."""
    tests: list[Test] = []
    if values["include"]:
        tests.append(_among("id", values["include"]))
    if values["exclude"] and (both or not values["include"]):
        tests.append(_not(_among("id", values["exclude"])))
    if values.get("slug"):
        tests.append(_among("slug", values["slug"]))
    if text := (values["search"] or "").casefold():
        tests.append(lambda row: any(text in row[each].casefold() for each in searched))
    return tests


def _by_column(rows: list[Row], values: Values, column: str) -> list[Row]:
    if column == "include":
        given = values["include"]
        return _in_order_of(rows, "id", given) if given else sorted(rows, key=lambda r: r["id"])
    return _sorted(rows, values, lambda row: _fold(row[column]))


def _sorted(rows: list[Row], values: Values, value: Callable[[Row], Any]) -> list[Row]:
    descending = values["order"] == "desc"
    return sorted(rows, key=lambda row: (value(row), row["id"]), reverse=descending)


def _fold(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
