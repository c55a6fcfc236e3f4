"""What can be read of a body that is no JSON as it stands."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from functools import partial
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.page import Page, as_error, read_json, read_page, read_resource
from crawler.wordpress.rest_errors import Meaning, RestError
from crawler.wordpress.salvage import MAX_DEPTH, MENDS, Salvaged, salvage

pack = partial(gzip.compress, mtime=0)

RECORDS = [{"id": 7, "title": "Bücher [1]"}, {"id": 8, "tags": [1, 2], "a": '"}],{\\'}]
BODY = json.dumps(RECORDS, ensure_ascii=False).encode()
NOTICE = (
    b'<br />\n<b>Warning</b>:  Undefined key "x" in <b>/srv/a[1]/{b}.php</b> on line <b>3</b>\n'
)
DEEP = b"[" * 10_000 + b"]" * 10_000


def mends(body, charset=None):
    found = salvage(body, charset)
    assert found is not None
    assert found.document == RECORDS
    assert found.whole
    return found.mends


@pytest.mark.parametrize(
    ("body", "how"),
    [
        (b"\xef\xbb\xbf" + BODY, ("bom",)),
        (b"\xef\xbb\xbf\xef\xbb\xbf \n" + BODY, ("bom",)),
        (b"\x00" + BODY, ("bom",)),
        (NOTICE + BODY, ("noise",)),
        (BODY + NOTICE, ("noise",)),
        (BODY + b"<!-- cached by a plugin [in {0.1} s] -->", ("noise",)),
        (b"[26-Nov-2026 09:00:00 UTC] PHP Notice: x\n" + BODY, ("noise",)),
        (b"#0 {main} thrown in []\n" + BODY, ("noise",)),
        (b"/**/callback(" + BODY + b");", ("noise",)),
        (b"\xef\xbb\xbf" + NOTICE + BODY, ("bom", "noise")),
        (BODY[:-1] + b"\n" + NOTICE + b"]", ("noise",)),
        (pack(BODY), ("compressed",)),
        (pack(pack(BODY)), ("compressed",)),
        (zlib.compress(BODY), ("compressed",)),
        (json.dumps(RECORDS, ensure_ascii=False).encode("cp1252"), ("charset",)),
        (json.dumps(RECORDS, ensure_ascii=False).encode("utf-16"), ("charset",)),
    ],
    ids=map(str, count()),
)
def test_whole(body, how):
    """Everything comes, and what was done is told."""
    assert mends(body) == how


def test_charset_of_the_header():
    """The Content-Type says in which encoding it is, if not UTF-8."""
    body = json.dumps(RECORDS, ensure_ascii=False).encode("mac-roman")

    assert mends(body, "mac-roman") == ("charset",)
    headers = {"content-type": 'application/json; charset="macintosh"'}
    assert read_page(200, headers, body).records == tuple(RECORDS)


@pytest.mark.parametrize("charset", ["nonsense", "zlib", "idna", "utf-8", "punycode"])
def test_charset_that_is_none(charset):
    """An encoding that cannot be used is not used; half characters are replaced."""
    found = salvage(b'[{"id": 7, "a": "\xc3\xbc \xff"}]', charset)

    assert found is not None
    assert found.document[0]["id"] == 7


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b'[{"id": 7, "a": NaN, "b": -Infinity}]', [{"id": 7, "a": None, "b": None}]),
        (b'[{"id": 7, "a": "\\ud83d"}]', [{"id": 7, "a": "\ufffd"}]),
        (b'[{"id": 7, "a": "x\ty\x01"}]', [{"id": 7, "a": "x\ty\x01"}]),
        (b'{"a": [NaN, {"b": "\\udc00"}]}', {"a": [None, {"b": "\ufffd"}]}),
    ],
    ids=map(str, count()),
)
def test_loose(body, document):
    """What is nearly JSON is read, and what has no place in it is taken out."""
    assert salvage(body) == Salvaged(document, ("loose",))


def test_keys_twice():
    """Of a key that comes twice the last one counts, as it does in PHP."""
    assert read_json(b'[{"id": 7, "id": 8}]') == [{"id": 8}]
    assert read_json(b'[{"id": 7, "id": 8, "x": NaN}]') == [{"id": 8, "x": None}]


@given(end=st.integers(1, len(BODY) - 1))
def test_cut(end):
    """Wherever the end is missing, the records before come whole, and it is known."""
    found = salvage(BODY[:end])

    assert found is not None
    assert found.cut
    assert found.document == RECORDS[: len(found.document)]
    assert "cut" in found.mends


@given(end=st.integers(1, len(pack(BODY)) - 9))
def test_packed_and_cut(end):
    """The same of what is packed, as far as it can be unpacked."""
    found = salvage(pack(BODY)[:end])

    if found is not None:
        assert found.document == RECORDS[: len(found.document)]
        assert found.cut or found.document == RECORDS


@pytest.mark.parametrize(
    "entry", [DEEP, b'{"id": 9, "a": ' + DEEP + b"}", b'{"id": 9, "a": }', b"{id: 9}", b"wat"]
)
def test_unreadable(entry):
    """An entry that cannot be read costs no other; how many there are is known."""
    found = salvage(BODY[:-1] + b"," + entry + b"]")

    assert found is not None
    assert (found.document, found.unreadable, found.cut) == (RECORDS, 1, False)


def test_depth():
    """What is read here can be written, too."""
    deep = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    found = salvage(b'[{"a": ' + deep + b', "b": NaN}, {"id": 1}]')

    assert found is not None
    assert (found.document, found.unreadable) == ([{"id": 1}], 1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"no JSON",
        b'<!DOCTYPE html><script>var x = [{"id": 7}]</script>',
        b"<p>x</p><body>" + BODY,
        b"Array [] to string conversion, and no more",
        b'{"body": [{"id": 1}, {"id": 2}], "sta',
        b'{"0": {"id": 7, "tags": [{"id": 8}]}, "1": {"id"',
        b'{"a": ' + DEEP + b"}",
        b"{}x" * 100,
        b"[wat] {main} [{" + b"x" * 300_000,
        b"x" * 300_000 + BODY,
        b"\x1f\x8b\x08 broken",
    ],
    ids=map(str, count()),
)
def test_nothing(body):
    """A web page has JSON in it too, and what is cut has something inside: none is an answer."""
    assert salvage(body) is None


@pytest.mark.parametrize("body", [b"notice\n[]", b"[]<!-- cached -->", b"notice []\n<!-- x -->"])
def test_empty_page(body):
    """A list without records is one where nothing else comes after it."""
    assert salvage(body) == Salvaged([], ("noise",))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 5_000_000,
        b'[{"' * 1_000_000,
        b"[]," * 1_000_000,
        b'"' * 3_000_001,
        b"[{}x" * 500_000,
        b'[{"a": "' + b"\\" * 4_000_000,
        pack(b"[" * 50_000_000),
    ],
    ids=map(str, count()),
)
def test_bound(body):
    """What is made to keep us busy does not for long."""
    begin = time.process_time()  # of this process: others may keep the machine busy
    read_page(200, {}, body)

    assert time.process_time() - begin < 3


def test_mends_are_declared():
    """They come in one order, each once."""
    found = salvage(b"\xef\xbb\xbf" + NOTICE + b'[{"id": NaN}, wat, {"id": 1}, {"id"')

    assert found is not None
    assert found.mends == ("bom", "noise", "loose", "cut", "unreadable")
    assert set(found.mends) <= set(MENDS)


class TestPage:
    def test_notice_before_an_error(self):
        """An error of WordPress is one with noise around it, too."""
        error = read_page(
            404, {}, NOTICE + b'{"code": "rest_no_route", "message": "", "data": {}}'
        )

        assert isinstance(error, RestError)
        assert (error.meaning, error.code) == (Meaning.GONE, "rest_no_route")

    @pytest.mark.parametrize("body", [b"null", b"7", b'"x"', b"false", b"{}", b""])
    def test_no_list(self, body):
        """What is no list and no error is asked for again, and then in parts."""
        error = read_page(200, {}, body)

        assert isinstance(error, RestError)
        assert (error.meaning, error.repeated) == (Meaning.SHRINK, False)

    def test_counts(self):
        """A page tells what it stands for."""
        page = read_page(200, {}, BODY[:-1] + b", wat, null]")

        assert isinstance(page, Page)
        assert (len(page.records), page.strangers, page.unreadable, page.received) == (2, 1, 1, 4)
        assert page.mends == ("unreadable",)
        assert not page.whole

    def test_not_whole(self):
        """A resource that is cut is an error; so is a page for one who can use no part of it."""
        assert isinstance(read_resource(200, {}, BODY[:-5]), RestError)
        assert isinstance(read_resource(404, {}, b'{"id": 7}'), RestError)
        cut, unreadable = (read_page(200, {}, BODY[:-1] + end) for end in (b"", b", wat]"))

        assert as_error(cut, 200).reason == "HTTP 200, cut off"
        assert as_error(unreadable, 200).reason == "HTTP 200, with unreadable entries"
        assert as_error(whole := read_page(200, {}, BODY), 200) is whole


def test_many_brackets_in_noise():
    """JSON is looked for at some places, not at all of them."""
    assert salvage(b"x [] " * 100 + BODY) is None


def test_entries_between_commas_alone():
    """Commas with nothing between them are no entries."""
    assert salvage(b'[{"id": 1},,{"id": 2}]') == Salvaged([{"id": 1}, {"id": 2}], ())


def test_bracket_of_another_kind():
    """Where a bracket closes what another one opened, a piece is missing: the rest is no use."""
    found = salvage(b'[{"id": 1}, {"id": 2, "a": ["x"}, {"id": 3}]')

    assert found is not None
    assert (found.document, found.cut) == ([{"id": 1}], True)


def test_part_of_a_record():
    """An object behind the remains of a record is a part of it, and no record."""
    found = salvage(b'[{"id": 1}, "id": 2, "terms": {"id": 9}]')

    assert found is not None
    assert {"id": 9} not in found.document


def test_half_an_object_in_a_list():
    """An entry that begins as an object, and is none, is unreadable."""
    found = salvage(b'[{"id": 1}, x {"id": }]')

    assert found is not None
    assert (found.document, found.unreadable) == ([{"id": 1}], 1)


def test_nothing_but_depth():
    """A list of nothing that could be a record is no page; one deep record in it is."""
    deep = b"[" * 10_000 + b"]" * 10_000

    assert salvage(deep) is None
    assert salvage(b'[{"id":1,"deep":' + deep + b"}]").unreadable == 1
