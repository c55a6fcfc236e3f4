from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.byline import MAX_AUTHORS, authors_of, on_record
from crawler.wordpress.linked import unresolved
from tests.wordpress.json_values import VALUES

ADA = {"id": 3, "name": "Ada", "slug": "ada", "link": "https://example.org/author/ada/"}
GONE = unresolved(9, "dangling")
MEMBERS = ["id", "name", "slug", "link", "basis"]


def term(name, slug, taxonomy="author"):
    return {"taxonomy": taxonomy, "id": 5, "slug": slug, "name": name}


class TestUser:
    def test_alone(self):
        """The user is the author, whatever an SEO plugin wrote."""
        extra = {"yoast_head_json": {"author": "Somebody"}, "author_name": "Somebody"}
        assert authors_of(ADA, extra) == [{**ADA, "basis": "user"}]

    def test_further_authors(self):
        """A plugin's further authors come after; the user is not named twice, by id or name."""
        extra = {
            "authors": [
                {"user_id": 3, "display_name": "Ada L."},
                {"user_id": 0, "display_name": "Ada"},
                {"user_id": 4, "display_name": "Bo", "slug": "bo", "link": "https://b.example/"},
            ]
        }
        bo = {"id": 4, "name": "Bo", "slug": "bo", "link": "https://b.example/"}
        assert authors_of(ADA, extra) == [{**ADA, "basis": "user"}, {**bo, "basis": "authors"}]

    def test_nameless_user(self):
        """A user without a name does not hide a guest, who has no id."""
        nameless = {**ADA, "id": 3, "name": None}
        extra = {"coauthors": [{"display_name": "Bo"}]}
        assert [each["name"] for each in authors_of(nameless, extra)] == [None, "Bo"]

    def test_nobody(self):
        """A record that names no author has none."""
        assert authors_of(None, {}) == []

    def test_not_had(self):
        """Where nothing else names one, the user stands there unresolved."""
        assert authors_of(GONE, {"authors": [], "author_info": False}) == [GONE]


class TestOnRecord:
    @pytest.mark.parametrize(
        ("extra", "name", "basis"),
        [
            ({"authors": [{"display_name": "Bo"}]}, "Bo", "authors"),
            ({"coauthors": [{"nickname": "Bo"}]}, "Bo", "coauthors"),
            ({"yoast_head_json": {"author": "Bo"}}, "Bo", "yoast_head_json"),
            ({"author_name": "Bo"}, "Bo", "author_name"),
            ({"author_info": {"display_name": "Bo", "name": "bo"}}, "Bo", "author_info"),
            ({"author_name": " ", "author_info": {"name": "Bo"}}, "Bo", "author_info"),
        ],
    )
    def test_basis(self, extra, name, basis):
        """Each says in basis where it was found, and stands in for the user."""
        [found] = authors_of(GONE, extra)
        assert (found["name"], found["basis"]) == (name, basis)
        assert list(found) == MEMBERS

    def test_nameless_entries(self):
        """Of a plugin's list only those are authors who have a name."""
        entries = ["Ada", None, {"display_name": " "}, {"user_id": 4}, {"display_name": "Bo"}]
        assert [each["name"] for each in on_record({"authors": entries}, 9)] == ["Bo"]

    def test_order(self):
        """Plugins for several authors are believed before what is written for search engines."""
        extra = {"yoast_head_json": {"author": "Site"}, "coauthors": [{"display_name": "Bo"}]}
        assert [each["basis"] for each in on_record(extra, 9)] == ["coauthors"]

    def test_id_of_a_lone_name(self):
        """A name that stands for the user has the user's id, one of a plugin that of its user."""
        assert on_record({"author_name": "Bo"}, 9)[0]["id"] == 9
        assert on_record({"authors": [{"display_name": "Bo"}]}, 9)[0]["id"] is None
        assert on_record({"coauthors": [{"display_name": "Bo", "user_id": 4}]}, 9)[0]["id"] == 4

    def test_guest(self):
        """A guest whose number in the plugin is that of a user is not taken for the user."""
        user = {"id": 12, "name": "Mary", "slug": "mary", "link": None}
        guest = {"id": 12, "user_id": 0, "display_name": "Guest Gwen"}
        names = [each["name"] for each in authors_of(user, {"coauthors": [guest]})]
        assert names == ["Mary", "Guest Gwen"]

    def test_bounds(self):
        """Of a million authors a hundred are read, and of a name as long as a book its start."""
        authors = on_record({"authors": [{"name": "x" * 10_000}] * 1000}, None)
        assert len(authors) == MAX_AUTHORS
        lone = on_record({"author_name": "x" * 10_000}, None)
        assert {len(each["name"]) for each in [*authors, *lone]} == {1000}


class TestTerms:
    def test_coauthors(self):
        """Where the user cannot be had, the terms that Co-Authors Plus keeps name the authors."""
        terms = [term("Bo", "cap-bo"), term("Boats", "boats", "category"), term("Cy", None)]
        found = authors_of(GONE, {}, terms)

        assert [(each["name"], each["slug"]) for each in found] == [("Bo", "bo"), ("Cy", None)]
        assert {each["basis"] for each in found} == {"coauthors"}

    def test_of_no_use(self):
        """A term that was not had, or has no name, names nobody."""
        gone = {"taxonomy": "author", **unresolved(5, "dangling")}
        assert authors_of(GONE, {}, [gone, term(None, "cap-bo")]) == [GONE]

    def test_beside_a_user(self):
        """A user who was had needs no such terms."""
        assert authors_of(ADA, {}, [term("Bo", "cap-bo")]) == [{**ADA, "basis": "user"}]


NAMES = st.sampled_from(
    ["authors", "coauthors", "yoast_head_json", "author_name", "author_info", "author"]
)
ENTRIES = st.dictionaries(
    st.sampled_from(["display_name", "name", "author", "user_id", "id", "slug", "link", "url"]),
    VALUES,
)


@given(
    user=st.sampled_from([None, ADA, GONE]),
    extra=st.dictionaries(NAMES, VALUES | ENTRIES | st.lists(ENTRIES, max_size=4)),
)
def test_any_extra(user, extra):
    """Whatever a record holds, each author has all members, and the record stays as it is."""
    before = copy.deepcopy(extra)
    authors = authors_of(user, extra)

    assert extra == before
    assert authors or user is None
    for each in authors:
        assert each == GONE or (list(each) == MEMBERS and isinstance(each["name"], str))
        assert each["id"] is None or type(each["id"]) is int
