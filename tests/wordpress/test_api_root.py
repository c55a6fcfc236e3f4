from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ArgumentError, DiscoveryError
from crawler.wordpress.api_root import Discovery, Found
from crawler.wordpress.query import read_root
from tests.wordpress.web import DENIED, INDEX, NO_ROUTE, SITE, Web, data, names, page


class TestQuietSite:
    def test_link_header(self):
        """The normal case is two requests: the site's page, and the index."""
        web = Web({
            SITE: page("</feed/>; rel=alternate", names(f"{SITE}/wp-json/")),
            f"{SITE}/wp-json/": data(INDEX),
        })  # fmt: skip

        assert web.discover() == Found(
            read_root(f"{SITE}/wp-json/"), "link header", SITE, INDEX, None
        )
        assert web.asked == [SITE, f"{SITE}/wp-json/"]

    def test_link_element(self):
        """Where the headers are stripped, the page's element tells."""
        element = '<link rel="https://api.w.org/" href="/?rest_route=&#x2F;" />'
        web = Web({SITE: page(elements=element), f"{SITE}/?rest_route=/": data(INDEX)})

        found = web.discover()

        assert found.how == "link element"
        assert found.root == read_root(f"{SITE}/?rest_route=/")
        assert len(web.asked) == 2

    def test_page_that_is_not_there(self):
        """Any URL will do: an error page carries the header too."""
        web = Web({
            f"{SITE}/gone/": page(names("/wp-json/"), status=404),
            f"{SITE}/wp-json/": data(INDEX),
        })  # fmt: skip

        found = web.discover(f"{SITE}/gone/")

        assert found.root.url == f"{SITE}/wp-json/"
        assert found.site == SITE

    def test_subfolder_with_plain_permalinks(self):
        """A relative link is read from where the page is."""
        web = Web({
            f"{SITE}/blog/": page(names("index.php?rest_route=/")),
            f"{SITE}/blog/index.php?rest_route=/": data(INDEX),
        })  # fmt: skip

        assert web.discover(f"{SITE}/blog/").root.url == f"{SITE}/blog/index.php?rest_route=/"

    def test_renamed_prefix(self):
        """The header is believed, whatever the root is called."""
        web = Web({SITE: page(names(f"{SITE}/rest-v9/")), f"{SITE}/rest-v9/": data(INDEX)})

        assert web.discover().root.url == f"{SITE}/rest-v9/"

    def test_language_root(self):
        """A root under a language is taken as it is found."""
        web = Web({
            f"{SITE}/fr/": page(names(f"{SITE}/fr/wp-json/")),
            f"{SITE}/fr/wp-json/": data(INDEX),
        })  # fmt: skip

        assert web.discover(f"{SITE}/fr/").root.url == f"{SITE}/fr/wp-json/"

    @pytest.mark.parametrize("root", ["hi/wp-json/", "hi/?rest_route=/"])
    def test_root_of_another_language(self, root):
        """A front page that names the root of a language leads to the root above it."""
        above = f"{SITE}/{root.removeprefix('hi/')}"
        web = Web({
            SITE: page(names(f"{SITE}/{root}")),
            above: data(INDEX),
            f"{SITE}/{root}": data(INDEX),
        })  # fmt: skip

        found = web.discover()

        assert (found.root.url, found.site) == (above, SITE)
        assert found.passed_over == f"{SITE}/{root}"
        assert web.asked == [SITE, above]

    @pytest.mark.parametrize(
        ("folder", "requests"), [("hi", 3), ("wp/hi", 3), ("index.php", 2), ("hi/index.php", 3)]
    )
    def test_root_below_alone(self, folder, requests):
        """Where there is none above it, the root that the page names is the one."""
        root = f"{SITE}/{folder}/wp-json/"
        web = Web({SITE: page(names(root)), root: data(INDEX)})

        found = web.discover()

        assert (found.root.url, found.passed_over) == (root, None)
        assert len(web.asked) == requests


class TestGuesses:
    @pytest.mark.parametrize(
        ("path", "how", "requests"),
        [
            ("/wp-json/", "wp-json", 2),
            ("/index.php/wp-json/", "index.php", 3),
            ("/?rest_route=/", "rest_route", 4),
        ],
    )
    def test_nothing_announced(self, path, how, requests):
        """Without a link the forms of core are tried, one after the other."""
        web = Web({SITE: page(), f"{SITE}{path}": data(INDEX)})

        found = web.discover()

        assert (found.how, found.root.url) == (how, f"{SITE}{path}")
        assert len(web.asked) == requests

    def test_subfolder(self):
        """The folder that was named is looked through before the host's root."""
        web = Web({
            f"{SITE}/blog": page(),
            f"{SITE}/blog/?rest_route=/": data(INDEX),
            f"{SITE}/wp-json/": data({"namespaces": [], "name": "another WordPress"}),
        })  # fmt: skip

        assert web.discover(f"{SITE}/blog").root.url == f"{SITE}/blog/?rest_route=/"

    def test_wrong_announcement(self):
        """A named root that is none is followed by the guesses, each place asked once."""
        web = Web({
            SITE: page(names("/wp-json/"), elements='<link rel="https://api.w.org/" href="/x/">'),
            f"{SITE}/index.php/wp-json/": data(INDEX),
        })  # fmt: skip

        assert web.discover().how == "index.php"
        assert web.asked == [
            SITE, f"{SITE}/wp-json/", f"{SITE}/x/", f"{SITE}/index.php/wp-json/",
        ]  # fmt: skip

    def test_json_that_is_no_index(self):
        """An answer is an index by what is in it, not by being JSON with status 200."""
        web = Web({
            SITE: page(),
            f"{SITE}/wp-json/": data({"status": "ok"}),
            f"{SITE}/index.php/wp-json/": data({"namespace": "wp/v2", "routes": {}}),
            f"{SITE}/?rest_route=/": data(["a list"]),
        })  # fmt: skip

        assert web.refusal() == (
            f"no WordPress REST API at {SITE}: no Link header, and /wp-json/, "
            "/index.php/wp-json/ and /?rest_route=/ answered JSON that is no index, JSON that "
            "is no index and JSON that is no index"
        )


class TestGivenApi:
    @pytest.mark.parametrize(
        "path", ["/wp-json/", "/wp-json", "/?rest_route=/", "/index.php?rest_route=%2F", "/rest/"]
    )
    def test_root(self, path):
        """A site named by the root of its API is one request, in the form that works."""
        web = Web({f"{SITE}{path}": data(INDEX, 200, names(f"{SITE}/blocked/"))})

        found = web.discover(f"{SITE}{path}")

        assert (found.how, found.root) == ("given", read_root(f"{SITE}{path}"))
        assert found.index == INDEX
        assert len(web.asked) == 1

    def test_site_of_a_root(self):
        """The site is known by the same name as if its page had been named."""
        web = Web({f"{SITE}/blog/wp-json/": data(INDEX)})

        assert web.discover(f"{SITE}/blog/wp-json/").site == f"{SITE}/blog"

    @pytest.mark.parametrize(
        ("path", "root"),
        [
            ("/wp-json/wp/v2/posts?page=2", "/wp-json/"),
            ("/wp-json/wp/v2", "/wp-json/"),
            ("/wp-json/?_fields=namespaces", "/wp-json/"),
            ("/?rest_route=/wp/v2/posts", "/?rest_route=/"),
            ("/api/wp/v2/posts", "/api/"),
        ],
    )
    def test_route(self, path, root):
        """Any other URL of the API leads to its root."""
        web = Web({f"{SITE}{path}": data([{"id": 7}]), f"{SITE}{root}": data(INDEX)})

        found = web.discover(f"{SITE}{path}")

        assert (found.how, found.root.url) == ("given", f"{SITE}{root}")
        assert len(web.asked) == 2

    def test_trimmed_index(self):
        """An index of which only some members were asked for is asked for whole."""
        web = Web({
            f"{SITE}/wp-json/?_fields=namespaces": data({"namespaces": ["wp/v2"]}),
            f"{SITE}/wp-json/": data(INDEX),
        })  # fmt: skip

        assert web.discover(f"{SITE}/wp-json/?_fields=namespaces").index == INDEX

    def test_json_page_of_no_api(self):
        """A page that is JSON without looking like the API is a page like any other."""
        web = Web({f"{SITE}/feed.json": data({"items": []}), f"{SITE}/wp-json/": data(INDEX)})

        assert web.discover(f"{SITE}/feed.json").how == "wp-json"

    def test_closed_root(self):
        """A closed root is not asked for twice."""
        web = Web({f"{SITE}/wp-json/": data(DENIED, 401)})

        found = web.discover(f"{SITE}/wp-json/")

        assert (found.how, found.index_denied) == ("given", "rest_cannot_access")
        assert len(web.asked) == 1

    def test_address_that_is_no_api(self):
        """What looks like an API but does not answer as one is followed by the guesses."""
        web = Web({
            f"{SITE}/wp-json/": data({"status": "ok"}),
            f"{SITE}/?rest_route=/": data(INDEX),
        })  # fmt: skip

        assert web.discover(f"{SITE}/wp-json/").how == "rest_route"
        assert web.asked.count(f"{SITE}/wp-json/") == 1


class TestWordPressCom:
    ROOT = "https://public-api.wordpress.com/wp/v2/sites/"

    @pytest.mark.parametrize(
        "given",
        [
            f"{ROOT}notes.example",
            f"{ROOT}notes.example/posts?page=2",
            "https://public-api.wordpress.com/rest/v1.1/sites/notes.example/",
        ],
    )
    def test_given(self, given):
        """One request tells that the site is there; it has no index."""
        root = f"{self.ROOT}notes.example/"
        web = Web({root: data(NO_ROUTE, 404)})

        found = web.discover(given)

        assert found == Found(
            read_root(root), "wordpress.com", f"{self.ROOT}notes.example", None, None
        )
        assert web.asked == [root]

    def test_given_with_an_index(self):
        """An index is taken where there is one."""
        web = Web({f"{self.ROOT}7/": data(INDEX)})

        assert web.discover(f"{self.ROOT}7").index == INDEX

    def test_unknown_site(self):
        """A site that is not there is told by the code."""
        web = Web({f"{self.ROOT}7/": data({"error": "unknown_blog", "message": "?"}, 404)})

        assert web.refusal(f"{self.ROOT}7") == (
            f"no WordPress REST API at {self.ROOT}7: /wp/v2/sites/7/ answered 404 (unknown_blog)"
        )

    def test_private_site(self):
        """A private site is closed like any other."""
        web = Web({f"{self.ROOT}7/": data({"code": "rest_forbidden"}, 403)})

        assert web.discover(f"{self.ROOT}7").index_denied == "rest_forbidden"

    def test_no_site_named(self):
        """The public API without a site is an argument that cannot be used."""
        with pytest.raises(ArgumentError, match=r"serves many sites; name one, as in https://"):
            Discovery("https://public-api.wordpress.com/")

    @pytest.mark.parametrize(
        ("site", "names_tried"),
        [
            ("https://notes.wordpress.com", ["notes.wordpress.com"]),
            (f"{SITE}/blog/news/", ["example.org::blog::news", "example.org"]),
        ],
    )
    def test_allowed(self, site, names_tried):
        """Where the user allows it, WordPress.com is asked for the site, last."""
        last = f"{self.ROOT}{names_tried[-1]}/"
        web = Web({site: page(), last: data(NO_ROUTE, 404)})

        found = web.discover(site, allow="public-api.wordpress.com")

        assert (found.how, found.root.url, found.site) == (
            "wordpress.com", last, site.rstrip("/"),
        )  # fmt: skip
        assert web.asked[-len(names_tried) :] == [f"{self.ROOT}{name}/" for name in names_tried]

    def test_not_allowed(self):
        """A site on WordPress.com without an API of its own is told where it has one."""
        web = Web({"https://notes.wordpress.com": page()})

        assert web.refusal("https://notes.wordpress.com").endswith(
            f"; WordPress.com has it at {self.ROOT}notes.wordpress.com"
        )


HEADER_TEXT = st.text(alphabet='<>;=" ,:/.wp-jsonexampl@rel?\\[]', max_size=40) | st.sampled_from(
    [
        names("/wp-json/"),
        names("https://other.example/wp-json/"),
        names("http://www.example.org/?rest_route=/"),
        "https://other.example/",
        "https://www.example.org/",
    ]
)
BODIES = st.one_of(
    st.binary(max_size=60),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["routes", "namespaces", "namespace", "code", "data", "x"]),
                inner,
                max_size=4,
            )
        ),
    ).map(lambda document: json.dumps(document).encode()),
)
ANSWERS = st.tuples(
    st.sampled_from([200, 202, 204, 301, 304, 401, 403, 404, 500]),
    st.sampled_from(["/", "/wp-json/", "https://other.example/", "?rest_route=/x", "\x00["]),
    st.lists(st.tuples(st.sampled_from(["Link", "Location", "X"]), HEADER_TEXT), max_size=3),
    BODIES,
)


@given(st.lists(ANSWERS | st.just("reset") | st.just("robots.txt"), min_size=15, max_size=15))
def test_any_site(answers):
    """Whatever a site answers, it ends soon, on the site, found or with one line."""
    discovery = Discovery(SITE)
    try:
        for answer in answers:
            assert discovery.request.startswith(SITE)
            if isinstance(answer, str):
                discovery.fail(answer)
            else:
                status, place, headers, body = answer
                url = place if place.startswith("https:") else f"{SITE}{place}"
                discovery.feed(status, url, headers, body)
            if discovery.found is not None:
                assert discovery.found.root.url.startswith(f"{SITE}/")
                return
    except DiscoveryError as error:
        said = str(error)
    else:
        raise AssertionError("it asked more than fifteen times")
    assert len(said.splitlines()) == 1
