"""What a response says to someone who looks for the API of a site."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from w3lib.url import safe_url_string

from crawler.errors import ProtocolError
from crawler.wordpress.page import is_web_page, read_json

MAX_TARGET_CHARS = 2000  # of a link or a redirect that is looked at


@dataclass(frozen=True, slots=True)
class Answer:
    """One response; ``document`` is its JSON, None where it is none."""

    status: int
    url: str
    headers: tuple[tuple[str, str], ...]  # as received, repeated ones too
    body: bytes
    document: Any = field(init=False)

    def __post_init__(self) -> None:
        try:
            document = read_json(self.body)
        except ProtocolError:
            document = None
        object.__setattr__(self, "document", document)

    def header(self, name: str) -> list[str]:
        """List the values of a header, by its lower-case name."""
        return [value for key, value in self.headers if key.lower() == name]

    @property
    def redirect(self) -> str | None:
        """The URL that a redirect names, absolute; None where this is none."""
        if not 300 <= self.status < 400:
            return None
        return next((absolute(self.url, target) for target in self.header("location")), None)

    @property
    def index(self) -> dict[str, Any] | None:
        """The index of an API; None where the response is none."""
        document = self.document
        if not 200 <= self.status < 300 or not isinstance(document, dict):
            return None
        whole = isinstance(document.get("namespaces"), list)
        routes = isinstance(document.get("routes"), dict) and "namespace" not in document
        return document if whole or routes else None

    @property
    def refusal(self) -> str | None:
        """The code by which WordPress closes its API; None where it is not closed so.

        Plugins write codes of their own, numbers too: those count where the
        rest looks like an error of WordPress.
        """
        code = self.code
        if code is None or self.status not in (200, 401, 403, 404):
            return None
        by_wordpress = isinstance(self.document.get("data"), dict) and self.status in (401, 403)
        return code if by_wordpress or code.startswith(("rest_", "restx_")) else None

    @property
    def code(self) -> str | None:
        """The code of a REST error; None where there is none."""
        if not isinstance(self.document, dict):
            return None
        code = self.document.get("code", self.document.get("error"))
        if isinstance(code, bool) or not isinstance(code, int | str):
            return None
        text = str(code)[:60]
        return text if re.fullmatch(r"[A-Za-z0-9_.-]+", text) else "unknown"

    def __str__(self) -> str:
        if self.redirect is not None:
            return f"a redirect to {self.redirect[:100]}"
        if not 200 <= self.status < 300:
            return f"{self.status} ({self.code})" if self.code else str(self.status)
        if not self.body.strip():
            return "nothing"
        if self.document is not None:
            return f"an error ({self.code})" if self.code else "JSON that is no index"
        web_page = is_web_page({"content-type": " ".join(self.header("content-type"))}, self.body)
        return "a web page" if web_page else "no JSON"


def absolute(base: str, target: str) -> str | None:
    """Read a target found at *base* as a URL; None where it cannot be one.

    >>> absolute("https://example.org/blog/", "../wp-json/")
    'https://example.org/wp-json/'
    """
    if len(target) > MAX_TARGET_CHARS or "\\" in target:
        return None  # a backslash is a slash to some, and no part of a host's name to others
    try:
        return safe_url_string(urljoin(base, target.strip()))
    except ValueError:
        return None
