"""The sample site harvested with follow=, in this process, by way of whatever stands between."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

from crawler.certificate import describe_links, exit_status
from crawler.sample.site import SampleSite
from crawler.state.linked import LinkedOnDisk
from crawler.wordpress.follow import RELS, read_follow
from crawler.wordpress.harvest import Harvest, Wanted
from crawler.wordpress.linked import is_resolved
from crawler.wordpress.paging import Verdict
from crawler.wordpress.progress import outcome_of
from tests.harvested import HOME

SITE = SampleSite(HOME)
BATCHED = ",".join(RELS)
"""Every word of follow=."""

OUR_FIELDS = {
    "author": "authors",
    "terms": "terms",
    "featured_media": "featured_media",
    "replies": "comments",
    "attachments": "attachments",
    "up": "parent",
}


@dataclass
class Followed:
    """A harvest at its end: its items, what was asked, and the account by rel."""

    harvest: Harvest
    items: list
    urls: list

    def run(self, change, at_most=600):
        """Answer each request from the sample, as *change* has it."""
        while (url := self.harvest.url) is not None:
            assert len(self.urls) < at_most, "the harvest does not end"
            self.urls.append(url)
            parts = urlsplit(url)
            answer = change(url, SITE.respond("GET", f"{parts.path or '/'}?{parts.query}", {}))
            if isinstance(answer, str):
                self.items += self.harvest.fail(answer)
            else:
                headers = list(answer.headers)
                self.items += self.harvest.feed(answer.status, url, headers, answer.body)

    @property
    def documents(self):
        return {item.record_id: item for item in self.items if item.kind == "document"}

    @property
    def progress(self):
        return self.harvest.resolver.progress

    def asked(self, base):
        """List the queries that went to one route, by its last word."""
        return [query_of(url) for url in self.urls if urlsplit(url).path.endswith(f"/{base}")]

    def linked(self):
        """Give what links filled in, by document."""
        names = (*OUR_FIELDS.values(), "linked")
        return {
            key: {name: getattr(document, name) for name in names}
            for key, document in self.documents.items()
        }


def query_of(url):
    return dict(parse_qsl(urlsplit(url).query))


def as_it_is(url, answer):
    return answer


def follow(*names, words=BATCHED, change=as_it_is, at_most=600, **wanted):
    """Harvest to the end; *change* takes the URL and the sample's answer, and gives the real one.

    What it gives may also be a sentence: no response at all.
    """
    cache = LinkedOnDisk()
    wanted = Wanted(collections=names or ("documents",), follow=read_follow(words), **wanted)
    done = Followed(Harvest(HOME, wanted, linked=cache), [], [])
    done.run(change, at_most)
    cache.close()
    return done


def error(answer, status, code):
    """Make an error of WordPress's of an answer."""
    body = {"code": code, "message": "No.", "data": {"status": status}}
    return replace(answer, status=status, body=json.dumps(body).encode())


def edit(base, records):
    """Change the records of one collection by a function that takes the list of them."""

    def change(url, answer):
        if not urlsplit(url).path.endswith(f"/{base}") or answer.status != 200:
            return answer
        return replace(answer, body=json.dumps(records(answer.json())).encode())

    return change


def small_pages(change=as_it_is, size=20):
    """Lower per_page of posts, so that they come in several pages."""

    def shrink(url, answer):
        if not url.endswith("/wp-json/"):
            return change(url, answer)
        index = answer.json()
        args = index["routes"]["/wp/v2/posts"]["endpoints"][0]["args"]
        args["per_page"]["maximum"] = size
        return replace(answer, body=json.dumps(index).encode())

    return shrink


def route_of(url):
    return urlsplit(url).path.partition("/wp/v2/")[2]


def on(base, fault):
    """Change the answers of one route, lists and single records alike."""
    return lambda url, answer: fault(answer) if route_of(url).split("/")[0] == base else answer


def page_of_html(answer, status=200):
    headers = (("Content-Type", "text/html"),)
    return replace(answer, status=status, headers=headers, body=b"<!DOCTYPE html><p>Hello</p>")


def check(done, unlinked):
    """Every document was delivered, and each rel's account adds up and fits what is there."""
    assert done.documents.keys() == unlinked.documents.keys()
    assert all(
        outcome_of(each).verdict in (Verdict.COMPLETE, Verdict.COMPLETE_VISIBLE)
        for each in done.harvest.progress
        if each.collection.kind == "document"
    )
    for word, account in done.progress.items():
        assert account.asked == account.resolved + account.refused.total()
        if word in ("terms", "featured_media", "up"):
            values = [getattr(each, OUR_FIELDS[word]) for each in done.documents.values()]
            flat = [one for value in values for one in (value if type(value) is list else [value])]
            there = [one for one in flat if one is not None]
            assert len(there) == account.asked
            assert sum(map(is_resolved, there)) == account.resolved
    requests = sum(account.requests for account in done.progress.values())
    walked = sum(each.requests for each in done.harvest.progress)
    assert len(done.urls) == 4 + walked + requests
    told = json.loads(json.dumps(describe_links(done.harvest)))
    assert told.keys() == done.progress.keys()


def status_of(done):
    return exit_status(done.harvest, None, {})


def point(*hrefs, rel="acme:map"):
    """Put links of another rel on each post."""
    entries = [{"href": href} for href in hrefs]

    def add(records):
        return [
            {**each, "_links": {**(each.get("_links") or {}), rel: entries}} for each in records
        ]

    return edit("posts", add)
