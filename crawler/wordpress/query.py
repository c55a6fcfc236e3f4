"""One request to a route -> URL, in the root form that works, on the origin that was named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from crawler.errors import ProtocolError
from crawler.wordpress.hosts import ascii_host, is_plain

MAX_URL_BYTES = 4096
"""No longer URL is sent: 8 KB was answered 502 by a stock nginx."""

DEFAULT_PORTS = {"http": 80, "https": 443}

_NOT_IN_ROUTES = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]|/\.{1,2}(?=/|$)")

Params = tuple[tuple[str, str], ...]
"""Query parameters in the order in which they are written."""


class RootForm(StrEnum):
    """How a route is written on an API root."""

    PATH = "path"  # https://example.org/wp-json/wp/v2/posts
    QUERY = "query"  # https://example.org/?rest_route=/wp/v2/posts
    WORDPRESS_COM = "wordpress.com"  # https://public-api.wordpress.com/wp/v2/sites/SITE/posts


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of a URL: what requests are pinned to."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"

    @property
    def netloc(self) -> str:
        """Host, and the port where it is not the scheme's default."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if DEFAULT_PORTS[self.scheme] == self.port else f"{host}:{self.port}"


def origin_of(url: str) -> Origin:
    """Read the origin of an absolute http(s) URL.

    >>> str(origin_of("HTTPS://Example.org:443/a"))
    'https://example.org'

    Raises ProtocolError where there is none, or where it is open which host is
    meant.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = ascii_host(parts.hostname or "")
    except ValueError as error:
        raise ProtocolError(f"{url[:200]!r} has no origin: {error}") from error
    if parts.scheme not in DEFAULT_PORTS or port == 0 or not is_plain(parts.netloc):
        raise ProtocolError(f"{url[:200]!r} is not an absolute http or https URL")
    return Origin(parts.scheme, host, port or DEFAULT_PORTS[parts.scheme])


@dataclass(frozen=True, slots=True)
class ApiRoot:
    """Where the API of one site answers.

    ``url`` is as it is asked for the index: it ends in a slash (forms path and
    wordpress.com), or in ``rest_route=/`` (form query).
    """

    url: str
    form: RootForm

    @property
    def origin(self) -> Origin:
        return origin_of(self.url)


def read_root(url: str) -> ApiRoot:
    """Tell the form of an API root by its URL.

    >>> read_root("https://example.org/index.php?rest_route=%2F")
    ApiRoot(url='https://example.org/index.php?rest_route=/', form=<RootForm.QUERY: 'query'>)
    >>> read_root("https://example.org/wp-json").url
    'https://example.org/wp-json/'
    """
    origin = origin_of(url)
    parts = urlsplit(url)
    if any(name == "rest_route" for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return ApiRoot(f"{origin}{parts.path or '/'}?rest_route=/", RootForm.QUERY)
    path = parts.path.rstrip("/") + "/"
    if origin.host == "public-api.wordpress.com" and "/sites/" in path:
        return ApiRoot(f"{origin}{path}", RootForm.WORDPRESS_COM)
    return ApiRoot(f"{origin}{path}", RootForm.PATH)


def build_url(root: ApiRoot, route: str, params: Iterable[tuple[str, str]] = ()) -> str:
    """Write *route* with *params* on *root*; never on any other origin.

    >>> root = read_root("https://example.org/wp-json/")
    >>> build_url(root, "/wp/v2/posts", [("page", "2"), ("_fields", "id,title")])
    'https://example.org/wp-json/wp/v2/posts?page=2&_fields=id,title'
    >>> build_url(read_root("https://example.org/?rest_route=/"), "/wp/v2/posts", [("page", "2")])
    'https://example.org/?rest_route=/wp/v2/posts&page=2'
    >>> build_url(read_root("https://public-api.wordpress.com/wp/v2/sites/x.org"), "/wp/v2/posts")
    'https://public-api.wordpress.com/wp/v2/sites/x.org/posts'
    """
    query = urlencode(list(params), safe=",:/", quote_via=quote)
    path = quote(route.lstrip("/"), safe="/%:@~!$'()*,;=-._")
    if root.form is RootForm.QUERY:
        base = f"{root.url}{path}"
        return f"{base}&{query}" if query else base
    base = f"{root.url}{path}"
    if root.form is RootForm.WORDPRESS_COM:
        base = _wordpress_com(root, path)
    return f"{base}?{query}" if query else base


def _wordpress_com(root: ApiRoot, path: str) -> str:
    site = urlsplit(root.url).path.partition("/sites/")[2].strip("/")
    namespace, _, rest = _split_namespace(path)
    return f"{root.origin}/{namespace or 'wp/v2'}/sites/{site}/{rest}"


def _split_namespace(path: str) -> tuple[str, str, str]:
    """Split ``wp/v2/posts`` into ``wp/v2`` and ``posts``."""
    vendor, _, rest = path.partition("/")
    version, slash, rest = rest.partition("/")
    return (f"{vendor}/{version}" if version else vendor), slash, rest


def route_of(root: ApiRoot, href: str) -> str | None:
    """Read the route that *href* names, whatever host it claims; None where it names none.

    A link is a carrier of a route, never an address to connect to.

    >>> root = read_root("https://example.org/wp-json/")
    >>> route_of(root, "http://10.0.0.7/wp-json/wp/v2/library")
    '/wp/v2/library'
    >>> route_of(root, "/index.php?rest_route=%2Fwp%2Fv2%2Fposts%2F7")
    '/wp/v2/posts/7'
    >>> route_of(root, "https://example.org/about/")
    """
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    for name, value in parse_qsl(parts.query):
        if name == "rest_route":
            return clean_route(value)
    if root.form is RootForm.WORDPRESS_COM and "/sites/" in parts.path:
        namespace, _, rest = parts.path.strip("/").partition("/sites/")
        rest = rest.partition("/")[2]
        return clean_route(f"{namespace}/{rest}") if rest else None
    return _route_in_path(root, "/" + parts.path.lstrip("/"))


def _route_in_path(root: ApiRoot, path: str) -> str | None:
    markers = ["/wp-json/"]
    base = urlsplit(root.url).path
    if root.form is RootForm.PATH:
        # As this root is written, else by its last word: the prefix can be renamed.
        markers = [base, base[base.rstrip("/").rfind("/") :], *markers]
    for marker in markers:
        _, found, rest = path.partition(marker)
        if found and marker != "/":
            return clean_route(rest)
    return clean_route(path) if base == "/" and root.form is RootForm.PATH else None


def clean_route(route: str) -> str | None:
    """Write a route with one slash before it; None where it is none that can be asked for.

    Dot segments lead out of the API, encoded or not.

    >>> clean_route("wp/v2/posts/"), clean_route("/"), clean_route("/wp/v2/%2e%2e/x")
    ('/wp/v2/posts', None, None)
    """
    route = f"/{route.strip('/')}"
    return None if route == "/" or _NOT_IN_ROUTES.search(unquote(route)) else route
