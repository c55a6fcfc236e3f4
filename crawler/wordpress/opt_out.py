"""What a site says about the use of its texts: signals beside the rules of robots.txt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from crawler.wordpress.elements import attributes_of

MAX_SIGNALS = 50
"""Of one site; a page can hold any number of elements."""

MAX_PAGE_BYTES = 1_000_000
MAX_FILE_BYTES = 256 * 1024

NO_AI = frozenset({"noai", "noimageai"})
"""Words of the robots meta element and of X-Robots-Tag. noindex is core's default for REST."""

RESERVED = "tdm-reservation"

_META = re.compile(rb"<meta\b[^<>]{0,2000}>", re.IGNORECASE)
_WORTH = (b"robots", b"tdm-")
_USES = re.compile(r"^\s*(content-signal|content-usage)\s*:\s*([^\r\n#]{1,500})", re.I | re.M)


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that was said.

    ``name`` is ``noai``, ``noimageai``, ``tdm-reservation``, ``tdm-policy``, or
    a word of Content-Signal or Content-Usage (``ai-train``); ``value`` is what
    it was set to; ``source`` tells where it stood: a header's or an element's
    name, or a file's.
    """

    name: str
    value: str
    source: str

    @property
    def opts_out(self) -> bool:
        """Whether it reserves texts against mining, or against training of models.

        >>> Signal("ai-train", "no", "robots.txt").opts_out
        True
        >>> Signal("search", "yes", "robots.txt").opts_out
        False
        """
        if self.name in ("ai-train", "train-ai"):
            return self.value in ("no", "n")
        if self.name == RESERVED:
            return self.value == "1"
        return self.name == "noai"


def in_headers(headers: Iterable[tuple[str, str]]) -> list[Signal]:
    """Read the signals in the headers of any answer.

    >>> in_headers([("X-Robots-Tag", "noindex, noai")])
    [Signal(name='noai', value='', source='X-Robots-Tag')]
    """
    found: list[Signal] = []
    for name, value in headers:
        low = name.lower()
        if low == "x-robots-tag":
            found += _words(value, "X-Robots-Tag")
        elif low in ("content-signal", "content-usage"):
            found += _uses(value, name.title())
        elif low in (RESERVED, "tdm-policy"):
            found.append(Signal(low, value.strip()[:500], low))
    return found[:MAX_SIGNALS]


def in_page(body: bytes) -> list[Signal]:
    """Read the signals in the meta elements of a page.

    >>> in_page(b'<meta name="robots" content="noai, noimageai">')[1].name
    'noimageai'
    """
    found: list[Signal] = []
    for match in _META.finditer(body[:MAX_PAGE_BYTES]):
        if len(found) >= MAX_SIGNALS:
            break
        if any(word in match[0].lower() for word in _WORTH):
            found += _in_element(match[0])
    return found[:MAX_SIGNALS]


def _in_element(element: bytes) -> list[Signal]:
    meta = attributes_of(element, "meta")
    name, content = meta.get("name", "").strip().lower(), meta.get("content", "")
    if name == "robots":
        return _words(content, "meta robots")
    if name in (RESERVED, "tdm-policy"):
        return [Signal(name, content.strip()[:500], f"meta {name}")]
    return []


def in_robots(body: bytes) -> list[Signal]:
    """Read Content-Signal and Content-Usage out of a robots.txt, whichever group they stand in.

    >>> in_robots(b"Content-Signal: search=yes,ai-train=no")[1]
    Signal(name='ai-train', value='no', source='robots.txt')
    """
    found: list[Signal] = []
    for match in _USES.finditer(body.decode("utf-8", "replace")):
        found += _uses(match[2], "robots.txt")
    return found[:MAX_SIGNALS]


def in_tdmrep(body: bytes) -> list[Signal]:
    """Read /.well-known/tdmrep.json (TDMRep, W3C): what is reserved, and under which policy.

    >>> in_tdmrep(b'[{"location": "/", "tdm-reservation": 1}]')
    [Signal(name='tdm-reservation', value='1', source='tdmrep.json: /')]
    """
    found: list[Signal] = []
    for entry in _entries(body):
        location = entry.get("location")
        where = f"tdmrep.json: {location[:200] if isinstance(location, str) else ''}"
        reserved, policy = entry.get(RESERVED), entry.get("tdm-policy")
        if isinstance(reserved, int | str):
            found.append(Signal(RESERVED, str(int(reserved == 1 or reserved == "1")), where))
        if isinstance(policy, str):
            found.append(Signal("tdm-policy", policy[:500], where))
    return found[:MAX_SIGNALS]


def _entries(body: bytes) -> list[dict[str, Any]]:
    if len(body) > MAX_FILE_BYTES:
        return []
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return []
    listed = document if isinstance(document, list) else [document]
    return [entry for entry in listed if isinstance(entry, dict)]


def _words(value: str, source: str) -> list[Signal]:
    """Read a list of words, each perhaps after the name of a crawler."""
    words = re.split(r"[\s,:;]+", value.lower())
    return [Signal(word, "", source) for word in dict.fromkeys(words) if word in NO_AI]


def _uses(value: str, source: str) -> list[Signal]:
    """Read ``ai-train=no, search=yes``."""
    pairs = re.findall(r"([a-z][a-z-]{0,30})\s*=\s*\"?([a-z]{1,10})", value.lower())
    return [Signal(name, answer, source) for name, answer in pairs]
