"""The Link header of a response: several links in one, several headers, malformed ones beside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

API_REL = "https://api.w.org/"
"""The relation under which WordPress names its API root."""

MAX_HEADER_CHARS = 8192  # longer ones are cut: nothing we look for is that far behind

_TARGET = re.compile(r"<([^<>]*)>")
_PARAM = re.compile(
    r"""\s*;\s*
    (?:
        (?P<name>[^\s;,="<>]+)
        (?:\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s;,"<>]*)))?
    )?""",
    re.VERBOSE,
)
_END = re.compile(r"\s*(?:,|$)")


@dataclass(frozen=True, slots=True)
class Link:
    """A target as it was written, with its parameters by lower-case name."""

    target: str
    params: Mapping[str, str]

    @property
    def rels(self) -> list[str]:
        """The relations, in lower case; one attribute may hold several."""
        return self.params.get("rel", "").strip("'").lower().split()


def parse_links(values: Iterable[str]) -> Iterator[Link]:
    """Read the links of all Link headers of a response; what is malformed is left out.

    >>> links = parse_links(['<a,b>; rel="next"; title="x, <y>", oops, </wp-json/>; rel=up'])
    >>> [(link.target, link.rels) for link in links]
    [('a,b', ['next']), ('/wp-json/', ['up'])]
    """
    for value in values:
        yield from _parse(value[:MAX_HEADER_CHARS])


def _parse(value: str) -> Iterator[Link]:
    position = 0
    while found := _TARGET.search(value, position):
        params: dict[str, str] = {}
        position = found.end()
        while param := _PARAM.match(value, position):
            position = param.end()
            if param["name"]:
                params.setdefault(param["name"].lower(), _text(param))  # the first one counts
        if _END.match(value, position):
            yield Link(found[1].strip(), params)
        else:
            position = found.end()  # malformed: the next link may begin anywhere behind


def _text(param: re.Match[str]) -> str:
    if param["quoted"] is not None:
        return re.sub(r"\\(.)", r"\1", param["quoted"])
    return param["plain"] or ""


def api_targets(values: Iterable[str]) -> list[str]:
    """List the targets that are said to be the root of a WordPress API.

    >>> api_targets(['<https://example.org/wp-json/>; rel="https://api.w.org/"'])
    ['https://example.org/wp-json/']
    """
    names = {API_REL, API_REL.rstrip("/")}
    return [link.target for link in parse_links(values) if names.intersection(link.rels)]
