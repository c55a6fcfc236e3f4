"""The site that the user named, and which other origins count as it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from w3lib.url import safe_url_string

from crawler.errors import ArgumentError, ProtocolError
from crawler.wordpress.hosts import ascii_host, is_plain
from crawler.wordpress.query import DEFAULT_PORTS, MAX_URL_BYTES, Origin, origin_of

WORDPRESS_COM = "public-api.wordpress.com"

_UNWANTED = re.compile(r"[\x00-\x20\x7f-\xa0\\\s\ud800-\udfff]")
_AUTHORITY = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)
_CREDENTIALS = re.compile(r"^([a-z][a-z0-9+.-]*:/*)?.*@", re.IGNORECASE | re.DOTALL)
_API_PATH = re.compile(r"/(index\.php|wp-json)(/|$)")
_HOST_PORT = re.compile(r"(\[[^\[\]]+\]|[^:\[\]/]+)(?::([0-9]{1,5}))?")


def normalise_site(argument: str) -> str:
    """Write a site's URL in one way, or refuse it.

    Scheme and host come in lower case, the host in ASCII; default port and
    fragment go, path and query stay; a host's root path is left out.

    >>> normalise_site("HTTPS://Bücher.example:443/#top")
    'https://xn--bcher-kva.example'
    >>> normalise_site("https://example.org/blog/?lang=fr")
    'https://example.org/blog/?lang=fr'

    Raises ArgumentError, which repeats no password.
    """
    text = argument.strip()
    shown = repr(_without_credentials(text)[:200])
    if not _AUTHORITY.match(text):
        raise ArgumentError(_scheme_advice(text, shown))
    if _UNWANTED.search(text):
        raise ArgumentError(f"{shown} has a space, a backslash or a control character in it")
    if len(text) > MAX_URL_BYTES:
        raise ArgumentError(f"{shown} is cut: a site's URL has {MAX_URL_BYTES} characters at most")
    try:
        parts = urlsplit(text)
        if "@" in parts.netloc:
            raise ArgumentError(
                f"{shown} has a user name in it; only what any visitor may read is harvested"
            )
        if not is_plain(parts.netloc):
            raise ValueError("its host stands in no plain place")
        host = ascii_host((parts.hostname or "").removesuffix("."))
        port = DEFAULT_PORTS[parts.scheme] if parts.port is None else _port(parts.port)
    except ValueError as error:
        raise ArgumentError(f"{shown} has no host and port that can be used: {error}") from error
    origin = Origin(parts.scheme, host, port)
    path = urlsplit(urljoin(f"{origin}/", f".{parts.path}")).path  # dot segments resolved
    if parts.query:
        return safe_url_string(f"{origin}{path}?{parts.query}")
    return safe_url_string(f"{origin}{path}") if path != "/" else str(origin)


def _port(number: int) -> int:
    if number == 0:
        raise ValueError("0 is no port")
    return number


def _without_credentials(text: str) -> str:
    return _CREDENTIALS.sub(r"\1***@", text)


def _scheme_advice(text: str, shown: str) -> str:
    if not text:
        return "expected a site, as in https://example.org"
    if re.match(r"[a-z][a-z0-9+.-]*://", text, re.IGNORECASE):
        return f"{shown} is neither an http:// nor an https:// URL"
    rest = re.sub(r"^(https?:)?/*", "", _without_credentials(text)[:200], flags=re.IGNORECASE)
    example = "example.org" if not rest or _UNWANTED.search(rest) else rest
    return f"{shown} has no http:// or https:// scheme; try https://{example}"


def site_identity(url: str) -> str:
    """Name the site that *url* belongs to: the same for all ways to write one address.

    The query goes, and a slash at the end, and what names the API of the site.

    >>> site_identity("https://example.org/blog/"), site_identity("https://example.org/?lang=fr")
    ('https://example.org/blog', 'https://example.org')
    >>> site_identity("https://example.org/wp-json/wp/v2/posts?page=2")
    'https://example.org'
    """
    origin, path = origin_of(url), urlsplit(url).path
    if origin.host == WORDPRESS_COM and (name := wordpress_com_name(path)):
        return f"{origin}/wp/v2/sites/{name}"
    return f"{origin}{before_api(path).rstrip('/')}"


def before_api(path: str) -> str:
    """Cut a path where the API begins in it.

    >>> before_api("/blog/index.php/wp-json/wp/v2/posts"), before_api("/2024/05/")
    ('/blog/', '/2024/05/')
    """
    found = _API_PATH.search(path)
    return path[: found.start() + 1] if found else path


def wordpress_com_name(path: str) -> str | None:
    """Read which site a path on public-api.wordpress.com names; None where it names none.

    >>> wordpress_com_name("/wp/v2/sites/example.wordpress.com/posts")
    'example.wordpress.com'
    """
    return path.partition("/sites/")[2].partition("/")[0] or None


def same_site(a: Origin | str, b: Origin | str) -> bool:
    """Tell whether *b* is the site *a*: an origin or URL each.

    The host is the same but for a leading ``www.``, and so are scheme and port,
    but that http on its default port may become https on its own.

    >>> same_site("http://example.org", "https://www.example.org/home/")
    True
    >>> same_site("https://example.org", "http://example.org")
    False
    >>> same_site("https://example.org", "https://example.org:8443")
    False
    """
    here, there = plain_origin(a), plain_origin(b)
    if here is None or there is None:
        return False
    if here.host.removeprefix("www.") != there.host.removeprefix("www."):
        return False
    ports = (here.scheme, here.port), (there.scheme, there.port)
    return ports[0] == ports[1] or ports == (("http", 80), ("https", 443))


def allowed(url: str, site: Origin | str, allow_hosts: frozenset[str] = frozenset()) -> bool:
    """Tell whether *url* may be asked in a crawl of *site*.

    It is the same site, or *allow_hosts* names its host (on any port) or its
    host and port. Not allowed is a URL with credentials or with an authority
    that two programs may read in two ways.

    >>> allowed("https://cms.example.org:8443/", "https://example.org", frozenset())
    False
    >>> allowed("https://cms.example.org/", "https://example.org", frozenset({"cms.example.org"}))
    True
    """
    origin = plain_origin(url)
    return origin is not None and (same_site(site, origin) or names(allow_hosts, origin))


def names(allow_hosts: frozenset[str], origin: Origin) -> bool:
    """Tell whether *allow_hosts* has the host of *origin*, on any port or on this one.

    >>> names(frozenset({"[::1]:8080"}), origin_of("http://[::1]:8080/"))
    True
    """
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    return not allow_hosts.isdisjoint({host, f"{host}:{origin.port}"})


def read_allow_hosts(argument: str | Iterable[str]) -> frozenset[str]:
    """Read a list of hosts, separated by commas, as ``allowed`` compares them.

    >>> sorted(read_allow_hosts("CMS.example.org, 127.0.0.1:8088"))
    ['127.0.0.1:8088', 'cms.example.org']

    Raises ArgumentError for what is neither host nor host:port.
    """
    entries = argument.split(",") if isinstance(argument, str) else argument
    return frozenset(_host_port(entry.strip()) for entry in entries if entry.strip())


def _host_port(entry: str) -> str:
    found = _HOST_PORT.fullmatch(entry)
    try:
        if found is None:
            raise ValueError(entry)
        host = ascii_host(found[1].strip("[]"))
        port = found[2]
        if port is not None and not 0 < int(port) < 65536:
            raise ValueError(port)
    except ValueError as error:
        raise ArgumentError(
            f"allow_hosts takes host or host:port, as in cms.example.org or 127.0.0.1:8080, "
            f"got {_without_credentials(entry)[:200]!r}"
        ) from error
    name = f"[{host}]" if ":" in host else host
    return name if port is None else f"{name}:{int(port)}"


def pin(url: str, origin: Origin) -> str:
    """Write path and query of *url* on *origin*.

    >>> pin("http://10.0.0.7/wp-json/?lang=fr", origin_of("https://example.org"))
    'https://example.org/wp-json/?lang=fr'
    """
    parts = urlsplit(url)
    return f"{origin}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")


def plain_origin(value: Origin | str) -> Origin | None:
    r"""Read the origin of a URL; None where its authority has more to it, or can be read twice.

    >>> plain_origin("https://example.org\\\\@10.0.0.7/"), plain_origin("//example.org/")
    (None, None)
    """
    if isinstance(value, Origin):
        return value
    found = _AUTHORITY.match(value)
    if found is None or "@" in found[1] or _UNWANTED.search(found[1]):
        return None
    try:
        return origin_of(value)
    except ProtocolError:
        return None
