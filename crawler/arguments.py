"""The arguments of the spider ``wordpress``: read, checked, or refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any
from urllib.parse import parse_qsl

from crawler.errors import ArgumentError
from crawler.items import Kind
from crawler.wordpress.follow import BY_DEFAULT, DEFAULT, Follow, read_follow
from crawler.wordpress.query import Params
from crawler.wordpress.site import normalise_site, read_allow_hosts

ARGUMENTS = {
    "site": "one URL; any URL of the site will do",
    "sites": "a file, one URL a line",
    "dataset": "the name under which runs belong together",
    "collections": "rest_base or type names; documents (the default); all",
    "follow": "linked resources to resolve: author, terms, featured_media (the default), "
    "replies, attachments, up, any other rel; none; all",
    "after": "only what was published after this date",
    "before": "only what was published before this date",
    "filter": "further REST parameters for document collections",
    "mode": "full (the default), or incremental: what is new, changed or gone since the last run",
    "limit": "the newest N records a collection",
    "raw": "keep the record as received: true or false",
    "allow_hosts": "further hosts that this site's API may live on",
    "resume": "no discards what an unfinished run left",
}

SURVEY_ARGUMENTS = {
    "site": ARGUMENTS["site"],
    "sites": ARGUMENTS["sites"],
    "collections": "rest_base or type names; documents; all (the default)",
    "allow_hosts": ARGUMENTS["allow_hosts"],
}
"""The arguments of the spider ``survey``."""

MODES = ("full", "incremental")

KINDS: dict[str, tuple[Kind, ...]] = {
    "all": ("document", "media", "comment", "term", "user"),
    "documents": ("document",),
    "posts": ("document",),
    "post": ("document",),
    "pages": ("document",),
    "page": ("document",),
    "media": ("media",),
    "attachment": ("media",),
    "comments": ("comment",),
    "comment": ("comment",),
    "terms": ("term",),
    "categories": ("term",),
    "category": ("term",),
    "tags": ("term",),
    "post_tag": ("term",),
    "users": ("user",),
    "user": ("user",),
}
"""What core's names and our words for many collections give."""

SCRAPYD_ARGUMENTS = frozenset({"_job", "_version"})
"""What Scrapyd adds to the arguments of a job."""

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a crawl of one site was asked for; ``after`` and ``before`` are RFC 3339, UTC."""

    site: str
    dataset: str | None = None
    collections: tuple[str, ...] = ("documents",)
    after: str | None = None
    before: str | None = None
    filters: Params = ()
    limit: int | None = None
    raw: bool = False
    allow_hosts: frozenset[str] = frozenset()
    follow: Follow = BY_DEFAULT
    mode: str = "full"
    resume: bool = True

    @property
    def incremental(self) -> bool:
        """Whether only what is new, changed or gone is asked for."""
        return self.mode == "incremental"

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of items that a crawl may give."""
        return (*kinds_of(self.collections), *self._tombstones)

    @property
    def sure_kinds(self) -> frozenset[Kind]:
        """The kinds that are asked for whatever the site has."""
        return frozenset((*sure_kinds(self.collections), *self._tombstones))

    @property
    def _tombstones(self) -> tuple[Kind, ...]:
        return ("tombstone",) if self.incremental else ()

    def as_json(self) -> dict[str, Any]:
        """Write them as JSON has them, sets sorted; without ``resume``, which is of one command.

        >>> read_arguments({"site": "https://example.org/"}).as_json()["collections"]
        ['documents']
        """
        written = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name != "resume"
        }
        written["follow"] = list(self.follow.names)
        for name, value in written.items():
            if isinstance(value, tuple | frozenset):
                written[name] = sorted(value) if isinstance(value, frozenset) else list(value)
        written["filters"] = [list(pair) for pair in self.filters]
        return written


def kinds_of(names: Iterable[str]) -> tuple[Kind, ...]:
    """Tell which kinds of items these collections may give, before the site is asked.

    >>> kinds_of(["posts", "tags"]), kinds_of(["recipes"])
    (('document', 'term'), ('document', 'term'))

    A name that core does not know may be a post type's or a taxonomy's.
    """
    found = {kind for name in names for kind in _kinds(name) or ("document", "term")}
    return tuple(kind for kind in KINDS["all"] if kind in found)


def sure_kinds(names: Iterable[str]) -> frozenset[Kind]:
    """Tell which kinds are asked for whatever the site has.

    >>> sorted(sure_kinds(["posts", "recipes"]))
    ['document']
    """
    return frozenset(kind for name in names for kind in _kinds(name))


def _kinds(name: str) -> tuple[Kind, ...]:
    return KINDS.get(name.strip("/").removeprefix("wp/v2/"), ())


def read_arguments(given: Mapping[str, str]) -> Arguments:
    """Read arguments as they stand on the command line.

    >>> read_arguments({"site": "https://Example.org/", "limit": "10"}).limit
    10

    Raises ArgumentError, whose text says what was expected.
    """
    _check_names(given, ARGUMENTS)
    mode = _read_mode(given)
    after, before = (_read_date(name, given.get(name)) for name in ("after", "before"))
    if after and before and after >= before:
        raise ArgumentError(f"after={after} is not before before={before}: nothing lies between")
    return Arguments(
        site=_read_site(given),
        dataset=_read_dataset(given.get("dataset")),
        collections=_read_names(given.get("collections", "documents")),
        after=after,
        before=before,
        filters=_read_filter(given.get("filter", "")),
        limit=_read_limit(given.get("limit")),
        raw=_read_flag("raw", given.get("raw", "")),
        allow_hosts=read_allow_hosts(given.get("allow_hosts", "")),
        follow=read_follow(given.get("follow", DEFAULT)),
        mode=mode,
        resume=_read_flag("resume", given.get("resume", "yes")),
    )


def read_survey_arguments(given: Mapping[str, str]) -> Arguments:
    """Read the arguments of a survey, which takes fewer of them.

    >>> read_survey_arguments({"site": "https://example.org"}).collections
    ('all',)

    Raises ArgumentError, whose text says what was expected.
    """
    _check_names(given, SURVEY_ARGUMENTS)
    return Arguments(
        site=_read_site(given),
        collections=_read_names(given.get("collections", "all")),
        allow_hosts=read_allow_hosts(given.get("allow_hosts", "")),
    )


def _check_names(given: Iterable[str], known: Iterable[str]) -> None:
    known = list(known)
    for name in given:
        if name not in known and name not in SCRAPYD_ARGUMENTS:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            raise ArgumentError(f"no argument {name[:60]!r}: {hint}")


def _read_mode(given: Mapping[str, str]) -> str:
    mode = given.get("mode", "full")
    if mode not in MODES:
        near = get_close_matches(mode, MODES, n=1)
        hint = f": did you mean {near[0]}?" if near else ""
        raise ArgumentError(f"mode must be full or incremental, got {mode[:60]!r}{hint}")
    parts = [name for name in ("limit", "after", "before", "filter") if name in given]
    if mode == "incremental" and parts:
        raise ArgumentError(
            f"mode=incremental compares whole collections: leave out {' and '.join(parts)}, "
            "or say mode=full"
        )
    return mode


def _read_site(given: Mapping[str, str]) -> str:
    if "sites" in given:
        raise ArgumentError("sites= is read by the crawl command, as in: scrapy crawl wordpress")
    if not given.get("site"):
        raise ArgumentError("expected one site, as in: -a site=https://example.org")
    return normalise_site(given["site"])


def _read_date(name: str, text: str | None) -> str | None:
    """Read a date or time, UTC unless an offset is given, as RFC 3339 in UTC."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ArgumentError(
            f"{name} must be a date or a time, as in 2024-05-01 or 2024-05-01T10:00:00+02:00, "
            f"got {text[:60]!r}"
        ) from error
    return aware.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _read_dataset(text: str | None) -> str | None:
    if text is not None and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", text):
        raise ArgumentError(
            f"dataset takes letters, digits, dot, hyphen and underscore, got {text[:60]!r}"
        )
    return text


def _read_names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not names:
        raise ArgumentError("collections is empty: expected names, as in collections=posts,pages")
    return names


def _read_filter(text: str) -> Params:
    try:
        return tuple(parse_qsl(text, keep_blank_values=True, strict_parsing=True)) if text else ()
    except ValueError as error:
        raise ArgumentError(
            f"filter takes parameters as in filter='categories=5&lang=fr', got {text[:60]!r}"
        ) from error


def _read_limit(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0):
        raise ArgumentError(f"limit must be a whole number above 0, got {text[:60]!r}")
    return int(text)


def _read_flag(name: str, text: str) -> bool:
    if text.lower() not in TRUE | FALSE:
        raise ArgumentError(f"{name} must be true or false, got {text[:60]!r}")
    return text.lower() in TRUE
