"""Errands run to their end, and what WordPress answers to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crawler.wordpress.errands import FORBIDDEN_OWNER
from crawler.wordpress.page import Page, Totals
from crawler.wordpress.rest_errors import no_response, read_error

FORBIDDEN = read_error(401, {"code": FORBIDDEN_OWNER})
BROKEN = no_response("HTTP 500")


def params_of(errand):
    return dict(errand.query.params)


def numbers(text):
    return [int(number) for number in text.split(",")]


def run(errand, answer, at_most=2000):
    """Run an errand to its end; give how many requests that took."""
    requests = 0
    while not errand.done:
        requests += 1
        assert requests <= at_most, "it does not end"
        came = answer(params_of(errand))
        if isinstance(came, Page):
            errand.take(came)
        else:
            errand.fail(came)
    return requests


def row(number, post):
    """Make a comment; the higher its id, the later."""
    date = datetime(2024, 5, 1) + timedelta(seconds=number)
    return {"id": number, "post": post, "date": date.isoformat()}


@dataclass
class Comments:
    """A collection of comments as WordPress answers it; ids by post, and what is wrong with it."""

    by_post: dict
    forbidden: frozenset = frozenset()
    broken: frozenset = frozenset()  # posts whose comments break each list they stand on
    cut: frozenset = frozenset()  # posts whose comments break each page but the first
    asked: list = field(default_factory=list)

    def answer(self, params):
        self.asked.append(params)
        posts = numbers(params["post"])
        if self.forbidden & set(posts):
            return FORBIDDEN
        first = params.keys().isdisjoint({"page", "offset"}) and "after" not in params
        if self.broken & set(posts) or (not first and self.cut & set(posts)):
            return BROKEN
        rows = [row(number, post) for post in posts for number in self.by_post.get(post, ())]
        return self.choose(sorted(rows, key=lambda each: each["id"]), params)

    @staticmethod
    def choose(rows, params):
        """Give the page of *rows* that was asked for."""
        if "after" in params:
            rows = [each for each in rows if each["date"] > params["after"]]
        if "before" in params:
            rows = [each for each in rows if each["date"] < params["before"]]
        if "exclude" in params:
            rows = [each for each in rows if each["id"] not in numbers(params["exclude"])]
        if "include" in params:
            rows = [each for each in rows if each["id"] in numbers(params["include"])]
        size = int(params["per_page"])
        start = int(params.get("offset", (int(params.get("page", 1)) - 1) * size))
        return Page(tuple(rows[start : start + size]), Totals(len(rows), -(-len(rows) // size)))
