"""Where the API of a site may be when nothing says so, and how else its address is written."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from crawler.wordpress.query import ApiRoot, Origin, RootForm, build_url, read_root
from crawler.wordpress.site import WORDPRESS_COM, before_api, wordpress_com_name

How = Literal[
    "link header", "link element", "wp-json", "index.php", "rest_route", "given", "wordpress.com"
]
"""How an API root was learnt."""

GUESSES: tuple[tuple[str, How], ...] = (
    ("wp-json/", "wp-json"),
    ("index.php/wp-json/", "index.php"),
    ("?rest_route=/", "rest_route"),
)
"""Where core answers, below the folder that WordPress is in."""

MAX_FOLDERS = 3

_ROOT_PATH = re.compile(r"^(.*?/wp-json)(?:/|$)|^(.*?)/wp/v2(?:/|$)")


def guess_roots(origin: Origin, answered: str, named: str) -> list[tuple[ApiRoot, How]]:
    """List where to look: in the folders of two paths, the deepest first.

    *answered* is the path at which the site's page was found, *named* the one
    that the user gave. At most MAX_FOLDERS, the host's root always among them.

    >>> from crawler.wordpress.query import origin_of
    >>> roots = guess_roots(origin_of("https://example.org"), "/blog/", "/blog")
    >>> [root.url.removeprefix("https://example.org") for root, _ in roots][:4]
    ['/blog/wp-json/', '/blog/index.php/wp-json/', '/blog/?rest_route=/', '/wp-json/']
    """
    paths = [before_api(path) for path in (answered, named)]
    folders = dict.fromkeys([*map(_folder, paths), *map(_first_folder, paths)])
    deep = [folder for folder in folders if folder != "/"][: MAX_FOLDERS - 1]
    return [
        (read_root(f"{origin}{folder}{guess}"), how)
        for folder in (*deep, "/")
        for guess, how in GUESSES
    ]


def root_above(root: ApiRoot, path: str) -> tuple[ApiRoot, How] | None:
    """Give the root one folder up, where *path*, whose page names *root*, is not in its folder.

    >>> above = root_above(read_root("https://example.org/hi/wp-json/"), "/")
    >>> above[0].url, above[1]
    ('https://example.org/wp-json/', 'wp-json')
    >>> root_above(read_root("https://example.org/hi/wp-json/"), "/hi/about/")
    """
    place = urlsplit(root.url).path
    word = "" if root.form is RootForm.QUERY else place.rstrip("/").rpartition("/")[2] + "/"
    folder = place.removesuffix(word).removesuffix("index.php/")
    if root.form is RootForm.WORDPRESS_COM or folder == "/" or not folder.endswith("/"):
        return None
    if f"{path}/".startswith(folder):
        return None
    parent = folder.rstrip("/").rpartition("/")[0]
    ending = f"?{urlsplit(root.url).query}" if root.form is RootForm.QUERY else word
    how: How = "rest_route" if root.form is RootForm.QUERY else "wp-json"
    return read_root(f"{root.origin}{parent}/{ending}"), how


def _folder(path: str) -> str:
    """Give the folder of a path; a last word without a dot is taken for one."""
    parent, _, last = path.rpartition("/")
    return f"{parent}/{last}/" if last and "." not in last else f"{parent}/"


def _first_folder(path: str) -> str:
    return _folder("/".join(path.split("/")[:2]))


def root_in(url: str) -> ApiRoot | None:
    """Read the API root that *url* lies below, by its looks; None where it does not look so.

    >>> root_in("https://example.org/blog/wp-json/wp/v2/posts?page=2").url
    'https://example.org/blog/wp-json/'
    >>> root_in("https://example.org/api/wp/v2/posts").url
    'https://example.org/api/'
    >>> root_in("https://example.org/2024/05/")
    """
    parts = urlsplit(url)
    if any(name == "rest_route" for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return read_root(url)
    if parts.hostname == WORDPRESS_COM and (name := wordpress_com_name(parts.path)):
        return read_root(f"{parts.scheme}://{parts.netloc}/wp/v2/sites/{name}/")
    found = _ROOT_PATH.match(parts.path)
    if found is None:
        return None
    path = found[1] if found[1] is not None else found[2]
    return read_root(f"{parts.scheme}://{parts.netloc}{path}/")


def spellings(root: ApiRoot, route: str = "/") -> tuple[str, ...]:
    """Write *route* in the ways that robots.txt may know it by: as asked, and the other way.

    A rule for /wp-json/ does not cover ?rest_route= by its letters, but by its
    meaning it does, and the other way round.

    >>> spellings(read_root("https://example.org/?rest_route=/"), "/wp/v2/posts")[1]
    'https://example.org/wp-json/wp/v2/posts'
    """
    asked = build_url(root, route)
    path = urlsplit(root.url).path
    if root.form is RootForm.QUERY:
        folder = path[: path.rindex("/") + 1]
        return asked, build_url(read_root(f"{root.origin}{folder}wp-json/"), route)
    if root.form is RootForm.PATH and path != (folder := before_api(path)):
        return asked, build_url(read_root(f"{root.origin}{folder}?rest_route=/"), route)
    return (asked,)
