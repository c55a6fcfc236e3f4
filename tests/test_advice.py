from __future__ import annotations

import pytest

from crawler import advice
from crawler.advice import advise
from crawler.wordpress.paging import Verdict


def collection(verdict, reason=None, lost=(), rest_base="posts"):
    return {
        "namespace": "wp/v2",
        "rest_base": rest_base,
        "verdict": str(verdict),
        "reason": reason,
        "lost": [{"reason": each} for each in lost],
    }


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict(verdict):
    """Every verdict but complete has one sentence of what to do."""
    told = advise([collection(verdict)])
    assert len(told) == (verdict is not Verdict.COMPLETE)
    assert all(line.startswith("wp/v2/posts: ") for line in told)


@pytest.mark.parametrize(
    ("verdict", "reason", "lost", "expected"),
    [
        ("denied", "HTTP 401 rest_forbidden", [], advice.CLOSED),
        ("denied", "Forbidden by robots.txt", [], advice.ROBOTS),
        ("denied", "a challenge by Cloudflare (HTTP 403)", [], advice.FIREWALL),
        ("failed", "HTTP 403 with a web page", [], advice.FIREWALL),
        ("failed", "HTTP 404 rest_no_route", [], advice.ABSENT),
        ("failed", "HTTP 301", [], advice.ELSEWHERE),
        ("failed", "not asked (host): https://other.example", [], advice.ELSEWHERE),
        ("failed", "HTTP 503", [], advice.LATER),
        ("partial", None, ["HTTP 500"], advice.LATER),
        ("partial", None, ["HTTP 500", "a pipeline failed"], advice.PIPELINE),
        ("failed", "not reached", ["not reached"], advice.STOPPED),
    ],
)
def test_cause(verdict, reason, lost, expected):
    """The reason decides what helps."""
    assert advise([collection(verdict, reason, lost)]) == [f"wp/v2/posts: {expected}"]


def test_together():
    """Collections with one thing to do share a line; complete ones have none."""
    told = advise([
        collection("denied", rest_base="users"),
        collection("complete"),
        collection("limited", rest_base="pages"),
        collection("denied", rest_base="comments"),
    ])  # fmt: skip
    assert told == [
        f"wp/v2/users, wp/v2/comments: {advice.CLOSED}",
        f"wp/v2/pages: {advice.LIMITED}",
    ]


def test_many():
    """Many names are not repeated: the table has them."""
    limited = [collection("limited", rest_base=f"c{number}") for number in range(9)]
    assert advise(limited) == [f"all collections: {advice.LIMITED}"]
    assert advise([*limited, collection("complete")]) == [
        f"wp/v2/c0, wp/v2/c1, wp/v2/c2 and 6 more: {advice.LIMITED}"
    ]
