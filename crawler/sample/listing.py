"""A page of a collection: its records, its totals, and the way to the pages beside it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from crawler.sample.answers import RestError
from crawler.sample.arguments import of_search
from crawler.sample.fields import keep
from crawler.sample.guards import check_collection, edit_context
from crawler.sample.params import check, query_string
from crawler.sample.records import found_record, make_record
from crawler.sample.registry import LISTED, TERMS
from crawler.sample.request import Request, Response
from crawler.sample.routes import collection_args
from crawler.sample.select import select_comments, select_posts, select_terms, select_users
from crawler.sample.store import Row, Store

PAST_THE_END = "The page number requested is larger than the number of pages available."

COLLECTIONS = (*LISTED, *TERMS, "comments", "users")
"""The collections that visitors may list, by rest_base."""


def list_collection(request: Request, base: str) -> Response:
    """Answer a page of a collection.

    Rows that visitors may not see are counted and then left out: a page may be
    short, or empty, with more to come.
    """
    store, params = request.store, request.params
    values = check(
        collection_args(base, request.per_page), params, allowed=not edit_context(params)
    )
    check_collection(store, base, values)
    page, size, offset = values["page"], values["per_page"], values.get("offset")
    start = (page - 1) * size if offset is None else offset
    rows = _select(store, base, values, start)
    total = len(rows)
    if base in LISTED:
        if offset is not None and start >= total:
            total = 0  # an empty page is counted anew, and the offset swallows all
        elif page > math.ceil(total / size) and total:
            raise RestError("rest_post_invalid_page_number", PAST_THE_END, 400, allowed=True)
    elif offset is not None and base != "comments":
        page = math.ceil(offset / size) + 1  # terms and users are taken to be at that page
    shown = [row for row in rows[start : start + size] if _may_list(store, base, row)]
    made = (make_record(store, base, row) for row in shown)
    body = [keep(record | {"_links": links}, request.tree) for record, links in made]
    return _page(request, f"wp/v2/{base}", values, body, page=page, total=total)


def _select(store: Store, base: str, values: Mapping[str, Any], start: int) -> list[Row]:
    if base in LISTED:
        return select_posts(store, LISTED[base], values, start)
    if base in TERMS:
        return select_terms(store, TERMS[base], values)
    select: Callable[[Store, Mapping[str, Any]], list[Row]]
    select = select_comments if base == "comments" else select_users
    return select(store, values)


def _may_list(store: Store, base: str, row: Row) -> bool:
    """Say whether a row that was counted is shown as well."""
    if base in LISTED:
        return store.may_read(row)
    return base != "comments" or store.may_read_comment(row)


def _page(
    request: Request,
    route: str,
    values: Mapping[str, Any],
    body: list[Any],
    *,
    page: int,
    total: int,
) -> Response:
    pages = math.ceil(total / values["per_page"])
    steps = [("prev", min(page - 1, pages))] if page > 1 else []
    steps += [("next", page + 1)] if pages > page else []
    params = {name: values.get(name, value) for name, value in request.params.items()}
    url = request.store.route(route)
    links = [
        f'<{url}?{query_string({**params, "page": number})}>; rel="{rel}"' for rel, number in steps
    ]
    headers = {"X-WP-Total": total, "X-WP-TotalPages": pages}
    link = {"Link": ", ".join(links)} if links else {}
    return Response(body, headers={**headers, **link, "Allow": "GET"})


def search(request: Request) -> Response:
    """Answer /wp/v2/search over the published posts, pages and guides, newest first."""
    store = request.store
    values = check(of_search(request.per_page), request.params)
    text = (values["search"] or "").casefold()
    rows = [
        row
        for row in store.published()
        if ("any" in values["subtype"] or row["type"] in values["subtype"])
        and not (text and row["password"])
        and all(word in f"{row['title']} {row['content']}".casefold() for word in text.split())
        and (not values["include"] or row["id"] in values["include"])
        and row["id"] not in values["exclude"]
    ]
    rows.sort(key=lambda row: (row["date"], row["id"]), reverse=True)
    page, size = values["page"], values["per_page"]
    found = [found_record(store, row) for row in rows[(page - 1) * size : page * size]]
    body = [keep(each, request.tree) for each in found]
    return _page(request, "wp/v2/search", values, body, page=page, total=len(rows))
