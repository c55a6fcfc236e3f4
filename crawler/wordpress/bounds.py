"""The bounds of a crawl: which URLs it may ask, and why it may not ask another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urljoin

from crawler.wordpress.query import MAX_URL_BYTES, Origin
from crawler.wordpress.site import names, plain_origin, same_site

MAX_ASKED_CHARS = 2 * MAX_URL_BYTES
"""Our own URLs end at half of it; servers answer 414 or 502 to what is longer."""

MAX_SHOWN_CHARS = 100
"""Of a host in a log line."""

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_AUTHORITY = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)
_AFTER_HOST = re.compile(r"[/\\?#]")
_PORT = re.compile(r":[0-9]+$")


class Refusal(StrEnum):
    """Why a URL is not asked."""

    SCHEME = "scheme"  # neither http nor https, or none
    LENGTH = "length"
    CREDENTIALS = "credentials"  # a user name, or what passes for one
    MALFORMED = "malformed"  # no host and port, or two programs would read two
    HOST = "host"  # that nobody named
    PORT = "port"  # or scheme: the host is the site's, or was named


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where a crawl may ask.

    *site* is what the user named, and *allow_hosts* what else; *pinned* is the
    origin on which the API was found, None before that. Until then the site may
    send us to its https or www. origin; from then on nothing moves.
    """

    site: Origin
    allow_hosts: frozenset[str] = frozenset()
    pinned: Origin | None = None

    @property
    def named_hosts(self) -> frozenset[str]:
        """The very hosts that the user named; www. before one makes another.

        >>> sorted(Bounds(Origin("http", "::1", 80), frozenset({"[::2]:80", "a.org"})).named_hosts)
        ['::1', '::2', 'a.org']
        """
        others = (_PORT.sub("", host).strip("[]") for host in self.allow_hosts)
        return frozenset((self.site.host, *others))

    def refusal(self, url: str) -> Refusal | None:
        """Tell why *url* may not be asked; None where it may.

        >>> bounds = Bounds(Origin("https", "example.org", 443))
        >>> str(bounds.refusal("http://10.0.0.7/")), str(bounds.refusal("file:///etc/hosts"))
        ('host', 'scheme')
        >>> bounds.refusal("https://www.example.org/wp-json/")
        """
        if not is_web(url):
            return Refusal.SCHEME
        if len(url) > MAX_ASKED_CHARS:
            return Refusal.LENGTH
        origin = plain_origin(url)
        if origin is None:
            authority = _AUTHORITY.match(url)
            at_sign = authority is not None and "@" in authority[1]
            return Refusal.CREDENTIALS if at_sign else Refusal.MALFORMED
        if self._holds(origin):
            return None
        near = {*self.named_hosts, (self.pinned or self.site).host}
        return Refusal.PORT if origin.host in near else Refusal.HOST

    def redirect_refusal(self, url: str, location: str) -> Refusal | None:
        """Tell why a redirect from *url* is not followed; None where it is.

        >>> bounds = Bounds(Origin("https", "example.org", 443))
        >>> str(bounds.redirect_refusal("https://example.org/", "//evil.example/"))
        'host'
        """
        try:
            return self.refusal(urljoin(url, location.strip()))
        except ValueError:
            return Refusal.MALFORMED

    def _holds(self, origin: Origin) -> bool:
        at_home = same_site(self.site, origin) if self.pinned is None else origin == self.pinned
        return at_home or names(self.allow_hosts, origin)


def is_web(url: str) -> bool:
    """Tell whether a URL has a scheme that any crawl may ask by.

    >>> is_web("HTTPS://example.org/"), is_web("file:///etc/hosts"), is_web("//example.org/")
    (True, False, False)
    """
    scheme = _SCHEME.match(url)
    return scheme is not None and scheme[1].lower() in ("http", "https")


def show_place(url: str) -> str:
    r"""Write where a URL leads for a log line: no credentials, no path, no more than it needs.

    >>> show_place("http://me:secret@evil.example:8080/?q=1"), show_place("javascript:alert(1)")
    ('http://evil.example:8080', 'javascript:')
    >>> show_place("http://a\nb/"), show_place("//evil.example/")
    ('http://a\\nb', 'a URL without a scheme')
    """
    scheme = _SCHEME.match(url[:40])
    if scheme is None:
        return "a URL without a scheme"
    name = scheme[1].lower()
    if name not in ("http", "https"):
        return f"{name}:"
    start = url[: MAX_SHOWN_CHARS * 20]
    if (origin := plain_origin(start)) is not None:
        return str(origin)
    rest = start[scheme.end() :].rpartition("@")[2].lstrip("/\\")
    return f"{name}://{ascii(_AFTER_HOST.split(rest, maxsplit=1)[0])[1:-1][:MAX_SHOWN_CHARS]}"
