"""What a refusal means."""

from __future__ import annotations

import pytest

from crawler.wordpress.rest_errors import (
    BY_ROBOTS,
    Absence,
    Meaning,
    Shape,
    no_response,
    read_error,
)


def body(code, status, **data):
    return {"code": code, "message": "...", "data": {"status": status, **data}}


PER_PAGE = "per_page must be between 1 (inclusive) and 50 (inclusive)"


@pytest.mark.parametrize(
    ("status", "document", "meaning"),
    [
        (400, body("rest_post_invalid_page_number", 400), Meaning.END),
        (400, body("rest_revision_invalid_page_number", 400), Meaning.END),
        (400, body("rest_invalid_param", 400, params={"orderby": "no"}), Meaning.SKIP),
        (400, body("rest_invalid_param", 400), Meaning.SKIP),
        (400, body("rest_invalid_param", 400, params={"per_page": "no"}), Meaning.SHRINK),
        (400, body("rest_missing_callback_param", 400, params=["id", 7]), Meaning.SKIP),
        (400, body("rest_revision_invalid_offset_number", 400), Meaning.END),
        (401, body("rest_not_logged_in", 401), Meaning.CLOSED),
        (403, body("rest_cannot_access", 403), Meaning.CLOSED),
        (451, None, Meaning.BLOCKED),
        (301, None, Meaning.SKIP),
        (408, None, Meaning.RETRY),
        (410, None, Meaning.GONE),
        (413, None, Meaning.SHRINK),
        (414, None, Meaning.SKIP),
        (502, None, Meaning.SHRINK),
        (503, None, Meaning.SHRINK),
        (521, None, Meaning.RETRY),
        (200, None, Meaning.SHRINK),
        (200, body("internal_server_error", 500), Meaning.SHRINK),
        (200, {"code": "rest_forbidden"}, Meaning.DENIED),
        (200, {"code": "rest_whatever"}, Meaning.SHRINK),
        (401, body("rest_forbidden", 401), Meaning.DENIED),
        (403, {"code": 7, "data": {}}, Meaning.DENIED),
        (403, None, Meaning.BLOCKED),
        (404, body("rest_no_route", 404), Meaning.GONE),
        (404, None, Meaning.GONE),
        (500, body("internal_server_error", 500), Meaning.SHRINK),
        (500, {"code": True}, Meaning.SHRINK),
        (500, ["x"], Meaning.SHRINK),
        (429, None, Meaning.RETRY),
        (500, {"code": 10**5000}, Meaning.SHRINK),
    ],
)
def test_meaning(status, document, meaning):
    """Status, code and body together say what follows."""
    assert read_error(status, document).meaning is meaning


def test_per_page_refused():
    """The words of the refusal name the parameter and its maximum."""
    error = read_error(400, body("rest_invalid_param", 400, params={"per_page": PER_PAGE}))

    assert (error.params, error.per_page_maximum) == (("per_page",), 50)


def test_per_page_refused_in_other_words():
    """A translated refusal still names the parameter."""
    error = read_error(400, body("rest_invalid_param", 400, params={"per_page": "zu groß"}))

    assert (error.params, error.per_page_maximum) == (("per_page",), None)


@pytest.mark.parametrize(
    ("error", "reason", "kind"),
    [
        (
            read_error(401, body("rest_forbidden", 401)),
            "HTTP 401 rest_forbidden",
            "rest_forbidden",
        ),
        (read_error(401, body("my_plugin_says_no", 401)), "HTTP 401 my_plugin_says_no", "other"),
        (read_error(502, None, Shape(web_page=True)), "HTTP 502 with a web page", "other"),
        (read_error(502, None), "HTTP 502", "other"),
        (no_response("timed out"), "timed out", "other"),
    ],
)
def test_words(error, reason, kind):
    """The reason is for people; the kind is from a closed set, for counting."""
    assert (error.reason, error.stats_kind) == (reason, kind)


def test_error_of_a_cache():
    """An error that comes with HTTP 200 has its own status inside."""
    assert read_error(200, body("rest_forbidden", 401)).meaning is Meaning.DENIED


def test_code_for_the_terminal():
    """A code that is no word is not shown."""
    assert read_error(500, body("x\n\x1b[31mforged", 500)).reason == "HTTP 500 unknown"


@pytest.mark.parametrize(
    ("status", "shape", "meaning", "reason"),
    [
        (200, Shape(web_page=True), Meaning.BLOCKED, "HTTP 200 with a web page"),
        (200, Shape(web_page=True, broke=True), Meaning.SHRINK, "HTTP 200 with an error of PHP"),
        (200, Shape(web_page=True, later=True), Meaning.RETRY, "HTTP 200 with a web page"),
        (503, Shape(later=True), Meaning.RETRY, "HTTP 503"),
        (202, Shape(firewall="X"), Meaning.BLOCKED, "a challenge by X (HTTP 202)"),
        (500, Shape(firewall="X"), Meaning.BLOCKED, "a challenge by X (HTTP 500)"),
        (200, Shape(empty=True), Meaning.SHRINK, "HTTP 200 with nothing in it"),
    ],
)
def test_shape(status, shape, meaning, reason):
    """What stands in place of JSON counts, too."""
    error = read_error(status, None, shape)

    assert (error.meaning, error.reason, error.firewall) == (meaning, reason, shape.firewall)


@pytest.mark.parametrize(
    ("error", "repeated"),
    [
        (read_error(500, None), True),  # sent again by the machine, before it came here
        (read_error(401, body("rest_forbidden", 401)), True),
        (read_error(404, body("rest_no_route", 404)), True),
        (read_error(400, body("rest_invalid_param", 400, params={"per_page": "no"})), True),
        (read_error(404, None), False),
        (read_error(200, None), False),
        (read_error(403, None, Shape(web_page=True)), True),
        (read_error(200, None, Shape(web_page=True)), False),
        (no_response("timed out"), True),
    ],
)
def test_repeated(error, repeated):
    """A request is sent again once, unless it was, or the site means what it says."""
    assert error.repeated is repeated


@pytest.mark.parametrize(
    ("absence", "meaning"),
    [
        (Absence.AWAY, Meaning.RETRY),
        (Absence.BROKEN_OFF, Meaning.SHRINK),
        (Absence.TOO_LARGE, Meaning.SHRINK),
        (Absence.NOT_ASKED, Meaning.SKIP),
        (Absence.FORBIDDEN, Meaning.DENIED),
    ],
)
def test_no_response(absence, meaning):
    """Why nothing came decides what to ask for next."""
    assert no_response(BY_ROBOTS).meaning is Meaning.DENIED
    assert no_response("...", absence).meaning is meaning


def test_bound_of_per_page_that_is_none():
    """A sentence without a number says nothing about the maximum, nor does a zero."""
    for text in ("no number here", "at most 0"):
        error = read_error(400, body("rest_invalid_param", 400, params={"per_page": text}))
        assert error.per_page_maximum is None
