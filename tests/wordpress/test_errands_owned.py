from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.core import core_capabilities
from crawler.wordpress.errands import ENDLESS, MAX_REQUESTS, STRANGERS, ByOwners, Refusal
from crawler.wordpress.page import Page, Totals
from crawler.wordpress.rest_errors import read_error
from crawler.wordpress.walk import echo_size
from tests.wordpress.asking import Comments, numbers, params_of, row, run

DENIED = Refusal("denied", "HTTP 401 rest_forbidden")


def by_owners(owners, per_page=100):
    able = replace(core_capabilities("comment"), per_page=per_page)
    options = {"filter_": "post", "able": able, "fields": "id,post,date", "budget": 2400}
    return ByOwners("replies", "/wp/v2/comments", owners, **options)


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
