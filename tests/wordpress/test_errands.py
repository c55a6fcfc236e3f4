from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.errands import ByAddress, ById, ByIds, Refusal, closed_by, refusal_of
from crawler.wordpress.page import Page
from crawler.wordpress.rest_errors import Shape, no_response, read_error
from tests.wordpress.asking import BROKEN, FORBIDDEN, numbers, params_of, run

DENIED = Refusal("denied", "HTTP 401 rest_forbidden")
IDS = st.lists(st.integers(1, 120), unique=True, max_size=60)


def by_ids(ids, size=100):
    return ByIds("author", "/wp/v2/users", ids, fields="id,name", size=size, budget=3000)


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
            (read_error(403, None, Shape(web_page=True)), "denied"),
            (read_error(403, None, Shape(firewall="X")), "blocked"),
            (read_error(200, None, Shape(web_page=True)), "blocked"),
            (read_error(404, {"code": "rest_post_invalid_id"}), "dangling"),
            (read_error(404, None, Shape(web_page=True)), "dangling"),
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
            (read_error(404, None, Shape(web_page=True)), True),
            (read_error(200, None, Shape(web_page=True)), True),
            (FORBIDDEN, False),
            (read_error(404, {"code": "acme_invalid_page_number"}), False),
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
        assert refusal is None or refusal.reason in ("denied", "blocked")


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
