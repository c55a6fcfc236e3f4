"""What a refusal means."""

from __future__ import annotations

import pytest

from crawler.wordpress.rest_errors import Meaning, no_response, read_error


def body(code, status, **data):
    return {"code": code, "message": "...", "data": {"status": status, **data}}


PER_PAGE = "per_page must be between 1 (inclusive) and 50 (inclusive)"


@pytest.mark.parametrize(
    ("status", "document", "meaning"),
    [
        (400, body("rest_post_invalid_page_number", 400), Meaning.END),
        (400, body("rest_revision_invalid_page_number", 400), Meaning.END),
        (400, body("rest_invalid_param", 400, params={"orderby": "no"}), Meaning.PARAM),
        (400, body("rest_invalid_param", 400), Meaning.FAILED),
        (401, body("rest_forbidden", 401), Meaning.DENIED),
        (403, {"code": 7, "data": {}}, Meaning.DENIED),
        (403, None, Meaning.BLOCKED),
        (404, body("rest_no_route", 404), Meaning.ABSENT),
        (404, None, Meaning.FAILED),
        (500, body("internal_server_error", 500), Meaning.FAILED),
        (500, {"code": True}, Meaning.FAILED),
        (500, ["x"], Meaning.FAILED),
        (429, None, Meaning.FAILED),
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
        (read_error(502, None, web_page=True), "HTTP 502 with a web page", "other"),
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
