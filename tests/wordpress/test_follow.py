from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ArgumentError
from crawler.wordpress.follow import BY_DEFAULT, NOTHING, RELS, Follow, read_follow


class TestReadFollow:
    def test_words(self):
        """Words and their rels mean the same, written short or out."""
        assert (
            read_follow("author,terms")
            == read_follow(" author , wp:term ,, author")
            == read_follow("author,https://api.w.org/term")
            == read_follow("Author,TERMS")
        )

    @pytest.mark.parametrize("text", ["none", "", " ", ",", "none,"])
    def test_nothing(self, text):
        """None, or no word at all, follows nothing."""
        assert read_follow(text) == NOTHING
        assert not read_follow(text)
        assert read_follow(text).names == ["none"]

    def test_default(self):
        """Author, terms and image are followed where nothing is said."""
        assert BY_DEFAULT.names == ["author", "terms", "featured_media"]
        assert BY_DEFAULT
        assert not BY_DEFAULT.others

    def test_all(self):
        """All takes each word of ours, and whatever else is named."""
        follow = read_follow("acme:map,all")
        assert all(word in follow for word in RELS)
        assert follow.names == ["all", "acme:map"]
        assert follow.others

    def test_other_rel(self):
        """A rel that is not ours is followed by its address."""
        follow = read_follow("up,acme:map,https://rels.acme.example/shop")
        assert follow.names == ["up", "acme:map", "https://rels.acme.example/shop"]
        assert (bool(follow), follow.others, follow.every) == (True, True, False)

    def test_rel_without_a_prefix(self):
        """A rel of one word is one too, unless it looks like a slip."""
        assert read_follow("shop").rels == {"shop"}

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("none,author", "none goes with no other word"),
            ("authors", "did you mean author"),
            ("Categories", "did you mean terms"),
            ("comments", "did you mean replies"),
            ("parent", "did you mean up"),
            ("featured-media", "did you mean featured_media"),
            ("attachment", "did you mean attachments"),
            ("version-history", "visitors get 401"),
            ("author,predecessor-version", "visitors get 401"),
            ("https://api.w.org/action-publish", "visitors get 401"),
            ("curies", "is no rel"),
            ("acme map", "is no rel"),
            ("acme:\x00map", "is no rel"),
        ],
    )
    def test_refused(self, text, expected):
        """A slip, what only editors may read, what is no rel: each is refused in one line."""
        with pytest.raises(ArgumentError, match=expected) as caught:
            read_follow(text)
        assert str(caught.value).startswith("follow")
        assert str(caught.value).isprintable()

    def test_long(self):
        """A word as long as a page is not repeated whole."""
        with pytest.raises(ArgumentError) as caught:
            read_follow("none," + "x" * 10_000)
        assert len(str(caught.value)) < 200

    @given(st.text(alphabet=st.sampled_from("author,terms:allnoe wp\x00é\ud800-_"), max_size=30))
    def test_any_text(self, text):
        """Any text is read or refused; what was read, read again, is the same."""
        try:
            follow = read_follow(text)
        except ArgumentError:
            return
        assert read_follow(",".join(follow.names)) == follow


class TestWants:
    @pytest.mark.parametrize(
        ("rel", "wanted"),
        [
            ("acme:map", True),
            ("author", False),  # a word of ours, asked for in batches
            ("wp:term", False),
            ("self", False),
            ("collection", False),
            ("curies", False),
            ("version-history", False),
            ("wp:action-publish", False),
        ],
    )
    def test_every(self, rel, wanted):
        """All other rels but those that lead back, and those for editors."""
        assert Follow(every=True).wants(rel) is wanted

    def test_named(self):
        """Only the rels that were named."""
        follow = read_follow("acme:map")
        assert (follow.wants("acme:map"), follow.wants("acme:shop")) == (True, False)
