"""Sites as discovery meets them, each in a few lines."""

from __future__ import annotations

import json

import pytest

from crawler.errors import DiscoveryError
from crawler.wordpress.api_root import Discovery
from crawler.wordpress.site import read_allow_hosts

SITE = "https://example.org"
INDEX = {"name": "Field Notes", "namespaces": ["wp/v2"], "routes": {"/wp/v2/posts": {}}}
MISSING = (404, [], b"<!DOCTYPE html><h1>Nothing here</h1>")
DENIED = {"code": "rest_cannot_access", "message": "Members only.", "data": {"status": 401}}
NO_ROUTE = {"code": "rest_no_route", "message": "No such route.", "data": {"status": 404}}


def page(*links, elements="", status=200):
    headers = [("Content-Type", "text/html"), *(("Link", link) for link in links)]
    return status, headers, f"<!DOCTYPE html><head>{elements}</head>".encode()


def names(root):
    return f'<{root}>; rel="https://api.w.org/"'


def data(document, status=200, *links):
    headers = [("content-type", "application/json"), *(("Link", link) for link in links)]
    return status, headers, json.dumps(document).encode()


class Web:
    """A site: its answers by URL, and what it was asked.

    An answer is (status, headers, body), or the URL of a redirect that was
    followed, or a sentence for no response at all.
    """

    def __init__(self, answers):
        self.answers = answers
        self.asked = []

    def discover(self, site=SITE, allow=""):
        discovery = Discovery(site, read_allow_hosts(allow))
        while discovery.found is None:
            assert len(self.asked) < 15, "it does not end"
            self.asked.append(discovery.request)
            url, answer = self.look_up(discovery.request)
            if isinstance(answer, str):
                discovery.fail(answer)
            else:
                discovery.feed(answer[0], url, answer[1], answer[2])
        return discovery.found

    def look_up(self, url):
        answer = self.answers.get(url, MISSING)
        if isinstance(answer, str) and answer.startswith("http"):
            return self.look_up(answer)
        return url, answer

    def refusal(self, site=SITE, allow=""):
        with pytest.raises(DiscoveryError) as caught:
            self.discover(site, allow)
        assert len(str(caught.value).splitlines()) == 1
        return str(caught.value)
