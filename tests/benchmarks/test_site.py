"""The made-up site answers as WordPress does, and does all that its index declares."""

from __future__ import annotations

import datetime as dt
import json
from urllib.parse import quote

import pytest

from benchmarks.args import ARGS
from benchmarks.generate import HOME, generate_posts
from benchmarks.selection import FILTERS, PARENT_FILTERS
from benchmarks.site import Answer, Site

COUNT = 230


@pytest.fixture(scope="module")
def site() -> Site:
    return Site(HOME, list(generate_posts(COUNT)))


def ask(site: Site, route: str, **params: object) -> tuple[Answer, list | dict]:
    query = "&".join(f"{name}={quote(str(value))}" for name, value in params.items())
    answer = site.answer(f"/wp-json/wp/v2/{route}", query)
    return answer, json.loads(answer.body)


def ids(site: Site, route: str, **params: object) -> list[int]:
    answer, records = ask(site, route, **params)
    assert answer.status == 200, records
    return [record["id"] for record in records]


def all_ids(site: Site) -> list[int]:
    return [post["id"] for post in site.records["posts"]]


def test_index_declares_only_what_is_honoured(site):
    """Each declared parameter has something that answers it, in its collection."""
    elsewhere = {"context", "page", "per_page", "offset", "order", "orderby"}
    terms_of_a_post = {("categories", "post"), ("tags", "post")}

    for rest_base, args in ARGS.items():
        for name in set(args) - elsewhere:
            known = name in FILTERS or (rest_base, name) in PARENT_FILTERS
            assert known or (rest_base, name) in terms_of_a_post, (rest_base, name)


@pytest.mark.parametrize("rest_base", sorted(ARGS))
def test_every_declared_value(site, rest_base):
    """Each declared parameter and each value of an enumeration is accepted."""
    samples = {"integer": "3", "array": "1,2", "boolean": "true", "string": "image"}
    for name, schema in ARGS[rest_base].items():
        for value in schema.get("enum", [samples[schema["type"]]]):
            if schema.get("format") == "date-time":
                value = "2012-02-01T00:00:00"
            answer, _ = ask(site, rest_base, **{name: value})
            assert answer.status == (401 if value == "edit" else 200), (name, value)


def test_pages(site):
    """Page by page comes every post once, under the totals that the headers announce."""
    seen: list[int] = []
    for page in (1, 2, 3):
        answer, records = ask(site, "posts", per_page=100, page=page)
        seen += [record["id"] for record in records]
        assert (answer.headers["X-WP-Total"], answer.headers["X-WP-TotalPages"]) == (COUNT, 3)
        assert ('rel="next"' in str(answer.headers["Link"])) is (page < 3)

    assert sorted(seen) == all_ids(site)


def test_keyset(site):
    """One second before the last date, without the ids seen there, comes every post once."""
    seen: list[int] = []
    params: dict[str, object] = {}
    while records := ask(site, "posts", per_page=20, order="asc", **params)[1]:
        seen += [record["id"] for record in records]
        last = records[-1]["date"]
        tied = [post["id"] for post in site.records["posts"] if post["date"] == last]
        exclude = ",".join(str(number) for number in tied if number in seen)
        params = {"after": second_before(last), "exclude": exclude}

    assert sorted(seen) == all_ids(site)
    assert len(seen) == COUNT


def second_before(date: str) -> str:
    return (dt.datetime.fromisoformat(date) - dt.timedelta(seconds=1)).isoformat()


def test_after_is_strict(site):
    """``after`` leaves the very second out, and ``before`` does."""
    dates = sorted(post["date"] for post in site.records["posts"])
    middle = dates[COUNT // 2]

    later = ids(site, "posts", per_page=100, after=middle)
    earlier = int(ask(site, "posts", before=middle)[0].headers["X-WP-Total"])

    assert len(later) == sum(date > middle for date in dates[-100:])
    assert earlier == sum(date < middle for date in dates)


def test_date_with_an_offset(site):
    """A date with an offset is converted to the site's time."""
    plain = ids(site, "posts", per_page=100, after="2012-03-01T10:00:00", order="asc")
    offset = ids(site, "posts", per_page=100, after="2012-03-01T12:00:00+02:00", order="asc")

    assert plain == offset


def test_include_in_its_order(site):
    """``include`` gives those posts, unknown ids left out, in its own order on demand."""
    assert ids(site, "posts", include="107,101,999999", orderby="include", order="asc") == [
        107,
        101,
    ]
    assert ids(site, "posts", include="107,101", order="asc", orderby="id") == [101, 107]


def test_order_by_id(site):
    """Ordered by id, ascending or descending, an offset counts from the first."""
    assert ids(site, "posts", orderby="id", order="asc", offset=2, per_page=2) == [107, 110]
    assert ids(site, "posts", orderby="id", per_page=1) == [all_ids(site)[-1]]


def test_linked_resources(site):
    """Authors, terms and images of a post are found by the ids in it, and by the post's."""
    post = next(post for post in site.records["posts"] if post["featured_media"] and post["tags"])

    assert ids(site, "tags", post=post["id"], orderby="id") == post["tags"]
    assert ids(site, "media", parent=post["id"]) == [post["featured_media"]]
    assert ids(site, "users", include=post["author"]) == [post["author"]]
    for rel in ("author", "wp:featuredmedia", "about", "collection", "self"):
        for link in post["_links"][rel]:
            path = link["href"].removeprefix(HOME)
            assert site.answer(path, "").status == (404 if rel == "about" else 200), path


@pytest.mark.parametrize(
    ("params", "code", "status"),
    [
        ({"per_page": 101}, "rest_invalid_param", 400),
        ({"per_page": 0}, "rest_invalid_param", 400),
        ({"page": "two"}, "rest_invalid_param", 400),
        ({"include": "1,x"}, "rest_invalid_param", 400),
        ({"after": "2012-01-01"}, "rest_invalid_param", 400),
        ({"orderby": "weight"}, "rest_invalid_param", 400),
        ({"sticky": "perhaps"}, "rest_invalid_param", 400),
        ({"per_page": 100, "page": 4}, "rest_post_invalid_page_number", 400),
        ({"context": "edit"}, "rest_forbidden_context", 401),
    ],
)
def test_refused(site, params, code, status):
    """What WordPress refuses is refused with its status and code."""
    answer, error = ask(site, "posts", **params)

    assert (answer.status, error["code"], error["data"]["status"]) == (status, code, status)


def test_past_the_end_of_terms(site):
    """Terms and users past their end are an empty page, with the true totals."""
    answer, records = ask(site, "users", per_page=100, page=2)

    assert (answer.status, records, answer.headers["X-WP-Total"]) == (200, [], 12)


def test_unknown(site):
    """A route or an id that is not there is a 404 with WordPress's code."""
    assert ask(site, "books")[1]["code"] == "rest_no_route"
    assert ask(site, "posts/7")[1]["code"] == "rest_post_invalid_id"


def test_fields(site):
    """``_fields`` reaches into objects; what is left of none is PHP's empty array."""
    _, records = ask(
        site, "posts", per_page=1, orderby="id", order="asc", _fields="id,title.raw,guid.rendered"
    )

    assert records == [{"id": 101, "guid": {"rendered": f"{HOME}/?p=101"}, "title": []}]


def test_fields_ignored(site):
    """With the switch, ``_fields`` changes nothing, as behind some plugins."""
    deaf = Site(HOME, site.records["posts"][:3], ignore_fields=True)

    assert ask(deaf, "posts", _fields="id")[1] == ask(deaf, "posts")[1]


def test_envelope(site):
    """``_envelope`` puts status and totals into a body that comes with 200."""
    answer, wrapped = ask(site, "posts", per_page=100, page=4, _envelope=1)

    assert answer.status == 200
    assert wrapped["status"] == 400
    assert ask(site, "posts", _envelope=1)[1]["headers"]["X-WP-Total"] == COUNT


def test_embed(site):
    """``_embed`` puts author, image and terms into the record."""
    _, records = ask(site, "posts", per_page=20, _embed=1)
    for record in records:
        embedded = record["_embedded"]
        assert [user["id"] for user in embedded["author"]] == [record["author"]]
        assert [[term["id"] for term in terms] for terms in embedded["wp:term"]] == [
            record["categories"],
            record["tags"],
        ]
        assert ("wp:featuredmedia" in embedded) is (record["featured_media"] != 0)


def test_discovery(site):
    """The front page, robots.txt and the index lead to the collections, in both root forms."""
    front = site.answer("/", "")
    pretty = json.loads(site.answer("/wp-json/", "").body)
    plain = json.loads(site.answer("/", "rest_route=/").body)

    assert front.headers["Link"] == f'<{HOME}/wp-json/>; rel="https://api.w.org/"'
    assert b"Disallow: /wp-admin/" in site.answer("/robots.txt", "").body
    assert pretty == plain
    per_page = pretty["routes"]["/wp/v2/posts"]["endpoints"][0]["args"]["per_page"]
    assert per_page["maximum"] == 100
    types = json.loads(site.answer("/wp-json/wp/v2/types", "").body)
    assert types["post"]["_links"]["wp:items"][0]["href"] == f"{HOME}/wp-json/wp/v2/posts"
    assert set(json.loads(site.answer("/wp-json/wp/v2/taxonomies", "").body)) == {
        "category",
        "post_tag",
    }
