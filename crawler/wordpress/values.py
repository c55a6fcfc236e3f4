"""Values of a record as PHP sends them -> values of the types that items promise."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from crawler.errors import ProtocolError
from crawler.wordpress.page import MAX_ID, Record, id_of

MAX_NUMBER = MAX_ID
"""No larger number is read: neither SQLite nor JSON encoders hold one."""

MAX_DATE_CHARS = 40  # "2024-05-01T10:00:00.000000+02:00:00" has 35

# Hashes first, then what stands before each: linear in the text, whatever it is.
_HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{32,}", re.IGNORECASE)
_AVATAR = re.compile(r"avatar[^\s\"'<>]*\Z", re.IGNORECASE)
_AVATAR_WINDOW = 46


def read_id(record: Record, oddities: Counter[str]) -> int:
    """Read the id of a record; a numeric string is counted as coerced.

    Raises ProtocolError where there is none that can be used.
    """
    value = record.get("id")
    number = id_of(record)
    if number is None:
        raise ProtocolError(
            f"the id of a record must be a whole number of at most 63 bits, got {describe(value)}"
        )
    if type(value) is not int:
        oddities["coerced/id"] += 1
    return number


def describe(value: Any) -> str:
    """Name a foreign value in few characters, whatever it is.

    >>> describe("12abc"), describe([1, 2]), describe(2**70), describe(None)
    ("'12abc'", 'list', 'int of 71 bits', 'None')
    """
    if isinstance(value, str):
        return repr(value[:60])
    if isinstance(value, int) and value.bit_length() > 64:
        return f"int of {value.bit_length()} bits"
    return repr(value) if value is None or isinstance(value, int | float) else type(value).__name__


def to_number(value: Any) -> int | None:
    """Read a whole number, also from a numeric string; None for all else.

    >>> to_number("12"), to_number(12), to_number("12abc"), to_number(True)
    (12, 12, None, None)
    """
    if isinstance(value, str):
        plain = value.isascii() and value.isdecimal() and len(value) < 20
        value = int(value) if plain else None
    return value if type(value) is int and -MAX_NUMBER <= value <= MAX_NUMBER else None


def to_utc(value: str) -> str | None:
    """Write a date as RFC 3339 in UTC; None where it is none.

    >>> to_utc("2024-05-01 12:00:00+02:00")
    '2024-05-01T10:00:00Z'
    >>> to_utc("2024-02-30T10:00:00")
    """
    moment = to_moment(value)
    if moment is None:
        return None
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def to_moment(value: str) -> datetime | None:
    """Read a date, which is in UTC where it does not say otherwise; None where it is none."""
    if len(value) > MAX_DATE_CHARS:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def cut_avatar_hashes(text: str) -> str:
    """Cut the e-mail hashes (MD5, SHA-256) out of avatar addresses; the rest stays.

    >>> cut_avatar_hashes("https://a.example/avatar/" + "0f" * 16 + "?s=96")
    'https://a.example/avatar/?s=96'
    """
    if "vatar" not in text:
        return text
    return _HASH.sub(lambda found: "" if _is_avatar(found) else found[0], text)


def _is_avatar(found: re.Match[str]) -> bool:
    start = found.start()
    return bool(_AVATAR.search(found.string[max(0, start - _AVATAR_WINDOW) : start]))


def has_avatar_hash(value: Any) -> bool:
    """Tell whether an avatar address with an e-mail hash stands anywhere in *value*."""
    pending = [value]
    while pending:
        value = pending.pop()
        kind = type(value)
        if kind is str:
            if "vatar" in value and any(map(_is_avatar, _HASH.finditer(value))):
                return True
        elif kind is dict:
            pending.extend(value.values())
        elif kind is list:
            pending.extend(value)
    return False


def without_avatar_hashes(value: Any) -> Any:
    """Copy *value* with the e-mail hashes cut out of each text in it."""
    root = [value]
    pending: list[tuple[Any, Any]] = [(root, 0)]
    while pending:  # no recursion: plugins nest as deep as they like
        holder, place = pending.pop()
        value = holder[place]
        if isinstance(value, str):
            holder[place] = cut_avatar_hashes(value)
        elif isinstance(value, dict):
            holder[place] = value.copy()
            pending.extend((holder[place], name) for name in value)
        elif isinstance(value, list):
            holder[place] = value.copy()
            pending.extend((holder[place], index) for index in range(len(value)))
    return root[0]
