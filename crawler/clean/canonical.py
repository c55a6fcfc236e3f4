"""The address that an SEO plugin calls the original of a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PLACES = (
    ("yoast_head_json", "canonical"),
    ("aioseo_head_json", "canonical_url"),
    ("rank_math_head_json", "canonical"),
    ("seopress_robots_canonical", None),
)
"""Fields of plugins, each with the member that has the address, or None where it is the field."""


def canonical_of(extra: Mapping[str, Any]) -> str | None:
    """Return the canonical address among the fields of plugins; None where no plugin has one.

    >>> canonical_of({"yoast_head_json": {"canonical": "https://a.example/x"}})
    'https://a.example/x'
    """
    for field, member in PLACES:
        value = extra.get(field)
        if member is not None:
            value = value.get(member) if isinstance(value, Mapping) else None
        if isinstance(value, str) and value:
            return value
    return None
