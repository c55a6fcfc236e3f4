"""What an increment to a large collection costs, in requests."""

from __future__ import annotations

import json
import os
from bisect import bisect_left, bisect_right
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from crawler.sample.site import SampleSite
from tests.wordpress.renewed import Dataset
from tests.wordpress.test_harvest import HOME

POSTS = int(os.environ.get("INCREMENT_POSTS", "10000"))
FIRST = datetime(2001, 1, 1, 12)
PER_PAGE = 100


def post(number):
    """A post an hour, each edited a day later."""
    date = FIRST + timedelta(hours=number)
    edited = date + timedelta(days=1)
    return {
        "id": number,
        "date": date.isoformat(),
        "date_gmt": date.isoformat(),
        "modified": edited.isoformat(),
        "modified_gmt": edited.isoformat(),
        "slug": f"post-{number}",
        "link": f"{HOME}post-{number}/",
        "type": "post",
        "status": "publish",
        "author": 1,
        "featured_media": 0,
        "categories": [1 + number % 7],
        "title": {"rendered": f"Post {number}"},
        "content": {"rendered": f"<p>{number}</p>", "protected": False},
    }


class LargeSite(SampleSite):
    """The sample site with a large collection of posts in place of its own."""

    def __init__(self):
        super().__init__(HOME)
        self.posts = [post(number) for number in range(1, POSTS + 1)]
        self.dates = {
            name: [each[name] for each in self.posts] for name in ("date", "modified")
        }  # in one order: no post is out of line

    def respond(self, method, target, headers):
        parts = urlsplit(target)
        if not parts.path.endswith("/wp/v2/posts"):
            return super().respond(method, target, headers)
        asked = dict(parse_qsl(parts.query))
        assert asked.keys() <= {
            *("per_page", "page", "orderby", "order", "after", "modified_after", "exclude"),
            "_fields",
        }, asked
        answer = super().respond(method, parts._replace(query="per_page=1").geturl(), headers)
        records, total = self.select(asked)
        names = asked["_fields"].split(",") if "_fields" in asked else None
        if names:
            records = [{name: each[name] for name in names if name in each} for each in records]
        totals = {"X-WP-Total": str(total), "X-WP-TotalPages": str(-(-total // PER_PAGE))}
        kept = [
            (name, totals.get(name, value))
            for name, value in answer.headers
            if name.lower() not in ("content-length", "content-encoding")
        ]
        return replace(answer, headers=kept, body=json.dumps(records).encode())

    def select(self, asked):
        start = 0
        for name, parameter in (("date", "after"), ("modified", "modified_after")):
            if parameter in asked:
                start = bisect_right(self.dates[name], asked[parameter].removesuffix("Z"))
        out = {int(each) for each in asked.get("exclude", "").split(",") if each}
        out = {each for each in out if each > start}
        size = int(asked["per_page"])
        skip = size * (int(asked.get("page", "1")) - 1)
        end = bisect_left(range(POSTS), start + skip + size + len(out))
        rows = [each for each in self.posts[start:end] if each["id"] not in out]
        return rows[skip : skip + size], POSTS - start - len(out)


@pytest.fixture
def dataset(tmp_path):
    made = Dataset(tmp_path, LargeSite())
    yield made
    made.database.close()


def test_requests(dataset):
    """Where nothing changed: five requests at most, and one per 100 ids more for a sweep."""
    first = dataset.harvest()
    assert len(first.ids) == POSTS
    quiet, swept = dataset.increment(sweep_every=9), dataset.increment()

    assert (quiet.ids, swept.ids) == ([], [])
    assert swept.of("posts").walk.swept is True
    assert len(quiet.requests) <= 5
    assert len(swept.requests) <= 5 + POSTS / 100
