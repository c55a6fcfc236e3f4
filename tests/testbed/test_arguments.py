"""Parts of a collection: exactly what the database says they are."""

from __future__ import annotations

import pytest

from tests.running import run_crawl

pytestmark = [pytest.mark.wordpress, pytest.mark.timeout(300)]

PUBLISHED = "FROM wp_posts p WHERE p.post_type='post' AND p.post_status='publish'"


@pytest.fixture
def editor(testbed):
    with testbed.editor() as editor:
        yield editor


def crawl_part(testbed, tmp_path, *arguments, collections="posts"):
    """Crawl a part of some collections; give the ids, having looked at the verdicts."""
    crawl = run_crawl(tmp_path, f"site={testbed.url}", f"collections={collections}", *arguments)
    told = crawl.collections()

    assert {each["verdict"] for each in told.values()} == {"limited"}, told
    assert crawl.status == 0, crawl.stderr
    return {name: sorted(ids) for name, ids in crawl.ids().items()}


@pytest.mark.parametrize(
    ("arguments", "condition"),
    [
        (["after=2016-03-01"], "p.post_date_gmt > '2016-03-01'"),
        (["before=2016-03-01"], "p.post_date_gmt < '2016-03-01'"),
        (
            ["after=2015-12-31T23:00:00Z", "before=2016-07-01T00:00:00+02:00"],
            "p.post_date_gmt > '2015-12-31 23:00:00' AND p.post_date_gmt < '2016-06-30 22:00:00'",
        ),
        (["after=2098-01-01"], "1=0"),
    ],
    ids=["after", "before", "with offsets", "none"],
)
def test_time(testbed, editor, tmp_path, arguments, condition):
    """What was published in a time comes: UTC, unless an offset is given."""
    expected = editor.column(f"SELECT p.ID {PUBLISHED} AND {condition} ORDER BY p.ID")

    delivered = crawl_part(testbed, tmp_path, *arguments)

    assert delivered.get("wp/v2/posts", []) == expected


@pytest.mark.parametrize("taxonomy", ["post_tag", "category"])
def test_term(testbed, editor, tmp_path, taxonomy):
    """The posts of one term, of more than a page if there is such a term."""
    [[term, number]] = editor.sql(
        "SELECT tt.term_id, tt.term_taxonomy_id FROM wp_term_taxonomy tt"
        f" WHERE tt.taxonomy='{taxonomy}' ORDER BY tt.count DESC, tt.term_id LIMIT 1"
    )
    expected = editor.column(
        f"SELECT p.ID {PUBLISHED} AND p.ID IN (SELECT object_id FROM wp_term_relationships"
        f" WHERE term_taxonomy_id={number}) ORDER BY p.ID"
    )
    name = {"post_tag": "tags", "category": "categories"}[taxonomy]

    delivered = crawl_part(testbed, tmp_path, f"filter={name}={term}")

    assert len(expected) > 50
    assert delivered == {"wp/v2/posts": expected}


def test_filter_and_time(testbed, editor, tmp_path):
    """Two filters and a time hold together."""
    sticky = testbed.seeded["special"]["sticky"]
    expected = editor.column(
        f"SELECT p.ID {PUBLISHED} AND p.post_author IN (2, 3)"
        " AND p.post_date_gmt > '2018-01-01' AND p.post_date_gmt < '2022-01-01' ORDER BY p.ID"
    )

    delivered = crawl_part(
        testbed,
        tmp_path,
        "filter=author=2,3&sticky=false",
        "after=2018-01-01",
        "before=2022-01-01",
    )

    assert len(expected) > 100
    assert delivered == {"wp/v2/posts": [post for post in expected if post not in sticky]}


@pytest.mark.parametrize("limit", [1, 100, 230])
def test_limit(testbed, editor, tmp_path, limit):
    """A limit gives the newest, a collection at a time."""
    newest = "AND p.post_status='publish' ORDER BY p.post_date DESC, p.ID DESC LIMIT"
    expected = {
        f"wp/v2/{name}": sorted(
            editor.column(f"SELECT ID FROM wp_posts p WHERE p.post_type='{kind}' {newest} {limit}")
        )
        for name, kind in [("posts", "post"), ("library", "book")]
    }

    crawl = run_crawl(
        tmp_path, f"site={testbed.url}", "collections=posts,library", f"limit={limit}"
    )
    delivered = {name: sorted(ids) for name, ids in crawl.ids().items()}

    assert delivered == expected
    assert crawl.collections()["wp/v2/posts"]["verdict"] == "limited"
    assert crawl.status == 0, crawl.stderr


def test_limit_that_costs_little(testbed, tmp_path):
    """A look at the newest ten asks for no more than that."""
    mark = testbed.log.mark()
    crawl_part(testbed, tmp_path, "limit=10", "follow=none")
    pages = [each for each in testbed.log.since(mark) if each.collection]

    assert len(pages) == 1
    assert pages[0].params["per_page"] == "10"
