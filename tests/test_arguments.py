from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.arguments import ARGUMENTS, KINDS, Arguments, kinds_of, read_arguments
from crawler.errors import ArgumentError
from crawler.items import ITEM_CLASSES
from crawler.wordpress.follow import Follow

SITE = "https://example.org"


def read(**given):
    return read_arguments({"site": SITE, **given})


class TestReadArguments:
    def test_site_only(self):
        """With the site alone everything else is as the design says."""
        assert read() == Arguments(
            site=SITE,
            dataset=None,
            collections=("documents",),
            after=None,
            before=None,
            filters=(),
            limit=None,
            raw=False,
            allow_hosts=frozenset(),
        )

    def test_all_at_once(self):
        """Every argument is read from text."""
        assert read(
            site="HTTPS://Example.org:443/blog/#top",
            dataset="news-2.0_a",
            collections="posts, library,posts,",
            after="2024-05-01",
            before="2024-06-01T10:00:00+02:00",
            filter="categories=5&lang=fr&tags[]=7&empty=",
            limit="250",
            raw="Yes",
            allow_hosts="api.example.org,example.net:8443",
            follow="none",
            mode="full",
            resume="no",
        ) == Arguments(
            site="https://example.org/blog/",
            dataset="news-2.0_a",
            collections=("posts", "library"),
            after="2024-05-01T00:00:00Z",
            before="2024-06-01T08:00:00Z",
            filters=(("categories", "5"), ("lang", "fr"), ("tags[]", "7"), ("empty", "")),
            limit=250,
            raw=True,
            allow_hosts=frozenset({"api.example.org", "example.net:8443"}),
            follow=Follow(),
            resume=False,
        )

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"site": ""}, "expected one site, as in: -a site=https://example.org"),
            ({"site": "example.org"}, "'example.org' has no http:// or https:// scheme"),
            ({"limt": "5"}, "no argument 'limt': did you mean limit?"),
            ({"zzz": "5"}, "no argument 'zzz': there are site, sites, dataset, collections, "),
            ({"z" * 200: "5"}, f"no argument '{'z' * 60}': there are"),
            ({"sites": "sites.txt"}, "sites= is read by the crawl command"),
            ({"dataset": "../up"}, "dataset takes letters, digits, dot, hyphen and underscore"),
            ({"dataset": "a" * 101}, "dataset takes letters"),
            ({"dataset": ""}, "dataset takes letters"),
            ({"collections": " , "}, "collections is empty: expected names"),
            ({"after": "yesterday"}, "after must be a date or a time, as in 2024-05-01 or"),
            ({"before": "2024-13-01"}, "before must be a date or a time"),
            ({"after": "0001-01-01T00:00:00+10:00"}, "after must be a date or a time"),
            (
                {"after": "2024-05-02", "before": "2024-05-02"},
                "after=2024-05-02T00:00:00Z is not before before=2024-05-02T00:00:00Z",
            ),
            ({"filter": "categories"}, "filter takes parameters as in filter='categories=5"),
            ({"limit": "0"}, "limit must be a whole number above 0, got '0'"),
            ({"limit": "-3"}, "limit must be a whole number above 0"),
            ({"limit": "ten"}, "limit must be a whole number above 0"),
            ({"limit": "٣"}, "limit must be a whole number above 0"),
            ({"limit": "9" * 5000}, "limit must be a whole number above 0"),
            ({"raw": "maybe"}, "raw must be true or false, got 'maybe'"),
            ({"mode": "increment"}, "mode must be full or incremental, got 'increment': did you "),
            ({"mode": ""}, "mode must be full or incremental, got ''"),
            (
                {"mode": "incremental", "limit": "3", "after": "2024-05-01"},
                "mode=incremental compares whole collections: leave out limit and after, or say",
            ),
            ({"follow": "autor"}, "follow has no word 'autor': did you mean author?"),
            ({"follow": "version-history"}, "follow: 'version-history' is for editors only"),
            ({"resume": "maybe"}, "resume must be true or false, got 'maybe'"),
        ],
    )
    def test_refused(self, given, message):
        """What cannot be used is named, with what was expected, in one line of some length."""
        with pytest.raises(ArgumentError) as refused:
            read(**given)

        text = str(refused.value)
        assert text.startswith(message)
        assert "\n" not in text
        assert len(text) < 400

    @pytest.mark.parametrize("text", ["1", "true", "YES", "on"])
    def test_true(self, text):
        assert read(raw=text).raw is True

    @pytest.mark.parametrize("text", ["0", "False", "no", "off", ""])
    def test_false(self, text):
        assert read(raw=text).raw is False

    def test_job_of_scrapyd(self):
        """What Scrapyd adds to every job is no mistake of the user's."""
        assert read(_job="6487ec79") == read()

    def test_microseconds(self):
        """WordPress compares whole seconds."""
        assert read(after="2024-05-01T10:00:00.999999").after == "2024-05-01T10:00:00Z"

    @given(
        moment=st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1)),
        minutes=st.integers(min_value=-14 * 60, max_value=14 * 60),
    )
    def test_any_offset(self, moment, minutes):
        """A time with an offset means that moment, written in UTC."""
        local = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
        after = read(after=local.isoformat()).after
        assert datetime.fromisoformat(after) == local.astimezone(UTC).replace(microsecond=0)

    @given(pairs=st.lists(st.tuples(st.text(min_size=1), st.text()), min_size=1))
    def test_any_filter(self, pairs):
        """A filter that was encoded as a query is read back as it was."""
        assert read(filter=urlencode(pairs)).filters == tuple(pairs)

    @given(given=st.dictionaries(st.sampled_from([*ARGUMENTS, "other"]), st.text(), min_size=1))
    def test_any_text(self, given):
        """Whatever the text, it is read or refused in one line."""
        try:
            said = read_arguments(given).site
        except ArgumentError as refused:
            said = str(refused)
        assert len(said.splitlines()) == 1


class TestMode:
    def test_full(self):
        """It is what happens where nothing is said."""
        assert read(mode="full") == read()
        assert not read().incremental

    def test_incremental(self):
        """Tombstones come besides, and leave a file even where nothing is gone."""
        told = read(mode="incremental", collections="posts,tags")

        assert told.incremental
        assert told.kinds == ("document", "term", "tombstone")
        assert told.sure_kinds == {"document", "term", "tombstone"}


class TestKindsOf:
    @pytest.mark.parametrize(
        ("names", "kinds"),
        [
            (["documents"], ["document"]),
            (["all"], ["document", "media", "comment", "term", "user"]),
            (["users", "media", "pages"], ["document", "media", "user"]),
            (["recipes"], ["document", "term"]),
            (["attachment"], ["media"]),
            (["comment", "user"], ["comment", "user"]),
            (["wp/v2/media"], ["media"]),
            (["/wp/v2/comments/"], ["comment"]),
        ],
    )
    def test_names(self, names, kinds):
        """A table gets the columns of the kinds that the names may give, in one order."""
        assert kinds_of(names) == tuple(kinds)

    def test_words(self):
        """Each word and each name of core's gives kinds that there are."""
        assert {kind for name in KINDS for kind in kinds_of([name])} < set(ITEM_CLASSES)
