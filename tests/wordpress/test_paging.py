"""The walk through a collection, against a model server that changes and breaks."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.wordpress.page import Page, Totals
from crawler.wordpress.paging import Verdict
from crawler.wordpress.rest_errors import Absence, Meaning, RestError, no_response
from crawler.wordpress.walk import Plan
from tests.wordpress.model import DATED, EPOCH, FLAT, TREE, Model, capabilities, harvest, rows_of

KINDS = {"dated": DATED, "flat": FLAT, "tree": TREE}

# Few different seconds make ties; the last ones lie around a skipped hour.
SECONDS = st.one_of(
    st.integers(0, 40),
    st.integers(0, 4).map(lambda n: n * 3600),
    st.integers(48_000, 60_000),
    st.sampled_from([50_399, 54_000, 54_001, 57_599, 57_600]),
)


def plan_for(kind="dated", per_page=5, **more):
    return Plan(capabilities(KINDS[kind], per_page), **more)


@given(
    kind=st.sampled_from(sorted(KINDS)),
    seconds=st.lists(SECONDS, max_size=60),
    hidden=st.sets(st.integers(1, 60), max_size=20),
    per_page=st.integers(1, 7),
    cap=st.integers(1, 7),
    budget=st.integers(20, 200),
    invalid_page=st.booleans(),
    seed=st.integers(0, 9),
)
def test_site_at_rest(kind, seconds, hidden, per_page, cap, budget, invalid_page, seed):
    """Each visible record comes once; the hidden ones are counted exactly."""
    model = Model(rows_of(seconds, hidden), seed, cap, invalid_page=invalid_page)
    visible = {row.id for row in model.rows if not row.hidden}

    ids, outcome = harvest(plan_for(kind, per_page, echo_budget=budget), model)

    assert sorted(ids) == sorted(visible)
    assert outcome.hidden == len(model.rows) - len(visible)
    assert outcome.announced == len(model.rows)
    assert outcome.delivered == len(ids)
    assert outcome.lost == ()
    assert outcome.verdict is (Verdict.COMPLETE_VISIBLE if outcome.hidden else Verdict.COMPLETE), (
        outcome
    )


@given(
    kind=st.sampled_from(["dated", "flat"]),
    seconds=st.lists(SECONDS, min_size=5, max_size=60),
    hidden=st.sets(st.integers(1, 60), max_size=5),
    budget=st.integers(20, 200),
    seed=st.integers(0, 10_000),
)
@settings(max_examples=300)
def test_site_that_changes(kind, seconds, hidden, budget, seed):
    """While posts are inserted, deleted and back-dated, what stays comes once."""
    dice = random.Random(seed)

    def change(model):
        for _ in range(dice.randrange(3)):
            act = dice.randrange(3)
            if act == 0:
                model.insert()
            elif act == 1:
                model.insert(EPOCH + timedelta(seconds=dice.randrange(60_000)))
            elif len(model.requests) < 40:
                model.delete()

    model = Model(rows_of(seconds, hidden), seed, change=change)
    before = {row.id for row in model.rows if not row.hidden}

    ids, outcome = harvest(plan_for(kind, echo_budget=budget), model)

    stayed = before & {row.id for row in model.rows}
    assert len(ids) == len(set(ids))
    missed = stayed - set(ids)
    named = {number for lost in outcome.lost for number in lost.ids}
    assert missed <= named or any(lost.ids == () for lost in outcome.lost), (missed, outcome)
    assert not missed or outcome.verdict is Verdict.PARTIAL
    if kind == "dated" and not hidden:
        assert not missed, (missed, outcome)


@given(seconds=st.lists(SECONDS, min_size=5, max_size=60), seed=st.integers(0, 10_000))
def test_tree_that_shrinks(seconds, seed):
    """Where pages have numbers only, deletions cost a page and lose nothing."""
    dice = random.Random(seed)

    def change(model):
        if dice.random() < 0.4 and len(model.requests) < 40:
            model.delete()

    model = Model(rows_of(seconds), seed, change=change)
    ids, outcome = harvest(plan_for("tree"), model)

    assert {row.id for row in model.rows} <= set(ids)
    assert len(ids) == len(set(ids))
    assert outcome.verdict in (Verdict.COMPLETE, Verdict.COMPLETE_VISIBLE)


@given(seconds=st.lists(SECONDS, min_size=5, max_size=60), seed=st.integers(0, 10_000))
def test_records_that_move(seconds, seed):
    """A post whose date is edited during the walk is found, by the sweep if need be."""
    dice = random.Random(seed)

    def change(model):
        if dice.random() < 0.5 and len(model.requests) < 30:
            row = dice.choice(model.rows)
            row.date = EPOCH + timedelta(seconds=dice.randrange(60_000))

    model = Model(rows_of(seconds), seed, change=change)
    ids, outcome = harvest(plan_for(), model)

    assert sorted(ids) == sorted(row.id for row in model.rows), outcome
    assert outcome.verdict in (Verdict.COMPLETE, Verdict.COMPLETE_VISIBLE)


@given(seconds=st.lists(SECONDS, min_size=5, max_size=60), seed=st.integers(0, 10_000))
def test_numbers_that_balance(seconds, seed):
    """A post is dated back and another published: the count at the end tells."""
    dice = random.Random(seed)

    def change(model):
        if dice.random() < 0.5 and len(model.requests) < 30:
            row = max(model.rows, key=lambda row: row.date)
            row.date = EPOCH + timedelta(seconds=dice.randrange(100))
            model.insert()

    model = Model(rows_of(seconds), seed, change=change)
    before = {row.id for row in model.rows}
    ids, _ = harvest(plan_for(), model)

    assert before <= set(ids)
    assert len(ids) == len(set(ids))


@given(
    kind=st.sampled_from(sorted(KINDS)),
    seconds=st.lists(SECONDS, max_size=40),
    hidden=st.sets(st.integers(1, 40), max_size=8),
    cap=st.integers(1, 7),
    invalid_page=st.booleans(),
)
def test_headers_stripped_for_good(kind, seconds, hidden, cap, invalid_page):
    """Without any total everything visible comes, and no total is made up."""
    rows = rows_of(seconds, hidden)
    model = Model(rows, 1, cap, headers=False, envelope=False, invalid_page=invalid_page)

    ids, outcome = harvest(plan_for(kind), model)

    empties = max_run(row.hidden for row in sorted(rows, key=lambda row: (row.date, row.id)))
    by_id = max_run(row.hidden for row in rows)
    assert len(ids) == len(set(ids))
    assert outcome.announced is None
    assert outcome.hidden is None
    if max(empties, by_id) < 1:  # a run of hidden rows can look like the end
        assert sorted(ids) == [row.id for row in rows]
        assert outcome.verdict is Verdict.COMPLETE_VISIBLE


def max_run(flags):
    longest = run = 0
    for flag in flags:
        run = run + 1 if flag else 0
        longest = max(longest, run)
    return longest


@given(
    kind=st.sampled_from(sorted(KINDS)),
    seconds=st.lists(SECONDS, min_size=1, max_size=40),
    broken=st.sets(st.integers(1, 40), min_size=1, max_size=2),
    hidden=st.sets(st.integers(1, 40), max_size=8),
    cap=st.integers(2, 7),
)
def test_record_that_breaks_its_page(kind, seconds, broken, hidden, cap):
    """Every other record comes; the one that breaks a page is named as lost."""
    broken = frozenset(number for number in broken if number <= len(seconds)) or frozenset({1})
    hidden -= broken
    model = Model(rows_of(seconds, hidden), per_page_cap=cap, broken=broken)

    ids, outcome = harvest(plan_for(kind), model)

    named = {number for lost in outcome.lost for number in lost.ids}
    assert named == broken, outcome
    assert sorted(ids) == sorted({row.id for row in model.rows} - broken - hidden)
    assert outcome.verdict is Verdict.PARTIAL


class TestEnds:
    def test_empty_collection(self):
        """Nothing announced and nothing there is complete."""
        ids, outcome = harvest(plan_for(), Model([]))

        assert (ids, outcome.verdict, outcome.announced) == ([], Verdict.COMPLETE, 0)

    def test_requests_of_a_collection_at_rest(self):
        """231 records need three requests, whatever the way."""
        for kind in KINDS:
            model = Model(rows_of(range(231)))
            harvest(plan_for(kind, per_page=100), model)
            assert len(model.requests) == 3 + (kind == "dated"), kind  # and one to count again

    def test_count_ends_with_a_full_page(self):
        """A full page is not taken for the last one on the header's word alone."""
        rows = rows_of(range(20))
        lie = {"told": 0}

        def intercept(model, params):
            if not lie["told"]:
                lie["told"] = 1
                return Page(tuple({"id": n, "date": d(n)} for n in range(1, 6)), Totals(5, 1))
            return None

        ids, outcome = harvest(plan_for(), Model(rows, intercept=intercept))

        assert sorted(ids) == list(range(1, 21))
        assert outcome.delivered == 20

    def test_total_of_zero_above_a_full_page(self):
        """A site that switches the count off is walked as one without totals."""

        def intercept(model, params):
            page = model._answer(params, ids_only=False)
            return Page(page.records, Totals(0, 0)) if isinstance(page, Page) else page

        ids, outcome = harvest(plan_for(), Model(rows_of(range(17)), intercept=intercept))

        assert sorted(ids) == list(range(1, 18))
        assert outcome.hidden is None

    def test_denied_at_once(self):
        """A closed collection is denied, with the site's code."""
        closed = RestError(Meaning.DENIED, 401, "rest_forbidden", "HTTP 401 rest_forbidden")
        model = Model(rows_of(range(9)), intercept=lambda *_: closed)

        ids, outcome = harvest(plan_for(), model)

        assert (ids, outcome.verdict, outcome.reason) == ([], Verdict.DENIED, closed.reason)
        assert len(model.requests) == 1

    @pytest.mark.parametrize("kind", sorted(KINDS))
    def test_denied_midway(self, kind):
        """What a site closes midway is partial, and the rest is counted."""
        closed = RestError(Meaning.DENIED, 403, "rest_forbidden", "HTTP 403 rest_forbidden")
        model = Model(
            rows_of(range(23)),
            intercept=lambda model, _: closed if len(model.requests) > 2 else None,
        )

        ids, outcome = harvest(plan_for(kind), model)

        assert outcome.verdict is Verdict.PARTIAL
        assert [lost.count for lost in outcome.lost] == [23 - len(ids)]
        assert len(model.requests) == 3

    @pytest.mark.parametrize("kind", sorted(KINDS))
    def test_site_that_goes_down(self, kind):
        """After three failures in a row nothing more is asked."""
        down = no_response("connection refused", Absence.AWAY)
        model = Model(
            rows_of(range(43)),
            intercept=lambda model, _: down if len(model.requests) > 3 else None,
        )

        ids, outcome = harvest(plan_for(kind), model)

        assert len(model.requests) == 6
        assert outcome.verdict is Verdict.PARTIAL
        assert len(ids) + sum(lost.count or len(lost.ids) for lost in outcome.lost) == 43

    @pytest.mark.parametrize("kind", sorted(KINDS))
    def test_site_that_times_out(self, kind):
        """A page that times out is asked for in parts, until what came before does not either."""
        down = no_response("timed out")
        model = Model(
            rows_of(range(43)),
            intercept=lambda model, _: down if len(model.requests) > 3 else None,
        )

        ids, outcome = harvest(plan_for(kind), model)

        assert len(model.requests) <= 10
        assert outcome.verdict is Verdict.PARTIAL
        assert len(ids) + sum(lost.count or len(lost.ids) for lost in outcome.lost) == 43

    def test_site_that_never_answers(self):
        """A few failures and the collection has failed."""
        model = Model(rows_of(range(9)), intercept=lambda *_: no_response("timed out"))

        ids, outcome = harvest(plan_for(), model)

        assert (ids, outcome.verdict, outcome.reason) == ([], Verdict.FAILED, "timed out")
        assert len(model.requests) == 6


def d(second):
    return (EPOCH + timedelta(seconds=second)).isoformat()


class TestBrokenSites:
    @pytest.mark.parametrize("kind", sorted(KINDS))
    def test_query_string_ignored(self, kind):
        """A cache that gives one page for every query is found out in a few requests."""
        model = Model(
            rows_of(range(33)),
            intercept=lambda *_: Page(
                tuple({"id": n, "date": d(n)} for n in range(1, 6)), Totals(33, 7)
            ),
        )

        ids, outcome = harvest(plan_for(kind), model)

        assert ids == [1, 2, 3, 4, 5]
        assert outcome.verdict is Verdict.PARTIAL
        assert outcome.lost[0].count == 28
        assert len(model.requests) < 15

    @pytest.mark.parametrize("ignored", ["after", "exclude", "orderby", "order"])
    def test_parameter_without_effect(self, ignored):
        """A parameter that the index lists and the site ignores loses nothing."""
        model = Model(rows_of([*range(20), *[21] * 20]), ignores=frozenset({ignored}))

        ids, outcome = harvest(plan_for(), model)

        assert sorted(ids) == list(range(1, 41)), outcome
        assert outcome.verdict in (Verdict.COMPLETE, Verdict.COMPLETE_VISIBLE)

    def test_endless_pages(self):
        """A collection that never ends hits the cap, and says so."""

        def intercept(model, params):
            first = len(model.requests) * 5
            records = tuple({"id": n, "date": d(n)} for n in range(first, first + 5))
            return Page(records, Totals(10**9, 10**9 // 5))

        ids, outcome = harvest(plan_for(max_pages=20), Model([], intercept=intercept))

        assert outcome.verdict is Verdict.PARTIAL
        assert "cap on pages" in outcome.lost[0].reason
        assert len(ids) <= 105

    @pytest.mark.parametrize("kind", sorted(KINDS))
    def test_endless_pages_without_totals(self, kind):
        """Neither does it go on for ever where nothing is announced."""

        def intercept(model, params):
            first = len(model.requests) * 5
            return Page(tuple({"id": n, "date": d(n)} for n in range(first, first + 5)), None)

        _, outcome = harvest(plan_for(kind, max_pages=20), Model([], intercept=intercept))

        assert outcome.verdict is Verdict.PARTIAL
        assert outcome.lost[0].count is None

    @pytest.mark.parametrize("kind", sorted(KINDS))
    def test_empty_pages_for_ever(self, kind):
        """A billion empty pages are not walked through."""
        model = Model([], intercept=lambda *_: Page((), Totals(10**9, 10**9 // 5)))

        ids, outcome = harvest(plan_for(kind), model)

        assert (ids, outcome.verdict) == ([], Verdict.PARTIAL)

    @pytest.mark.parametrize("kind", sorted(KINDS))
    def test_per_page_refused(self, kind):
        """A 400 that names per_page is answered with a smaller page."""

        def intercept(model, params):
            if int(params["per_page"]) <= 3:
                return None
            return RestError(
                Meaning.SHRINK, 400, "rest_invalid_param", "HTTP 400", ("per_page",), 3
            )

        ids, outcome = harvest(plan_for(kind), Model(rows_of(range(11)), intercept=intercept))

        assert sorted(ids) == list(range(1, 12))
        assert outcome.verdict is Verdict.COMPLETE

    def test_orderby_refused(self):
        """A site that refuses orderby is walked in its own order."""

        def intercept(model, params):
            if "orderby" in params:
                return RestError(Meaning.SKIP, 400, "rest_invalid_param", "no", ("orderby",))
            return None

        ids, outcome = harvest(plan_for(), Model(rows_of(range(33)), intercept=intercept))

        assert sorted(ids) == list(range(1, 34))
        assert outcome.verdict is Verdict.COMPLETE

    def test_totals_only_in_the_envelope(self):
        """Stripped headers are read from the body, for the price of one request."""
        model = Model(rows_of(range(23)), headers=False)

        ids, outcome = harvest(plan_for(), model)

        assert len(ids) == 23
        assert (outcome.announced, outcome.verdict) == (23, Verdict.COMPLETE)
        assert len(model.requests) == 7

    def test_records_without_an_id(self):
        """A record without an id cannot be delivered, and is counted as lost."""
        page = Page(({"id": 1}, {"title": "x"}, {"id": True}), Totals(3, 1))

        ids, outcome = harvest(plan_for(), Model([], intercept=lambda *_: page))

        assert ids == [1]
        assert outcome.verdict is Verdict.PARTIAL
        assert outcome.lost[0].count == 2

    def test_zero_dates(self):
        """Records without a usable date are walked by pages."""
        records = [{"id": n, "date": "-0001-11-30T00:00:00"} for n in range(1, 13)]

        def intercept(model, params):
            first = (int(params.get("page", 1)) - 1) * 5
            return Page(tuple(records[first : first + 5]), Totals(12, 3))

        ids, outcome = harvest(plan_for(), Model([], intercept=intercept))

        assert len(ids) == 12
        assert outcome.verdict is Verdict.COMPLETE


class TestLimits:
    def test_newest(self):
        """A limit gives the newest N, and the verdict says that it is a look."""
        ids, outcome = harvest(plan_for(limit=7), Model(rows_of(range(30))))

        assert ids == [30, 29, 28, 27, 26, 25, 24]
        assert (outcome.verdict, outcome.announced) == (Verdict.LIMITED, 30)

    @pytest.mark.parametrize("kind", sorted(KINDS))
    def test_limit_above_what_there_is(self, kind):
        """A limit that is not reached delivers everything."""
        ids, outcome = harvest(plan_for(kind, limit=70), Model(rows_of(range(12))))

        assert len(ids) == 12
        assert outcome.verdict is Verdict.LIMITED

    @given(seconds=st.lists(SECONDS, max_size=40), low=SECONDS, high=SECONDS)
    def test_bounds(self, seconds, low, high):
        """after and before deliver exactly what lies between, in every segment."""
        bounds = [EPOCH + timedelta(seconds=second) for second in (low, high)]
        model = Model(rows_of(seconds))
        plan = plan_for(after=f"{bounds[0].isoformat()}Z", before=f"{bounds[1].isoformat()}Z")
        wanted = [
            row.id
            for row in model.rows
            if model._local(plan.after) < row.date < model._local(plan.before)
        ]

        ids, outcome = harvest(plan, model)

        assert sorted(ids) == wanted, outcome
        assert outcome.verdict is Verdict.LIMITED

    def test_filters_go_with_every_request(self):
        """A filter is part of each page, also of the ones by id."""
        model = Model(rows_of([1] * 40))

        harvest(plan_for(filters=(("categories", "5"),), echo_budget=60), model)

        assert all(params["categories"] == "5" for params in model.requests)
        assert any("offset" in params for params in model.requests)
