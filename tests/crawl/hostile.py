"""Sites that say hostile things in every place where a URL can stand, and are whole otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlsplit

from crawler.sample.answers import Answer
from crawler.sample.site import SampleSite
from tests.crawl.hostile_hrefs import fits_a_header
from tests.crawl.layers import as_json, redirect, text

RELS = (
    *("self", "collection", "about", "author", "replies", "up", "version-history"),
    *("predecessor-version", "wp:term", "wp:featuredmedia", "wp:attachment", "wp:post_type"),
    *("https://api.w.org/term", "https://api.w.org/featuredmedia", "acme:reviews", "next"),
)
"""Rels of ``_links``: core's, in full and by curie, and one of a plugin."""

URL_FIELDS = ("link", "source_url", "author_url", "url", "canonical")
API = "/wp-json"
LOOPS = ("loop", "ping", "pong", "chain-9")


def header_text(href: str) -> str:
    """Write an href as its UTF-8 bytes, which is what a server puts on the wire."""
    return href.encode("utf-8").decode("latin-1")


class HostileSite:
    """The sample site with *hrefs* beside its own URLs, and in their place.

    Its front page and robots.txt are as they were. Each of the collections
    ``trap-0``, ``trap-1`` ... redirects to an href; those in LOOPS to each other.
    """

    def __init__(self, site: SampleSite, hrefs: Sequence[str]) -> None:
        self.site = site
        self.hrefs = hrefs
        self.in_headers = [header_text(href) for href in hrefs if fits_a_header(href)]
        self.next_href = cycle(href for href in hrefs if len(href) < 100_000)
        self.next_long = cycle(href for href in hrefs if len(href) > 100_000)
        self.next_header = cycle(href for href in self.in_headers if len(href) < 1000)

    def respond(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        path = urlsplit(target).path
        if path.startswith(f"{API}/wp/v2/trap-"):
            return self.trap(path.rpartition("/trap-")[2])
        answer = self.site.respond(method, target, {})
        if not path.startswith(f"{API}/") or answer.status != 200:
            return answer
        kept = [(name, value) for name, value in answer.headers if name.startswith("X-WP-")]
        return as_json(200, self.poisoned(path, answer.json()), *kept, *self.headers())

    def trap(self, name: str) -> Answer:
        """Redirect by each status in turn: to the href of a number, or round in a circle."""
        base = f"{API}/wp/v2/trap-"
        if name.isdecimal():
            number = int(name)
            return redirect(self.in_headers[number], (301, 302, 303, 307, 308)[number % 5])
        if name.startswith("chain-"):
            left = int(name.removeprefix("chain-"))
            return redirect(f"{base}chain-{left - 1}" if left else "http://evil.example/")
        return redirect(f"{base}{ {'loop': 'loop', 'ping': 'pong', 'pong': 'ping'}[name] }")

    def headers(self) -> list[tuple[str, str]]:
        """Name other URLs in each header that may, a few more with each answer."""
        found = list(islice(self.next_header, 4))
        rels = ("next", "prev", "https://api.w.org/", "alternate")
        return [
            *(("Link", f'<{href}>; rel="{rel}"') for href, rel in zip(found, rels, strict=True)),
            ("Location", found[0]),
            ("Content-Location", found[1]),
            ("Refresh", f"0; url={found[2]}"),
            ("Set-Cookie", "session=secret; Path=/"),
        ]

    def poisoned(self, path: str, document: Any) -> Any:
        if path == f"{API}/":
            return self.index(document)
        if path == f"{API}/wp/v2/types":
            traps = [*map(str, range(len(self.in_headers))), *LOOPS]
            baits = {f"bait_{name}": {"rest_base": f"trap-{name}"} for name in traps}
            return {**self.entries(document), **baits}
        if path == f"{API}/wp/v2/taxonomies":
            return self.entries(document)
        if isinstance(document, list):
            return [self.record(at, record) for at, record in enumerate(document)]
        return self.record(0, document)

    def index(self, index: dict[str, Any]) -> dict[str, Any]:
        """Let the site and each route have another home."""
        for route in index["routes"].values():
            route["_links"] = {"self": self.links(2)}
        urls = {name: next(self.next_href) for name in ("url", "site_icon_url")}
        urls["home"] = next(self.next_long)
        login = {"endpoints": {"authorization": next(self.next_href)}}
        links = {rel: self.links(len(self.hrefs)) for rel in ("help", "wp:items", "curies")}
        authentication = {"application-passwords": login}
        return {**index, **urls, "authentication": authentication, "_links": links}

    def entries(self, entries: dict[str, Any]) -> dict[str, Any]:
        """Add an entry for each href, which is its rest_base and the link to its items."""
        for entry in entries.values():
            own = entry["_links"]["wp:items"]
            entry["_links"] = {rel: self.links(5) for rel in ("collection", "about", "curies")}
            entry["_links"]["wp:items"] = [*own, *self.links(5)]
        label = "odd" if "post" in entries else "odd_tax"
        odd = {
            f"{label}_{number}": {
                "rest_base": href,
                "rest_namespace": "wp/v2",
                "_links": {"wp:items": [{"href": href}]},
            }
            for number, href in enumerate(self.hrefs)
        }
        return {**entries, **odd}

    def links(self, number: int) -> list[dict[str, Any]]:
        return [link(href) for href in islice(self.next_href, number)]

    def record(self, at: int, record: dict[str, Any]) -> dict[str, Any]:
        """Put hrefs before, behind and in the place of a record's own links and URLs."""
        links: dict[str, Any] = dict(record.get("_links", {}))
        for place, rel in enumerate(RELS):
            own, hostile = links.get(rel, []), self.links(4)
            links[rel] = ([*own, *hostile], [*hostile, *own], hostile)[at % 3]
            if at == place:
                links[rel] = [link(next(self.next_long))]
            elif at % len(RELS) == place:  # what is no list
                links[rel] = hostile[0] if at % 2 else hostile[0]["href"]
        links["curies"] = [{"name": "wp", "href": f"{next(self.next_href)}/{{rel}}"}]
        href = next(self.next_href)
        tags = f'<a href="{href}">x</a><img src="{href}"><iframe src="{href}"></iframe>'
        refresh = f'<meta http-equiv="refresh" content="0; url={href}">'
        urls = {name: next(self.next_href) for name in URL_FIELDS}
        if at < len(URL_FIELDS):
            urls[URL_FIELDS[at]] = next(self.next_long)
        return {
            **record,
            **urls,
            "guid": {"rendered": next(self.next_href)},
            "content": {"rendered": f"<p>{tags}{refresh}</p>", "protected": False},
            "_links": links,
        }


def link(href: str) -> dict[str, Any]:
    return {"href": href, "embeddable": True}


class HostileDoor:
    """The sample site behind a robots.txt and a front page that lead elsewhere.

    *robots* is where robots.txt redirects, *announced* what the page names as
    its API; where there is none, the page and the first two places where the
    API may be redirect to *moved*.
    """

    def __init__(
        self, site: SampleSite, *, robots: str, announced: Sequence[str], moved: Sequence[str]
    ) -> None:
        self.site = site
        self.robots = header_text(robots)
        self.announced = announced
        places = ("/", f"{API}/", "/index.php/wp-json/")
        self.moved = dict(zip(places, map(header_text, moved), strict=False))

    def respond(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        if target == "/robots.txt":
            rules = "User-agent: *\nDisallow: /\n"
            return text(302, rules, ("Location", self.robots), kind="text/plain")
        if target in self.moved:
            return redirect(self.moved[target], 308)
        if target == "/" and self.announced:
            return self.page()
        return self.site.respond(method, target, headers)

    def page(self) -> Answer:
        rel = "https://api.w.org/"
        fit = [header_text(href) for href in self.announced if fits_a_header(href)]
        links = [("Link", f'<{href}>; rel="{rel}"') for href in fit]
        elements = "".join(
            f'<link rel="{rel}" href="{href}"><base href="{href}">'
            f'<meta http-equiv="refresh" content="0; url={href}">'
            for href in self.announced
        )
        return text(200, f"<!doctype html><head>{elements}</head><p>x", *links)
