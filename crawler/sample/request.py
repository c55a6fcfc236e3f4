"""A REST request and what is answered, before it goes on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.sample.documents import Links, Record
from crawler.sample.fields import Tree, keep, wanted, wants_links
from crawler.sample.store import Store


@dataclass(slots=True)
class Response:
    """Body, status and the headers that the route adds, their values as the envelope has them."""

    body: Any
    status: int = 200
    headers: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a route: path and query parameters as they came."""

    store: Store
    route: str
    params: Mapping[str, Any]
    per_page: int  # the most that a page may hold

    @property
    def tree(self) -> Tree | None:
        """What _fields wants, None where it wants all."""
        return wanted(self.params.get("_fields"))


def single(
    request: Request,
    record: Record,
    links: Links,
    *,
    always: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer one record; those of the index carry links whatever _fields says."""
    tree = request.tree
    body = keep(record, tree)
    if always or wants_links(tree):
        body = body | {"_links": links}
    return Response(body, headers={**(headers or {}), "Allow": "GET"})
