"""A made-up WordPress site: path and query in, status, headers and body out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from benchmarks import index
from benchmarks.args import ARGS, InvalidParam, Values, read_params
from benchmarks.generate import generate_posts, term_names, user_names
from benchmarks.linked import media_record, term_record, user_record
from benchmarks.records import Record, wordpress_json
from benchmarks.selection import cut, select, wanted_fields

EMBEDDED: dict[str, str] = {
    "users": "id,name,url,description,link,slug,avatar_urls,_links",
    "media": "id,date,slug,type,link,title,author,caption,alt_text,media_type,mime_type,"
    "media_details,source_url,_links",
    "terms": "id,link,name,slug,taxonomy,_links",
}
"""The fields of context ``embed``."""

INVALID_ID = {
    "posts": "rest_post_invalid_id",
    "media": "rest_post_invalid_id",
    "users": "rest_user_invalid_id",
    "comments": "rest_comment_invalid_id",
    "categories": "rest_term_invalid",
    "tags": "rest_term_invalid",
}

JSON = "application/json; charset=UTF-8"

Headers = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Answer:
    """One response."""

    status: int
    body: bytes
    headers: Headers = field(default_factory=dict)
    content_type: str = JSON


class RestError(Exception):
    """WordPress answers with an error object."""

    def __init__(self, status: int, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.status = status
        self.record = {"code": code, "message": message, "data": {"status": status, **data}}


class Site:
    """Holds the records and answers requests as WordPress does.

    With *ignore_fields* the parameter ``_fields`` has no effect, as behind some
    caches and plugins.
    """

    def __init__(
        self, home: str, posts: list[Record] | None = None, *, ignore_fields: bool = False
    ) -> None:
        self.home = home
        self.ignore_fields = ignore_fields
        posts = list(generate_posts(home=home)) if posts is None else posts
        self.records: dict[str, list[Record]] = {
            "posts": posts,
            "media": [media_record(post, home) for post in posts if post["featured_media"]],
            "users": [user_record(at, name, home) for at, name in enumerate(user_names(), 1)],
            "comments": [],
        }
        for rest_base in ("categories", "tags"):
            self.records[rest_base] = self._terms(rest_base)
        self.by_id = {
            rest_base: {record["id"]: record for record in records}
            for rest_base, records in self.records.items()
        }

    def _terms(self, rest_base: str) -> list[Record]:
        counts = Counter(number for post in self.records["posts"] for number in post[rest_base])
        return [
            term_record(
                number,
                name,
                rest_base=rest_base,
                parent=number // 4 if number % 4 else 0,
                count=counts[number],
                home=self.home,
            )
            for number, name in term_names(rest_base).items()
        ]

    def answer(self, path: str, query: str) -> Answer:
        """Answer GET *path*, both as they stand in the request line."""
        params = parse_qsl(query, keep_blank_values=True)
        if path == "/robots.txt":
            return Answer(200, index.robots_txt(self.home).encode(), content_type="text/plain")
        route = dict(params).get("rest_route")
        if path == "/wp-json" or path.startswith("/wp-json/"):
            route = path.removeprefix("/wp-json")
        if route is None:
            return self._page(path)
        return self._rest(route.rstrip("/"), params)

    def _page(self, path: str) -> Answer:
        link: Headers = {"Link": f'<{self.home}/wp-json/>; rel="https://api.w.org/"'}
        body = index.front_page(self.home).encode()
        return Answer(200 if path == "/" else 404, body, link, "text/html; charset=UTF-8")

    def _rest(self, route: str, params: list[tuple[str, str]]) -> Answer:
        headers: Headers = {
            "X-Robots-Tag": "noindex",
            "Link": f'<{self.home}/wp-json/>; rel="https://api.w.org/"',
            "Access-Control-Expose-Headers": "X-WP-Total, X-WP-TotalPages, Link",
        }
        names = dict(params)
        try:
            status, body, own = 200, *self._route(route, params)
            headers |= {"Allow": "GET", **own}
        except RestError as error:
            status, body, own = error.status, error.record, {}
        if "_envelope" in names:
            body = {"body": body, "status": status, "headers": {**own, "Allow": "GET"}}
            status = 200
        return Answer(status, wordpress_json(body), headers)

    def _route(self, route: str, params: list[tuple[str, str]]) -> tuple[Any, Headers]:
        documents = {
            "": index.index_document,
            "/wp/v2": index.namespace_document,
            "/wp/v2/types": index.types_document,
            "/wp/v2/taxonomies": index.taxonomies_document,
        }
        if route in documents:
            return self._shown([documents[route](self.home)], params)[0], {}
        rest_base, _, number = route.removeprefix("/wp/v2/").partition("/")
        if not route.startswith("/wp/v2/") or rest_base not in ARGS:
            raise RestError(
                404,
                "rest_no_route",
                "No route was found matching the URL and request method.",
            )
        if not number:
            return self._collection(rest_base, params)
        record = self.by_id[rest_base].get(int(number) if number.isdecimal() else -1)
        if record is None:
            raise RestError(404, INVALID_ID[rest_base], f"Invalid ID: {number!r}.")
        return self._shown([record], params)[0], {}

    def _collection(
        self, rest_base: str, params: list[tuple[str, str]]
    ) -> tuple[list[Record], Headers]:
        try:
            values = read_params(rest_base, params)
        except InvalidParam as error:
            plain = error.name.partition("[")[0]
            raise RestError(
                400,
                "rest_invalid_param",
                f"Invalid parameter(s): {plain}",
                params={plain: str(error)},
                details={plain: {"code": error.code, "message": str(error), "data": None}},
            ) from error
        if values["context"] == "edit":
            raise RestError(
                401, "rest_forbidden_context", "Sorry, you are not allowed to edit records."
            )
        found = select(rest_base, self._candidates(rest_base, values), values)
        page, per_page = values["page"], values["per_page"]
        start = values.get("offset", (page - 1) * per_page)
        total = 0 if found and start >= len(found) and "offset" in values else len(found)
        pages = -(-total // per_page)
        if page > pages and total and rest_base in ("posts", "media"):
            raise RestError(
                400,
                "rest_post_invalid_page_number",
                "The page number requested is larger than the number of pages available.",
            )
        headers: Headers = {"X-WP-Total": total, "X-WP-TotalPages": pages}
        if links := self._neighbours(rest_base, params, page, pages):
            headers["Link"] = links
        return self._shown(found[start : start + per_page], params), headers

    def _candidates(self, rest_base: str, values: Values) -> list[Record]:
        records = self.records[rest_base]
        if rest_base not in ("categories", "tags") or "post" not in values:
            return records
        post = self.by_id["posts"].get(values["post"])
        wanted = post[rest_base] if post else ()
        return [record for record in records if record["id"] in wanted]

    def _neighbours(
        self, rest_base: str, params: list[tuple[str, str]], page: int, pages: int
    ) -> str:
        links = []
        for rel, number in (("prev", min(page - 1, pages)), ("next", page + 1)):
            if 1 <= number <= pages:
                query = {**dict(params), "page": str(number)}
                text = "&".join(f"{name}={quote_plus(value)}" for name, value in query.items())
                links.append(f'<{self.home}/wp-json/wp/v2/{rest_base}?{text}>; rel="{rel}"')
        return ", ".join(links)

    def _shown(self, records: list[Record], params: list[tuple[str, str]]) -> list[Record]:
        """Apply ``_embed`` and ``_fields``."""
        names = dict(params)
        if "_embed" in names:
            records = [self._embed(record) for record in records]
        if "_fields" in names and not self.ignore_fields:
            tree = wanted_fields(names["_fields"])
            records = [cut(record, tree) for record in records]
        return records

    def _embed(self, record: Record) -> Record:
        if record.get("type") != "post":
            return record
        author = cut(self.by_id["users"][record["author"]], wanted_fields(EMBEDDED["users"]))
        embedded: Record = {"author": [author]}
        if record["featured_media"]:
            image = self.by_id["media"][record["featured_media"]]
            embedded["wp:featuredmedia"] = [cut(image, wanted_fields(EMBEDDED["media"]))]
        terms = wanted_fields(EMBEDDED["terms"])
        embedded["wp:term"] = [
            [cut(self.by_id[base][number], terms) for number in record[base]]
            for base in ("categories", "tags")
        ]
        return {**record, "_embedded": embedded}
