"""Find the API of a site: any URL of it in, the API root out, by as few requests as can be."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.errors import ArgumentError, DiscoveryError
from crawler.wordpress.answers import Answer, absolute
from crawler.wordpress.challenge import challenge
from crawler.wordpress.front_page import api_elements
from crawler.wordpress.guesses import How, guess_roots, root_above, root_in
from crawler.wordpress.link_header import api_targets
from crawler.wordpress.query import ApiRoot, RootForm, origin_of, read_root
from crawler.wordpress.rest_errors import BY_ROBOTS
from crawler.wordpress.site import (
    WORDPRESS_COM,
    allowed,
    normalise_site,
    pin,
    plain_origin,
    same_site,
    site_identity,
    wordpress_com_name,
)
from crawler.wordpress.trail import Trail

__all__ = ["Discovery", "Found", "allowed", "normalise_site", "same_site", "site_identity"]

MAX_ANNOUNCED = 3  # roots that a page may name in its headers, and again in its elements


@dataclass(frozen=True, slots=True)
class Found:
    """The API of a site.

    ``site`` is the one that the user named, by its home, on the scheme and host
    that answered: the same for every URL of it.
    ``index`` is None where it could not be read: then ``index_denied`` holds
    the code by which WordPress closed it, or None where there is no index
    (WordPress.com). ``passed_over`` is a root that the site's page named, and
    that lies below this one; None where there is none.
    """

    root: ApiRoot
    how: How
    site: str
    index: dict[str, Any] | None
    index_denied: str | None
    passed_over: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where the API may be."""

    root: ApiRoot
    how: How


class Discovery:
    """The way from a site to its API: ask for ``request``, then ``feed`` or ``fail``.

    Go on until ``found`` is set; DiscoveryError tells that there is no API that
    may be asked. First comes the site's own page, then the root it names, then
    the places where core answers; a root is asked for once, and is the index.
    """

    def __init__(self, site: str, allow_hosts: frozenset[str] = frozenset()) -> None:
        self.request = normalise_site(site)
        self.found: Found | None = None
        self._named = self.request
        self._allow_hosts = allow_hosts
        self._trail = Trail(site_identity(self._named), origin_of(self._named))
        self._asked: Candidate | None = None  # None while the site's own page is asked for
        self._waiting: deque[Candidate] = deque()
        self._known: set[str] = set()
        self._above: dict[str, str] = {}  # root -> the one below it that the page named
        if self._trail.origin.host == WORDPRESS_COM:
            self._start_on_wordpress_com()

    def feed(self, status: int, url: str, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        """Take the response to ``request``; *url* is where it came from, after redirects."""
        answer = Answer(status, url, tuple(headers), body)
        firewall = challenge(answer.status, answer.headers, answer.body)
        if firewall is not None:
            raise DiscoveryError(
                f"{self._trail.site} is behind a challenge by {firewall} (HTTP {status}), "
                "which only a browser can answer"
            )
        if self._asked is None:
            self._read_page(answer)
        else:
            self._judge(self._asked, answer)
        self._go_on()

    def fail(self, reason: str) -> None:
        """Take that ``request`` got no response; *reason* is BY_ROBOTS if that forbade it."""
        reason = " ".join(reason.split())  # one line
        forbidden = reason == BY_ROBOTS
        if self._asked is None:
            if not forbidden:
                raise DiscoveryError(f"{self._trail.site} could not be reached: {reason}")
            self._trail.page = "forbidden by robots.txt"
            self._wait_for_guesses(self._named)
        elif forbidden:  # the same API in another spelling is forbidden too, by its meaning
            raise DiscoveryError(
                f"robots.txt of {self._asked.root.origin} forbids the API of {self._trail.site}: "
                f"{self._trail.show(self._asked.root.url)}"
            )
        else:
            self._trail.outcomes[self._asked.root.url] = f"nothing ({reason})"
        self._go_on()

    def _go_on(self) -> None:
        if self.found is not None:
            return
        if not self._waiting:
            raise DiscoveryError(str(self._trail))
        self._asked = self._waiting.popleft()
        self.request = self._asked.root.url

    def _wait_for(self, root: ApiRoot, how: How) -> None:
        if root.url not in self._known:
            self._known.add(root.url)
            self._waiting.append(Candidate(root, how))

    def _start_on_wordpress_com(self) -> None:
        name = wordpress_com_name(urlsplit(self._named).path)
        if name is None:
            raise ArgumentError(
                f"{WORDPRESS_COM} serves many sites; name one, as in "
                f"https://{WORDPRESS_COM}/wp/v2/sites/example.wordpress.com"
            )
        self._wait_for(read_root(f"{self._trail.origin}/wp/v2/sites/{name}/"), "wordpress.com")
        self._go_on()

    def _read_page(self, answer: Answer) -> None:
        self._trail.page = str(answer)
        if not self._stays(answer):
            self._trail.sent_off = plain_origin(answer.redirect or answer.url)
            self._wait_for_guesses(self._named)
            return
        self._trail.origin = origin_of(answer.url)
        if same_site(self._named, self._trail.origin):
            self._trail.site = site_identity(pin(self._named, self._trail.origin))
        self._read_given(answer)
        if self.found is not None:
            return
        self._announce(answer, api_targets(answer.header("link")), "link header")
        self._announce(answer, api_elements(answer.body), "link element")
        self._wait_for_guesses(answer.url)

    def _stays(self, answer: Answer) -> bool:
        """Tell whether an answer comes from the site, and does not send us off it."""
        return allowed(answer.redirect or answer.url, self._named, self._allow_hosts)

    def _read_given(self, answer: Answer) -> None:
        """See whether the URL that was named is one of the API's."""
        if answer.document is None:
            return
        plain = not set(parse_qs(urlsplit(answer.url).query)) - {"rest_route"}
        root = read_root(answer.url) if answer.index and plain else root_in(answer.url)
        if root is None:
            return
        if plain and root == read_root(answer.url) and _asks_for_root(answer.url):
            self._known.add(root.url)
            self._judge(Candidate(root, "given"), answer)
        else:
            self._wait_for(root, "given")

    def _announce(self, answer: Answer, targets: Sequence[str], how: How) -> None:
        """Take what the page names as its API, on an origin that may be asked."""
        for target in dict.fromkeys(targets[:MAX_ANNOUNCED]):
            url = absolute(answer.url, target)
            origin = plain_origin(url) if url else None
            if url is None or origin is None:
                continue
            self._trail.announced = True
            if same_site(origin, self._trail.origin) or same_site(self._trail.origin, origin):
                self._wait_for_higher(root := read_root(pin(url, self._trail.origin)), answer.url)
                self._wait_for(root, how)
            elif allowed(url, self._named, self._allow_hosts):
                self._wait_for(read_root(url), how)
            else:
                # An internal or former name of this host, most often: the path is worth a look
                # here; that host is not asked.
                self._trail.elsewhere = self._trail.elsewhere or origin
                if root_in(url):
                    self._wait_for(read_root(pin(url, self._trail.origin)), how)

    def _wait_for_higher(self, root: ApiRoot, answered: str) -> None:
        """Look above a root that does not belong to the page which names it.

        A cache gives the front page the headers of one in another language.
        """
        higher = root_above(root, urlsplit(answered).path)
        if higher is not None and higher[0].url not in self._known:
            self._above[higher[0].url] = root.url
            self._wait_for(*higher)

    def _wait_for_guesses(self, answered: str) -> None:
        paths = urlsplit(answered).path, urlsplit(self._named).path
        for root, how in guess_roots(self._trail.origin, *paths):
            self._wait_for(root, how)
        if allowed(f"https://{WORDPRESS_COM}/", self._named, self._allow_hosts):
            name = origin_of(self._named).host
            folders = urlsplit(self._trail.site).path.strip("/")
            for site in dict.fromkeys((f"{name}/{folders}".rstrip("/").replace("/", "::"), name)):
                root = read_root(f"https://{WORDPRESS_COM}/wp/v2/sites/{site}/")
                self._wait_for(root, "wordpress.com")

    def _judge(self, candidate: Candidate, answer: Answer) -> None:
        """See whether the API answered; else note what did."""
        root, how = candidate.root, candidate.how
        self._trail.outcomes[root.url] = str(answer)
        if not self._stays(answer):
            return
        if answer.index is not None:
            root = read_root(answer.url)
        site = site_of(root, self._trail.site)
        if answer.index is not None:
            passed_over = self._above.get(candidate.root.url)
            self.found = Found(root, how, site, answer.index, None, passed_over)
        elif how == "wordpress.com" and answer.code == "rest_no_route":
            self.found = Found(root, how, site, None, None)
        elif answer.refusal is not None:
            self.found = Found(root, how, site, None, answer.refusal)


def site_of(root: ApiRoot, named: str) -> str:
    """Name the site that *root* serves: one name, whichever of its pages was *named*.

    >>> site_of(read_root("https://example.org/blog/wp-json/"), "https://example.org/blog/2024/05")
    'https://example.org/blog'
    >>> site_of(read_root("https://example.org/index.php?rest_route=/"), "https://example.org/x")
    'https://example.org'

    A root that lives elsewhere (WordPress.com, allow_hosts) names no site.
    """
    if root.form is RootForm.WORDPRESS_COM or root.origin != origin_of(named):
        return named
    path = urlsplit(root.url).path.rstrip("/")
    if root.form is RootForm.PATH:
        path = path.rpartition("/")[0]
    return f"{root.origin}{path.removesuffix('/index.php')}".rstrip("/")


def _asks_for_root(url: str) -> bool:
    """Tell whether a URL asks for the index, and for nothing below it."""
    routes = parse_qs(urlsplit(url).query).get("rest_route", [""])
    return routes[0].strip("/") == ""
