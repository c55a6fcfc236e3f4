"""What the harness makes of nginx's lines."""

from __future__ import annotations

import pytest

from tests.testbed.access_log import AccessLog, Request, most_in_flight, read_request, shortest_gap

LINE = '1700000009.500 200 4200 0.120 "GET {} HTTP/1.1" "presscrawl/0.1"'


def request_at(started: int, ended: int) -> Request:
    return Request(ended, ended - started, 200, 1, "GET", "/", "presscrawl")


@pytest.mark.parametrize(
    ("target", "collection"),
    [
        ("/wp-json/wp/v2/posts?per_page=100", "wp/v2/posts"),
        ("/index.php/wp-json/wp/v2/posts", "wp/v2/posts"),
        ("/?rest_route=/testbed/v1/events&page=2", "testbed/v1/events"),
        ("/index.php?rest_route=%2Fwp%2Fv2%2Fmedia", "wp/v2/media"),
        ("/wp-json/wp/v2/types", None),
        ("/wp-json/wp/v2/posts/7", None),
        ("/wp-json/", None),
        ("/robots.txt", None),
        ("/", None),
    ],
)
def test_route(target, collection):
    """A collection is recognised in whatever form its route is written."""
    assert read_request(LINE.format(target)).collection == collection


@pytest.mark.parametrize(("target", "route"), [("/wp-json", "/"), ("/wp-json/", "/"), ("/", None)])
def test_root(target, route):
    """The index has a route too; the front page has none."""
    assert read_request(LINE.format(target)).route == route


class TestInFlight:
    def test_one_after_the_other(self):
        """Requests that touch at a millisecond followed each other."""
        assert most_in_flight([request_at(10, 20), request_at(19, 30), request_at(30, 30)]) == 1

    def test_overlap(self):
        """Two that share more than a millisecond were under way at once."""
        assert most_in_flight([request_at(10, 20), request_at(18, 30)]) == 2

    def test_one_within_another(self):
        """An answer at once, in the middle of a long one, counts."""
        assert most_in_flight([request_at(10, 90), request_at(50, 50), request_at(60, 60)]) == 2

    def test_order_of_the_log(self):
        """Lines come in the order of the answers; it is the starts that count."""
        assert most_in_flight([request_at(40, 50), request_at(10, 90), request_at(45, 95)]) == 3


def test_gap():
    """The gap is between starts, not between an end and a start."""
    assert shortest_gap([request_at(300, 310), request_at(0, 90), request_at(100, 120)]) == 100


def test_half_a_line(tmp_path):
    """A line that nginx has not finished yet is left for the next look."""
    log = AccessLog(tmp_path / "access.log")
    mark = log.mark()
    log.path.write_text(LINE.format("/one") + "\n" + LINE.format("/two")[:30])

    assert [each.target for each in log.since(mark)] == ["/one"]
