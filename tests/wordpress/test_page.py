"""Bytes of a response become records, or the error they carry."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ProtocolError
from crawler.wordpress.page import Page, Totals, id_of, is_web_page, read_json, read_page
from crawler.wordpress.rest_errors import Meaning, RestError

TOTALS = {"x-wp-total": "231", "x-wp-totalpages": "3"}
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def read(document, *, status=200, headers=TOTALS):
    return read_page(status, headers, json.dumps(document).encode())


class TestReadPage:
    def test_list(self):
        """A list of objects is a page, with the totals of its headers."""
        assert read([{"id": 7}]) == Page(({"id": 7},), Totals(231, 3))

    def test_list_with_number_keys(self):
        """A list that PHP sent as an object is a list."""
        assert read({"0": {"id": 7}, "2": {"id": 8}}).records == ({"id": 7}, {"id": 8})

    def test_strangers_in_the_list(self):
        """What is no object is counted, and still counts as received."""
        page = read([{"id": 7}, None, "x"])

        assert (page.records, page.strangers, page.received) == (({"id": 7},), 2, 3)

    @pytest.mark.parametrize("value", ["many", "-1", "1e3", "", "9" * 20, "٣"])
    def test_totals_that_are_no_numbers(self, value):
        """A total that cannot be read is no total."""
        page = read([], headers={"x-wp-total": value, "x-wp-totalpages": "3"})

        assert page.totals is None

    def test_envelope(self):
        """An envelope holds what the headers would."""
        inner = {"body": [{"id": 7}], "status": 200, "headers": {"X-WP-Total": 231}}
        inner["headers"]["X-WP-TotalPages"] = 3

        assert read(inner, headers={}) == Page(({"id": 7},), Totals(231, 3))

    def test_envelope_of_an_error(self):
        """The status in the envelope counts: the outer one is always 200."""
        body = {"code": "rest_post_invalid_page_number", "data": {"status": 400}}

        assert read({"body": body, "status": 400, "headers": []}).meaning is Meaning.END

    def test_envelope_without_a_status(self):
        """An envelope with nonsense for a status is read by the outer one."""
        page = read({"body": [{"id": 7}], "status": "ok", "headers": None})

        assert page == Page(({"id": 7},), None)

    def test_error_with_status_200(self):
        """An error object is an error, whatever the status says."""
        error = read({"code": "rest_disabled", "message": "closed"})

        assert (error.meaning, error.code) == (Meaning.CLOSED, "rest_disabled")

    def test_web_page(self):
        """A web page with status 200 is somebody else's answer."""
        error = read_page(200, {"content-type": "text/html"}, b"<p>Just a moment</p>")

        assert error.meaning is Meaning.BLOCKED

    def test_cut_json(self):
        """Of JSON that ends in the middle the records before are there, and it is known."""
        page = read_page(200, {"content-type": "application/json"}, b'[{"id": 1}, {"id"')

        assert (page.records, page.cut, page.whole) == (({"id": 1},), True, False)

    @given(document=JSON, status=st.integers(100, 599))
    def test_any_json(self, document, status):
        """Whatever comes is a page or an error."""
        assert isinstance(read(document, status=status), Page | RestError)

    @given(body=st.binary(max_size=200))
    def test_any_bytes(self, body):
        """Neither do bytes raise."""
        assert isinstance(read_page(200, {}, body), Page | RestError)


class TestReadJson:
    @pytest.mark.parametrize(
        ("body", "value"),
        [
            (b'\xef\xbb\xbf["a"]', ["a"]),
            (b'["\\ud83d x"]', ["\ufffd x"]),
            (b'{"a": ["\\udc00", 1]}', {"a": ["\ufffd", 1]}),
            (b'{"\\ud800": NaN, "b": Infinity, "c": 1.5}', {"\ufffd": None, "b": None, "c": 1.5}),
            (b'["\xff"]', ["\u00ff"]),
        ],
    )
    def test_not_quite_json(self, body, value):
        """A byte order mark, lone surrogates, NaN and wrong bytes are mended."""
        assert read_json(body) == value

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[1,", b"[" * 100_000])
    def test_no_json(self, body):
        """What is no JSON is a ProtocolError, also where it nests without end."""
        with pytest.raises(ProtocolError, match=r"^the response is no JSON: "):
            read_json(body)


@pytest.mark.parametrize(
    ("headers", "body", "answer"),
    [
        ({"content-type": "text/html; charset=UTF-8"}, b" <p>no</p>", True),
        ({"content-type": "text/html"}, b"[1]", False),
        ({}, b"\n<!DOCTYPE HTML><title>x", True),
        ({}, b"<HTML lang=en>", True),
        ({"content-type": "application/json"}, b"", False),
    ],
)
def test_is_web_page(headers, body, answer):
    """JSON that is served as HTML is JSON; a page without a type is a page."""
    assert is_web_page(headers, body) is answer


@pytest.mark.parametrize(
    ("value", "number"),
    [
        *[(7, 7), ("7", 7), (0, 0), (-1, None), (True, None), ("7a", None), (1.0, None)],
        *[(None, None), ([7], None), (2**63, None), (2**63 - 1, 2**63 - 1), ("٧", None)],
    ],
)
def test_id_of(value, number):
    """An id is a whole number that a database column can hold."""
    assert id_of({"id": value}) == number
