"""A file of sites: one URL a line."""

from __future__ import annotations

from pathlib import Path

from crawler.errors import ArgumentError
from crawler.wordpress.site import normalise_site


def read_sites(path: Path) -> list[str]:
    """Read the sites of a file; ``#`` begins a comment, a site named twice counts once.

    Raises ArgumentError, which names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(f"sites: {str(path)!r} cannot be read: {error}") from error
    sites: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        text = "" if line.lstrip().startswith("#") else line.partition(" #")[0].strip()
        if not text:
            continue
        try:
            site = normalise_site(text)
        except ArgumentError as error:
            raise ArgumentError(f"{path.name}, line {number}: {error}") from error
        sites.setdefault(site.rstrip("/"), site)
    if not sites:
        raise ArgumentError(f"sites: {str(path)!r} names no site")
    return list(sites.values())
