"""Single steps of the ways through a collection, which whole walks seldom take."""

from __future__ import annotations

import pytest

from crawler.wordpress.by_id import MAX_STEPS_BACK, ByIdWay
from crawler.wordpress.harvest import Harvest, Wanted
from crawler.wordpress.keyset import KeysetWay, shift
from crawler.wordpress.missing import MissingWay
from crawler.wordpress.newest import NewestWay
from crawler.wordpress.page import Page, Totals
from crawler.wordpress.paging import Verdict
from crawler.wordpress.rest_errors import Meaning, RestError, no_response
from crawler.wordpress.walk import MAX_HIDDEN_PAGES, End, Plan, Seen
from tests.wordpress.model import FLAT, TREE, Model, capabilities, harvest, rows_of, without

REFUSED = RestError(Meaning.SKIP, 400, "rest_invalid_param", "refused", ("orderby",))
CLOSED = RestError(Meaning.DENIED, 401, "rest_forbidden", "closed")
PAST = RestError(Meaning.END, 400, "rest_post_invalid_page_number", "past the end")


def plan(params=None, **more):
    return Plan(capabilities(params) if params else capabilities(), **more)


def page(*ids, total=None, pages=1):
    records = tuple({"id": number, "date": "2024-05-01T10:00:00"} for number in ids)
    return Page(records, None if total is None else Totals(total, pages))


@pytest.mark.parametrize("date", ["not a date", "0001-01-01T00:00:00"])
def test_shift_out_of_the_calendar(date):
    """A date that cannot be moved is none."""
    assert shift(date, -1) is None


class TestById:
    def test_rows_that_never_stop_moving(self):
        """A site that moves its rows for ever hits a bound."""
        way = ByIdWay(plan(FLAT), Seen())
        way.ask()
        way.take(page(1, 2, 3, 4, 5, total=500, pages=100))
        for number in range(MAX_STEPS_BACK + 1):
            assert way.tally.end is None
            way.ask()
            way.take(page(*range(100 + number, 105 + number), total=500, pages=100))
            way.ask()
            way.take(page(1, 2, 3, 4, 5, total=500, pages=100))

        assert way.tally.end is End.BOUND

    def test_rows_deleted_until_the_offset_is_past_the_end(self):
        """An offset that is past the end by now is a move too: the later rows moved up."""

        def change(model):
            if len(model.requests) == 2:
                del model.rows[:6]

        ids, outcome = harvest(plan(FLAT), Model(rows_of(range(12)), change=change))

        assert set(range(7, 13)) <= set(ids)
        assert outcome.verdict is Verdict.COMPLETE

    def test_last_page_that_fails(self):
        """A last page that fails ends the walk, and its records are asked for one by one."""
        model = Model(rows_of(range(10)), broken=frozenset({9}))
        ids, outcome = harvest(plan(TREE), model)

        assert (len(ids), outcome.lost[0].ids) == (9, (9,))

    def test_past_the_end_at_once(self):
        """A site that says at the first page that it is past the end has nothing."""
        way = ByIdWay(plan(FLAT), Seen())
        way.ask()
        way.fail(PAST)

        assert (way.tally.end, way.tally.missing) == (End.DONE, 0)

    def test_page_that_cannot_shrink(self):
        """per_page refused at 1 cannot be helped."""
        way = ByIdWay(plan(FLAT), Seen(), size=1)
        way.ask()
        way.fail(RestError(Meaning.SHRINK, 400, "rest_invalid_param", "no", ("per_page",)))

        assert way.tally.end is End.STUCK


class TestKeyset:
    def tied(self):
        """A walk inside the window of one second."""
        way = KeysetWay(plan(echo_budget=40), Seen())
        way.ask()
        way.take(page(1, 2, 3, 4, 5, total=20, pages=4))
        assert dict(way.ask().params)["before"] == "2024-05-01T10:00:01"
        return way

    def test_window_refused(self):
        """A window that cannot be walked ends the way, and another is tried."""
        way = self.tied()
        way.fail(REFUSED)

        assert way.tally.end is End.STUCK

    def test_window_denied(self):
        """A window that is closed midway fails."""
        way = self.tied()
        way.fail(CLOSED)

        assert (way.tally.end, way.tally.reason) == (End.FAILED, "closed")

    def test_thousand_empty_pages(self):
        """Pages of nothing but hidden rows are walked through, up to a bound."""
        way = KeysetWay(plan(), Seen())
        for _ in range(MAX_HIDDEN_PAGES + 1):
            way.ask()
            way.take(page(total=10**9, pages=10**8))

        assert way.tally.end is End.BOUND

    def test_totals_that_vanish(self):
        """Where totals are missing from some pages the count is not settled, and it is noted."""
        way = KeysetWay(plan(), Seen())
        for ids, total in (((1, 2), None), ((), 0)):
            way.ask()
            way.take(page(*ids, total=total))

        assert (way.tally.end, way.tally.uncounted, way.tally.missing) == (End.DONE, True, 0)

    def test_parameter_refused(self):
        """A refused parameter gives way to another walk."""
        way = KeysetWay(plan(), Seen())
        way.ask()
        way.fail(REFUSED)

        assert way.tally.end is End.STUCK

    def test_cap_on_pages(self):
        """The cap on pages holds by date, too."""
        way = KeysetWay(plan(max_pages=1), Seen())
        for number in (1, 2):
            way.ask()
            way.take(page(total=10**9, pages=10**8))
            assert (way.tally.end is End.BOUND) == (number == 2)

    def test_resized(self):
        """Another size is for the next query: in the middle of one, pages would move."""
        way = KeysetWay(plan(), Seen())
        way.ask()
        way.take(page(total=10**9, pages=10**8))
        before = dict(way.ask().params)
        way.resize(2)

        assert dict(way.ask().params) == before
        assert before["page"] == "2"

    def test_resized_in_a_window(self):
        """A window that is at its first page takes the new size."""
        way = self.tied()
        way.resize(2)

        assert dict(way.ask().params)["per_page"] == "2"


class TestNewest:
    def test_order_refused(self):
        """A site that refuses the order is asked in its own."""
        way = NewestWay(plan(limit=2), Seen())
        assert "orderby" in dict(way.ask().params)
        way.fail(REFUSED)

        assert "orderby" not in dict(way.ask().params)
        way.fail(REFUSED)
        assert way.tally.end is End.FAILED

    def test_past_the_end(self):
        """A page past the end is the end."""
        way = NewestWay(plan(limit=9), Seen())
        way.fail(PAST)

        assert way.tally.end is End.DONE

    def test_without_totals(self):
        """Without totals a page without anything new is the last."""
        way = NewestWay(plan(limit=9), Seen())
        assert len(way.take(page(1, 2))) == 2
        assert way.tally.end is None
        assert way.take(page(1, 2)) == []
        assert way.tally.end is End.DONE

    def test_cap_on_pages(self):
        """The cap on pages holds for a look too."""
        way = NewestWay(plan(limit=9, max_pages=1), Seen())
        way.take(page(1, total=50, pages=10))

        assert way.tally.end is End.BOUND

    def test_size_refused(self):
        """A size that is refused at the first page is halved."""
        way = NewestWay(plan(limit=9), Seen())
        size = int(dict(way.ask().params)["per_page"])
        way.fail(RestError(Meaning.SHRINK, 400, "rest_invalid_param", "no", ("per_page",)))

        assert int(dict(way.ask().params)["per_page"]) < size
        assert way.tally.end is None

    def test_resized(self):
        """Another size is taken where no page has come yet."""
        way = NewestWay(plan(limit=9), Seen())
        way.resize(2)
        assert dict(way.ask().params)["per_page"] == "2"
        way.take(page(1, 2, total=50, pages=25))
        way.resize(1)

        assert dict(way.ask().params)["per_page"] == "2"

    def test_fewer_than_wanted(self):
        """A look that fails midway is partial."""
        model = Model(
            rows_of(range(30)),
            intercept=lambda model, _: CLOSED if len(model.requests) > 1 else None,
        )
        ids, outcome = harvest(plan(limit=12), model)

        assert (len(ids), outcome.verdict) == (5, Verdict.PARTIAL)


class TestMissing:
    @pytest.mark.parametrize("cap", range(1, 12))
    def test_cap_on_pages(self, cap):
        """Wherever the cap ends a walk, what has not come is counted."""
        model = Model(rows_of(range(20)), broken=frozenset({9}))
        ids, outcome = harvest(plan(TREE, max_pages=cap), model)

        assert outcome.delivered == len(ids) == len(set(ids))
        lost = sum(each.count or 0 for each in outcome.lost)
        assert lost + len(ids) == 20 or (outcome.verdict, ids) == (Verdict.FAILED, [])

    def test_listed_and_not_given(self):
        """A record that is listed and not given is lost; one that is neither is gone."""
        way = MissingWay(plan(), Seen(), [1, 2, 3], size=5)
        assert way.take(page(1)) == [{"id": 1, "date": "2024-05-01T10:00:00"}]
        assert way.ask().ids_only
        way.take(page(2))

        assert [(lost.ids, lost.reason) for lost in way.lost] == [((2,), "listed, not given")]
        assert (way.gone, way.tally.end) == (1, End.DONE)

    def test_nothing_left_to_check(self):
        """Where no batch is left, it does not matter whether the site still answers."""
        way = MissingWay(plan(), Seen(), [1], size=5)
        asked = way.ask()
        way.take(page(1))
        way.check(asked)

        assert (way.tally.end, way.lost) == (End.DONE, [])

    def test_site_goes_down(self):
        """What was not yet received is named when the site goes down."""
        way = MissingWay(plan(), Seen(), range(1, 9), size=5)
        way.take(page(1, 2, 3, 4))
        way.give_up("down")

        assert way.lost[0].ids == (6, 7, 8, 5)
        assert way.tally.end is End.FAILED

    def test_denied(self):
        """A refusal is not asked again in halves."""
        way = MissingWay(plan(), Seen(), [1, 2], size=5)
        way.fail(CLOSED)

        assert way.lost[0].ids == (1, 2)


class TestWalk:
    def test_envelope_fails(self):
        """A site that breaks on an envelope is asked without one."""
        model = Model(
            rows_of(range(12)),
            headers=False,
            intercept=lambda _, params: no_response("500") if "_envelope" in params else None,
        )
        ids, outcome = harvest(plan(FLAT), model)

        assert (len(ids), outcome.hidden) == (12, None)

    def test_site_goes_down_while_ids_are_fetched(self):
        """A site that goes down at the very end leaves the rest named."""

        def intercept(model, params):
            down = "include" in params or params.get("orderby") == "date"
            return no_response("down") if down and model.requests[1:] else None

        model = Model(rows_of(range(60)), intercept=intercept)
        ids, outcome = harvest(plan(), model)

        named = {number for lost in outcome.lost for number in lost.ids}
        assert (len(ids), len(named)) == (5, 55)
        assert outcome.verdict is Verdict.PARTIAL

    def test_no_include(self):
        """Where records cannot be asked for by id, what is missing is counted."""
        model = Model(rows_of(range(23)), broken=frozenset({13}))
        ids, outcome = harvest(without(plan(FLAT), "include"), model)

        assert 0 < outcome.lost[0].count == 23 - len(ids)

    def test_sweep_that_fails(self):
        """Where the ids cannot be listed either, the rest is counted."""

        def intercept(model, params):
            return CLOSED if params.get("orderby") == "id" else None

        model = Model(rows_of(range(23)), broken=frozenset({13}), intercept=intercept)
        ids, outcome = harvest(plan(), model)

        assert outcome.verdict is Verdict.PARTIAL
        assert outcome.lost[0].count == 23 - len(ids)


def test_harvest_before_it_is_found():
    """A harvest knows no root before discovery found one."""
    started = Harvest("https://example.org", Wanted())

    assert (started.url, started.found, started.progress) == ("https://example.org", None, [])


class TestFound:
    """What a stranger's reading of the walks found."""

    def test_count_at_the_end_is_past_the_end(self):
        """A site that says so of the closing count is not asked for ever."""
        way = KeysetWay(plan(), Seen())
        for ids in ((1, 2, 3, 4, 5), (6,)):
            way.ask()
            way.take(page(*ids, total=6 - ids[0] + 1, pages=2 if ids[0] == 1 else 1))
        assert way.ask().ids_only
        way.fail(PAST)

        assert (way.tally.end, way.tally.unsure) == (End.DONE, True)

    def test_count_at_the_end_without_a_total(self):
        """A closing count that comes without a total counts nothing."""
        way = KeysetWay(plan(), Seen())
        for ids in ((1, 2, 3, 4, 5), (6,)):
            way.ask()
            way.take(page(*ids, total=6 - ids[0] + 1, pages=2 if ids[0] == 1 else 1))
        way.take(page(1))

        assert (way.tally.end, way.tally.unsure) == (End.DONE, True)

    def test_ids_that_are_no_numbers(self):
        """An id that is a list, or a numeric string, breaks no fetch by id."""
        way = MissingWay(plan(), Seen(), [1, 2], size=5)
        records = ({"id": [1]}, {"id": "1"}, {"id": 2})

        assert len(way.take(Page(records, None))) == 2

    def test_include_without_effect(self):
        """Where include has no effect nothing is called gone."""
        way = MissingWay(plan(), Seen(), [1, 2], size=5)
        way.take(page(8, 9))
        way.take(page(8, 9))

        assert (way.gone, way.lost[-1].reason) == (0, "the site does not give records by id")

    def test_site_that_grows_and_goes_down(self):
        """A walk that broke off is partial, however many records came meanwhile."""

        def change(model):
            for _ in range(8):
                model.insert()

        model = Model(
            rows_of(range(12)),
            change=change,
            intercept=lambda model, _: no_response("500") if len(model.requests) > 4 else None,
        )
        _, outcome = harvest(plan(), model)

        assert outcome.verdict is Verdict.PARTIAL
        assert outcome.lost

    def test_look_at_a_site_that_repeats_its_pages(self):
        """A look that gets the same page again is partial."""
        model = Model(rows_of(range(30)), ignores=frozenset({"page"}))
        ids, outcome = harvest(plan(limit=12), model)

        assert (len(ids), outcome.verdict, outcome.lost[0].count) == (5, Verdict.PARTIAL, 7)

    @pytest.mark.parametrize("cap", [2, 3, 5])
    def test_capped_site_with_a_page_that_fails(self, cap):
        """Rows of a failed page are not explained by what a silent cap held back."""
        model = Model(rows_of(range(31)), per_page_cap=cap, broken=frozenset({17}))
        ids, outcome = harvest(plan(FLAT), model)

        assert (len(ids), outcome.lost[0].ids) == (30, (17,))
