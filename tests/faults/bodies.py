"""Bodies that are not the JSON of a list: more than that, less, or something else."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace

from crawler.sample.answers import Answer
from tests.faults.row import Row, all_but, only
from tests.faults.scripts import (
    Change,
    body,
    data,
    document,
    headers,
    later,
    nth,
    of,
    one_record,
    refusal,
    text,
    when,
)
from tests.faults.server import Asked

ALL = of("posts", "guides", "tags")
NOTICE = (
    b"<br />\n<b>Warning</b>:  Undefined array key &quot;id&quot; in <b>/srv/www/"
    b"wp-content/plugins/a[b]/c{d}.php</b> on line <b>12</b><br />\n"
)
BOMB = gzip.compress(b" " * 100_000_000, compresslevel=6)
CAP = {"DOWNLOAD_MAXSIZE": 8 * 1024 * 1024}


def typed(kind: str) -> Change:
    return headers(lambda found: {**found, "Content-Type": kind})


def packed(*, marked: bool) -> Change:
    """Pack the body, and say so or do not."""

    def change(asked: Asked) -> Answer:
        answer = asked.answer()
        mark = (("Content-Encoding", "gzip"),) if marked else ()
        return replace(answer, headers=(*answer.headers, *mark), body=gzip.compress(answer.body))

    return change


def in_encoding(name: str) -> Change:
    """Send the text itself, not escaped, in an encoding of old."""

    def edit(found: bytes) -> bytes:
        written = json.dumps(json.loads(found), ensure_ascii=False)
        return written.encode(name, errors="replace")

    return body(edit)


def numbered(step: int) -> Change:
    """Send an object with number keys in place of the list."""

    def edit(value: object) -> object:
        if not isinstance(value, list):
            return value
        return {str(step * place): record for place, record in enumerate(value, 1)}

    return document(edit)


def half(found: bytes) -> bytes:
    return found[: len(found) // 2]


def cut_above(size: int) -> Change:
    return lambda asked: replace(asked.answer(), body=asked.answer().body[:size])


def odd_record(edit: Callable[[bytes], bytes]) -> Change:
    return one_record(nth("posts", 12), edit)


def last_member(member: bytes) -> Callable[[bytes], bytes]:
    """Add a member to an object as text: what json would not write."""
    return lambda found: found[:-1] + b"," + member + b"}"


def holding_bomb(asked: Asked) -> Answer | None:
    """Send a page that holds one record as 100 MB, packed into 100 KB."""
    found = odd_record(lambda part: part)(asked)
    if not isinstance(found, Answer):
        return None
    return replace(found, headers=(*found.headers, ("Content-Encoding", "gzip")), body=BOMB)


LOST_ONE = {"have": all_but("posts", 12), "lost": only("posts", 12), "at": ("posts",)}

ROWS = (
    Row("a byte order mark", lambda: when(ALL, body(lambda found: b"\xef\xbb\xbf" + found))),
    Row("PHP notices before the JSON", lambda: when(ALL, body(lambda found: NOTICE * 2 + found))),
    Row("PHP notices after the JSON", lambda: when(ALL, body(lambda found: found + NOTICE))),
    Row("a cache's comment after the JSON",
        lambda: when(ALL, body(lambda found: found + b"\n<!-- Cached by [x] in 0.1s -->\n"))),
    Row("notices, to every request, `/types` and the index too",
        lambda: when(lambda asked: asked.route is not None,
                     body(lambda found: NOTICE + found))),
    Row("gzip that no header marks", lambda: when(ALL, packed(marked=False))),
    Row("gzip marked, and sent as it is",
        lambda: when(ALL, headers(lambda found: {**found, "Content-Encoding": "gzip"}))),
    Row("JSON as `text/html`", lambda: when(ALL, typed("text/html; charset=UTF-8"))),
    Row("JSON under a wrong charset",
        lambda: when(ALL, typed("application/json; charset=utf-16"))),
    Row("text in windows-1252", lambda: when(ALL, in_encoding("cp1252"))),
    Row("an object with number keys", lambda: when(ALL, numbered(1))),
    Row("an object with number keys, with gaps", lambda: when(ALL, numbered(3))),
    Row("an error object with 200, once",
        lambda: when(later("posts"), refusal(500, "internal_server_error", 200), times=1)),
    Row("an error object with 200, one collection",
        lambda: when(of("guides"), refusal(401, "rest_forbidden", 200)),
        "denied", 3, ("guides",), said="rest_forbidden"),
    Row("`null`, once", lambda: when(later("posts"), data(None), times=1)),
    Row("`null`, one collection",
        lambda: when(of("guides"), data(None)), "failed", 3, ("guides",)),
    Row("`[]` in the middle, once", lambda: when(later("posts"), data([]), times=1)),
    Row("nothing at all with 200, once", lambda: when(later("posts"), text(200, ""), times=1)),
    Row("204, one collection",
        lambda: when(of("guides"), Answer(204, (), b"")), "failed", 3, ("guides",)),
    Row("truncated JSON, once", lambda: when(later("posts"), body(half), times=1)),
    Row("truncated JSON, every page above a size",
        lambda: when(of("posts"), cut_above(60_000)), most=120),
    Row("truncated JSON wherever one record is",
        lambda: when(of("posts"), truncated_in(12)), "partial", 3, **LOST_ONE, most=150),
    Row("`NaN` in a record", lambda: when(ALL, body(with_nan))),
    Row("duplicate keys",
        lambda: when(of("posts"), odd_record(last_member(b'"slug":"first","slug":"last"')))),
    Row("raw control characters in strings",
        lambda: when(of("posts"), odd_record(last_member(b'"note":"a\n\tb"')))),
    Row("a lone surrogate, and bytes that are no UTF-8",
        lambda: when(of("posts"), odd_record(last_member(b'"note":"\\ud800 \xff\xfe"')))),
    Row("a record that is 10,000 levels deep",
        lambda: when(of("posts"), odd_record(last_member(b'"deep":' + deep()))),
        "partial", 3, **LOST_ONE, most=150),
    Row("an answer that is 10,000 levels deep, one collection",
        lambda: when(of("guides"), text(200, deep(), kind="application/json")),
        "failed", 3, ("guides",)),
    Row("a gzip bomb of 100 MB wherever one record is",
        lambda: when(of("posts"), holding_bomb), "partial", 3, **LOST_ONE, settings=CAP, most=150),
    Row("a page of 60 MB, for one record",
        lambda: when(of("posts"), odd_record(last_member(b'"x":"' + b"x" * 60_000_000 + b'"'))),
        "partial", 3, **LOST_ONE, most=150),
    Row("a page of 60 MB, once",
        lambda: when(later("posts"), text(200, b"x" * 60_000_000), times=1)),
)  # fmt: skip


def deep() -> bytes:
    return b"[" * 10_000 + b"]" * 10_000


def truncated_in(place: int) -> Change:
    """Cut the page short in the middle of one record, as a fatal error in its content does."""

    def change(asked: Asked) -> Answer | None:
        found = one_record(nth("posts", place), lambda part: b"\0" + part)(asked)
        if not isinstance(found, Answer):
            return None
        at = found.body.index(b"\0")
        return replace(found, body=found.body[:at] + found.body[at + 1 : at + 200])

    return change


def with_nan(found: bytes) -> bytes:
    records = json.loads(found)
    if isinstance(records, list):
        records = [{**record, "rating": float("nan")} for record in records]
    return json.dumps(records).encode()
