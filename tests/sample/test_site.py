from __future__ import annotations

import json
import re

import pytest

from crawler.sample.site import SampleSite

ROOT_LINK = '<http://museum.test/wp-json/>; rel="https://api.w.org/"'


def links(answer) -> list[str]:
    return [value for name, value in answer.headers if name == "Link"]


class TestPages:
    def test_front_page(self, get):
        """The front page names the API in a header and in a link element."""
        answer = get("/")

        assert (answer.status, answer.header("Content-Type")) == (200, "text/html; charset=UTF-8")
        assert links(answer) == [ROOT_LINK]
        html = answer.body.decode()
        assert '<link rel="https://api.w.org/" href="http://museum.test/wp-json/" />' in html
        assert "<h1>The Mending Museum</h1>" in html
        assert html.index("Start here: five objects") < html.index("The shortest repair")

    def test_single_post(self, get, number):
        """A post's page names the post's route beside the root."""
        answer = get("/2023/10/how-to-read-a-darn/")

        route = f"http://museum.test/wp-json/wp/v2/posts/{number('posts', 'how-to-read-a-darn')}"
        assert answer.status == 200
        assert links(answer)[:2] == [
            ROOT_LINK,
            f'<{route}>; rel="alternate"; title="JSON"; type="application/json"',
        ]
        assert f'type="application/json" href="{route}"' in answer.body.decode()

    @pytest.mark.parametrize("collection", ["posts", "pages", "guides"])
    def test_every_permalink(self, museum, get, collection):
        """What records call their link is a page that can be read."""
        for identifier in museum.listed(collection):
            link = get(f"{collection}/{identifier}").json()["link"]
            assert get(link.removeprefix("http://museum.test")).status == 200, link

    def test_archives(self, get):
        """Terms and authors have pages that list what is theirs, and name their routes."""
        category = get("/category/collection/ceramics/")
        author = get("/author/emile/")

        assert "wp/v2/categories/3" in links(category)[1]
        assert "Petite grammaire" in category.body.decode()
        assert "wp/v2/users/5" in links(author)[1]

    def test_without_last_slash(self, get):
        """The canonical address is told with a redirect."""
        answer = get("/2023/10/how-to-read-a-darn")

        assert (answer.status, answer.body) == (301, b"")
        assert answer.header("Location") == "http://museum.test/2023/10/how-to-read-a-darn/"

    def test_shortlink(self, get, number):
        """/?p= leads to the post, and to nothing where the post is hidden."""
        shown, hidden = (number("posts", name) for name in ("spoons", "draft-on-mending-time"))

        assert get(f"/?p={shown}").header("Location") == "http://museum.test/2024/10/spoons/"
        assert get(f"/?p={hidden}").status == 200

    def test_attachment_page(self, get):
        """An attachment's page leads to the file, and every size of it is served."""
        answer = get("/2023/11/umbrella-hospital/umbrella-ribs/")

        assert answer.status == 301
        path = answer.header("Location").removeprefix("http://museum.test")
        assert get(path).header("Content-Type") == "image/gif"
        assert get(path.replace(".jpg", "-300x169.jpg")).body[:6] == b"GIF89a"

    @pytest.mark.parametrize("path", ["/nope/", "/2025/01/nope", "/wp-content/uploads/nope.jpg"])
    def test_unknown_page(self, get, path):
        """What is not there is a 404 that names the API nevertheless."""
        answer = get(path)

        assert (answer.status, links(answer)) == (404, [ROOT_LINK])
        assert answer.header("Content-Type") == "text/html; charset=UTF-8"
        assert b"Page not found" in answer.body

    def test_hidden_post_has_no_page(self, get):
        """A draft is not found under the address that it will have."""
        assert get("/2025/11/draft-on-mending-time/").status == 404

    def test_robots(self, get):
        """robots.txt forbids what WordPress forbids, and nothing of the API."""
        answer = get("/robots.txt")

        assert answer.header("Content-Type") == "text/plain; charset=utf-8"
        assert answer.body.decode().splitlines() == [
            "User-agent: *",
            "Disallow: /wp-admin/",
            "Allow: /wp-admin/admin-ajax.php",
            "",
            "Sitemap: http://museum.test/wp-sitemap.xml",
        ]


class TestRootForms:
    @pytest.mark.parametrize(
        "target",
        [
            "/wp-json/wp/v2/posts?per_page=2&_fields=id",
            "/wp-json/wp/v2/posts/?per_page=2&_fields=id",
            "/index.php/wp-json/wp/v2/posts?per_page=2&_fields=id",
            "/?rest_route=/wp/v2/posts&per_page=2&_fields=id",
            "/index.php?rest_route=%2Fwp%2Fv2%2Fposts&per_page=2&_fields=id",
            "/wp-json/wp/v2/tags?rest_route=/wp/v2/posts&per_page=2&_fields=id",
        ],
    )
    def test_same_answer(self, get, target):
        """A route may be named in three ways; the parameter wins over the path."""
        assert get(target).json() == get("posts?per_page=2&_fields=id").json()

    @pytest.mark.parametrize("target", ["/wp-json", "/wp-json/", "/index.php/wp-json/"])
    def test_index(self, get, target):
        """The index answers under each form of the root, and names the pretty one."""
        answer = get(target)

        assert answer.json()["name"] == "The Mending Museum"
        assert links(answer) == [ROOT_LINK]

    def test_link_of_a_rest_route_request(self, get):
        """Links to further pages keep the parameter, and stand on the pretty root."""
        assert get("/?rest_route=/wp/v2/posts&per_page=1").header("Link") == (
            "<http://museum.test/wp-json/wp/v2/posts?rest_route=%2Fwp%2Fv2%2Fposts&per_page=1"
            '&page=2>; rel="next"'
        )

    def test_subdirectory(self):
        """A site may live below the root of its host."""
        site = SampleSite("http://museum.test/marrin/")

        assert site.respond("GET", "/marrin/", {}).status == 200
        record = site.respond("GET", "/marrin/wp-json/wp/v2/posts?per_page=1", {}).json()[0]
        assert record["link"].startswith("http://museum.test/marrin/2025/")
        assert site.respond("GET", "/wp-json/", {}).status == 404
        assert site.respond("GET", "/robots.txt", {}).status == 200


class TestTransport:
    def test_gzip(self, get):
        """The body is packed for a client that takes it, and is the same."""
        plain, packed = get("tags"), get("tags", **{"Accept-Encoding": "br;q=0.5, gzip"})

        assert packed.header("Content-Encoding") == "gzip"
        assert len(packed.body) < len(plain.body) / 2
        assert packed.json() == plain.json()
        assert get("tags", **{"Accept-Encoding": "br"}).header("Content-Encoding") is None

    def test_head(self, get):
        """HEAD has the totals and no body."""
        answer = get("posts?per_page=100", "HEAD")

        assert (answer.status, answer.body) == (200, b"")
        assert answer.header("X-WP-Total") == get("posts").header("X-WP-Total")

    def test_php_json(self, get):
        """JSON is escaped as PHP does it, and an empty object is a list."""
        body = get("users?slug=emile").body

        assert b'"\\u00c9mile Garance"' in body
        assert b"http:\\/\\/museum.test" in body
        assert b'"meta":[]' in body

    def test_same_bytes(self, get):
        """Two sites give the same answer to the same request, byte for byte."""
        again = SampleSite("http://museum.test")

        for path in ("posts?per_page=100", "media?per_page=100", "comments?per_page=100"):
            assert again.respond("GET", f"/wp-json/wp/v2/{path}", {}) == get(path)

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
    def test_writing(self, get, method):
        """Visitors may not write; where nobody could there is no route."""
        statuses = {"POST": 401, "PUT": 404, "DELETE": 404}
        assert get("posts", method).status == statuses[method]

    def test_options(self, get):
        """OPTIONS describes a route as the index does."""
        entry = get("/wp-json/").json()["routes"]["/wp/v2/tags"]
        answer = get("tags", "OPTIONS")

        assert answer.json()["endpoints"] == entry["endpoints"]
        assert get("nope", "OPTIONS").status == 404
        assert answer.header("Allow") == "GET"


class TestChanges:
    def test_insert(self, site):
        """What is inserted is listed, with an id of its own and all that a record has."""
        before = site.listed("posts")
        new = site.insert("posts", title="Fresh", date="2026-01-01T00:00:00", tags=[13])

        assert site.listed("posts") == before | {new}
        answer = site.respond("GET", "/wp-json/wp/v2/posts?per_page=1", {})
        record = answer.json()[0]
        assert (record["id"], record["title"]["rendered"]) == (new, "Fresh")
        assert record["modified"] == "2026-01-01T00:00:00"
        other = site.respond("GET", "/wp-json/wp/v2/posts?per_page=1&page=2", {}).json()[0]
        assert list(record) == list(other)

    @pytest.mark.parametrize(
        "collection", "posts pages guides media comments categories tags materials users".split()
    )
    def test_insert_anywhere(self, site, collection):
        """Every collection takes a new row, of which nothing need be said."""
        if collection == "comments":
            new = site.insert(collection, post=min(site.listed("posts")))
        else:
            new = site.insert(collection)
        if collection == "users":
            site.insert("posts", author=new)

        assert new in site.listed(collection)
        path = f"/wp-json/wp/v2/{collection}/{new}"
        assert site.respond("GET", path, {}).json()["id"] == new

    def test_delete(self, site):
        """What is deleted is neither counted nor found."""
        gone = min(site.listed("posts"))
        site.delete("posts", gone)

        answer = site.respond("GET", "/wp-json/wp/v2/posts?per_page=100", {})
        assert gone not in {record["id"] for record in answer.json()}
        assert answer.header("X-WP-Total") == "61"
        assert site.respond("GET", f"/wp-json/wp/v2/posts/{gone}", {}).status == 404

    def test_unpublish(self, site):
        """A post that becomes private leaves its comments counted and unseen."""
        post = next(row["post"] for row in site.collections["comments"].values())
        before = site.respond("GET", "/wp-json/wp/v2/comments?per_page=100", {})
        site.update("posts", post, status="private")
        after = site.respond("GET", "/wp-json/wp/v2/comments?per_page=100", {})

        assert after.header("X-WP-Total") == before.header("X-WP-Total")
        assert len(after.json()) < len(before.json())
        assert site.respond("GET", f"/wp-json/wp/v2/posts/{post}", {}).status == 401

    def test_on_request(self, site):
        """A test may change the site at the very moment a request comes in."""
        asked = []

        def hook(method, target):
            asked.append((method, target))
            site.insert("posts", date="2026-01-01T00:00:00")

        site.on_request = hook
        answer = site.respond("GET", "/wp-json/wp/v2/posts?per_page=1", {})

        assert answer.header("X-WP-Total") == "63"
        assert asked == [("GET", "/wp-json/wp/v2/posts?per_page=1")]

    def test_lower_maximum(self):
        """A site may allow smaller pages than WordPress does, and says so in the index."""
        site = SampleSite("http://museum.test", max_per_page=7)

        index = site.respond("GET", "/wp-json/", {}).json()
        args = index["routes"]["/wp/v2/posts"]["endpoints"][0]["args"]
        assert (args["per_page"]["maximum"], args["per_page"]["default"]) == (7, 7)
        refused = site.respond("GET", "/wp-json/wp/v2/posts?per_page=8", {})
        assert refused.status == 400
        assert "between 1 (inclusive) and 7 (inclusive)" in refused.body.decode()
        assert len(site.listed("posts")) == 62


def test_no_stray_host(museum):
    """Nothing on the site leads to a host that somebody might own."""
    text = json.dumps(museum.collections, ensure_ascii=False)

    hosts = set(re.findall(r"https?://([^/\"\\\s]+)", text))
    assert "museum.test" in hosts
    assert {host for host in hosts if not host.endswith((".example", ".test"))} == set()
