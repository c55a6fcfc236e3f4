"""What a response is to a harvest: read, and told from a failure that may pass."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crawler.errors import ProtocolError
from crawler.wordpress.errands import Query
from crawler.wordpress.page import Page, read_json, read_page, read_resource
from crawler.wordpress.rest_errors import REFUSALS, Meaning, RestError

CLOSED = frozenset({200, 401, 403, 404})
"""Answers to /types that tell what there is, or that it is nobody's business."""

ANSWERS = frozenset({Meaning.END, Meaning.SKIP, *REFUSALS})
"""Errors that are WordPress's word; the others may have passed when they are asked again."""


def read_answer(
    status: int, headers: Iterable[tuple[str, str]], body: bytes, *, single: bool = False
) -> Any:
    """Read a page, or a *single* resource."""
    read = read_resource if single else read_page
    return read(status, {name.lower(): value for name, value in headers}, body)


def may_repeat(answer: Any, query: Query) -> bool:
    """Tell whether a resource may come at a second request; an address may lead to anything."""
    return isinstance(answer, RestError) and not answer.repeated and query.address is None


def is_word(answer: Any) -> bool:
    """Tell whether this is what the site says, and will say again."""
    if isinstance(answer, RestError):
        return answer.repeated and (answer.meaning in ANSWERS or bool(answer.params))
    return not isinstance(answer, Page) or answer.whole


def read_document(status: int, body: bytes) -> Any:
    """Read /types or /taxonomies; None where no JSON came."""
    try:
        return read_json(body)
    except ProtocolError:
        return None
