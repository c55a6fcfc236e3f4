"""The sample site as a whole: a request in, an answer out, and rows that tests may change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import RLock
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from crawler.sample import rest
from crawler.sample.answers import Answer, pack, rest_answer
from crawler.sample.params import parse_query
from crawler.sample.printing import print_site
from crawler.sample.request import Request, Response
from crawler.sample.store import Collections, Row, Store, new_row
from crawler.sample.theme import page_answer, robots_answer, shortlink_answer

PREFIXES = ("/wp-json", "/index.php/wp-json")

Hook = Callable[[str, str], None]
"""Called with method and target before a request is answered; it may change the site."""


class Responder(Protocol):
    """Whatever answers requests: the site, or a layer over it."""

    def respond(self, method: str, target: str, headers: Mapping[str, str]) -> Answer: ...


class SampleSite:
    """The museum's site under *base_url*: the answer follows from request and rows alone.

    Tests may change it between two requests, or during one by ``on_request``.
    ``max_per_page`` is what the index declares, 100 as in WordPress without plugins.
    """

    def __init__(self, base_url: str, *, max_per_page: int = 100) -> None:
        self.home = base_url.rstrip("/")
        self.max_per_page = max_per_page
        self.collections: Collections = print_site(self.home)
        self.on_request: Hook | None = None
        self._path = urlsplit(self.home).path
        self._store = Store(self.home, self.collections)
        self._lock = RLock()

    def insert(self, collection: str, **fields: Any) -> int:
        """Add a row to a collection, by its rest_base, and return its id.

        What *fields* leaves out is made up; dates are site time without a zone.
        """
        with self._lock:
            row = new_row(self.collections, collection, fields)
            self.collections[collection][row["id"]] = row
            return int(row["id"])

    def update(self, collection: str, identifier: int, **fields: Any) -> None:
        """Change columns of a row; ``modified`` stays unless it is among them."""
        with self._lock:
            self.collections[collection][identifier].update(fields)

    def delete(self, collection: str, identifier: int) -> Row:
        """Take a row away for good, and return it."""
        with self._lock:
            return self.collections[collection].pop(identifier)

    def listed(self, collection: str) -> set[int]:
        """Return the ids of a collection that a visitor can list: the ground truth of a crawl."""
        with self._lock:
            found: set[int] = set()
            page, params = 0, {"per_page": "100", "_fields": "id", "orderby": "id"}
            while True:
                page += 1
                request = self._request(f"/wp/v2/{collection}", {**params, "page": str(page)}, 100)
                response = rest.answer(request)
                found |= {each["id"] for each in response.body}
                if page >= response.headers["X-WP-TotalPages"]:
                    return found

    def respond(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        """Answer one request; *target* is path and query as they stand in the request line."""
        with self._lock:
            if self.on_request:
                self.on_request(method, target)
            answer = self._answer(method, target)
        accept = {name.lower(): value for name, value in headers.items()}.get(
            "accept-encoding", ""
        )
        answer = pack(answer, accept)
        return Answer(answer.status, answer.headers, b"") if method == "HEAD" else answer

    def _answer(self, method: str, target: str) -> Answer:
        parts = urlsplit(target)
        path, params = unquote(parts.path), parse_query(parts.query)
        if path == "/robots.txt":
            return robots_answer(self._store)
        if not f"{path}/".startswith(f"{self._path}/"):
            return page_answer(self._store, "/404/")
        path = path[len(self._path) :] or "/"
        route = _route(path, params)
        if route is not None:
            return self._rest(method, route, params)
        if (shown := params.get("p")) and (answer := shortlink_answer(self._store, shown)):
            return answer
        return page_answer(self._store, path)

    def _rest(self, method: str, route: str, params: Mapping[str, Any]) -> Answer:
        response = rest.answer(self._request(route, params, self.max_per_page), method)
        if "_envelope" in params:
            names = ("body", "status", "headers")
            response = Response({name: getattr(response, name) for name in names})
        headers = [(name, str(value)) for name, value in response.headers.items()]
        headers += [("Vary", "Origin")] if method == "GET" else []
        return rest_answer(response.status, headers, response.body, self._store.root)

    def _request(self, route: str, params: Mapping[str, Any], per_page: int) -> Request:
        return Request(self._store, route, params, per_page)


def _route(path: str, params: Mapping[str, Any]) -> str | None:
    """Return the route that a request names in one of the three ways, None for a page."""
    named = params.get("rest_route")
    if not named or not isinstance(named, str):
        prefix = next((p for p in PREFIXES if f"{path}/".startswith(f"{p}/")), None)
        if prefix is None:
            return None
        named = path[len(prefix) :]
    return f"/{named.strip('/')}"
