from __future__ import annotations

import pytest
from rich.console import Console

from crawler.survey_report import survey_report


def collection(rest_base, kind, total, state="open", **more):
    return {
        "namespace": "wp/v2",
        "rest_base": rest_base,
        "kind": kind,
        "state": state,
        "total": total,
        "newest": "2025-11-30T15:10:00Z" if kind == "document" else None,
        "requests": -(-total // 100) if total is not None else None,
        "reason": None,
        **more,
    }


def account(site="https://example.org", *collections, **more):
    effort = {"requests": 230, "seconds": 230, "least": False}
    return {
        "site": site,
        "error": None,
        "api": {"name": "An [b]Example[/b]"},
        "languages": ["de", "fr"],
        "plugins": [{"name": "Yoast SEO"}, {"name": "acme"}],
        "crawl_delay": None,
        "opt_out": None,
        "collections": list(collections),
        "login_only": ["menus"],
        "machinery": [],
        "notes": [],
        "harvest": {"documents": {**effort, "requests": 17}, "all": effort},
        **more,
    }


def text(*accounts, width=80):
    console = Console(width=width, highlight=False)
    with console.capture() as captured:
        console.print(survey_report(accounts))
    return [line.rstrip() for line in captured.get().splitlines()]


POSTS = collection("posts", "document", 12_345)
USERS = collection("users", "user", None, "closed", reason="HTTP 401 rest_forbidden")
MEDIA = collection("media", "media", None, "uncounted")


class TestOneSite:
    def test_table(self):
        """A line a collection, then what is closed, and what a harvest would take."""
        noai = [{"name": "noai", "value": "", "source": "meta robots"}]
        noai += [{"name": "ai-train", "value": "no", "source": "robots.txt"}]
        lines = text(
            account("https://example.org", POSTS, USERS, MEDIA, crawl_delay=10.0, opt_out=noai)
        )

        assert lines[0] == "https://example.org: An [b]Example[/b]"
        assert lines[1].split() == "collection kind records requests newest state".split()
        assert lines[2].split() == [
            "wp/v2/posts",
            "document",
            "12345",
            "124",
            "2025-11-30",
            "open",
        ]
        assert lines[3].split() == ["wp/v2/users", "user", "?", "?", "closed"]
        assert lines[5:] == [
            "languages: de, fr",
            "plugins: Yoast SEO, acme",
            "needs a login: menus",
            "use of texts: noai (meta robots), ai-train=no (robots.txt)",
            "robots.txt: asks for 10 s between requests",
            "wp/v2/users: HTTP 401 rest_forbidden",
            "a harvest of all of it: 230 requests, 4 min",
            "of the documents and what they link to: 17 requests, 4 min",
        ]

    def test_long_name(self):
        """The name of a collection is cut, nothing else is."""
        long = collection("products_and_services_catalogue_of_2019", "document", 2_345_678)
        assert text(account("https://example.org", long))[2].split() == [
            "wp/v2/products_and_services_cat…",
            "document",
            "2345678",
            "23457",
            "2025-11-30",
            "open",
        ]

    def test_site_in_error(self):
        """A site that its error names is not named twice."""
        said = "no API at https://example.org"
        assert text(account(error=said, harvest=None)) == [said]

    def test_nothing(self):
        """A site without an API has one line."""
        assert text(account(error="no API", api=None, harvest=None)) == [
            "https://example.org: no API"
        ]


class TestManySites:
    def sites(self):
        least = {"requests": 9, "seconds": 9, "least": True}
        return [
            account("https://a.example", POSTS, USERS),
            account("https://b.example/blog", MEDIA, harvest={"documents": least, "all": least}),
            account("https://c.example", error="no API was found", harvest=None),
        ]

    def test_narrow(self):
        """At 80 columns a line a site has its sums; nothing is wider."""
        lines = text(*self.sites())

        assert lines[0].split() == "site documents others closed requests time".split()
        assert lines[1].split() == ["a.example", "12345", "-", "1", "230", "4", "min"]
        assert lines[2].split() == ["b.example/blog", "0", "?", "0", "9+", "9", "s"]
        assert lines[3].split() == ["c.example", "-"]
        assert lines[4] == "https://c.example: no API was found"
        assert " ".join(lines[5:]) == (
            "2 of 3 sites; a harvest of all of it: 239 requests, 4 min for the largest site"
        )

    def test_wide(self):
        """At 140 columns the kinds stand apart, with languages and plugins."""
        lines = text(*self.sites(), width=140)

        assert lines[0].split()[:6] == "site documents media comments terms users".split()
        assert lines[1].endswith("de, fr     Yoast SEO, acme")
        assert lines[2].split()[:3] == ["b.example/blog", "0", "?"]

    def test_partly_counted(self):
        """Where some of a kind is not counted there is a lower bound."""
        books = collection("books", "document", None, "failed")
        shown = text(account("https://a.example", POSTS, books), *self.sites()[1:])

        assert shown[1].split()[:2] == ["a.example", "12345+"]

    @pytest.mark.parametrize("width", [80, 140])
    def test_long_names(self, width):
        """Names are cut where they are long; numbers are not, and a site keeps its line."""
        words = [{"name": f"A plugin with a name, {n}"} for n in range(9)]
        sites = [
            account(f"https://news-{n}.{'libraries.' * 9}example", POSTS, plugins=words)
            for n in range(50)
        ]
        lines = text(*sites, width=width)

        assert len(lines) == 1 + 50 + (2 if width == 80 else 1)
        assert max(map(len, lines)) <= width
        assert all(
            line.startswith(f"news-{n}.") and " 12345 " in line
            for n, line in enumerate(lines[1:51])
        )

    def test_none(self):
        """Where no site could be had there is no sum of requests to divide."""
        dead = account(error="no", harvest=None)
        assert "0 of 2 sites" in " ".join(text(dead, dead))
