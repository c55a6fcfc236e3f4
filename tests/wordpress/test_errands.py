from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.core import core_capabilities
from crawler.wordpress.errands import (
    ENDLESS,
    FORBIDDEN_OWNER,
    MAX_REQUESTS,
    STRANGERS,
    ByAddress,
    ById,
    ByIds,
    ByOwners,
    Refusal,
    closed_by,
    refusal_of,
)
from crawler.wordpress.page import Page, Totals
from crawler.wordpress.rest_errors import no_response, read_error
from crawler.wordpress.walk import echo_size

ROUTE = "/wp/v2/comments"
DENIED = Refusal("denied", "HTTP 401 rest_forbidden")
FORBIDDEN = read_error(401, {"code": FORBIDDEN_OWNER})
BROKEN = no_response("HTTP 500")
IDS = st.lists(st.integers(1, 120), unique=True, max_size=60)


def by_ids(ids, size=100):
    return ByIds("author", "/wp/v2/users", ids, fields="id,name", size=size, budget=3000)


def by_owners(owners, per_page=100):
    able = core_capabilities("comment")
    able = type(able)(able.params, able.orderby, per_page, "core")
    options = {"filter_": "post", "able": able, "fields": "id,post,date", "budget": 2400}
    return ByOwners("replies", ROUTE, owners, **options)


def params_of(errand):
    return dict(errand.query.params)


def numbers(text):
    return [int(number) for number in text.split(",")]


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


def users(present, broken=(), strangers=()):
    """Answer include= as WordPress does; ids in *broken* break a list."""

    def answer(params):
        ids = numbers(params["include"])
        if not set(ids).isdisjoint(broken):
            return BROKEN
        come = [number for number in sorted(present) if number in ids]
        records = [{"id": number, "name": "x"} for number in (*come, *strangers)]
        return Page(tuple(records), None)

    return answer


class TestRefusalOf:
    @pytest.mark.parametrize(
        ("error", "reason"),
        [
            (read_error(401, {"code": "rest_forbidden"}), "denied"),
            (read_error(403, None, web_page=True), "denied"),
            (read_error(200, None, web_page=True), "denied"),
            (read_error(404, {"code": "rest_post_invalid_id"}), "dangling"),
            (read_error(404, None, web_page=True), "dangling"),
            (read_error(410, None), "dangling"),
            (
                read_error(200, {"code": "rest_user_invalid_id", "data": {"status": 404}}),
                "dangling",
            ),
            (read_error(500, None), "failed"),
            (read_error(200, None), "failed"),
            (
                read_error(400, {"code": "rest_invalid_param", "data": {"params": {"id": 1}}}),
                "failed",
            ),
            (no_response("timed out"), "failed"),
        ],
    )
    def test_alone(self, error, reason):
        """What an error means for the one resource that was asked for."""
        assert refusal_of(error) == Refusal(reason, error.reason)

    @pytest.mark.parametrize(
        ("error", "shut"),
        [
            (read_error(401, {"code": "rest_user_cannot_view"}), True),
            (read_error(404, {"code": "rest_no_route"}), True),
            (read_error(404, None, web_page=True), True),
            (read_error(200, None, web_page=True), True),
            (FORBIDDEN, False),
            (BROKEN, False),
            (
                read_error(400, {"code": "rest_invalid_param", "data": {"params": {"post": 1}}}),
                False,
            ),
        ],
    )
    def test_list(self, error, shut):
        """A list that is refused, or not there, is closed to visitors, whatever is asked of it."""
        refusal = closed_by(error)
        assert (refusal is not None) is shut
        assert refusal is None or refusal.reason == "denied"


class TestByIds:
    def test_batches(self):
        """As many ids a request as the collection gives at once, and no more than fit in a URL."""
        errand = by_ids(range(1, 251))
        assert run(errand, users(range(1, 251))) == 3
        assert [each["id"] for each in errand.found] == list(range(1, 251))

        long = by_ids([10**18 + number for number in range(1000)])
        while not long.done:
            assert len(params_of(long)["include"]) <= 3000
            long.take(Page((), None))
        assert len(long.absent) == 1000

    def test_query(self):
        """One page as large as the batch, of the fields that are of use."""
        errand = by_ids([3, 9])
        assert errand.query.route == "/wp/v2/users"
        assert params_of(errand) == {"per_page": "2", "include": "3,9", "_fields": "id,name"}
        assert not errand.query.single

    def test_none(self):
        """Without ids there is nothing to ask."""
        assert by_ids([]).done

    def test_one_breaks_the_list(self):
        """Of a hundred, the one that breaks the list is found by halving."""
        errand = by_ids(range(1, 101))
        requests = run(errand, users(range(1, 101), broken={77}))

        assert errand.refused == {77: Refusal("failed", "HTTP 500")}
        assert len(errand.found) == 99
        assert requests <= 15

    def test_closed(self):
        """Closed midway, what came stays and the rest is refused."""
        errand = by_ids(range(1, 6), size=2)
        errand.take(Page(({"id": 1}, {"id": 2}), None))
        errand.close(DENIED)

        assert errand.done
        assert [each["id"] for each in errand.found] == [1, 2]
        assert errand.refused == dict.fromkeys((3, 4, 5), DENIED)

    @given(
        ids=IDS,
        present=st.sets(st.integers(1, 120)),
        broken=st.sets(st.integers(1, 120), max_size=8),
        strangers=st.lists(st.integers(200, 220), max_size=3),
        size=st.integers(1, 100),
        close_after=st.none() | st.integers(0, 5),
    )
    def test_law(self, ids, present, broken, strangers, size, close_after):
        """Each id ends in one of found, absent, refused; no stranger does; requests are few."""
        errand = by_ids(ids, size=size)
        answer = users(present, broken, strangers)
        requests = 0
        while not errand.done:
            if requests == close_after:
                errand.close(DENIED)
                break
            requests += 1
            came = answer(params_of(errand))
            errand.take(came) if isinstance(came, Page) else errand.fail(came)

        found = [each["id"] for each in errand.found]
        assert sorted([*found, *errand.absent, *errand.refused]) == sorted(ids)
        assert set(found) <= present - broken
        assert requests <= max(0, 2 * len(ids) - 1)


class TestById:
    def make(self):
        return ById("author", "/wp/v2/users", 9, fields="id,name")

    def test_query(self):
        """The resource by its own route."""
        query = self.make().query
        assert (query.route, query.single) == ("/wp/v2/users/9", True)

    @pytest.mark.parametrize("answer", [{"id": 9}, {"id": "9", "name": "x"}])
    def test_came(self, answer):
        """The resource, its id a number or written as one."""
        errand = self.make()
        errand.take(answer)
        assert (errand.done, errand.found, errand.refused) == (True, [answer], {})

    @pytest.mark.parametrize("answer", [{"id": 8}, {}, [], [{"id": 9}], None, "9", 9])
    def test_stranger(self, answer):
        """Another record, or none, is not what was asked for."""
        errand = self.make()
        errand.take(answer)
        assert (errand.done, errand.found) == (True, [])
        assert errand.refused[9].reason == "failed"

    def test_error(self):
        """The site's word says why it is not there."""
        errand = self.make()
        errand.fail(read_error(404, {"code": "rest_user_invalid_id"}))
        assert errand.refused == {9: Refusal("dangling", "HTTP 404 rest_user_invalid_id")}


class TestByAddress:
    @pytest.mark.parametrize("answer", [{"lat": 50.1}, [], None, 0, ""])
    def test_came(self, answer):
        """Any JSON, null too, is what the link leads to."""
        errand = ByAddress("acme:map", "https://example.org/wp-json/acme/v1/map/7")
        assert errand.query.address == "https://example.org/wp-json/acme/v1/map/7"
        errand.take(answer)
        assert (errand.done, errand.found) == (True, [answer])

    def test_error(self):
        """An error is the reason why not."""
        errand = ByAddress("acme:map", "https://example.org/x")
        errand.fail(BROKEN)
        assert (errand.done, errand.refused[0].reason) == (True, "failed")


class TestByOwners:
    def test_whole(self):
        """The comments of many posts in one walk, over as many pages as it takes."""
        site = Comments({post: range(post * 10, post * 10 + 7) for post in range(1, 41)})
        errand = by_owners(range(1, 41))
        requests = run(errand, site.answer)

        assert len(errand.found) == 280
        assert not errand.refused
        assert requests <= 5

    def test_none(self):
        """Posts without comments cost one request and are whole."""
        errand = by_owners([1, 2, 3])
        assert run(errand, Comments({}).answer) == 1
        assert (errand.found, errand.refused) == ([], {})

    @pytest.mark.parametrize("fault", ["forbidden", "broken"])
    def test_one_of_a_hundred(self, fault):
        """The one post that spoils the list is found in a few requests; the others are whole."""
        by_post = {post: [post] for post in range(1, 101)}
        site = Comments(by_post, **{fault: frozenset({1})})
        errand = by_owners(range(1, 101))
        requests = run(errand, site.answer)

        assert list(errand.refused) == [1]
        assert errand.refused[1].reason == {"forbidden": "denied", "broken": "failed"}[fault]
        assert len(errand.found) == 99
        assert requests <= 20

    def test_breaks_off(self):
        """What came of a post before its walk broke off is kept, and the post is not whole."""
        site = Comments({7: range(1, 300)}, cut=frozenset({7}))
        errand = by_owners([7])
        run(errand, site.answer)

        assert len(errand.found) == 100
        assert errand.refused[7].reason == "failed"

    def test_filter_ignored(self):
        """A site that lists all its comments is not walked through: what was asked for is kept."""
        everything = [row(number, number) for number in range(1, 101)]
        errand = by_owners([7, 8, 900])
        requests = run(errand, lambda params: Page(tuple(everything), Totals(5000, 50)))

        assert requests == 1
        assert [each["post"] for each in errand.found] == [7, 8]
        assert errand.refused == dict.fromkeys((7, 8, 900), STRANGERS)

    def test_whose_it_is_not_said(self):
        """Nobody's comments are not taken for anybody's."""
        errand = by_owners([7])
        run(errand, lambda params: Page(({"id": 1, "date": "2024-05-01T10:00:00"},), Totals(1, 1)))
        assert (errand.found, errand.refused) == ([], {7: STRANGERS})

    def test_without_end(self):
        """A site that has ever more comments is left after a bound; what came is kept."""
        last = 0

        def answer(params):
            nonlocal last
            last += 100
            rows = tuple(row(number, 7) for number in range(last - 99, last + 1))
            return Page(rows, Totals(10**9, 10**7))

        errand = by_owners([7])
        assert run(errand, answer) <= MAX_REQUESTS
        assert len(errand.found) <= MAX_REQUESTS * 100
        assert errand.refused == {7: ENDLESS}

    def test_parameter_refused(self):
        """Where the order by date is refused, the comments are had in another."""
        site = Comments({7: range(1, 9)})
        refused = read_error(
            400, {"code": "rest_invalid_param", "data": {"params": {"orderby": "no"}}}
        )
        errand = by_owners([7, 8])
        run(errand, lambda p: refused if p.get("orderby") == "date" else site.answer(p))

        assert len(errand.found) == 8
        assert not errand.refused

    def test_header_of_the_answer(self):
        """Owners and excluded ids, as the Link header repeats them, stay below 4 KB."""
        rows = [row(number, 10**9) for number in range(10**8, 10**8 + 150)]
        rows = [{**each, "date": min(each["date"], rows[45]["date"])} for each in rows]
        longest = 0

        def answer(params):
            nonlocal longest
            lists = (numbers(params[name]) for name in ("post", "exclude") if name in params)
            longest = max(longest, sum(echo_size(each) + len(each) for each in lists))
            return Comments.choose(rows, params)

        errand = by_owners(range(10**9, 10**9 + 100))
        run(errand, answer)
        assert len(errand.found) == 150
        assert longest < 3500

    def test_closed(self):
        """Closed midway, what came stays; every post that was not finished is refused."""
        errand = by_owners(range(1, 151))
        errand.take(Comments({1: range(1, 201)}).answer(params_of(errand)))
        errand.close(DENIED)

        assert errand.done
        assert len(errand.found) == 100
        assert errand.refused == dict.fromkeys(range(1, 151), DENIED)

    @given(
        owners=st.lists(st.integers(1, 60), unique=True, max_size=40),
        counts=st.lists(st.integers(0, 4), min_size=60, max_size=60),
        forbidden=st.frozensets(st.integers(1, 60), max_size=5),
        broken=st.frozensets(st.integers(1, 60), max_size=5),
        per_page=st.integers(3, 100),
    )
    def test_law(self, owners, counts, forbidden, broken, per_page):
        """Each post is whole or refused, with exactly its comments; requests are bounded."""
        by_post = {
            post: range(post * 5, post * 5 + count) for post, count in enumerate(counts, start=1)
        }
        site = Comments(by_post, forbidden, broken)
        errand = by_owners(owners, per_page)
        requests = run(errand, site.answer)

        spoilt = (forbidden | broken) & set(owners)
        assert errand.refused.keys() == spoilt
        found = sorted(each["id"] for each in errand.found)
        assert found == sorted(n for post in set(owners) - spoilt for n in by_post[post])
        assert not errand.absent
        pages = sum(counts) // per_page
        assert requests <= 8 * len(owners) + 4 * pages + 8
