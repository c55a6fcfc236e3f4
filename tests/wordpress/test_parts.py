"""A page in parts: single steps that whole walks seldom take."""

from __future__ import annotations

import pytest

from crawler.wordpress.page import Page, Totals
from crawler.wordpress.parts import Parts
from crawler.wordpress.rest_errors import Absence, Meaning, RestError, no_response
from crawler.wordpress.walk import Ask
from tests.wordpress.model import DATED, TREE

BROKEN = no_response("HTTP 500")
PAST = RestError(Meaning.END, 400, "rest_post_invalid_page_number", "past the end")
WHOLE = Ask((("per_page", "4"), ("orderby", "id"), ("order", "asc")))
ALIVE = Ask((("per_page", "1"),))


def page(*ids, total=4, **more):
    records = tuple({"id": number, "date": f"2024-05-0{number}T10:00:00"} for number in ids)
    return Page(records, None if total is None else Totals(total, 1), **more)


def parts(params=DATED, ask=WHOLE, alive=ALIVE):
    return Parts(ask, params=params, alive=alive)


def place(ask):
    given = dict(ask.params)
    return given["per_page"], given.get("offset", given.get("page"))


def test_halves():
    """It is halved down to the record that breaks it; that one is named, and confirmed."""
    going = parts()
    going.fail(BROKEN)
    assert place(going.ask()) == ("2", None)
    assert going.ask().hasty
    assert len(going.take(page(1, 2))) == 2
    going.fail(BROKEN)
    going.fail(BROKEN)
    assert (place(going.ask()), going.ask().fields) == (("1", "2"), "id")
    going.take(page(3))
    assert dict(going.ask().params) == {"per_page": "1", "include": "3"}
    going.fail(BROKEN)
    assert place(going.ask()) == ("1", "3")
    going.take(page(4))

    assert going.done
    assert [(lost.ids, lost.reason) for lost in going.lost] == [((3,), "HTTP 500")]
    assert [record["id"] for record in going.page.records] == [1, 2, 3, 4]
    assert going.page.totals == Totals(4, 1)
    assert not going.short


def test_named_record_that_comes():
    """A record that comes by its id is not lost: another one was in its place."""
    going = parts(ask=Ask((("per_page", "1"),)))
    going.fail(BROKEN)
    going.take(page(3))

    assert going.take(page(3)) == [{"id": 3, "date": "2024-05-03T10:00:00"}]
    assert going.lost == []
    assert going.short


def test_named_record_that_does_not():
    """One that the site then leaves out is lost."""
    going = parts(ask=Ask((("per_page", "1"),)))
    going.fail(BROKEN)
    going.take(page(3))

    assert going.take(page()) == []
    assert [lost.ids for lost in going.lost] == [(3,)]


def test_without_include():
    """Where nothing can be asked for by id, what is named is lost."""
    going = parts(params=frozenset({"offset"}), ask=Ask((("per_page", "1"),)))
    going.fail(BROKEN)
    going.take(page(3))

    assert (going.done, [lost.ids for lost in going.lost]) == (True, [(3,)])


@pytest.mark.parametrize(
    ("answer", "nowhere"), [(page(), 0), (Page(({"id": "x"},), None), 1), (BROKEN, 1)]
)
def test_names_of_a_row(answer, nowhere):
    """A row that is gone needs no name; one whose id cannot be read is lost by its place."""
    going = parts(ask=Ask((("per_page", "1"),)))
    going.fail(BROKEN)
    if isinstance(answer, Page):
        going.take(answer)
    else:
        going.fail(answer)

    assert (going.done, len(going.nowhere), going.page.lost) == (True, nowhere, nowhere)


def test_row_that_came_already():
    """A row that is named and came in another part is not lost."""
    going = parts()
    going.take(page(1, 2, 3, unreadable=1))
    assert place(going.ask()) == ("2", None)
    going.take(page(1, 2))
    going.fail(BROKEN)
    going.fail(BROKEN)
    going.take(page(3))
    going.take(page(4))

    assert (going.done, going.lost) == (True, [])


def test_cut():
    """What is behind the cut is asked for; with a page of numbers, in smaller pages."""
    going = parts()
    going.take(page(1, 2, 3, cut=True))
    assert place(going.ask()) == ("1", "3")

    going = parts(params=TREE)
    going.take(page(1, 2, 3, cut=True))
    assert place(going.ask()) == ("2", None)

    going = parts()
    going.take(page(1, 2, 3, 4, cut=True))
    assert going.done


def test_cut_behind_the_only_record():
    """A record that came whole is there, whatever is missing behind it."""
    going = parts(params=TREE, ask=Ask((("per_page", "1"),)))
    assert len(going.take(page(1, cut=True))) == 1
    assert going.done


def test_capped_in_silence():
    """What a site held back of a part is asked for."""
    going = parts()
    going.fail(BROKEN)
    going.take(Page(({"id": 1},), Totals(4, 4)))

    assert place(going.ask()) == ("1", "1")


def test_site_that_is_down():
    """After three failures what came before is asked for; where it does not come, no more is."""
    going = parts()
    for _ in range(3):
        going.fail(BROKEN)
    assert going.ask().params == ALIVE.params
    going.fail(BROKEN)

    assert (going.done, going.down) == (True, BROKEN)


@pytest.mark.parametrize("answer", [page(1), PAST])
def test_site_that_is_there(answer):
    """Where it comes, or the site says at least that nothing is there, it goes on."""
    going = parts()
    for _ in range(3):
        going.fail(BROKEN)
    if isinstance(answer, Page):
        going.take(answer)
    else:
        going.fail(answer)

    assert (going.done, going.down) == (False, None)
    assert going.ask().params != ALIVE.params


def test_end():
    """A part that is past the end is an answer: nothing is left."""
    going = parts()
    going.fail(BROKEN)
    going.take(page(1, 2, total=None))
    going.fail(PAST)

    assert (going.done, going.down, going.short) == (True, None, True)


def test_site_that_is_away():
    """What is no matter of the page ends it."""
    away = no_response("refused", Absence.AWAY)
    going = parts()
    going.fail(away)

    assert (going.done, going.down) == (True, away)


def test_records_without_an_id():
    """They stand for rows, and are given to nobody."""
    going = parts()
    assert going.take(Page(({"id": "x"}, {"id": 1}), Totals(2, 1))) == [{"id": 1}]
    assert len(going.page.records) == 2


def test_listing_of_ids():
    """A row that breaks a listing of ids has no name at all."""
    going = parts(ask=Ask((("per_page", "1"), ("page", "3")), "id"))
    going.fail(BROKEN)

    assert [lost.reason for lost in going.nowhere] == [
        "HTTP 500: a record in row 3, whose id is not given"
    ]


def test_nothing_came_before():
    """Where nothing ever came the last row of the page is asked for."""
    going = parts(alive=None)
    for _ in range(3):
        going.fail(BROKEN)

    assert place(going.ask()) == ("1", "4")
