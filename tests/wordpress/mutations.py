"""Responses as nobody wants them: recorded pages, each spoilt in one of many ways."""

from __future__ import annotations

import gzip
import json
import random
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

NOTICE = (
    b'<br />\n<b>Warning</b>:  Undefined key "a" in <b>/srv/[b]/{c}.php</b> on line <b>7</b>\n'
)
HTML = b"<!DOCTYPE html><html><head><title>Hello</title></head><body>[{}]</body></html>"
DIED = b"<p>There has been a critical error on this website.</p>"
DEEP = b"[" * 10_000 + b"]" * 10_000


@dataclass(frozen=True)
class Sent:
    """A response: its headers by lower-case name."""

    status: int
    headers: dict[str, str]
    body: bytes


Mutation = Callable[[random.Random, Sent], Sent]


def around(before: bytes = b"", behind: bytes = b"") -> Mutation:
    return lambda _, sent: replace(sent, body=before + sent.body + behind)


def instead(status: int, body: bytes, kind: str = "text/html", **headers: str) -> Mutation:
    return lambda *_: Sent(status, {"content-type": kind, **headers}, body)


def bytewise(change: Callable[[bytes], bytes]) -> Mutation:
    return lambda _, sent: replace(sent, body=change(sent.body))


def cut(dice: random.Random, sent: Sent) -> Sent:
    return replace(sent, body=sent.body[: dice.randrange(max(1, len(sent.body)))])


def cut_packed(dice: random.Random, sent: Sent) -> Sent:
    return cut(dice, replace(sent, body=gzip.compress(sent.body)))


def cut_in_front(dice: random.Random, sent: Sent) -> Sent:
    return replace(sent, body=sent.body[dice.randrange(1, 40) :])


def numbered(_: random.Random, sent: Sent) -> Sent:
    records = json.loads(sent.body)
    return replace(sent, body=json.dumps({str(3 * n): r for n, r in enumerate(records)}).encode())


def enveloped(_: random.Random, sent: Sent) -> Sent:
    envelope = {"body": json.loads(sent.body), "status": sent.status, "headers": sent.headers}
    return Sent(200, {"content-type": "text/html"}, json.dumps(envelope).encode())


def in_record(text: bytes) -> Mutation:
    """Put *text* into an object somewhere, as a member of its own."""

    def change(dice: random.Random, sent: Sent) -> Sent:
        places = [
            place for place in range(len(sent.body)) if sent.body[place : place + 2] == b'{"'
        ]
        if not places:
            return sent
        place = dice.choice(places[:400]) + 1
        return replace(sent, body=sent.body[:place] + text + b"," + sent.body[place:])

    return change


def visibly(mutation: Mutation) -> Mutation:
    """Spoil only so that it can be told: a valid list is one, whatever is missing in it."""

    def change(dice: random.Random, sent: Sent) -> Sent:
        spoilt = mutation(dice, sent)
        try:
            read = json.loads(spoilt.body, strict=False)
        except (ValueError, RecursionError):
            return spoilt
        same = [each.get("id") for each in json.loads(sent.body)]
        ids = [each.get("id") for each in read] if all(isinstance(e, dict) for e in read) else None
        return spoilt if ids == same else sent

    return change


def flips(dice: random.Random, sent: Sent) -> Sent:
    """Change some bytes, but those of ids, which nobody could tell."""
    body = bytearray(sent.body)
    for _ in range(dice.randrange(1, 6)):
        place = dice.randrange(max(1, len(body)))
        near = bytes(body[max(0, place - 30) : place + 12])
        if body and b'"id"' not in near and not near.strip(b"0123456789, "):
            continue
        if body and b'"id"' not in near:
            body[place] = dice.choice(b'\x00"\\{}[],:x\xff\xc3 \x1f')
    return replace(sent, body=bytes(body))


def pieces(dice: random.Random, sent: Sent) -> Sent:
    """Take a piece out, from within one record."""
    ends = [found.start() for found in re.finditer(rb'\{"id":', sent.body)]
    if len(ends) < 2:
        return cut(dice, sent)
    number = dice.randrange(len(ends) - 1)
    begin = dice.randrange(ends[number] + 20, max(ends[number] + 21, ends[number + 1] - 1))
    end = dice.randrange(begin, max(begin + 1, ends[number + 1]))
    return replace(sent, body=sent.body[:begin] + sent.body[end:])


def headers(**changed: str | None) -> Mutation:
    def change(_: random.Random, sent: Sent) -> Sent:
        kept = {**sent.headers, **{name.replace("_", "-"): text for name, text in changed.items()}}
        return replace(
            sent, headers={name: text for name, text in kept.items() if text is not None}
        )

    return change


HARMLESS: dict[str, Mutation] = {
    "bom": around(b"\xef\xbb\xbf"),
    "boms and zero bytes": around(b"\xef\xbb\xbf\x00\xef\xbb\xbf\n"),
    "notice before": around(NOTICE),
    "notices before": around(NOTICE * 40),
    "notice behind": around(b"", NOTICE),
    "comment behind": around(b"", b"\n<!-- cached [1] in {0.2} s -->"),
    "error behind": around(b"", b'{"code":"internal_server_error","message":"","data":{}}'),
    "log line before": around(b"[26-Nov-2026 09:00:00 UTC] PHP Notice:  x\n"),
    "callback": around(b"/**/call(", b");"),
    "as html": headers(content_type="text/html; charset=iso-8859-1"),
    "charset that is none": headers(content_type="application/json; charset=x-unknown"),
    "packed": bytewise(gzip.compress),
    "packed twice": bytewise(lambda body: gzip.compress(gzip.compress(body))),
    "deflated": bytewise(zlib.compress),
    "windows-1252": bytewise(lambda body: body.decode().encode("cp1252", errors="ignore")),
    "utf-16": bytewise(lambda body: body.decode().encode("utf-16")),
    "number keys": numbered,
    "envelope": enveloped,
    "NaN": in_record(b'"x":NaN'),
    "half character": in_record(b'"x":"\\ud83d"'),
    "control characters": in_record(b'"x":"\x01\t\n"'),
    "large number": in_record(b'"x":1e999,"y":123456789012345678901234567890'),
    "key twice": in_record(b'"title":7,"title":8'),
    "strangers": lambda _, sent: (
        replace(sent, body=sent.body[:-1] + b",null,7]") if sent.body != b"[]" else sent
    ),
    "without totals": headers(x_wp_total=None, x_wp_totalpages=None),
}
"""What hides no record."""

HARMFUL: dict[str, Mutation] = {
    "cut": cut,
    "packed and cut": cut_packed,
    "cut in front": cut_in_front,
    "bytes": visibly(flips),
    "a piece is missing": visibly(pieces),
    "deep": in_record(b'"x":' + DEEP),
    "null": instead(200, b"null", "application/json"),
    "nothing": instead(200, b""),
    "number": instead(200, b"7"),
    "web page": instead(200, HTML),
    "died": instead(200, DIED),
    "error with 200": instead(
        200, b'{"code":"internal_server_error","message":"","data":{"status":500}}'
    ),
    "500": instead(500, DIED),
    "502": instead(502, HTML),
    "503": instead(503, b"", **{"retry-after": "5"}),
    "429": instead(429, b""),
    "404": instead(404, HTML),
    "noise": lambda dice, _: Sent(200, {}, dice.randbytes(300)),
}
"""What hides records: all of a page, or some."""

FIREWALLS: dict[str, Mutation] = {
    "Cloudflare": instead(
        403, b"<title>Just a moment...</title>", **{"cf-mitigated": "challenge"}
    ),
    "Cloudflare with 200": instead(200, b"<html><title>Just a moment...</title>"),
    "SiteGround": instead(202, b"<html>", **{"sg-captcha": "challenge"}),
    "Wordfence": instead(503, b"<p>Generated by Wordfence at now</p>"),
    "Sucuri": instead(403, b"<title>Sucuri Website Firewall - Access Denied</title>"),
    "Imperva": instead(200, b'<html><iframe src="/_Incapsula_Resource?x"></iframe>'),
}
"""What answers in the site's place."""
