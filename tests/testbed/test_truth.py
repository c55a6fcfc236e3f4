"""Whether the testbed is what the other tests take it for."""

from __future__ import annotations

import json
from urllib.request import urlopen

import pytest

pytestmark = [pytest.mark.wordpress, pytest.mark.timeout(900)]


def api_url(site, route, query):
    return f"{site.url}/?rest_route=/{route}&{query}"


def test_fresh(each_testbed):
    """The database holds what the seed wrote down, and each count is that of its ids."""
    seeded, now = each_testbed.seeded, each_testbed.truth()

    assert now == {"ids": seeded["ids"], "total_header": seeded["total_header"]}
    assert seeded["collections"] == {name: len(ids) for name, ids in seeded["ids"].items()}
    assert len(seeded["same_date"]["ids"]) > 100


def test_hidden(each_testbed):
    """The site announces what the truth says it announces, where it hides some of it."""
    for name, total in each_testbed.seeded["total_header"].items():
        with urlopen(api_url(each_testbed, name, "per_page=1&_fields=id")) as answer:
            assert int(answer.headers["X-WP-Total"]) == total
        assert total > len(each_testbed.seeded["ids"][name])


def test_given_back(testbed):
    """What an editor does is seen by a visitor at once, and put back in the end."""
    before = testbed.public_ids()["wp/v2/posts"]
    with testbed.editor() as editor, editor.giving_back():
        post = editor.insert_post("2020-02-29 12:00:00")
        editor.delete_post(before[0])
        with urlopen(api_url(testbed, "wp/v2/posts", f"include={post},{before[0]}")) as answer:
            assert [each["id"] for each in json.load(answer)] == [post]
        assert testbed.public_ids()["wp/v2/posts"] == [*before[1:], post]

    assert testbed.public_ids()["wp/v2/posts"] == before


def test_faults(testbed):
    """A fault list stands while it is asked for, and not a moment longer."""
    url = api_url(testbed, "wp/v2/posts", "per_page=1&_fields=id")
    with testbed.faulty("htmlx0"), urlopen(url) as answer:
        assert answer.headers.get_content_type() == "text/html"
    with urlopen(url) as answer:
        assert answer.headers.get_content_type() == "application/json"
