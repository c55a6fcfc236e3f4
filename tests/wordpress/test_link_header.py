from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.link_header import Link, api_targets, parse_links

ROOT = "https://example.org/wp-json/"
API = f'<{ROOT}>; rel="https://api.w.org/"'


@pytest.mark.parametrize(
    "values",
    [
        [API],
        [f'<https://example.org/?p=1>; rel=shortlink, {API}, </feed/>; rel="alternate"'],
        ["</style.css>; rel=preload; as=style", API],
        [f"<{ROOT}>; rel=https://api.w.org/"],
        [f"<{ROOT}>;rel='https://api.w.org/'"],
        [f'< {ROOT} >\t;\tREL = "HTTPS://API.W.ORG/"'],
        [f'<{ROOT}>; rel="index https://api.w.org/ up"'],
        [f'<{ROOT}>; rel="https://api.w.org"'],
        [f'<{ROOT}>; title="a, b; c <d>"; rel="https://api.w.org/"'],
        [f'<{ROOT}>; title="he said \\"a, b\\""; rel="https://api.w.org/"'],
        [f'<{ROOT}>; crossorigin; rel="https://api.w.org/"'],
        [f'<{ROOT}>;;; rel="https://api.w.org/";'],
        [f"nonsense, {API}"],
        [f"<https://broken; rel=next, {API}"],
        [f'<https://broken>; rel="next, {API}'],
        [f"<https://broken>; rel=next junk, {API}"],
        [f"<https://broken>, {API}"],
        ["", ";;,,<", API],
    ],
)
def test_root_among_others(values):
    """The root is found in one header or several, whatever stands beside it."""
    assert api_targets(values) == [ROOT]


def test_comma_in_target():
    """A comma or a semicolon inside the brackets ends nothing."""
    assert api_targets(['</a,b;c/?rest_route=/>; rel="https://api.w.org/"']) == [
        "/a,b;c/?rest_route=/"
    ]


@pytest.mark.parametrize(
    "value",
    [
        f"<{ROOT}>",
        f"<{ROOT}>; rel",
        f'<{ROOT}>; rel=""',
        f'<{ROOT}>; rel="https://api.w.org/wp:items"',
        f'<{ROOT}>; rel="next"; rel="https://api.w.org/"',
        f'<{ROOT}>; title="rel=https://api.w.org/"',
        f'{ROOT}; rel="https://api.w.org/"',
        'rel="https://api.w.org/"',
    ],
)
def test_no_root(value):
    """Only the first rel attribute of a bracketed target counts."""
    assert api_targets([value]) == []


def test_several_roots():
    """Roots come in the order of the headers."""
    values = ['</fr/wp-json/>; rel="https://api.w.org/"', API]

    assert api_targets(values) == ["/fr/wp-json/", ROOT]


def test_params():
    """Parameter names are in lower case, escapes in values undone."""
    (link,) = parse_links(['</a>; Type="x\\"y"; hreflang=fr'])

    assert link == Link("/a", {"type": 'x"y', "hreflang": "fr"})
    assert link.rels == []


@given(st.lists(st.text(alphabet="<>\";,=\\ rela/'x", max_size=60), max_size=4))
def test_any_headers(values):
    """Any text is read without an exception; targets hold no bracket."""
    for link in parse_links(values):
        assert not {"<", ">"} & set(link.target)


@pytest.mark.parametrize("piece", ["<", "<a>", '<a>;x="', "<a>;a", '"', "<a>;;"])
def test_hostile_length(piece):
    """A header of a megabyte takes no time worth speaking of."""
    started = time.perf_counter()
    list(parse_links([piece * (1_000_000 // len(piece))]))
    assert time.perf_counter() - started < 5
