"""Site time and UTC: the site keeps the clock of Amsterdam, by the European Union's rule."""

from __future__ import annotations

from datetime import datetime, timedelta

TIMEZONE = "Europe/Amsterdam"
GMT_OFFSET = 1  # what the index says in winter, when the site was last touched

ZERO = "0000-00-00T00:00:00"
"""A date that was never set, as the database holds it."""


def to_local(utc: str) -> str:
    """Turn a UTC time without a zone into site time.

    >>> to_local("2025-07-01T10:00:00"), to_local("2025-12-01T10:00:00")
    ('2025-07-01T12:00:00', '2025-12-01T11:00:00')
    """
    time = datetime.fromisoformat(utc)
    return (time + timedelta(hours=2 if _is_summer(time) else 1)).isoformat()


def to_utc(local: str) -> str:
    """Turn site time into UTC; of the hour that comes twice the first is meant.

    >>> to_utc("2025-07-01T12:00:00"), to_utc("2025-10-26T02:30:00")
    ('2025-07-01T10:00:00', '2025-10-26T00:30:00')
    """
    time = datetime.fromisoformat(local)
    in_summer = time - timedelta(hours=2)
    return (in_summer if _is_summer(in_summer) else time - timedelta(hours=1)).isoformat()


def _is_summer(utc: datetime) -> bool:
    return _last_sunday(utc.year, 3) <= utc < _last_sunday(utc.year, 10)


def _last_sunday(year: int, month: int) -> datetime:
    """Return 01:00 UTC on the last Sunday of a month of 31 days."""
    last = datetime(year, month, 31, 1)  # noqa: DTZ001  # all times here are naive: site or UTC
    return last - timedelta(days=last.isoweekday() % 7)
