"""A query string, read as PHP reads it and checked as WordPress checks it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from crawler.sample.answers import RestError
from crawler.sample.arguments import Args
from crawler.sample.zone import to_local

CHECKED_FIRST = ("context", "page", "per_page", "search")
"""Parameters whose errors are told before those of any other are looked for."""

DATE = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}(?::\d{2})?)?", re.ASCII
)
INTEGER = re.compile(r"\s*[+-]?\d+(\.0*)?", re.ASCII)
EMAIL = re.compile(r"(?=.{6})[^@\s]+@[^@\s.]+\.[^@\s]+")
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def parse_query(query: str) -> dict[str, Any]:
    """Read a query string: the last of a name wins, and brackets make arrays.

    >>> parse_query("a=1&a=2&tags[]=3&tags[]=4&c[terms]=5")
    {'a': '2', 'tags': ['3', '4'], 'c': {'terms': '5'}}
    """
    params: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        base, bracket, rest = name.partition("[")
        if not bracket:
            params[name] = value
            continue
        held = params.get(base)
        array: dict[str, Any] = held if isinstance(held, dict) else {}
        key = rest.partition("]")[0]
        array[key or str(len(array))] = value
        params[base] = array
    return {name: _as_list(value) for name, value in params.items()}


def _as_list(value: Any) -> Any:
    if isinstance(value, dict) and all(key.isdecimal() for key in value):
        return list(value.values())
    return value


def check(args: Args, params: Mapping[str, Any], *, allowed: bool = True) -> dict[str, Any]:
    """Return the values of all parameters of *args*: as given, or by default.

    *allowed* says whether this visitor may ask the route at all. Raises
    RestError rest_invalid_param; what *args* does not name is ignored.
    """
    given: dict[str, Any] = {}
    first = [name for name in args if name in CHECKED_FIRST and name in params]
    for names in (first, [name for name in params if name in args and name not in first]):
        wrong: dict[str, Invalid] = {}
        for name in names:
            try:
                given[name] = _check_value(name, params[name], args[name])
            except Invalid as invalid:
                wrong[name] = invalid
        if wrong:
            raise _refuse(wrong, allowed=allowed)
    return {name: given.get(name, _default(schema)) for name, schema in args.items()}


def _default(schema: Mapping[str, Any]) -> Any:
    default = schema.get("default")
    return [default] if schema["type"] == "array" and isinstance(default, str) else default


def _refuse(wrong: Mapping[str, Invalid], *, allowed: bool) -> RestError:
    details = {
        "params": {name: each.message for name, each in wrong.items()},
        "details": {
            name: {"code": each.code, "message": each.message, "data": each.data}
            for name, each in wrong.items()
        },
    }
    message = f"Invalid parameter(s): {', '.join(wrong)}"
    return RestError("rest_invalid_param", message, 400, details=details, allowed=allowed)


class Invalid(Exception):
    """A value that its schema does not take, with what WordPress says about it.

    Raised and answered in this module.
    """

    def __init__(self, code: str, message: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data


def _check_value(name: str, value: Any, schema: Mapping[str, Any]) -> Any:
    if name == "status" and schema["type"] == "array":
        return _check_status(value, schema)
    if "oneOf" in schema:
        return _check_term_query(name, value, schema)
    kind = schema["type"]
    if isinstance(kind, list):
        return value  # has_published_posts: whoever is listed has published
    return CHECKS[kind](name, value, schema)


def _wrong_type(name: str, kind: str) -> Invalid:
    return Invalid("rest_invalid_type", f"{name} is not of type {kind}.", {"param": name})


def _check_integer(name: str, value: Any, schema: Mapping[str, Any]) -> int:
    if not isinstance(value, str) or not INTEGER.fullmatch(value):
        raise _wrong_type(name, "integer")
    number = int(float(value)) if "." in value else int(value)
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None and not low <= number <= high:
        raise Invalid(
            "rest_out_of_bounds",
            f"{name} must be between {low} (inclusive) and {high} (inclusive)",
        )
    if low is not None and number < low:
        raise Invalid("rest_out_of_bounds", f"{name} must be greater than or equal to {low}")
    return number


def _check_boolean(name: str, value: Any, schema: Mapping[str, Any]) -> bool:
    if not isinstance(value, str) or value.lower() not in BOOLEANS:
        raise _wrong_type(name, "boolean")
    return BOOLEANS[value.lower()]


def _check_array(name: str, value: Any, schema: Mapping[str, Any]) -> list[Any]:
    if isinstance(value, dict):
        raise _wrong_type(name, "array")
    values = value if isinstance(value, list) else re.split(r"[\s,]+", value.strip(", "))
    values = [each for each in values if each != ""]
    items = schema["items"]
    return [_check_value(f"{name}[{at}]", each, items) for at, each in enumerate(values)]


def _check_string(name: str, value: Any, schema: Mapping[str, Any]) -> str:
    if not isinstance(value, str):
        raise _wrong_type(name, "string")
    enum = list(schema.get("enum", ()))
    if enum and value not in enum:
        raise Invalid("rest_not_in_enum", f"{name} is not one of {_enumerate(enum)}.")
    if schema.get("format") == "date-time" and site_time(value) is None:
        raise Invalid("rest_invalid_date", "Invalid date.")
    if schema.get("format") == "email" and not EMAIL.fullmatch(value):
        raise Invalid("rest_invalid_email", "Invalid email address.")
    return value


def _enumerate(values: list[str]) -> str:
    if len(values) < 3:
        return " and ".join(values)
    return f"{', '.join(values[:-1])}, and {values[-1]}"


def _check_status(value: Any, schema: Mapping[str, Any]) -> list[str]:
    statuses = value if isinstance(value, list) else re.split(r"[\s,]+", str(value))
    if any(each != schema["default"] for each in statuses):
        raise Invalid("rest_forbidden_status", "Status is forbidden.", {"status": 401})
    return statuses


def _check_term_query(name: str, value: Any, schema: Mapping[str, Any]) -> Any:
    """Check a term filter against the form that it is meant to have: ids, or an object."""
    position = int(isinstance(value, dict))
    form = schema["oneOf"][position]
    try:
        return _check_object(name, value, form) if position else _check_array(name, value, form)
    except Invalid as invalid:
        reason = f"{name} is not a valid {form['title']}. Reason: {invalid.message}"
        raise Invalid("rest_no_matching_schema", reason, {"position": position}) from invalid


def _check_object(name: str, value: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    properties = schema["properties"]
    for key in value:
        if key not in properties:
            message = f"{key} is not a valid property of Object."
            raise Invalid("rest_additional_properties_forbidden", message)
    return {
        key: _check_value(f"{name}[{key}]", each, properties[key]) for key, each in value.items()
    }


CHECKS: dict[str, Callable[[str, Any, Mapping[str, Any]], Any]] = {
    "integer": _check_integer,
    "boolean": _check_boolean,
    "array": _check_array,
    "string": _check_string,
}


def site_time(value: str) -> str | None:
    """Read a date as the API takes it, as site time; None where it takes it not.

    Without a zone it is site time already; there is no date without a time.

    >>> site_time("2025-07-01T10:00:00Z"), site_time("2025-07-01T10:00:00")
    ('2025-07-01T12:00:00', '2025-07-01T10:00:00')
    >>> site_time("2025-07-01")
    """
    match = DATE.fullmatch(value)
    if match is None:
        return None
    day, clock, zone = match.groups()
    if day.startswith("0000-"):
        return f"{day}T{clock}"  # PHP takes it for a time before all others
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}")
        if zone is None:
            return moment.isoformat()
        offset = "+00:00" if zone == "Z" else zone if ":" in zone else f"{zone}:00"
        shift = datetime.fromisoformat(f"{day}T{clock}{offset}").utcoffset() or timedelta()
        return to_local((moment - shift).isoformat())
    except (ValueError, OverflowError):
        return None


def query_string(params: Mapping[str, Any]) -> str:
    """Write parameters as WordPress does in its Link headers.

    >>> query_string({"tags": [3, 4], "search": "", "_fields": "id,title"})
    'tags%5B0%5D=3&tags%5B1%5D=4&search&_fields=id%2Ctitle'
    """
    pairs: list[str] = []
    for name, value in params.items():
        pairs += _pairs(name, value)
    return "&".join(pairs)


def _pairs(name: str, value: Any) -> list[str]:
    if isinstance(value, list):
        value = dict(enumerate(value))
    if isinstance(value, dict):
        return [pair for key, each in value.items() for pair in _pairs(f"{name}[{key}]", each)]
    text = {True: "1", False: ""}.get(value, value) if isinstance(value, bool) else value
    return [quote_plus(name) + (f"={quote_plus(str(text))}" if text != "" else "")]
