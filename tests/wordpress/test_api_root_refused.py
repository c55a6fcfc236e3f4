from __future__ import annotations

import pytest

from crawler.wordpress.api_root import Found
from crawler.wordpress.query import read_root
from tests.wordpress.web import DENIED, INDEX, MISSING, NO_ROUTE, SITE, Web, data, names, page


class TestOrigin:
    @pytest.mark.parametrize(
        ("named", "answered"),
        [
            ("http://example.org", "https://example.org/"),
            ("https://example.org", "https://www.example.org/"),
            ("http://www.example.org", "https://example.org/welcome/"),
        ],
    )
    def test_redirect_on_the_site(self, named, answered):
        """The origin that answered is the site's from then on, its path the one named."""
        origin = answered.rpartition("org/")[0] + "org"
        web = Web({
            named: answered,
            answered: page(names("http://example.org/wp-json/")),
            f"{origin}/wp-json/": data(INDEX),
        })  # fmt: skip

        found = web.discover(named)

        assert found.root.url == f"{origin}/wp-json/"
        assert found.site == origin

    @pytest.mark.parametrize(
        "root", ["http://example.org/wp-json/", "https://www.example.org:443/wp-json/",
                 "http://www.example.org/wp-json/"]
    )  # fmt: skip
    def test_other_spelling_of_the_site(self, root):
        """A root that differs by scheme or www. is asked for on the origin that answered."""
        web = Web({SITE: page(names(root)), f"{SITE}/wp-json/": data(INDEX)})

        assert web.discover().root.url == f"{SITE}/wp-json/"

    def test_internal_host(self):
        """A link to an internal address carries a path: that host is never asked."""
        web = Web({
            SITE: page(names("http://10.0.0.7/cms/wp-json/")),
            f"{SITE}/cms/wp-json/": data(INDEX),
        })  # fmt: skip

        assert web.discover().root.url == f"{SITE}/cms/wp-json/"

    @pytest.mark.parametrize(
        ("root", "host"),
        [
            ("https://cms.example/wp-json/", "cms.example"),
            ("https://cms.example:8443/rest/", "cms.example:8443"),
            ("https://example.org:8443/wp-json/", "example.org:8443"),
            ("http://169.254.169.254/", "169.254.169.254"),
        ],
    )
    def test_root_on_another_host(self, root, host):
        """Another host is named with the argument that opens it, and not asked."""
        web = Web({SITE: page(names(root))})

        assert web.refusal() == (
            f"the API of {SITE} is on another host, {host}; if it may be asked, "
            f"add -a allow_hosts={host}"
        )
        assert all(url.startswith((f"{SITE}/", SITE)) for url in web.asked)
        assert not any(":8443" in url for url in web.asked)

    def test_host_that_the_user_allows(self):
        """allow_hosts makes it two requests."""
        root = "https://cms.example:8443/wp-json/"
        web = Web({SITE: page(names(root)), root: data(INDEX)})

        found = web.discover(allow="cms.example:8443")

        assert (found.root.url, found.site) == (root, SITE)
        assert web.asked == [SITE, root]

    def test_page_on_an_allowed_host(self):
        """A page that was fetched from an allowed host names that host's root."""
        web = Web({
            SITE: "https://cms.example/",
            "https://cms.example/": page(names("/wp-json/")),
            "https://cms.example/wp-json/": data(INDEX),
        })  # fmt: skip

        found = web.discover(allow="cms.example")

        assert (found.root.url, found.site) == ("https://cms.example/wp-json/", SITE)

    @pytest.mark.parametrize(
        "target",
        [
            "javascript:alert(1)",
            "file:///etc/hosts",
            "https://example.org@10.0.0.7/wp-json/",
            "https://exam\u00adple.org\\@10.0.0.7/",
            "https://[::1/wp-json/",
            "//",
            "/" + "a" * 3000,
        ],
    )
    def test_hostile_target(self, target):
        """A target that is no plain URL is not followed, and breaks nothing."""
        web = Web({SITE: page(names(target)), f"{SITE}/wp-json/": data(INDEX)})

        assert web.discover().how in ("wp-json", "link header")
        assert all(len(url) < 100 and "10.0.0.7" not in url for url in web.asked)

    def test_redirected_root(self):
        """The root is where the index was in the end."""
        web = Web({
            SITE: page(),
            f"{SITE}/wp-json/": f"{SITE}/en/wp-json/",
            f"{SITE}/en/wp-json/": data(INDEX),
        })  # fmt: skip

        assert web.discover().root.url == f"{SITE}/en/wp-json/"

    def test_root_redirected_off_the_site(self):
        """An index from another host is none of this site's."""
        web = Web({
            SITE: page(),
            f"{SITE}/wp-json/": "https://evil.example/wp-json/",
            "https://evil.example/wp-json/": data(INDEX),
            f"{SITE}/?rest_route=/": (302, [("Location", "https://evil.example/x")], b""),
        })  # fmt: skip

        assert web.refusal().endswith(
            "answered JSON that is no index, 404 and a redirect to https://evil.example/x"
        )


class TestRedirectOffTheSite:
    @pytest.mark.parametrize(
        ("target", "origin", "host"),
        [
            ("https://other.example/home/", "https://other.example", "other.example"),
            ("https://example.org:8443/", "https://example.org:8443", "example.org:8443"),
            ("http://example.org/", "http://example.org", "example.org"),
        ],
    )
    def test_not_followed(self, target, origin, host):
        """A redirect to another site is named, and is not the site that was named."""
        web = Web({SITE: (301, [("Location", target)], b"")})

        assert web.refusal() == (
            f"{SITE} sends its visitors to {origin}; name that site, or add -a allow_hosts={host}"
        )

    def test_followed(self):
        """A page that came from another site after all is not read."""
        web = Web({
            SITE: "https://other.example/",
            "https://other.example/": page(names("https://other.example/wp-json/")),
        })  # fmt: skip

        assert "sends its visitors to https://other.example;" in web.refusal()
        assert not any("other.example" in url for url in web.asked)

    def test_api_that_stayed(self):
        """An API that did not move with the front page is found."""
        web = Web({
            SITE: (302, [("Location", "https://app.example/")], b""),
            f"{SITE}/wp-json/": data(INDEX),
        })  # fmt: skip

        assert web.discover().site == SITE

    def test_to_no_host(self):
        """A redirect to what is no URL of the web is a page without an API."""
        web = Web({SITE: (302, [("Location", "mailto:me@example.org")], b"")})

        assert "its page is a redirect to mailto:me@example.org, and " in web.refusal()

    def test_on_the_site(self):
        """A redirect on the site that was not followed leaves the other places."""
        web = Web({
            SITE: (302, [("Location", "/welcome/"), ("Link", names("/rest/"))], b""),
            f"{SITE}/rest/": data(INDEX),
        })  # fmt: skip

        assert web.discover().how == "link header"


class TestClosedApi:
    @pytest.mark.parametrize(
        ("status", "document", "code"),
        [
            (401, DENIED, "rest_cannot_access"),
            (403, {"code": "rest_forbidden", "message": "No."}, "rest_forbidden"),
            (401, {"code": "restx_logged_out", "message": "No."}, "restx_logged_out"),
            (200, {"code": "rest_login_required", "message": "No."}, "rest_login_required"),
            (404, NO_ROUTE, "rest_no_route"),
            (403, {"code": 401, "message": "No.", "data": {"status": 403}}, "401"),
            (401, {"code": "a b\n", "message": "No.", "data": {"status": 401}}, "unknown"),
        ],
    )
    def test_rest_error(self, status, document, code):
        """A root that answers with an error of WordPress is its API, and is closed."""
        web = Web({SITE: page(), f"{SITE}/wp-json/": data(document, status)})

        found = web.discover()

        assert found == Found(read_root(f"{SITE}/wp-json/"), "wp-json", SITE, None, code)
        assert len(web.asked) == 2

    @pytest.mark.parametrize(
        ("answer", "word"),
        [
            (data({"code": 401, "message": "JWT not found"}, 401), "401 (401)"),
            (data({"code": "not_found"}, 404), "404 (not_found)"),
            (data({"code": "internal_server_error"}, 500), "500 (internal_server_error)"),
            (data({"code": True}, 401), "401"),
            (data({"code": "maintenance", "data": {}}, 200), "an error (maintenance)"),
            ((200, [], b" "), "nothing"),
            ((200, [("content-type", "text/plain")], b"pong"), "no JSON"),
            ((200, [("Content-Type", "text/html; charset=x")], b"<p>hi"), "a web page"),
            ((301, [("Location", "/login/?next=a b")], b""),
             f"a redirect to {SITE}/login/?next=a%20b"),
            ((304, [], b""), "304"),
        ],
    )  # fmt: skip
    def test_other_error(self, answer, word):
        """Any other answer is none of WordPress's, and is told."""
        web = Web({SITE: page(), f"{SITE}/wp-json/": answer})

        assert f"answered {word}, 404 and 404" in web.refusal()


class TestNoApi:
    def test_what_was_tried(self):
        """The line says what was looked for, and what answered."""
        web = Web({SITE: page(), f"{SITE}/?rest_route=/": page()})

        assert web.refusal() == (
            f"no WordPress REST API at {SITE}: no Link header, and /wp-json/, "
            "/index.php/wp-json/ and /?rest_route=/ answered 404, 404 and a web page"
        )
        assert len(web.asked) == 4

    def test_announced_and_not_there(self):
        """That the page names a root is part of what is said."""
        web = Web({SITE: page(names("/rest/"))})

        assert web.refusal() == (
            f"no WordPress REST API at {SITE}: its page names one, but /rest/, /wp-json/, "
            "/index.php/wp-json/ and /?rest_route=/ answered 404, 404, 404 and 404"
        )

    def test_page_with_an_error(self):
        """What the page itself answered is said too."""
        web = Web({SITE: (500, [], b"")})

        assert web.refusal().startswith(
            f"no WordPress REST API at {SITE}: its page is 500, and /wp-json/, "
        )

    @pytest.mark.parametrize(
        ("status", "hint"), [(401, "asks for a login"), (403, "firewall"), (429, "later")]
    )
    def test_all_refused(self, status, hint):
        """Where every place refuses alike, the likely reason is added."""
        places = ["", "/wp-json/", "/index.php/wp-json/", "/?rest_route=/"]
        web = Web(dict.fromkeys([f"{SITE}{place}" for place in places], (status, [], b"No.")))

        assert hint in web.refusal()

    def test_no_response_from_a_place(self):
        """A place that does not answer is one place less."""
        web = Web({SITE: page(), f"{SITE}/wp-json/": "timed out after 30 s"})

        assert "answered nothing (timed out after 30 s), 404 and 404" in web.refusal()

    def test_deep_page(self):
        """At most nine places are tried."""
        web = Web({f"{SITE}/a/b/c/": page()})
        web.refusal(f"{SITE}/a/b/c/")

        assert len(web.asked) == 10


class TestNotAsked:
    @pytest.mark.parametrize("reason", ["DNS lookup failed", "connection refused"])
    def test_unreachable(self, reason):
        """A site that cannot be reached is asked once."""
        web = Web({SITE: f"{reason}\n"})

        assert web.refusal() == f"{SITE} could not be reached: {reason}"
        assert len(web.asked) == 1

    def test_robots_forbid_the_api(self):
        """A rule against the API holds for its other spellings: none of them is tried."""
        web = Web({SITE: page(names("/wp-json/")), f"{SITE}/wp-json/": "Forbidden by robots.txt"})

        assert web.refusal() == (f"robots.txt of {SITE} forbids the API of {SITE}: /wp-json/")
        assert len(web.asked) == 2

    def test_robots_forbid_the_page(self):
        """A rule against the page that was named does not close the API."""
        web = Web({
            f"{SITE}/private/": "Forbidden by robots.txt",
            f"{SITE}/private/wp-json/": MISSING,
            f"{SITE}/wp-json/": data(INDEX),
        })  # fmt: skip

        assert web.discover(f"{SITE}/private/").how == "wp-json"

    def test_robots_forbid_the_page_and_no_api(self):
        """The rule is part of what is said where nothing is found."""
        web = Web({SITE: "Forbidden by robots.txt"})

        assert ": its page is forbidden by robots.txt, and " in web.refusal()

    @pytest.mark.parametrize("place", ["", "/wp-json/"])
    def test_challenge(self, place):
        """A challenge ends it at once: no other place is probed."""
        mark = (202, [("SG-Captcha", "challenge")], b"")
        web = Web({SITE: page(names("/wp-json/")), f"{SITE}{place}": mark})

        assert web.refusal() == (
            f"{SITE} is behind a challenge by SiteGround (HTTP 202), "
            "which only a browser can answer"
        )
        assert web.asked[-1] == f"{SITE}{place}"
