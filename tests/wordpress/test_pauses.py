from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.pauses import LONGEST, back_off, read_date, read_retry_after

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "seconds"),
    [
        (["120"], 120),
        ([" 0 "], 0),
        (["1.5"], 1.5),
        (["9" * 400], LONGEST),
        (["9" * 19], LONGEST),
        (["Thu, 26 Nov 2026 12:00:30 GMT"], 30),
        (["Thu, 26 Nov 2026 13:00:30 +0100"], 30),
        (["Thu Nov 26 12:00:30 2026"], 30),
        (["Thu, 26 Nov 2026 11:00:00 GMT"], 0),
        (["Fri, 31 Dec 9999 23:59:59 GMT"], LONGEST),
        (["2", "40", "soon"], 40),
    ],
)
def test_read(values, seconds):
    """Seconds or a date; the longest of several; never below nothing, nor above ten years."""
    assert read_retry_after(values, now=NOON) == seconds


@pytest.mark.parametrize(
    "value",
    ["", "soon", "-5", "1e3", "5 s", "٣", "nan", "inf", "Thu, 99 Nov 2026 12:00:30 GMT", "1,5"],
)
def test_unreadable(value):
    """What is neither says nothing."""
    assert read_retry_after([value], now=NOON) is None
    assert read_retry_after([], now=NOON) is None


@pytest.mark.parametrize("skew", [timedelta(hours=-5), timedelta(0), timedelta(days=2)])
def test_other_clock(skew):
    """A date is counted from the site's own clock, where it tells the time."""
    theirs = NOON + skew
    until = format_datetime(theirs + timedelta(seconds=90), usegmt=True)
    date = format_datetime(theirs, usegmt=True)
    assert read_retry_after([until], now=NOON, date=date) == 90
    assert read_retry_after(["90"], now=NOON, date=date) == 90


def test_no_clock():
    """A Date that is none is as good as no Date."""
    until = "Thu, 26 Nov 2026 12:00:30 GMT"
    assert read_retry_after([until], now=NOON, date="yesterday") == 30


@pytest.mark.parametrize("value", ["Fri, 31 Dec 9999 23:59:59 -2300", "x" * 5000, "1 2 3 4 5 6"])
def test_no_date(value):
    """Dates that no calendar holds, and no dates."""
    assert read_date(value) is None


@given(st.text(max_size=60))
def test_any_text(text):
    """Whatever stands there, it is a number of seconds that a date can be made of, or nothing."""
    seconds = read_retry_after([text], now=NOON, date=text)
    assert seconds is None or NOON + timedelta(seconds=seconds) >= NOON


@given(
    failures=st.integers(0, 10**6),
    first=st.floats(0, 100),
    most=st.floats(0, 1000),
    chance=st.floats(0, 1),
)
def test_back_off(failures, first, most, chance):
    """A pause grows with the failures and with chance, up to its bound."""
    pause = back_off(failures, first=first, most=most, chance=chance)
    assert 0 <= pause <= most
    assert pause <= back_off(failures + 1, first=first, most=most, chance=chance)
    assert pause >= back_off(failures, first=first, most=most, chance=0)
