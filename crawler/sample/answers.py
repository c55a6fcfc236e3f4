"""What the sample site answers with: status, headers and body, as WordPress writes them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.client import responses
from typing import Any

Headers = tuple[tuple[str, str], ...]

JSON_TYPE = "application/json; charset=UTF-8"
HTML_TYPE = "text/html; charset=UTF-8"

CORS: Headers = (
    ("X-Content-Type-Options", "nosniff"),
    ("Access-Control-Expose-Headers", "X-WP-Total, X-WP-TotalPages, Link"),
    (
        "Access-Control-Allow-Headers",
        "Authorization, X-WP-Nonce, Content-Disposition, Content-MD5, Content-Type",
    ),
)
"""What every REST answer carries for browsers on other sites."""

MIN_GZIP = 20  # bytes; what is shorter goes as it is


@dataclass(frozen=True, slots=True)
class Answer:
    """One response: the headers in their order, a name more than once where WordPress does so."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first header of that name, None where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def json(self) -> Any:
        """Read the body as JSON, unpacked where it is packed."""
        packed = self.header("Content-Encoding") == "gzip"
        return json.loads(gzip.decompress(self.body) if packed else self.body)

    @property
    def reason(self) -> str:
        """The phrase for the status line; empty for a status that no standard knows."""
        return responses.get(self.status, "")


class RestError(Exception):
    """A request that the API refuses, with what it says.

    Raised while a request is read and answered. The site turns it into the
    error object that WordPress sends.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int,
        *,
        details: Mapping[str, Any] | None = None,
        allowed: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.allowed = allowed  # the visitor may ask this route: the answer carries Allow
        data = {"status": status, **(details or {})}
        self.body = {"code": code, "message": message, "data": data}


def encode_json(value: Any) -> bytes:
    r"""Write JSON as PHP does: slashes and all beyond ASCII escaped, an empty array for {}.

    >>> encode_json({"link": "a/é", "meta": {}})
    b'{"link":"a\\/\\u00e9","meta":[]}'
    """
    text = json.dumps(_php(value), ensure_ascii=True, separators=(",", ":"))
    return text.replace("/", "\\/").encode()


def _php(value: Any) -> Any:
    """Turn empty dicts into lists: to PHP both are one empty array."""
    if isinstance(value, dict):
        return {key: _php(each) for key, each in value.items()} if value else []
    if isinstance(value, list | tuple):
        return [_php(each) for each in value]
    return value


def rest_answer(status: int, headers: Iterable[tuple[str, str]], value: Any, root: str) -> Answer:
    """Build a REST answer; a Link among *headers* takes the place of the one to the root."""
    own = list(headers)
    link = () if any(name == "Link" for name, _ in own) else (("Link", _root_link(root)),)
    start = (("Content-Type", JSON_TYPE), ("X-Robots-Tag", "noindex"), *link)
    return Answer(status, (*start, *CORS, *own), encode_json(value))


def html_answer(status: int, html: str, root: str, *links: str) -> Answer:
    """Build the answer for a page that people read, with its Link headers."""
    start: Headers = (("Content-Type", HTML_TYPE),)
    if status == HTTPStatus.NOT_FOUND:
        start += (
            ("Expires", "Wed, 11 Jan 1984 05:00:00 GMT"),
            ("Cache-Control", "no-cache, must-revalidate, max-age=0, no-store, private"),
        )
    return Answer(
        status, (*start, *(("Link", link) for link in (_root_link(root), *links))), html.encode()
    )


def redirect(location: str) -> Answer:
    """Build the answer that sends a visitor to the canonical address."""
    headers = (
        ("Content-Type", HTML_TYPE),
        ("X-Redirect-By", "WordPress"),
        ("Location", location),
    )
    return Answer(HTTPStatus.MOVED_PERMANENTLY, headers, b"")


def pack(answer: Answer, accept_encoding: str) -> Answer:
    """Compress the body where the client takes gzip and it is worth the while."""
    codings = {each.partition(";")[0].strip() for each in accept_encoding.lower().split(",")}
    if "gzip" not in codings or len(answer.body) < MIN_GZIP:
        return answer
    headers = (*answer.headers, ("Content-Encoding", "gzip"))
    return replace(answer, headers=headers, body=gzip.compress(answer.body, mtime=0))


def _root_link(root: str) -> str:
    return f'<{root}>; rel="https://api.w.org/"'
