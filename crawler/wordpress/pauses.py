"""How long a site wants to be left alone: Retry-After, and what to do without it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

TOLD_TO_WAIT = frozenset(
    {202, 403, 408, 413, 425, 429, 500, 502, 503, 504, 509, 520, 521, 522, 524}
)
"""Statuses whose Retry-After is about the site; 202 and 403 are what challenges come with."""

OVERLOADED = frozenset({429, 503})
"""Statuses by which a site says that all requests are too many, not only this one."""

LONGEST = 10 * 365 * 24 * 3600.0
"""Seconds; whoever says more means never, and a date has to come of it."""

_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def read_retry_after(
    values: Iterable[str], *, now: datetime, date: str | None = None
) -> float | None:
    """Read Retry-After, in seconds from now; None where nothing can be read.

    It is a number of seconds or a date (RFC 9110). A date is counted from the
    answer's own *date*, since the site's clock may go wrong, else from *now*.
    Of several values the longest holds.

    >>> noon = datetime(2026, 11, 26, 12, tzinfo=UTC)
    >>> read_retry_after(["120"], now=noon)
    120.0
    >>> read_retry_after(["Thu, 26 Nov 2026 12:00:30 GMT"], now=noon)
    30.0
    >>> read_retry_after(["soon"], now=noon)
    """
    read = [_read(value.strip(), now, date) for value in values]
    return max((seconds for seconds in read if seconds is not None), default=None)


def _read(value: str, now: datetime, date: str | None) -> float | None:
    if _SECONDS.fullmatch(value):
        return min(float(value[:20]) if len(value) < 20 else LONGEST, LONGEST)
    until = read_date(value)
    if until is None:
        return None
    begin = read_date(date) if date is not None else None
    return min(max(0.0, (until - (begin or now)).total_seconds()), LONGEST)


def read_date(value: str) -> datetime | None:
    """Read an HTTP date; None where it is none.

    >>> read_date("Thursday, 26-Nov-26 12:00:30 GMT").isoformat()
    '2026-11-26T12:00:30+00:00'
    """
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:  # in the year 1, or 9999
        return None


def back_off(failures: int, *, first: float, most: float, chance: float) -> float:
    """Give the pause after a number of failures in a row, in seconds.

    It begins with *first* and doubles up to *most*; *chance*, from 0 to 1, adds
    up to half of it, so that many crawlers do not come back at one moment.

    >>> [back_off(n, first=1, most=60, chance=0) for n in (1, 2, 3, 10)]
    [1.0, 2.0, 4.0, 60]
    >>> back_off(2, first=1, most=60, chance=1)
    3.0
    """
    pause = min(most, first * 2.0 ** min(max(0, failures - 1), 60))
    return min(most, pause * (1 + chance / 2))
