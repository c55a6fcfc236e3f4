"""Posts that share a second, and seconds that the clocks of Berlin skip or repeat."""

from __future__ import annotations

import pytest

from tests.running import run_crawl

pytestmark = [pytest.mark.wordpress, pytest.mark.timeout(300)]

PAGE = 100


def crawl_posts(testbed, tmp_path, *arguments):
    """Crawl the posts; give their ids, and what was asked for."""
    mark = testbed.log.mark()
    crawl = run_crawl(tmp_path, f"site={testbed.url}", "collections=posts", *arguments)
    assert crawl.status == 0, crawl.stderr
    asked = [each for each in testbed.log.since(mark) if each.collection == "wp/v2/posts"]
    assert {each.target: each.status for each in asked if each.status != 200} == {}
    return crawl.ids()["wp/v2/posts"], asked


def posts_between(editor, first, last):
    """Ask the database for the posts published in a time, both ends (UTC) included."""
    return editor.column(
        "SELECT ID FROM wp_posts WHERE post_type='post' AND post_status='publish'"
        f" AND post_date_gmt BETWEEN '{first}' AND '{last}' ORDER BY ID"
    )


def sweep(asked):
    """Give what asked for ids alone, or for records by their ids: the net below the walk.

    The count at the end of a walk asks for one id, and lists none.
    """
    return [
        each.target
        for each in asked
        if (each.params.get("_fields") == "id" and each.params["per_page"] != "1")
        or "include" in each.params
    ]


def test_more_than_a_page(testbed, tmp_path):
    """More posts of one second than a page holds come at the price of a page or two."""
    assert len(testbed.seeded["same_date"]["ids"]) > PAGE
    expected = testbed.public_ids()["wp/v2/posts"]

    delivered, asked = crawl_posts(testbed, tmp_path)

    assert sorted(delivered) == expected
    assert sweep(asked) == []
    assert len(asked) <= len(expected) / PAGE * 1.05 + 2


def test_an_import(testbed, changing, tmp_path):
    """More posts of one second than a URL can name are all delivered, once."""
    changing.import_posts(1200, "2017-03-05 12:00:00", "2017-03-05 11:00:00")
    expected = testbed.public_ids()["wp/v2/posts"]

    delivered, asked = crawl_posts(testbed, tmp_path)

    assert sorted(delivered) == expected
    assert sweep(asked) == []
    assert len(asked) <= len(expected) / PAGE * 1.05 + 4
    assert max(len(f"{testbed.url}{each.target}") for each in asked) <= 4096


@pytest.mark.parametrize("at_three", [39, 40, 41, 80, 240, 700])
def test_clocks_put_forward(testbed, changing, tmp_path, at_three):
    """A page that ends in the first second after the skipped hour loses nothing.

    A second before it is a time that no clock showed, which WordPress reads as
    an hour later.
    """
    changing.import_posts(60, "2024-03-31 01:59:59", "2024-03-31 00:59:59")
    changing.import_posts(at_three, "2024-03-31 03:00:00", "2024-03-31 01:00:00")
    changing.import_posts(7, "2024-03-31 03:00:01", "2024-03-31 01:00:01")
    changing.import_posts(120, "2024-03-31 03:59:59", "2024-03-31 01:59:59")
    changing.import_posts(5, "2024-03-31 04:00:00", "2024-03-31 02:00:00")
    expected = posts_between(changing, "2024-03-31 00:59:59", "2024-03-31 02:00:00")
    assert len(expected) == 60 + at_three + 7 + 120 + 5

    delivered, asked = crawl_posts(
        testbed, tmp_path, "after=2024-03-31T00:59:58Z", "before=2024-03-31T02:00:01Z"
    )

    assert sorted(delivered) == expected
    assert sweep(asked) == []
    assert len(asked) <= len(expected) / PAGE * 1.05 + 4


def test_clocks_put_forward_whole(testbed, changing, tmp_path):
    """The same within the whole collection, at a page's end wherever it comes to lie."""
    for minute in range(-10, 10):  # about 01:00 UTC, 03:00 there
        gmt = changing.call("gmdate", "Y-m-d H:i:s", 1711846800 + 60 * minute)
        changing.import_posts(23, changing.call("get_date_from_gmt", gmt), gmt)
    expected = testbed.public_ids()["wp/v2/posts"]

    delivered, asked = crawl_posts(testbed, tmp_path)

    assert sorted(delivered) == expected
    assert sweep(asked) == []


def test_a_time_no_clock_showed(testbed, changing, tmp_path):
    """Posts whose stored local time lies in the skipped hour, as imports leave it, come too."""
    changing.import_posts(60, "2024-03-31 01:59:59", "2024-03-31 00:59:59")
    changing.import_posts(90, "2024-03-31 02:30:00", "2024-03-31 01:30:00")
    changing.import_posts(130, "2024-03-31 02:30:01", "2024-03-31 01:30:01")
    changing.import_posts(90, "2024-03-31 03:10:00", "2024-03-31 01:10:00")
    expected = testbed.public_ids()["wp/v2/posts"]

    delivered, _ = crawl_posts(testbed, tmp_path)

    assert sorted(delivered) == expected


def test_clocks_put_back(testbed, changing, tmp_path):
    """In the hour that comes twice, local order is not the order of UTC, and nothing is lost."""
    for seconds in range(0, 7200, 300):
        gmt = changing.call(
            "gmdate", "Y-m-d H:i:s", 1729987200 + seconds
        )  # 00:00 UTC, 02:00 there
        changing.import_posts(17, changing.call("get_date_from_gmt", gmt), gmt)
    doubled = "SELECT COUNT(DISTINCT post_date_gmt) FROM wp_posts WHERE post_date='{}'"
    assert changing.column(doubled.format("2024-10-27 02:30:00")) == [2]
    expected = testbed.public_ids()["wp/v2/posts"]

    delivered, asked = crawl_posts(testbed, tmp_path)

    assert sorted(delivered) == expected
    assert sweep(asked) == []


def test_zero_dates(testbed, changing, tmp_path):
    """Posts without a date come too, though no query by date finds them all."""
    changing.import_posts(130, "0000-00-00 00:00:00", "0000-00-00 00:00:00")
    expected = testbed.public_ids()["wp/v2/posts"]

    delivered, _ = crawl_posts(testbed, tmp_path)

    assert sorted(delivered) == expected
