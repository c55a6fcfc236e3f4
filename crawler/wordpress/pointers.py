"""Links of other rels than WordPress's own: addresses on the site, asked for one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from w3lib.url import canonicalize_url

from crawler.wordpress.answers import absolute
from crawler.wordpress.errands import Refusal
from crawler.wordpress.fields import SAFE_NAME
from crawler.wordpress.follow import Follow
from crawler.wordpress.links import MAX_HREF_CHARS, Link, read_links
from crawler.wordpress.page import Record
from crawler.wordpress.query import MAX_URL_BYTES, ApiRoot
from crawler.wordpress.site import before_api, pin, plain_origin, same_site

MAX_POINTERS = 20
"""Addresses of one record that are asked for."""

OFF_SITE = Refusal("off_site", "its address leads off the site")
GONE = Refusal("dangling", "its address is the root of the API")
TOO_LONG = Refusal("bound", "its address is longer than any that is asked")
BOUND = Refusal("bound", f"more than {MAX_POINTERS} links on one record")


@dataclass(frozen=True, slots=True)
class Pointer:
    """A link of another rel; *address* is None where it is not followed, for *refusal*.

    ``resource`` is the same for all spellings of one address, which is asked once.
    """

    rel: str
    href: str
    address: str | None
    refusal: Refusal | None = None
    resource: str = ""


def read_pointers(record: Record, root: ApiRoot, follow: Follow) -> list[Pointer]:
    """List the links of a record that are followed by their own addresses.

    >>> from crawler.wordpress.follow import read_follow
    >>> from crawler.wordpress.query import read_root
    >>> root = read_root("https://example.org/wp-json/")
    >>> record = {"_links": {"acme:map": [{"href": "/wp-json/acme/v1/map/7"}, "//10.0.0.7/x"]}}
    >>> [each.address for each in read_pointers(record, root, read_follow("acme:map"))]
    ['https://example.org/wp-json/acme/v1/map/7', None]
    """
    wanted = _wanted(record, root, follow)
    near = [_point(rel, link, root) for rel, link in wanted[:MAX_POINTERS]]
    beyond = (Pointer(rel, link.href, None, BOUND) for rel, link in wanted[MAX_POINTERS:])
    return [*near, *beyond]


def _wanted(record: Record, root: ApiRoot, follow: Follow) -> list[tuple[str, Link]]:
    """List the links of a record that are followed, by rel as the user wrote it."""
    return [
        (link.name if link.name in follow.rels else link.rel, link)
        for link in read_links(record.get("_links"), root)
        if (follow.wants(link.rel) or link.name in follow.rels) and not link.templated
    ]


def _point(rel: str, link: Link, root: ApiRoot) -> Pointer:
    address = _on_site(link.href, root)
    refusal = None
    if address is None:
        refusal = OFF_SITE
    elif address == root.url:
        refusal = GONE
    elif len(link.href) >= MAX_HREF_CHARS or len(address) > MAX_URL_BYTES:  # it may have been cut
        refusal = TOO_LONG
    if address is None or refusal is not None:
        return Pointer(rel, link.href, None, refusal)
    return Pointer(rel, link.href, address, resource=resource_of(root, address))


def _on_site(href: str, root: ApiRoot) -> str | None:
    """Write an address on the origin of the API; None where it leads elsewhere."""
    url = absolute(root.url, href)
    origin = plain_origin(url) if url is not None else None
    if url is None or origin is None:
        return None
    near = same_site(root.origin, origin) or same_site(origin, root.origin)
    return pin(url, root.origin) if near else None


def resource_of(root: ApiRoot, address: str) -> str:
    """Write an address on the site in one way: w3lib's canonical form, routes in that of paths.

    >>> from crawler.wordpress.query import read_root
    >>> root = read_root("https://example.org/wp-json/")
    >>> resource_of(root, "https://example.org/map/index.php?b=2&a=%7e#top")
    'https://example.org/map/?a=~&b=2'
    >>> resource_of(root, "https://example.org/?rest_route=/acme/v1/map/7/&a=1")
    'https://example.org/wp-json/acme/v1/map/7?a=1'
    """
    parts = urlsplit(address)
    folder = before_api(urlsplit(root.url).path)
    path = (
        parts.path.removesuffix("index.php") if parts.path.endswith("/index.php") else parts.path
    )
    query = parse_qsl(parts.query, keep_blank_values=True)
    routes = [value for name, value in query if name == "rest_route"]
    if routes and path == folder:
        path = f"{folder}wp-json/{quote(routes[-1].strip('/'))}"
        query = [pair for pair in query if pair[0] != "rest_route"]
    inner = path.removeprefix(folder).removeprefix("index.php/")
    if path.startswith(folder) and inner.startswith("wp-json/"):
        path = f"{folder}{inner.rstrip('/')}"
    return canonicalize_url(f"{root.origin}{path}?{urlencode(query)}")


def fields_for(records: Iterable[Record], root: ApiRoot, follow: Follow) -> list[str]:
    """Name what `_fields` must hold so that rels can be followed by their addresses.

    >>> from crawler.wordpress.follow import read_follow
    >>> from crawler.wordpress.query import read_root
    >>> fields_for([], read_root("https://example.org/wp-json/"), read_follow("acme:map"))
    ['_links.acme:map']
    """
    wanted = (link for record in records for _, link in _wanted(record, root, follow))
    named = {*follow.rels, *(link.name for link in wanted)}
    if all(SAFE_NAME.fullmatch(name) for name in named):
        return sorted(f"_links.{name}" for name in named)
    return ["_links"]  # a rel that is a whole address cannot be named
