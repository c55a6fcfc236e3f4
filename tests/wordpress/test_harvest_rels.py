"""Harvests that follow rels other than WordPress's own, each by its address."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.certificate import ExitStatus
from tests.wordpress.followed import (
    edit,
    error,
    follow,
    page_of_html,
    point,
    small_pages,
    status_of,
)


def maps_of(size):
    """Give each post a map of its own, of so many bytes."""

    def own(records):
        links = [{"acme:map": [{"href": f"/wp-json/acme/map/{each['id']}"}]} for each in records]
        return [{**each, "_links": link} for each, link in zip(records, links, strict=True)]

    def change(url, answer):
        if "/acme/map/" in url:
            return replace(answer, status=200, body=b'["' + b"x" * size + b'"]')
        return edit("posts", own)(url, answer)

    return change


class TestOtherRels:
    def test_same_address_on_all_records(self):
        """An address that all records share is asked once, and stands on each."""
        done = follow("posts", words="acme:map", change=point("/wp-json/wp/v2/users/3"))
        account = done.progress["acme:map"]

        assert len(done.asked("users/3")) == account.requests == 1
        assert account.asked == account.resolved == len(done.documents) > 50
        assert all(each.linked["acme:map"][0]["id"] == 3 for each in done.documents.values())

    def test_spellings(self):
        """One resource in many spellings is asked once, by the first of them."""
        spellings = (
            "/wp-json/acme/map/7?zoom=2&colour=deep%20blue",
            "/wp-json/acme/map/7?colour=deep blue&zoom=2",
            "/wp-json/acme/map/7?colour=deep+blue&zoom=2#here",
            "/wp-json/acme/%6dap/7/?zoom=2&colour=deep%20blue",
            "/wp-json/../wp-json/acme/map/7?zoom=2&colour=deep%20blue",
            "/index.php/wp-json/acme/map/7?zoom=2&colour=deep%20blue",
            "/?rest_route=/acme/map/7&zoom=2&colour=deep%20blue",
            "/index.php?colour=deep%20blue&rest_route=%2Facme%2Fmap%2F7&zoom=2",
            "HTTP://127.0.0.1:8765/wp-json/acme/map/7?zoom=2&colour=deep%20blue",
        )

        def change(url, answer):
            if "acme" in url:
                return replace(answer, status=200, body=b'{"lat": 50.1}')
            return point(*spellings)(url, answer)

        done = follow("posts", words="acme:map", change=change)
        asked = [url for url in done.urls if "acme" in url and "_links" not in url]
        account = done.progress["acme:map"]

        assert len(asked) == account.requests == 1, asked
        assert account.resolved == account.asked == len(spellings) * len(done.documents)

    def test_two_resources(self):
        """Another value, another path or another folder is another resource."""
        addresses = (
            "/wp-json/acme/map/7",
            "/wp-json/acme/map/8",
            "/wp-json/acme/map/7?zoom=2",
            "/wp-json/acme/Map/7",
            "/other/wp-json/acme/map/7",
        )

        def change(url, answer):
            if "acme/" in url:
                return replace(answer, status=200, body=b'{"lat": 50.1}')
            return point(*addresses)(url, answer)

        done = follow("posts", words="acme:map", change=change)
        assert done.progress["acme:map"].requests == len(addresses)

    def test_off_site(self):
        """An address that leads away is not asked, and each document says so."""
        done = follow("posts", words="acme:map", change=point("//evil.example/x", "ftp://x/"))
        account = done.progress["acme:map"]

        assert account.refused == {"off_site": 2 * len(done.documents)}
        assert not any("evil" in url for url in done.urls)
        assert status_of(done) is ExitStatus.COMPLETE

    @pytest.mark.parametrize(
        ("fault", "reason"),
        [
            (lambda answer: error(answer, 401, "rest_forbidden"), "denied"),
            (lambda answer: error(answer, 404, "rest_no_route"), "dangling"),
            (page_of_html, "not_json"),
            (lambda answer: replace(answer, status=200, body=b"<?php broken"), "failed"),
            (lambda _: "Forbidden by robots.txt", "denied"),
            (lambda _: "timed out", "failed"),
        ],
    )
    def test_refused(self, fault, reason):
        """What the site answers in place of JSON is the reason."""
        done = follow(
            "posts",
            words="acme:map",
            change=lambda url, a: (
                fault(a) if url.endswith("/map/7") else point("/wp-json/acme/map/7")(url, a)
            ),
        )
        assert done.progress["acme:map"].refused == {reason: len(done.documents)}
        assert done.progress["acme:map"].requests == 1

    def test_large(self):
        """What is larger than documents should hold is not held, alone or with all of a page."""
        for size, resolved in ((300_000, 0), (250_000, 33)):
            done = follow("posts", words="acme:map", change=maps_of(size))
            account = done.progress["acme:map"]

            assert account.requests == len(done.documents) > 60
            assert account.resolved == resolved
            assert account.refused == {"bound": len(done.documents) - resolved}

    def test_challenge(self):
        """A challenge by a firewall is named, and is no resource."""
        headers = (("cf-mitigated", "challenge"), ("content-type", "text/html"))
        done = follow(
            "posts",
            words="acme:map",
            change=lambda url, a: (
                replace(a, status=403, headers=headers, body=b"<title>Just a moment...</title>")
                if url.endswith("/map/7")
                else point("/wp-json/acme/map/7")(url, a)
            ),
        )
        [named] = done.progress["acme:map"].unresolved
        assert "challenge by Cloudflare" in named.answer

    def test_later_pages(self):
        """A rel is there on all pages, though only the first is asked whole."""
        change = small_pages(point("/wp-json/wp/v2/users/3"))
        for words in ("acme:map", "all"):
            done = follow("posts", words=words, change=change)
            pages = [query for query in done.asked("posts") if query["per_page"] == "20"]

            assert len(pages) > 2
            assert all("_links.acme:map" in query["_fields"].split(",") for query in pages[1:])
            assert done.progress["acme:map"].resolved == len(done.documents)

    def test_written_out_with_a_curie(self):
        """A rel that the site writes out is asked for on later pages as it stands there."""
        whole = "https://rels.acme.example/map"

        def add(records):
            links = {
                whole: [{"href": "/wp-json/wp/v2/users/3"}],
                "curies": [{"name": "acme", "href": "https://rels.acme.example/{rel}"}],
            }
            return [{**each, "_links": links} for each in records]

        for words in ("acme:map", whole):
            done = follow("posts", words=words, change=small_pages(edit("posts", add)))
            pages = [query for query in done.asked("posts") if query["per_page"] == "20"]

            assert len(pages) > 2
            assert all("_links" in query["_fields"].split(",") for query in pages[1:])
            assert done.progress[words].resolved == len(done.documents)
