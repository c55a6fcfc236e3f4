"""What a response that is not a page means for the collection."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

KNOWN_CODES = frozenset({
    "rest_cannot_access", "rest_cannot_read", "rest_cannot_read_post", "rest_cannot_view",
    "rest_disabled", "rest_encode_error", "rest_forbidden", "rest_forbidden_context",
    "rest_forbidden_orderby", "rest_forbidden_param", "rest_invalid_param",
    "rest_login_required", "rest_no_route", "rest_not_logged_in",
    "rest_post_invalid_page_number", "rest_user_cannot_view", "internal_server_error",
})  # fmt: skip
"""Codes that are counted by name; any other counts as ``other``: a site writes its own."""


class Meaning(StrEnum):
    """What follows from an error for the walk through a collection."""

    END = "end"  # past the last page: a normal end
    PARAM = "param"  # a parameter was refused: ask in another way
    DENIED = "denied"  # the site does not let visitors read this
    ABSENT = "absent"  # there is no such route
    BLOCKED = "blocked"  # a firewall or a challenge answered, not WordPress
    FAILED = "failed"  # anything else; asking again may help


@dataclass(frozen=True, slots=True)
class RestError:
    """A refusal, in WordPress's words where it used them.

    ``code`` is WordPress's error code, None where the body held none;
    ``params`` names the parameters that were refused; ``reason`` is a short
    phrase for people.
    """

    meaning: Meaning
    status: int | None
    code: str | None
    reason: str
    params: tuple[str, ...] = ()
    per_page_maximum: int | None = None

    @property
    def stats_kind(self) -> str:
        """The code, or ``other``: a closed set, whatever a site sends."""
        if self.code in KNOWN_CODES:
            return str(self.code)
        return "other"


def read_error(status: int, document: object, *, web_page: bool = False) -> RestError:
    """Read an error response; *document* is its JSON, None where it held none.

    >>> body = {"code": "rest_post_invalid_page_number", "data": {"status": 400}}
    >>> read_error(400, body).meaning
    <Meaning.END: 'end'>
    >>> read_error(503, None, web_page=True).reason
    'HTTP 503 with a web page'
    """
    code = _code(document)
    status = _true_status(status, document)
    params = _refused(document)
    return RestError(
        _meaning(status, code, params, web_page=web_page),
        status,
        code,
        _reason(status, code, web_page=web_page),
        tuple(params),
        _maximum(params.get("per_page")),
    )


BY_ROBOTS = "Forbidden by robots.txt"
"""The very words in which Scrapy says so; a host's name may hold some of them."""


def no_response(reason: str) -> RestError:
    """Say that no response came at all: a time-out, a reset, robots.txt."""
    return RestError(Meaning.FAILED, None, None, reason)


def _code(document: object) -> str | None:
    code = document.get("code") if isinstance(document, dict) else None
    if not isinstance(code, int | str) or isinstance(code, bool):
        return None
    text = str(code)[:60]  # it is shown to people: no more than a word may come from a site
    return text if re.fullmatch(r"[A-Za-z0-9_.-]+", text) else "unknown"


def _true_status(status: int, document: object) -> int:
    """Read the status in an error that comes with HTTP 200, as some caches and plugins send it."""
    data = document.get("data") if isinstance(document, dict) else None
    inner = data.get("status") if isinstance(data, dict) else None
    if status == 200 and isinstance(inner, int) and 400 <= inner < 600:
        return inner
    return status


def _refused(document: object) -> dict[str, Any]:
    data = document.get("data") if isinstance(document, dict) else None
    params = data.get("params") if isinstance(data, dict) else None
    if not isinstance(params, dict):
        return {}
    return {str(name)[:100]: text for name, text in params.items()}


def _meaning(status: int, code: str | None, params: object, *, web_page: bool) -> Meaning:
    if code is not None and code.endswith("_invalid_page_number"):
        return Meaning.END
    if status == 400 and code is not None and params:
        return Meaning.PARAM
    if status in (401, 403):
        return Meaning.DENIED if code is not None else Meaning.BLOCKED
    if status == 404 and code is not None:
        return Meaning.ABSENT
    if 200 <= status < 300 and web_page:
        return Meaning.BLOCKED
    return Meaning.FAILED


def _reason(status: int, code: str | None, *, web_page: bool) -> str:
    if code is not None:
        return f"HTTP {status} {code}"
    if web_page:
        return f"HTTP {status} with a web page"
    return f"HTTP {status}, but no list of records" if 200 <= status < 300 else f"HTTP {status}"


def _maximum(text: object) -> int | None:
    """Read the upper bound out of core's sentence about per_page."""
    found = re.search(r"and (\d{1,6}) \(inclusive\)", text) if isinstance(text, str) else None
    return int(found[1]) if found else None
