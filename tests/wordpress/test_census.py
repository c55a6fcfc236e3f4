"""A survey of a site's collections, without a network."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from crawler.errors import ArgumentError, DiscoveryError
from crawler.sample.site import SampleSite
from crawler.wordpress.census import Census
from tests.wordpress.test_harvest import CLOSED, HOME, on


def survey(*names, change=lambda url, answer: answer):
    """Answer a census from the sample, as *change* has it; give it with the URLs asked."""
    site, census, urls = SampleSite(HOME), Census(HOME, names or ("all",)), []
    while census.url is not None:
        assert len(urls) < 100, "the census does not end"
        url = census.url
        urls.append(url)
        parts = urlsplit(url)
        answer = site.respond("GET", f"{parts.path or '/'}?{parts.query}", {})
        answer = change(url, (answer.status, answer.headers, answer.body))
        if isinstance(answer, str):
            census.fail(answer)
        else:
            status, headers, body = answer
            census.feed(status, url, list(headers), body)
    return census, urls


def by_base(census):
    return {each.collection.rest_base: each for each in census.counts}


def without_totals(url, answer):
    status, headers, body = answer
    return status, [pair for pair in headers if not pair[0].startswith("X-WP-")], body


class TestCensus:
    def test_totals(self):
        """Every collection is counted, by one request each; no content is asked for."""
        census, urls = survey()

        assert {base: each.total for base, each in by_base(census).items()} == {
            "categories": 12, "tags": 24, "materials": 10, "users": 8, "media": 36,
            "posts": 62, "pages": 10, "guides": 8, "comments": 58,
        }  # fmt: skip
        assert {each.state for each in census.counts} == {"open"}
        asked = urls[-9:]
        assert all("per_page=1&_fields=id" in url for url in asked)
        assert len(urls) == 4 + 9
        assert len(set(urls)) == len(urls)

    def test_newest(self):
        """What has dates tells when the newest was published; terms and users have none."""
        found = by_base(survey()[0])

        assert found["posts"].newest == "2025-11-30T15:10:00Z"
        assert found["tags"].newest is None
        assert found["media"].newest is None  # the newest is hidden: an empty page

    @pytest.mark.parametrize("date", ["0000-00-00T00:00:00", None, "x" * 50, "soon", ["2024"]])
    def test_wrong_date(self, date):
        """What is no date is none."""
        body = json.dumps([{"id": 1, "date_gmt": date}]).encode()
        headers = (("X-WP-Total", "1"), ("X-WP-TotalPages", "1"))
        census, _ = survey("posts", change=on("/posts", (200, headers, body)))

        assert (census.counts[0].total, census.counts[0].newest) == (1, None)

    def test_chosen(self):
        """Only what was named is counted."""
        assert list(by_base(survey("pages", "guides")[0])) == ["pages", "guides"]

    def test_misspelt(self):
        """A name that chooses nothing is refused with the one that was meant."""
        with pytest.raises(ArgumentError, match="did you mean 'guides'"):
            survey("guide s")

    def test_front_page(self):
        """The site's own page is kept: it tells of languages."""
        front = survey("pages")[0].front
        assert b"<html" in front.body
        assert dict(front.headers)["Content-Type"].startswith("text/html")

    def test_no_site(self):
        """Where nobody answers the census ends as a harvest does."""
        with pytest.raises(DiscoveryError, match="could not be reached"):
            survey(change=lambda url, answer: "timed out")

    def test_front_page_forbidden(self):
        """A page that robots.txt forbids is not there; the API is looked for, and found."""

        def forbidden(url, answer):
            return "Forbidden by robots.txt" if url == HOME.rstrip("/") else answer

        census, _ = survey("pages", change=forbidden)

        assert census.front is None
        assert by_base(census)["pages"].total == 10


class TestClosed:
    def test_denied(self):
        """What visitors may not read is closed, in WordPress's words; the rest goes on."""
        found = by_base(survey(change=on("/users", CLOSED))[0])

        assert (found["users"].state, found["users"].total) == ("closed", None)
        assert found["users"].reason == "HTTP 401 rest_forbidden"
        assert found["posts"].total == 62

    def test_robots(self):
        """What robots.txt forbids is closed, too."""
        census, _ = survey(change=on("/users", "Forbidden by robots.txt"))
        assert by_base(census)["users"].state == "closed"

    def test_firewall(self):
        """A challenge is named."""
        challenge = (403, (("cf-mitigated", "challenge"),), b"<html>Just a moment")
        found = by_base(survey(change=on("/users", challenge))[0])["users"]
        assert (found.state, found.reason) == ("closed", "a challenge by Cloudflare (HTTP 403)")

    @pytest.mark.parametrize("answer", ["timed out", (500, (), b"oops"), (200, (), b"oops")])
    def test_failed(self, answer):
        """What does not answer has failed: asking again may help."""
        assert by_base(survey(change=on("/users", answer))[0])["users"].state == "failed"


class TestWithoutHeaders:
    def test_envelope(self):
        """Where a proxy strips the totals they are asked for in the body, from then on."""
        census, urls = survey(change=without_totals)

        assert by_base(census)["posts"].total == 62
        assert sum("_envelope=1" in url for url in urls) == 9
        assert len(urls) == 4 + 10

    def test_nobody_counts(self):
        """Where they are nowhere a collection is uncounted; it is asked twice once only."""
        body = b'[{"id": 7}]'
        census, urls = survey("pages", "guides", change=lambda url, answer: (
            (200, (), body) if "_fields=id" in url else answer
        ))  # fmt: skip

        assert [(each.state, each.total) for each in census.counts] == [("uncounted", None)] * 2
        assert len(urls) == 4 + 3
