from __future__ import annotations

import pytest

from crawler.clean.canonical import canonical_of

ADDRESS = "https://a.example/x"


@pytest.mark.parametrize(
    "extra",
    [
        {"yoast_head_json": {"canonical": ADDRESS}},
        {"aioseo_head_json": {"canonical_url": ADDRESS}},
        {"rank_math_head_json": {"canonical": ADDRESS}},
        {"seopress_robots_canonical": ADDRESS},
    ],
)
def test_each_plugin(extra):
    """Each plugin has its own place for the address, in an object or beside the others."""
    assert canonical_of(extra) == ADDRESS


@pytest.mark.parametrize(
    "nothing",
    [
        {"yoast_head_json": {}},
        {"yoast_head_json": {"canonical": ""}},
        {"yoast_head_json": {"canonical": {"href": ADDRESS}}},
        {"yoast_head_json": ADDRESS},
        {"yoast_head_json": False},
        {"aioseo_head_json": {"canonical": ADDRESS}},
    ],
)
def test_next_plugin(nothing):
    """Where one has nothing that is an address, another may; where none has, there is none."""
    assert canonical_of({**nothing, "seopress_robots_canonical": ADDRESS}) == ADDRESS
    assert canonical_of({**nothing, "seopress_robots_canonical": ""}) is None
    assert canonical_of(nothing) is None
