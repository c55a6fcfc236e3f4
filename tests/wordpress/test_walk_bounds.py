"""Where a walk stops by a bound, or says how far it is: the books agree at every step."""

from __future__ import annotations

import pytest

from crawler.wordpress.by_id import ByIdWay
from crawler.wordpress.keyset import KeysetWay
from crawler.wordpress.page import Page, Totals
from crawler.wordpress.paging import Verdict, Walk
from crawler.wordpress.rest_errors import Absence, Meaning, RestError, no_response
from crawler.wordpress.walk import MAX_STALE, End, Plan, Seen
from tests.wordpress.model import FLAT, TREE, Model, capabilities, harvest, rows_of, without

CAP = "the cap on pages was reached"


def page(*ids, total, pages):
    return Page(tuple({"id": number} for number in ids), Totals(total, pages))


def step(walk, model):
    answer = model.answer(walk.ask)
    return walk.take(answer) if isinstance(answer, Page) else walk.fail(answer)


def half_seen(rows=23):
    """Make a model whose walk by date brings nothing behind its first page: the ids are listed."""

    def intercept(model, params):
        behind = params.get("orderby") == "date" and "after" in params
        return Page((), Totals(rows // 2, 5)) if behind else None

    return Model(rows_of(range(rows)), intercept=intercept)


def asks_by_id(model):
    return [params for params in model.requests if "include" in params]


class TestCapOnPages:
    """The cap on pages, wherever it meets a walk that ends by asking for single ids."""

    def test_needed(self):
        """Without a cap several batches are asked for by id, and everything comes."""
        model = half_seen()
        ids, outcome = harvest(Plan(capabilities()), model)

        assert sorted(ids) == list(range(1, 24))
        assert outcome.verdict is Verdict.COMPLETE
        assert len(asks_by_id(model)) > 2

    def test_between_batches(self):
        """What the batches that were not asked for hold is named by its ids, for this reason."""
        whole = half_seen()
        harvest(Plan(capabilities()), whole)
        first = next(n for n, params in enumerate(whole.requests, 1) if "include" in params)
        for cap in range(first, len(whole.requests)):
            model = half_seen()
            ids, outcome = harvest(Plan(capabilities(), max_pages=cap), model)
            named = [number for lost in outcome.lost for number in lost.ids]

            assert asks_by_id(model) == asks_by_id(whole)[: cap - first + 1]
            assert sorted([*ids, *named]) == list(range(1, 24))
            assert {lost.reason for lost in outcome.lost} == {CAP}
            assert (outcome.verdict, outcome.delivered) == (Verdict.PARTIAL, len(ids))

    def test_enough(self):
        """A cap that is met with the very last batch costs nothing."""
        whole = half_seen()
        harvest(Plan(capabilities()), whole)
        cap = len(whole.requests)
        ids, outcome = harvest(Plan(capabilities(), max_pages=cap), half_seen())

        assert (len(ids), outcome.verdict, outcome.lost) == (23, Verdict.COMPLETE, ())


class TestSoFar:
    def test_of_a_way(self):
        """The total is that of the way under way, from its first page on."""
        walk, model = Walk(Plan(capabilities())), Model(rows_of(range(12)))
        assert walk.so_far == (0, None)
        step(walk, model)
        assert walk.so_far == (5, 12)

    def test_of_an_earlier_way(self):
        """After the way has ended it is still known what it announced."""
        walk, model = Walk(Plan(capabilities())), half_seen()
        while not asks_by_id(model):
            step(walk, model)

        assert walk.outcome is None
        assert walk.so_far[1] == 23

    @pytest.mark.parametrize(("limit", "of"), [(7, 7), (40, 12)])
    def test_limit(self, limit, of):
        """With a limit no more is to come than that, or than there is."""
        walk, model = Walk(Plan(capabilities(), limit=limit)), Model(rows_of(range(12)))
        step(walk, model)
        assert walk.so_far == (5, of)


def test_page_skipped_where_nothing_is_asked_by_id():
    """A page that got no answer is skipped; where nothing makes up for it, its rows are a loss."""

    def intercept(model, params):
        away = no_response("connection refused", Absence.AWAY)
        return away if int(params.get("offset", 0)) in range(4, 8) else None

    model = Model(rows_of(range(23)), intercept=intercept)
    ids, outcome = harvest(without(Plan(capabilities(FLAT)), "include"), model)
    lost = [(each.reason, each.ids, each.count) for each in outcome.lost]

    assert outcome.verdict is Verdict.PARTIAL
    assert 0 < 23 - len(ids) <= 5
    assert lost == [("counted, but on no page", (), 23 - len(ids))]


class TestPagesByNumber:
    """A walk by number of page, which a total alone tells that rows moved."""

    def test_deleted_until_past_the_end(self):
        """A page that is past the end by now is a move: the rows that moved up are met."""

        def change(model):
            if len(model.requests) == 2:
                del model.rows[:6]

        model = Model(rows_of(range(12)), change=change)
        ids, outcome = harvest(Plan(capabilities(TREE)), model)

        assert set(range(7, 13)) <= set(ids)
        assert outcome.lost == ()

    def test_other_total(self):
        """A total that rose or fell leaves the walk unsure, one that stays does not."""
        for second, unsure in ((20, False), (21, True), (19, True)):
            way = ByIdWay(Plan(capabilities(TREE)), Seen())
            for start, total in ((1, 20), (6, second)):
                way.ask()
                way.take(page(*range(start, start + 5), total=total, pages=4))
            assert way.tally.unsure is unsure

    def test_repeated(self):
        """A site that gives the same page under each number makes no progress."""
        way = ByIdWay(Plan(capabilities(TREE)), Seen())
        for _ in range(MAX_STALE + 1):
            assert way.tally.end is None
            way.ask()
            way.take(page(1, 2, 3, 4, 5, total=100, pages=20))

        assert (way.tally.end, way.tally.reason) == (End.STUCK, "the site repeats its pages")


class TestByDate:
    def test_before(self):
        """The user's bound goes with every query, and nothing at or behind it comes."""
        model = Model(rows_of(range(0, 240, 20)))
        ids, outcome = harvest(Plan(capabilities(), before="2024-03-30T12:02:00"), model)

        assert ids == [1, 2, 3, 4, 5, 6]
        assert {params["before"] for params in model.requests} == {"2024-03-30T12:02:00"}
        assert outcome.verdict is Verdict.LIMITED

    def test_past_the_end_at_once(self):
        """A site that says at the first page that it is past the end has nothing."""
        way = KeysetWay(Plan(capabilities()), Seen())
        way.ask()
        way.fail(RestError(Meaning.END, 400, "rest_post_invalid_page_number", "past the end"))

        assert (way.tally.end, way.tally.missing) == (End.DONE, 0)
