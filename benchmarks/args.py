"""The query parameters that the server honours: declared in the index, checked on arrival."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

Schema = dict[str, Any]
"""The declaration of one parameter, as the index publishes it."""

Values = dict[str, Any]
"""Checked parameters: numbers, booleans, lists and dates (ISO, site time) by name."""


def _integer(**limits: int) -> Schema:
    return {"type": "integer", "required": False, **limits}


def _integers() -> Schema:
    return {"type": "array", "items": {"type": "integer"}, "required": False}


def _strings() -> Schema:
    return {"type": "array", "items": {"type": "string"}, "required": False}


def _date() -> Schema:
    return {"type": "string", "format": "date-time", "required": False}


def _boolean() -> Schema:
    return {"type": "boolean", "required": False}


def _choice(default: str, *values: str) -> Schema:
    return {"type": "string", "default": default, "enum": [*values], "required": False}


def _string() -> Schema:
    return {"type": "string", "required": False}


COMMON: dict[str, Schema] = {
    "context": _choice("view", "view", "embed", "edit"),
    "page": _integer(default=1, minimum=1),
    "per_page": _integer(default=10, minimum=1, maximum=100),
    "search": _string(),
    "exclude": _integers(),
    "include": _integers(),
}

_DATED: dict[str, Schema] = {
    "after": _date(),
    "modified_after": _date(),
    "before": _date(),
    "modified_before": _date(),
    "author": _integers(),
    "author_exclude": _integers(),
    "offset": _integer(),
    "order": _choice("desc", "asc", "desc"),
    "orderby": _choice("date", "author", "date", "id", "include", "modified", "slug", "title"),
    "slug": _strings(),
}

_TERM: dict[str, Schema] = {
    "order": _choice("asc", "asc", "desc"),
    "orderby": _choice("name", "id", "include", "name", "slug", "count"),
    "hide_empty": _boolean(),
    "post": _integer(),
    "slug": _strings(),
}

ARGS: dict[str, dict[str, Schema]] = {
    "posts": {
        **COMMON,
        **_DATED,
        "categories": _integers(),
        "categories_exclude": _integers(),
        "tags": _integers(),
        "tags_exclude": _integers(),
        "sticky": _boolean(),
    },
    "media": {
        **COMMON,
        **_DATED,
        "parent": _integers(),
        "parent_exclude": _integers(),
        "media_type": _string(),
        "mime_type": _string(),
    },
    "categories": {**COMMON, **_TERM, "parent": _integer()},
    "tags": {**COMMON, **_TERM, "offset": _integer()},
    "users": {
        **COMMON,
        "offset": _integer(),
        "order": _choice("asc", "asc", "desc"),
        "orderby": _choice("name", "id", "include", "name", "slug"),
        "slug": _strings(),
    },
    "comments": {
        **COMMON,
        "after": _date(),
        "before": _date(),
        "offset": _integer(),
        "order": _choice("desc", "asc", "desc"),
        "orderby": _choice("date", "date", "id", "include"),
        "parent": _integers(),
        "post": _integers(),
    },
}
"""rest_base -> its parameters; nothing is declared that is not honoured."""


class InvalidParam(ValueError):
    """A parameter has a value that its schema forbids."""

    def __init__(self, name: str, code: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.code = code


def read_params(rest_base: str, query: list[tuple[str, str]]) -> Values:
    """Check *query* against what *rest_base* declares; the rest is ignored, as WordPress does.

    >>> read_params("tags", [("include[]", "3"), ("include[]", "4"), ("page", "2"), ("x", "1")])
    {'page': 2, 'per_page': 10, 'order': 'asc', 'orderby': 'name', 'context': 'view', \
'include': [3, 4]}
    """
    declared = ARGS[rest_base]
    given: dict[str, list[str]] = {}
    for name, value in query:
        plain = re.sub(r"\[\d*\]$", "", name)
        given.setdefault(plain, []).append(value)
    values: Values = {
        name: declared[name]["default"]
        for name in ("page", "per_page", "order", "orderby", "context")
    }
    for name, texts in given.items():
        if name in declared:
            values[name] = _read(name, texts, declared[name])
    return values


def _read(name: str, texts: list[str], schema: Schema) -> Any:
    text = texts[-1]
    kind = schema["type"]
    if kind == "array":
        parts = [part for text in texts for part in re.split(r"[\s,]+", text) if part]
        if schema["items"]["type"] == "string":
            return parts
        return [_whole_number(f"{name}[{at}]", part) for at, part in enumerate(parts)]
    if kind == "integer":
        return _within(name, _whole_number(name, text), schema)
    if kind == "boolean":
        if text.lower() not in ("true", "false", "1", "0"):
            raise InvalidParam(name, "rest_invalid_type", f"{name} is not of type boolean.")
        return text.lower() in ("true", "1")
    if schema.get("format") == "date-time":
        return _site_time(name, text)
    if "enum" in schema and text not in schema["enum"]:
        expected = ", ".join(schema["enum"])
        raise InvalidParam(name, "rest_not_in_enum", f"{name} is not one of {expected}.")
    return text


def _whole_number(name: str, text: str) -> int:
    if not re.fullmatch(r"-?\d+", text, re.ASCII):
        raise InvalidParam(name, "rest_invalid_type", f"{name} is not of type integer.")
    return int(text)


def _within(name: str, number: int, schema: Schema) -> int:
    least, most = schema.get("minimum", number), schema.get("maximum", number)
    if least <= number <= most:
        return number
    if "maximum" in schema:
        expected = f"between {least} (inclusive) and {most} (inclusive)"
    else:
        expected = f"greater than or equal to {least}"
    raise InvalidParam(name, "rest_out_of_bounds", f"{name} must be {expected}")


def _site_time(name: str, text: str) -> str:
    """Read a date with a time; the site keeps UTC, an offset is converted to it."""
    try:
        if not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d", text):
            raise ValueError(text)
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise InvalidParam(name, "rest_invalid_date", "Invalid date.") from None
    if moment.tzinfo is not None:
        moment = moment.astimezone(dt.UTC).replace(tzinfo=None)
    return moment.replace(microsecond=0).isoformat()
