"""Shorter ways to clean a body, for tests of single rules."""

from __future__ import annotations

from crawler.clean.body import CleanBody, clean_body

BASE = "https://example.org/2026/11/tide/"


def clean(html: str, **given) -> CleanBody:
    """Clean *html* as a page of example.org, with all cuts kept."""
    return clean_body(html, base_url=BASE, keep_cuts=True, **given)


def cuts(html: str, **given) -> dict[str, str]:
    """Return what each rule cuts from *html*, white space folded."""
    found: dict[str, str] = {}
    for rule, text in clean(html, **given).cuts:
        found[rule] = " ".join(f"{found.get(rule, '')} {text}".split())
    return found
