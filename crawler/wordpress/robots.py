"""robots.txt as RFC 9309 has it, and REST routes, which have two addresses each."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from crawler.wordpress.query import ApiRoot, RootForm

MAX_BYTES = 500 * 1024
"""What has to be read of a robots.txt (RFC 9309, section 2.5); nobody writes more by hand."""

UNAVAILABLE = range(400, 500)
"""Statuses that mean that there are no rules (section 2.3.1.3), but for BUSY."""

BUSY = 429
"""There may be rules: the site had no time to say so."""

PREFIX = "/wp-json/"

TDMREP = "/.well-known/tdmrep.json"
FILES = ("/robots.txt", TDMREP)
"""What is asked for by a name that no page has."""

_IN_PATH = re.compile(r"(?:/index\.php)?/wp-json(?:/|$)")


def rules_of(body: bytes) -> bytes:
    """Cut a robots.txt at the last whole line that has to be read.

    >>> rules_of(b"User-agent: *")
    b'User-agent: *'
    """
    if len(body) <= MAX_BYTES:
        return body
    head = body[:MAX_BYTES]
    return head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1]


def forbids_all(status: int) -> bool:
    """Tell whether a robots.txt could not be had, so that everything is forbidden.

    >>> [forbids_all(status) for status in (200, 403, 404, 429, 503)]
    [False, False, False, True, True]
    """
    return status == BUSY or not (200 <= status < 300 or status in UNAVAILABLE)


def is_taken_for_a_page(url: str, target: str, by: str) -> bool:
    """Tell whether a redirect of WordPress says that there is no such file.

    *target* is its Location, *by* its X-Redirect-By. Without pretty permalinks
    WordPress takes the name for a page's, puts a slash behind it, and shows the
    front page there. Where it has rules it takes the slash off, so there are
    none at that address either.

    >>> url = "https://example.org/robots.txt"
    >>> is_taken_for_a_page(url, "https://example.org/robots.txt/", "WordPress")
    True
    >>> is_taken_for_a_page(url, "https://www.example.org/robots.txt", "WordPress")
    False
    """
    named = by.strip().lower() == "wordpress"
    return named and urlsplit(url).path in FILES and target == f"{url}/"


def spellings(url: str, root: ApiRoot | None = None) -> list[str]:
    """List the addresses by which rules may forbid *url*: itself, and those of its route.

    A rule for ``/wp-json/`` is meant for ``?rest_route=/`` too, and the other
    way round. *root* is where the API is, as far as that is known.

    >>> spellings("https://example.org/wp-json/wp/v2/posts?page=2")
    ['https://example.org/wp-json/wp/v2/posts?page=2', \
'https://example.org/?rest_route=/wp/v2/posts&page=2']
    >>> spellings("https://example.org/index.php?rest_route=%2Fwp%2Fv2%2Fposts&page=2")[1:]
    ['https://example.org/?rest_route=/wp/v2/posts&page=2', \
'https://example.org/wp-json/wp/v2/posts?page=2']
    >>> spellings("https://example.org/about/")
    ['https://example.org/about/']
    """
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    routes = [value for name, value in pairs if name == "rest_route"]
    home, route, prefix = _home(parts.path), "", PREFIX
    if routes:
        route = routes[-1]
    else:
        split = _split_path(parts.path, root)
        if split is None:
            return [url]
        home, prefix, route = split
    route = quote("/" + unquote(route).strip("/"), safe="/:@!$'()*,;~").rstrip("/")
    rest = urlencode([pair for pair in pairs if pair[0] != "rest_route"], safe=",:/")
    plain = f"{origin}{home}/?rest_route={route or '/'}{'&' if rest else ''}{rest}"
    pretty = f"{origin}{home}{prefix.rstrip('/')}{route or '/'}{'?' if rest else ''}{rest}"
    return list(dict.fromkeys((url, plain, pretty)))


def _home(path: str) -> str:
    """Give the folder of a site whose front page, or index.php, has this path."""
    return path.removesuffix("index.php").rstrip("/")


def _split_path(path: str, root: ApiRoot | None) -> tuple[str, str, str] | None:
    """Split a path into the site's folder, the prefix of its API, and the route."""
    if root is not None and root.form is RootForm.PATH:
        base = urlsplit(root.url).path
        if path.startswith(base) and base != "/":
            home, _, word = base.strip("/").rpartition("/")
            home = f"/{home}" if home else ""
            return home.removesuffix("/index.php"), f"/{word}/", path[len(base) :]
    found = _IN_PATH.search(path)
    return (path[: found.start()], PREFIX, path[found.end() :]) if found else None
