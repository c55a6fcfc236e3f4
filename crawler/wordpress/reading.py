"""One record being read: its fields by name, in the types that items promise."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from crawler.wordpress.fields import PRUNED
from crawler.wordpress.page import Record
from crawler.wordpress.values import (
    MAX_NUMBER,
    cut_avatar_hashes,
    to_number,
    to_utc,
)

ODDITY_KINDS = {
    "missing": "a field that WordPress always sends is absent",
    "coerced": "of another type, and yet clear: a numeric string, a string for an object",
    "wrong_type": "of a type that cannot be read: null in the item, as received in extra",
    "zero_date": "a date before the year 1, or none at all",
    "wrong_date": "a string or a number that is no date",
    "unmapped": "an object has further members: they are in extra",
    "avatar_hash": "an e-mail hash was cut out of an avatar address",
}
"""Every kind of oddity; it is counted as ``<kind>/<field>``."""

RENDERED_MEMBERS = {"rendered", "protected"}


class Reading:
    """One record being read.

    A field that is absent, or cannot be read as its type, is None. What a null
    would hide stays in ``extra`` as received. The record is never changed.
    The usual shape is tested first, and inline: this is the hot path.
    """

    __slots__ = ("extra", "oddities", "record")

    def __init__(self, record: Record, extra: Record, oddities: Counter[str]) -> None:
        self.record = record
        self.extra = extra
        self.oddities = oddities

    def text(self, name: str) -> str | None:
        """Read a string."""
        value = self.record.get(name)
        return value if type(value) is str else self._odd_text(name, value)

    def rendered(self, name: str) -> str | None:
        """Read the string in ``{"rendered": ...}``."""
        value = self.record.get(name)
        if type(value) is dict:
            inner = value.get("rendered")
            if type(inner) is str:
                if len(value) > 1 + ("protected" in value):
                    self._keep_members(name, value)
                return inner
        return self._odd_rendered(name, value)

    def number(self, name: str) -> int | None:
        """Read a whole number."""
        value = self.record.get(name)
        if type(value) is int and -MAX_NUMBER <= value <= MAX_NUMBER:
            return value
        return self._odd_number(name, value)

    def number_or_null(self, name: str) -> int | None:
        """Read a whole number, where null is as usual as one."""
        return None if self.record.get(name) is None else self.number(name)

    def utc(self, name: str) -> str | None:
        """Read a ``*_gmt`` date as RFC 3339 in UTC; None for a zero date."""
        value = self.record.get(name)
        if (
            type(value) is str
            and len(value) == 19
            and value[4] == value[7] == "-"
            and value[10] == "T"
            and value[13] == value[16] == ":"
        ):
            try:
                datetime.fromisoformat(value)
            except ValueError:
                pass
            else:
                return value + "Z"
        return self._odd_utc(name, value)

    def dates(self) -> tuple[str | None, str | None]:
        """Read date_gmt and modified_gmt; without one of them keep the local one."""
        published, modified = self.utc("date_gmt"), self.utc("modified_gmt")
        if published is None:
            self.keep_received("date")
        if modified is None:
            self.keep_received("modified")
        return published, modified

    def address(self, name: str) -> str | None:
        """Read a person's URL, less the e-mail hash where it is an avatar's."""
        value = self.text(name)
        address = cut_avatar_hashes(value) if value else value
        if address != value:
            self._count("avatar_hash", name)
        return address

    def protected(self) -> bool:
        """Read whether the content needs a password."""
        content = self.record.get("content")
        value = content.get("protected", False) if type(content) is dict else False
        if type(value) is bool:
            return value
        self._count("coerced" if value in (0, 1, "0", "1", "") else "wrong_type", "protected")
        return value in (1, "1")

    def members(self, name: str) -> Record:
        """Read an object; empty where there is none. PHP writes an empty one as []."""
        value = self.record.get(name)
        if type(value) is dict:
            return value
        if name in self.record and value != []:
            self._refuse(name, value)
        return {}

    def keep_received(self, name: str) -> None:
        """Put a field in ``extra`` as it came, where it came."""
        if name in self.record:
            self._keep(name, self.record[name])

    def tidy_map(self, name: str) -> None:
        """Leave an object in ``extra`` only where it holds something."""
        value = self.extra[name]
        if not value:  # [], {}, false, null or "", as PHP pleases
            del self.extra[name]
        elif type(value) is not dict:
            self._count("wrong_type", name)

    def tidy_pruned(self, name: str) -> None:
        """Leave of a large object in ``extra`` the members that are of use."""
        value = self.extra.pop(name)
        if type(value) is dict:
            kept = {member: value[member] for member in PRUNED[name] if value.get(member)}
            self._keep(name, kept)
        elif value:
            self._refuse(name, value)

    def tidy_id(self, name: str) -> None:
        """Make an id in ``extra`` a number; null where it says nothing."""
        value = self.extra[name]
        if type(value) is int:
            return
        number = to_number(value)
        self._count("wrong_type" if number is None else "coerced", name)
        if number is not None or not value:
            self.extra[name] = number

    def tidy_term_ids(self, name: str) -> None:
        """Make the ids of a taxonomy's terms in ``extra`` a list of numbers."""
        value = self.extra[name]
        if type(value) is list and (not value or set(map(type, value)) == {int}):
            return
        entries = list(value.values()) if type(value) is dict else value or []
        numbers = [to_number(entry) for entry in entries] if type(entries) is list else [None]
        if None in numbers:  # whole objects, say
            self._count("wrong_type", "terms")
        else:
            self._count("coerced", "terms")
            self.extra[name] = numbers

    def _count(self, kind: str, name: str) -> None:
        self.oddities[f"{kind}/{name}"] += 1

    def _keep(self, name: str, value: Any) -> None:
        if value:
            self.extra[name] = value

    def _refuse(self, name: str, value: Any) -> None:
        self._count("wrong_type", name)
        self._keep(name, value)

    def _keep_members(self, name: str, value: Record) -> None:
        self._count("unmapped", name)
        self._keep(name, {key: value[key] for key in value if key not in RENDERED_MEMBERS})

    def _odd_text(self, name: str, value: Any) -> str | None:
        if name not in self.record:
            return None
        if type(value) is float or (type(value) is int and to_number(value) is not None):
            self._count("coerced", name)
            return str(value)
        self._refuse(name, value)
        return None

    def _odd_rendered(self, name: str, value: Any) -> str | None:
        if type(value) is str:
            self._count("coerced", name)
            return value
        if type(value) is not dict:
            return self._odd_text(name, value)
        inner = value.get("rendered")
        if type(inner) in (int, float):
            return self._odd_text(name, inner)
        says_more = inner or value.keys() - RENDERED_MEMBERS
        self._refuse(name, value if says_more else None)
        return None

    def _odd_number(self, name: str, value: Any) -> int | None:
        if name not in self.record:
            return None
        number = to_number(value)
        if number is None:
            self._refuse(name, value)
        else:
            self._count("coerced", name)
        return number

    def _odd_utc(self, name: str, value: Any) -> str | None:
        if name not in self.record:
            return None
        if not value or (type(value) is str and value.startswith(("0000", "-"))):
            self._count("zero_date", name)
            return None
        moment = to_utc(value) if type(value) is str else None
        self._count("coerced" if moment else "wrong_date", name)
        if moment is None:
            self._keep(name, value)
        return moment
