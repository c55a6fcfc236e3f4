"""robots.txt in all its states, and redirects."""

from __future__ import annotations

from crawler.sample.answers import Answer
from crawler.wordpress.robots import FILES
from tests.faults.row import Row
from tests.faults.scripts import all_of, each, moved, of, page, robots, site, text, when
from tests.faults.server import Account, Asked, Fault, Reply

PLAIN = "text/plain; charset=UTF-8"


def rules(*lines: str) -> Fault:
    body = "\n".join(("User-agent: *", *lines, ""))
    return when(robots, text(200, body, kind=PLAIN))


def only_robots(account: Account) -> None:
    assert set(account.targets) == {"/robots.txt"}


def no_api(account: Account) -> None:
    assert not [target for target in account.targets if "wp-json" in target or "rest_" in target]


def no_guides(account: Account) -> None:
    assert not [target for target in account.targets if "/guides" in target]


def a_second_apart(account: Account) -> None:
    assert min(account.pauses[1:]) > 0.35


def elsewhere(asked: Asked) -> str:
    """Name a host that nobody is to ask."""
    return f"http://127.9.9.9:9{asked.target}"


def secure(asked: Asked) -> str:
    return f"{asked.site.home.replace('http:', 'https:')}{asked.target}"


def hang_up(asked: Asked) -> Reply:
    return Reply(asked.answer(), mute=True)


def moved_rules() -> Fault:
    """Keep the rules in another place of the site."""
    place = "/rules.txt"
    there = text(200, "User-agent: *\nDisallow: /wp-json/wp/v2/guides\n", kind=PLAIN)
    return all_of(
        when(robots, moved(place, 301)), when(lambda asked: asked.target == place, there)
    )


def as_pages() -> Fault:
    """Be a WordPress with plain permalinks: a file that is not there is a page of the site."""
    with_slash = [f"{file}/" for file in FILES]

    def change(asked: Asked) -> Answer:
        place = ("Location", f"{asked.site.home}{asked.target}/")
        return text(301, "", place, ("X-Redirect-By", "WordPress"))

    return all_of(
        when(lambda asked: asked.target in FILES, change),
        when(lambda asked: asked.target in with_slash, page(200, "Welcome")),
    )


def never_with_slash(account: Account) -> None:
    assert set(FILES) <= set(account.targets)
    assert not [
        target for target in account.targets if target.startswith(FILES) and target[-1] == "/"
    ]


LONG = "".join(f"Disallow: /a-folder-that-is-not-there/number-{n:06}/\n" for n in range(15_000))
AFTER = f"User-agent: *\n{LONG}Disallow: /\n"
BEFORE = f"User-agent: *\nDisallow: /wp-json/wp/v2/guides\n{LONG}"
DENIED = {"verdict": "denied", "status": 3, "at": ("guides",), "said": "robots.txt",
          "guest": no_guides}  # fmt: skip

ROWS = (
    Row("robots.txt: 404", lambda: when(robots, page(404, "Not Found"))),
    Row("robots.txt: 403", lambda: when(robots, page(403, "Forbidden"))),
    Row("robots.txt: 500", lambda: when(robots, page(500, "Error")), "none", 1,
        said="robots.txt", guest=only_robots),
    Row("robots.txt: 503 once, then rules",
        lambda: when(robots, page(503, "Busy"), times=1)),
    Row("robots.txt: hangs up", lambda: when(robots, hang_up), "none", 1,
        said="robots.txt", guest=only_robots),
    Row("robots.txt: a redirect on the site", moved_rules, **DENIED),
    Row("robots.txt: a redirect off the site", lambda: when(robots, moved(elsewhere))),
    Row("robots.txt: redirects in a circle", lambda: when(robots, moved("/robots.txt"))),
    Row("robots.txt: WordPress takes it for a page, and puts a slash behind it", as_pages,
        guest=never_with_slash),
    Row("robots.txt: a web page", lambda: when(robots, page(200, "Welcome"))),
    Row("robots.txt: 900 KB, `Disallow: /` behind 500 KB",
        lambda: when(robots, text(200, AFTER, kind=PLAIN))),
    Row("robots.txt: 900 KB, a rule at the beginning",
        lambda: when(robots, text(200, BEFORE, kind=PLAIN)), **DENIED),
    Row("robots.txt: `Disallow: /`", lambda: rules("Disallow: /"), "none", 1,
        said="robots.txt", guest=only_robots),
    Row("robots.txt: `Disallow: /wp-json/`", lambda: rules("Disallow: /wp-json/"), "none", 1,
        said="robots.txt", guest=no_api),
    Row("robots.txt: `Disallow: /*rest_route=`", lambda: rules("Disallow: /*rest_route="),
        "none", 1, said="robots.txt", guest=no_api),
    Row("robots.txt: one collection forbidden",
        lambda: rules("Disallow: /wp-json/wp/v2/guides"), **DENIED),
    Row("robots.txt: `Crawl-delay: 0.4`", lambda: rules("Crawl-delay: 0.4"),
        collections=("guides",), guest=a_second_apart),
    Row("redirects in a circle, one collection",
        lambda: when(of("guides"), moved(lambda asked: asked.target)),
        "failed", 3, ("guides",), said="[Rr]edirect|HTTP 302"),
    Row("redirects without end, one collection",
        lambda: when(of("guides"), moved(lambda asked: f"{asked.target}&x=1")),
        "failed", 3, ("guides",), said="[Rr]edirect|HTTP 302"),
    Row("a redirect on the site, each page once",
        lambda: each(of("posts", "guides"), moved(lambda asked: asked.target, 307))),
    Row("a redirect off the site, one collection",
        lambda: when(of("guides"), moved(elsewhere)), "failed", 3, ("guides",), said="HTTP 302"),
    Row("a redirect off the site, everything",
        lambda: when(site, moved(elsewhere)), "none", 1, said="127.9.9.9"),
    Row("a redirect to https, one collection",
        lambda: when(of("guides"), moved(secure, 301)), "failed", 3, ("guides",),
        said="HTTP 301"),
    Row("a redirect without a place, one collection",
        lambda: when(of("guides"), text(302, "")), "failed", 3, ("guides",), said="HTTP 302"),
)  # fmt: skip
