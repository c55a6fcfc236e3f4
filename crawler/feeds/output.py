"""What the arguments of -o and -O mean: which file, which format, compressed by what."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from pathlib import PurePath, PureWindowsPath
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import ArgumentError
from crawler.feeds.compression import COMPRESSIONS, OTHER_SUFFIXES, feed_options_for

STDOUT = "stdout:"
SCHEMES = frozenset({"", "file", "stdout", "s3", "gs", "ftp", "ftps"})
"""The schemes for which there is a storage: ours, and Scrapy's own."""


def read_output(
    argument: str,
    *,
    overwrite: bool,
    exporters: Collection[str],
    schemes: Collection[str] = SCHEMES,
) -> tuple[str, dict[str, Any]]:
    """Read ``FILE``, ``FILE:FORMAT`` or ``-`` into a key and a value of FEEDS.

    *exporters* are the names of the formats. ``-`` is standard output, as
    JSON Lines where no format is given. Raises ArgumentError for what names
    no known format, with the argument that may have been meant.

    >>> read_output("out.jsonl", overwrite=True, exporters=["jsonl", "csv"])
    ('out.jsonl', {'format': 'jsonl', 'overwrite': True})
    >>> read_output("-:csv", overwrite=True, exporters=["jsonl", "csv"])
    ('stdout:', {'format': 'csv'})
    """
    target, named = _split_format(argument, exporters)
    if target in {"-", STDOUT}:
        return STDOUT, {"format": named or "jsonl"}
    scheme = _scheme(target)
    if scheme not in schemes:
        known = ", ".join(f"{name}:" for name in sorted(schemes) if name)
        raise ArgumentError(f"{argument!r} must be a file or begin with one of {known}")
    path = target.partition("://")[2].partition("/")[2] if "://" in target else target
    if not path or path.endswith(("/", "\\")):
        raise ArgumentError(f"{argument!r} names no file, expected one as in posts.jsonl")
    options = feed_options_for(path)
    if named:
        options["format"] = named
    _check(argument, PurePath(path).suffix.lower(), options["format"], exporters)
    if scheme in {"", "file"}:
        options["overwrite"] = overwrite
    return _as_path(target) if scheme == "" else target, options


def _split_format(argument: str, exporters: Collection[str]) -> tuple[str, str]:
    target, _, name = argument.rpartition(":")
    if target and name.lower() in exporters:
        return target, name.lower()
    return argument, ""


def _scheme(target: str) -> str:
    """Read the scheme of a URI; "" for a path, on a Windows drive too."""
    if "://" in target:
        return target.partition("://")[0].lower()
    return "file" if target.lower().startswith("file:") else ""


def _as_path(target: str) -> str:
    """Spell a path such that Scrapy sees no scheme in it, as in posts-19:30.jsonl."""
    if PureWindowsPath(target).drive or not urlsplit(target).scheme:
        return target
    return f"./{target}"


def _check(argument: str, suffix: str, feed_format: str, exporters: Collection[str]) -> None:
    if suffix in OTHER_SUFFIXES:
        known = " or ".join(COMPRESSIONS)
        raise ArgumentError(f"{argument!r} cannot be compressed as {suffix}, only as {known}")
    if feed_format not in exporters:
        known = ", ".join(f".{name}" for name in exporters)
        raise ArgumentError(
            f"{argument!r} names no known format: did you mean {_guess(argument, exporters)!r}? "
            f"Known are {known}, each with .gz or .zst after it or :FORMAT after any name"
        )


def _guess(argument: str, exporters: Collection[str]) -> str:
    """Suggest the argument that may have been meant."""
    stem, packed = argument, ""
    for suffix in COMPRESSIONS:
        if argument.lower().endswith(suffix):
            stem, packed = argument[: -len(suffix)], argument[-len(suffix) :]
    cut = max(stem.rfind("."), stem.rfind(":"), stem.rfind("/"))
    close = get_close_matches(stem[cut + 1 :].lower(), exporters, n=1)
    if close and cut >= 0 and stem[cut] != "/":
        return f"{stem[: cut + 1]}{close[0]}{packed}"
    return f"{stem}.jsonl{packed}"
