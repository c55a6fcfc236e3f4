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

CLOSING_CODES = frozenset({
    "rest_api_disabled", "rest_authentication_required", "rest_cannot_access", "rest_disabled",
    "rest_login_required", "rest_not_logged_in", "restx_logged_out",
})  # fmt: skip
"""Codes by which plugins close the whole API, and not one collection."""

BUSY = frozenset({408, 425, 429, 509, 521, 522, 523, 530})
"""Statuses of a site that is busy or away: a smaller page would not be answered either."""

TOO_LONG = frozenset({414, 431})
"""The address is at fault, and not the page that it asks for."""

REPEATED = frozenset({408, 429, 500, 502, 503, 504, 522, 524})
"""Statuses whose requests were sent again before they came here: RETRY_HTTP_CODES."""

MAX_PARAMS = 20
"""Of a refusal; a hostile site refuses a million."""


class Meaning(StrEnum):
    """What follows from an error for the walk through a collection."""

    RETRY = "retry"  # the site is busy or away: the same request may do later
    SHRINK = "shrink"  # it broke over this page, or sent half of it: ask for less
    SKIP = "skip"  # refused as it was put: go on without it, or ask in another way
    END = "end"  # past the last page: a normal end
    DENIED = "denied"  # the site does not let visitors read this
    BLOCKED = "blocked"  # a firewall or a challenge answered, not WordPress
    CLOSED = "closed"  # the whole API is closed to visitors
    GONE = "gone"  # there is no such route or record


REFUSALS = frozenset({Meaning.DENIED, Meaning.CLOSED, Meaning.GONE})
"""Meanings that are the site's last word: it answered, and there is nothing for visitors."""


class Absence(StrEnum):
    """Why a request has no response that can be read."""

    AWAY = "away"  # no connection, or no address
    BROKEN_OFF = "broken_off"  # the connection was lost, or no more came in time
    TOO_LARGE = "too_large"  # more bytes than are taken
    NOT_ASKED = "not_asked"  # it leads where this crawl may not go
    FORBIDDEN = "forbidden"  # by robots.txt: the site's word, as good as a 401


_MEANINGS = {
    Absence.AWAY: Meaning.RETRY,
    Absence.BROKEN_OFF: Meaning.SHRINK,
    Absence.TOO_LARGE: Meaning.SHRINK,
    Absence.NOT_ASKED: Meaning.SKIP,
    Absence.FORBIDDEN: Meaning.DENIED,
}


@dataclass(frozen=True, slots=True)
class RestError:
    """A refusal, in WordPress's words where it used them.

    ``code`` is WordPress's error code, None where the body held none;
    ``params`` names the parameters that were refused; ``reason`` is a short
    phrase for people. ``firewall`` names what answered in the site's place,
    None where nothing did, or nobody knows. ``repeated`` says that the request
    was already sent more than once.
    """

    meaning: Meaning
    status: int | None
    code: str | None
    reason: str
    params: tuple[str, ...] = ()
    per_page_maximum: int | None = None
    firewall: str | None = None
    repeated: bool = True

    @property
    def stats_kind(self) -> str:
        """The code, or ``other``: a closed set, whatever a site sends."""
        if self.code in KNOWN_CODES:
            return str(self.code)
        return "other"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a response is beside its status and its JSON.

    ``web_page``: HTML in place of JSON. ``firewall``: the one that wrote it,
    None where it bears no mark. ``broke``: PHP says in it that it died.
    ``later``: a Retry-After came with it, or the words of WordPress's
    maintenance. ``empty``: there is no body at all.
    """

    web_page: bool = False
    firewall: str | None = None
    broke: bool = False
    later: bool = False
    empty: bool = False


PLAIN = Shape()


def read_error(status: int, document: object, shape: Shape = PLAIN) -> RestError:
    """Read an error response; *document* is its JSON, None where it held none.

    >>> body = {"code": "rest_post_invalid_page_number", "data": {"status": 400}}
    >>> read_error(400, body).meaning
    <Meaning.END: 'end'>
    >>> read_error(503, None, Shape(web_page=True)).reason
    'HTTP 503 with a web page'
    """
    code = _code(document)
    repeated = status in REPEATED
    status = _true_status(status, document)
    params = _refused(document)
    if shape.firewall is not None:
        meaning = Meaning.BLOCKED
    elif code is not None:
        meaning = _by_code(status, code, params, shape)
    else:
        meaning = _by_status(status, shape)
    return RestError(
        meaning,
        status,
        code,
        _reason(status, code, shape),
        tuple(params),
        _maximum(params.get("per_page")),
        firewall=shape.firewall,
        repeated=repeated or _is_final(meaning, status, code, params),
    )


BY_ROBOTS = "Forbidden by robots.txt"
"""The very words in which Scrapy says so; a host's name may hold some of them."""


def no_response(reason: str, absence: Absence = Absence.BROKEN_OFF) -> RestError:
    """Say that no response came at all: a time-out, a reset, robots.txt.

    >>> no_response("connection refused", Absence.AWAY).meaning
    <Meaning.RETRY: 'retry'>
    """
    if reason == BY_ROBOTS:
        absence = Absence.FORBIDDEN
    return RestError(_MEANINGS[absence], None, None, reason)


def _code(document: object) -> str | None:
    code = document.get("code") if isinstance(document, dict) else None
    if not isinstance(code, int | str) or isinstance(code, bool):
        return None
    if isinstance(code, int) and not -(10**9) < code < 10**9:
        return "unknown"  # Python refuses to write a number of many digits
    text = str(code)[:60]  # it is shown to people: no more than a word may come from a site
    return text if re.fullmatch(r"[A-Za-z0-9_.-]+", text) else "unknown"


def _true_status(status: int, document: object) -> int:
    """Read the status in an error that comes with HTTP 200, as some caches and plugins send it."""
    data = document.get("data") if isinstance(document, dict) else None
    inner = data.get("status") if isinstance(data, dict) else None
    if 200 <= status < 300 and isinstance(inner, int) and 400 <= inner < 600:
        return inner
    return status


def _refused(document: object) -> dict[str, Any]:
    data = document.get("data") if isinstance(document, dict) else None
    params = data.get("params") if isinstance(data, dict) else None
    if isinstance(params, list):  # of missing parameters only the names are sent
        params = {name: None for name in params[:MAX_PARAMS] if isinstance(name, str)}
    if not isinstance(params, dict):
        return {}
    return {str(name)[:100]: text for name, text in list(params.items())[:MAX_PARAMS]}


def _by_code(status: int, code: str, params: dict[str, Any], shape: Shape) -> Meaning:
    """Tell what an error of WordPress or of a plugin means."""
    if code.endswith(("_invalid_page_number", "_invalid_offset_number")):
        return Meaning.END
    if status == 400 and params:
        return Meaning.SHRINK if "per_page" in params else Meaning.SKIP
    if code in CLOSING_CODES:
        return Meaning.CLOSED
    if code.startswith(("rest_forbidden", "rest_cannot_")) and 200 <= status < 300:
        return Meaning.DENIED
    if status in (401, 403):
        return Meaning.DENIED
    return _by_status(status, shape)


def _by_status(status: int, shape: Shape) -> Meaning:
    if status in (401, 402, 403, 407, 451):  # WordPress would have given a code
        return Meaning.BLOCKED
    if status in (404, 410):
        return Meaning.GONE
    if status in BUSY or (status == 503 and shape.later):
        return Meaning.RETRY
    if status == 413:
        return Meaning.SHRINK
    if 300 <= status < 500:
        return Meaning.SKIP
    if 200 <= status < 300 and shape.web_page and not shape.broke:
        return Meaning.RETRY if shape.later else Meaning.BLOCKED
    return Meaning.SHRINK


def _is_final(meaning: Meaning, status: int, code: str | None, params: dict[str, Any]) -> bool:
    """Tell whether the site means it: the same request has no other answer."""
    if meaning is Meaning.GONE:
        return code is not None  # a web server has a 404 of its own for many things
    if meaning is Meaning.BLOCKED:
        return status >= 400  # who is sent away does not knock twice
    said = (Meaning.END, Meaning.SKIP, Meaning.DENIED, Meaning.CLOSED)
    return meaning in said or bool(params)


def _reason(status: int, code: str | None, shape: Shape) -> str:
    if shape.firewall is not None:
        return f"a challenge by {shape.firewall} (HTTP {status})"
    if code is not None:
        return f"HTTP {status} {code}"
    if shape.broke:
        return f"HTTP {status} with an error of PHP"
    if shape.web_page:
        return f"HTTP {status} with a web page"
    if not 200 <= status < 300:
        return f"HTTP {status}"
    if shape.empty:
        return f"HTTP {status} with nothing in it"
    return f"HTTP {status}, but no list of records"


def _maximum(text: object) -> int | None:
    """Read the upper bound out of core's sentence about per_page.

    >>> _maximum("per_page must be between 1 (inclusive) and 50 (inclusive)")
    50
    >>> _maximum("per_page muss kleiner oder gleich 20 sein")
    20
    """
    if not isinstance(text, str):
        return None
    found = re.search(r"and (\d{1,6}) \(inclusive\)", text[:1000])
    numbers = [found[1]] if found else re.findall(r"(?<![\d.])\d{1,6}(?![\d.])", text[:1000])
    bounds = [int(number) for number in numbers]
    return max(bounds) or None if bounds else None
