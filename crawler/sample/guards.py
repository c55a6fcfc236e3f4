"""Who may ask what: the checks that WordPress makes for visitors who are not logged in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crawler.sample.answers import RestError
from crawler.sample.registry import LISTED, TERMS
from crawler.sample.routes import NOT_HERE
from crawler.sample.store import Row, Store

EDITED = {"comments": "edit comments", "users": "edit users"}

PRIVATE_ORDERS = ("email", "registered_date")
PRIVATE_FILTERS = {"roles": "filter users by role", "capabilities": "filter users by capability"}


def edit_context(params: Mapping[str, Any]) -> bool:
    """Say whether the fields for editors are asked for, which visitors never get."""
    return params.get("context") == "edit"


def check_collection(store: Store, base: str, values: Mapping[str, Any]) -> None:
    """Raise RestError where visitors may not list a collection in this way."""
    if base == "comments":
        _check_posts_of_comments(store, values["post"])
    if edit_context(values):
        if base in LISTED:
            raise _forbidden_context("edit posts in this post type")
        raise _forbidden_context(EDITED.get(base, "edit terms in this taxonomy"))
    if base == "comments":
        _check_comment_filters(values)
    if base == "users":
        _check_user_filters(values)
    if base in TERMS and values["post"] is not None and store.post(values["post"]) is None:
        raise RestError("rest_post_invalid_id", "Invalid post ID.", 400)
    if base in LISTED:
        _check_order(values)


def _forbidden_context(what: str) -> RestError:
    return RestError("rest_forbidden_context", f"{NOT_HERE}{what}.", 401)


def _check_posts_of_comments(store: Store, posts: list[int]) -> None:
    """One post that is not to be read closes the whole request."""
    for identifier in posts:
        post = store.post(identifier)
        if post and not store.may_read_comments(post):
            message = f"{NOT_HERE}read the post for this comment."
            raise RestError("rest_cannot_read_post", message, 401)
        if identifier == 0:
            raise RestError("rest_cannot_read", f"{NOT_HERE}read comments without a post.", 401)


def _check_comment_filters(values: Mapping[str, Any]) -> None:
    forbidden = [name for name in ("author", "author_exclude", "author_email") if values[name]]
    forbidden += ["type"] if values["type"] != "comment" else []
    forbidden += ["status"] if values["status"] != "approve" else []
    if forbidden:
        message = f"Query parameter not permitted: {', '.join(forbidden)}"
        raise RestError("rest_forbidden_param", message, 401)


def _check_user_filters(values: Mapping[str, Any]) -> None:
    for name, what in PRIVATE_FILTERS.items():
        if values[name]:
            raise RestError("rest_user_cannot_view", f"{NOT_HERE}{what}.", 401)
    if values["orderby"] in PRIVATE_ORDERS:
        message = f"{NOT_HERE}order users by this parameter."
        raise RestError("rest_forbidden_orderby", message, 401)
    if values["who"]:
        message = f"{NOT_HERE}query users by this parameter."
        raise RestError("rest_forbidden_who", message, 401)


def _check_order(values: Mapping[str, Any]) -> None:
    if values["orderby"] == "relevance" and not values["search"]:
        message = "You need to define a search term to order by relevance."
        raise RestError("rest_no_search_term_defined", message, 400, allowed=True)
    if values["orderby"] == "include" and not values["include"]:
        message = "You need to define an include parameter to order by include."
        raise RestError("rest_orderby_include_missing_include", message, 400, allowed=True)


def check_item(store: Store, base: str, identifier: int, params: Mapping[str, Any]) -> Row:
    """Return the row that is asked for; raise RestError where visitors may not see it."""
    row = store.collections[base].get(identifier)
    if row is None:
        raise _missing(base)
    if edit_context(params):
        what = "edit this post" if base in LISTED else f"edit this {EDIT_ONE.get(base, 'term')}"
        raise _forbidden_context(what)
    if base in LISTED and not store.may_read(row):
        raise RestError("rest_forbidden", f"{NOT_HERE}do that.", 401)
    if base == "comments" and not store.may_read_comment(row):
        raise RestError("rest_cannot_read", f"{NOT_HERE}read this comment.", 401)
    if base == "users" and identifier not in store.authors():
        raise RestError("rest_user_cannot_view", f"{NOT_HERE}list users.", 401)
    return row


EDIT_ONE = {"comments": "comment", "users": "user"}


def _missing(base: str) -> RestError:
    if base in TERMS:
        return RestError("rest_term_invalid", "Term does not exist.", 404)
    subject = EDIT_ONE.get(base, "post")
    words = {"post": "post", "comment": "comment", "user": "user"}[subject]
    return RestError(f"rest_{subject}_invalid_id", f"Invalid {words} ID.", 404)
