from __future__ import annotations

import pytest

MESSAGE = "The page number requested is larger than the number of pages available."


def refusal(code, message, status, **details):
    return {"code": code, "message": message, "data": {"status": status, **details}}


def invalid(name, code, message, data=None):
    return refusal(
        "rest_invalid_param",
        f"Invalid parameter(s): {name}",
        400,
        params={name: message},
        details={name: {"code": code, "message": message, "data": data}},
    )


PER_PAGE = "per_page must be between 1 (inclusive) and 100 (inclusive)"
ORDERS = "author, date, id, include, modified, parent, relevance, slug, include_slugs, and title"

INVALID = {
    "posts?per_page=101": invalid("per_page", "rest_out_of_bounds", PER_PAGE),
    "tags?per_page=0": invalid("per_page", "rest_out_of_bounds", PER_PAGE),
    "posts?per_page=": invalid(
        "per_page",
        "rest_invalid_type",
        "per_page is not of type integer.",
        {"param": "per_page"},
    ),
    "posts?page=0": invalid(
        "page", "rest_out_of_bounds", "page must be greater than or equal to 1"
    ),
    "posts?after=2020-01-01": invalid("after", "rest_invalid_date", "Invalid date."),
    "posts?after=2025-13-01T00:00:00": invalid("after", "rest_invalid_date", "Invalid date."),
    "posts?after=2025-01-01T00:00:00%2B0100": invalid(
        "after", "rest_invalid_date", "Invalid date."
    ),
    "posts?orderby=foo": invalid(
        "orderby", "rest_not_in_enum", f"orderby is not one of {ORDERS}."
    ),
    "posts?order=up": invalid("order", "rest_not_in_enum", "order is not one of asc and desc."),
    "posts?status=draft": invalid(
        "status", "rest_forbidden_status", "Status is forbidden.", {"status": 401}
    ),
    "posts?include=abc": invalid(
        "include",
        "rest_invalid_type",
        "include[0] is not of type integer.",
        {"param": "include[0]"},
    ),
    "posts?include[a]=1": invalid(
        "include", "rest_invalid_type", "include is not of type array.", {"param": "include"}
    ),
    "posts?sticky=maybe": invalid(
        "sticky", "rest_invalid_type", "sticky is not of type boolean.", {"param": "sticky"}
    ),
    "posts?search[]=a": invalid(
        "search", "rest_invalid_type", "search is not of type string.", {"param": "search"}
    ),
    "posts?categories=x": invalid(
        "categories",
        "rest_no_matching_schema",
        "categories is not a valid Term ID List. Reason: categories[0] is not of type integer.",
        {"position": 0},
    ),
    "posts?categories[foo]=1": invalid(
        "categories",
        "rest_no_matching_schema",
        "categories is not a valid Term ID Taxonomy Query. Reason: foo is not a valid property "
        "of Object.",
        {"position": 1},
    ),
    "comments?author_email=nobody": invalid(
        "author_email", "rest_invalid_email", "Invalid email address."
    ),
}

NOT_ALLOWED = "Sorry, you are not allowed to"

REFUSED = {
    "posts?page=99": refusal("rest_post_invalid_page_number", MESSAGE, 400),
    "media?page=99": refusal("rest_post_invalid_page_number", MESSAGE, 400),
    "guides?page=2": refusal("rest_post_invalid_page_number", MESSAGE, 400),
    "posts?orderby=include": refusal(
        "rest_orderby_include_missing_include",
        "You need to define an include parameter to order by include.",
        400,
    ),
    "posts?orderby=relevance": refusal(
        "rest_no_search_term_defined",
        "You need to define a search term to order by relevance.",
        400,
    ),
    "posts?context=edit": refusal(
        "rest_forbidden_context", f"{NOT_ALLOWED} edit posts in this post type.", 401
    ),
    "tags?context=edit": refusal(
        "rest_forbidden_context", f"{NOT_ALLOWED} edit terms in this taxonomy.", 401
    ),
    "types?context=edit": refusal(
        "rest_cannot_view", f"{NOT_ALLOWED} edit posts in this post type.", 401
    ),
    "posts/99999": refusal("rest_post_invalid_id", "Invalid post ID.", 404),
    "media/99999": refusal("rest_post_invalid_id", "Invalid post ID.", 404),
    "tags/1": refusal("rest_term_invalid", "Term does not exist.", 404),
    "users/99": refusal("rest_user_invalid_id", "Invalid user ID.", 404),
    "comments/999": refusal("rest_comment_invalid_id", "Invalid comment ID.", 404),
    "users?orderby=email": refusal(
        "rest_forbidden_orderby", f"{NOT_ALLOWED} order users by this parameter.", 401
    ),
    "users?who=authors": refusal(
        "rest_forbidden_who", f"{NOT_ALLOWED} query users by this parameter.", 401
    ),
    "users?roles=author": refusal(
        "rest_user_cannot_view", f"{NOT_ALLOWED} filter users by role.", 401
    ),
    "comments?status=hold&author=3": refusal(
        "rest_forbidden_param", "Query parameter not permitted: author, status", 401
    ),
    "comments?post=0": refusal(
        "rest_cannot_read", f"{NOT_ALLOWED} read comments without a post.", 401
    ),
    "tags?post=99999": refusal("rest_post_invalid_id", "Invalid post ID.", 400),
    "menu-items": refusal("rest_cannot_view", f"{NOT_ALLOWED} view menu items.", 401),
    "settings": refusal("rest_forbidden", f"{NOT_ALLOWED} do that.", 401),
    "users/me": refusal("rest_not_logged_in", "You are not currently logged in.", 401),
    "/wp-json/oembed/1.0/embed": refusal(
        "rest_missing_callback_param", "Missing parameter(s): url", 400, params=["url"]
    ),
    "nope": refusal(
        "rest_no_route", "No route was found matching the URL and request method.", 404
    ),
    "posts/abc": refusal(
        "rest_no_route", "No route was found matching the URL and request method.", 404
    ),
}


@pytest.mark.parametrize("path", [*INVALID, *REFUSED])
def test_verbatim(get, path):
    """An error says what WordPress says, word for word."""
    answer, expected = get(path), (INVALID | REFUSED)[path]

    assert answer.json() == expected
    assert answer.status == expected["data"]["status"]
    assert answer.header("Content-Type") == "application/json; charset=UTF-8"
    assert answer.header("X-WP-Total") is None


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("posts?per_page=101", "GET"),
        ("posts?page=99", "GET"),
        ("types/nope", "GET"),
        ("posts/99999", None),
        ("posts?context=edit", None),
        ("settings", None),
        ("nope", None),
    ],
)
def test_allow(get, path, allow):
    """Allow is there where the visitor may ask the route at all."""
    assert get(path).header("Allow") == allow


def test_several_at_once(get):
    """All wrong values are told, but page and per_page before any other is looked at."""
    both = get("posts?page=0&per_page=500&orderby=foo").json()
    rest = get("posts?orderby=foo&order=up").json()

    assert list(both["data"]["params"]) == ["page", "per_page"]
    assert both["message"] == "Invalid parameter(s): page, per_page"
    assert rest["message"] == "Invalid parameter(s): orderby, order"


@pytest.mark.parametrize(
    ("collection", "name", "code"),
    [
        ("posts", "draft-on-mending-time", "rest_forbidden"),
        ("posts", "private-board-letter", "rest_forbidden"),
        ("media", "sundial-sketch", "rest_forbidden"),
        ("users", "printer", "rest_user_cannot_view"),
    ],
)
def test_hidden_record(get, number, collection, name, code):
    """What visitors may not see answers 401, not 404."""
    answer = get(f"{collection}/{number(collection, name)}")
    assert (answer.status, answer.json()["code"]) == (401, code)


class TestComments:
    @pytest.mark.parametrize("name", ["friends-minutes", "draft-on-mending-time"])
    def test_of_a_closed_post(self, museum, get, number, name):
        """One post that is not to be read closes the request for all."""
        closed, other = number("posts", name), number("posts", "spoons")

        answer = get(f"comments?post={other},{closed}")
        assert (answer.status, answer.json()["code"]) == (401, "rest_cannot_read_post")
        comments = museum.collections["comments"].values()
        hidden = next(each["id"] for each in comments if each["post"] == closed)
        answer = get(f"comments/{hidden}")
        assert (answer.status, answer.json()["code"]) == (401, "rest_cannot_read")

    def test_of_an_unknown_post(self, get):
        """A post that is not there has no comments, and that is no error."""
        answer = get("comments?post=99999")
        assert (answer.status, answer.json(), answer.header("X-WP-Total")) == (200, [], "0")


@pytest.mark.parametrize(
    ("path", "what"),
    [("posts/{}", "edit this post"), ("tags/13", "edit this term"), ("users/2", "edit this user")],
)
def test_edit_context(get, number, path, what):
    """The fields for editors are for editors, in a single record too."""
    answer = get(path.format(number("posts", "spoons")) + "?context=edit")
    assert (answer.status, answer.json()["message"]) == (401, f"{NOT_ALLOWED} {what}.")


def test_revisions(get, number):
    """Revisions are linked, and for editors only."""
    answer = get(f"posts/{number('posts', 'what-we-keep')}/revisions")
    assert (answer.status, answer.json()["code"]) == (401, "rest_cannot_read")
