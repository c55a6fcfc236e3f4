"""What becomes of the fields of a record."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.fields import FIELDS
from crawler.wordpress.layout import lay_out
from tests.wordpress.sample_records import CATEGORIES, COMMENTS, POST, POSTS, SHAPES, USERS


class TestLayOut:
    def test_post(self):
        """WordPress's own fields are mapped, kept or ignored; a plugin's is named."""
        layout = lay_out(POSTS, [*POST, "acf"])

        assert layout.extra == (
            *("author", "featured_media", "comment_status", "ping_status", "sticky", "template"),
            *("meta", "categories", "tags", "acf"),
        )
        assert layout.unmapped == ("acf",)
        assert layout.ignored == ("date", "modified", "_links")
        assert layout.missing == ()

    def test_missing(self):
        """What WordPress always sends and this record lacks is an oddity."""
        layout = lay_out(POSTS, [name for name in POST if name not in {"guid", "title"}])

        assert layout.missing == ("missing/guid",)

    def test_author_of_a_term(self):
        """A name that is WordPress's in a post is a plugin's in a term."""
        assert lay_out(CATEGORIES, ["author", "tags"]).unmapped == ("author", "tags")

    def test_email(self):
        """E-mail addresses that a site leaks are left out, and said to be."""
        assert lay_out(USERS, ["email"]).ignored == ("email",)
        assert lay_out(COMMENTS, ["author_email"]).extra == ()

    @pytest.mark.parametrize("collection", [collection for collection, _ in SHAPES])
    @given(names=st.lists(st.text() | st.sampled_from([*POST, "acf", "email"]), unique=True))
    def test_nothing_disappears(self, collection, names):
        """Each field is mapped, in extra, or named as ignored."""
        layout = lay_out(collection, names)

        mapped = set(FIELDS[collection.kind].mapped)
        assert set(names) <= mapped | {*layout.extra} | {*layout.ignored}
        assert set(layout.unmapped) <= set(layout.extra)
        assert not mapped & set(layout.extra)
