from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sample.params import parse_query, query_string, site_time
from crawler.sample.zone import to_local, to_utc

TIMES = st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2090, 1, 1)).map(
    lambda time: time.replace(microsecond=0).isoformat()
)


class TestQuery:
    @pytest.mark.parametrize(
        ("query", "params"),
        [
            ("", {}),
            ("a", {"a": ""}),
            ("a=1&a=2", {"a": "2"}),
            ("a[]=1&a[]=2", {"a": ["1", "2"]}),
            ("a%5B0%5D=1&a%5B1%5D=2", {"a": ["1", "2"]}),
            ("a[b]=1&a[c]=2", {"a": {"b": "1", "c": "2"}}),
            ("a=1&a[]=2", {"a": ["2"]}),
            ("a=x+y%20z", {"a": "x y z"}),
        ],
    )
    def test_parse(self, query, params):
        """A query string is read as PHP reads it."""
        assert parse_query(query) == params

    @given(
        st.dictionaries(
            st.text("abc_", min_size=1), st.text() | st.lists(st.text(min_size=1), min_size=1)
        )
    )
    def test_round_trip(self, params):
        """What is written for a Link header reads as what was asked."""
        assert parse_query(query_string(params)) == params


class TestSiteTime:
    @given(TIMES)
    def test_there_and_back(self, time):
        """UTC to site time and back is the same moment, but in the hour that comes twice."""
        local = to_local(time)
        if to_utc(local) != time:
            assert (local[5:7], local[11:13]) == ("10", "02")

    @given(TIMES)
    def test_naive_is_site_time(self, time):
        """A value without a zone stays as it is; with Z it is converted."""
        assert site_time(time) == time
        assert site_time(f"{time}Z") == to_local(time)

    @pytest.mark.parametrize(
        ("utc", "local"),
        [
            ("2024-03-31T00:59:59", "2024-03-31T01:59:59"),
            ("2024-03-31T01:00:00", "2024-03-31T03:00:00"),
            ("2025-10-26T00:59:59", "2025-10-26T02:59:59"),
            ("2025-10-26T01:00:00", "2025-10-26T02:00:00"),
        ],
    )
    def test_changes_of_the_clock(self, utc, local):
        """The clocks change on the last Sundays of March and October, at 01:00 UTC."""
        assert to_local(utc) == local

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "2025",
            "2025-01-01",
            "2025-01-01T00:00",
            "2025-02-30T00:00:00",
            "2025-01-01T00:00:00+1",
            "2025-01-01T00:00:00 01:00",
            "-0001-11-30T00:00:00",
            "now",
        ],
    )
    def test_no_date(self, value):
        """What is no date with a time is refused."""
        assert site_time(value) is None
