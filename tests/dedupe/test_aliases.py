from __future__ import annotations

from dataclasses import replace
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dedupe.aliases import SAMPLE, KnownSite, Sample, Sampled, is_covered, relate, sampled
from tests.feeds.sample_items import document

MOMENT = "2026-03-01T08:00:00Z"


def records(count, *, text=b"text", host=b"a"):
    """A sample of a site: posts 1 to *count*, with guids on *host*."""
    return tuple(
        Sampled(number, b"%b %d" % (host, number), MOMENT, b"%b %d" % (text, number))
        for number in range(1, count + 1)
    )


def known(sample, total=100):
    return KnownSite("https://example.org", "/wp/v2/posts", sample, total, MOMENT)


class TestRelate:
    def test_same_texts(self):
        """The same records with the same texts: an alias, with the evidence."""
        found = relate(known(records(40)), records(40))

        assert (found.site, found.kind, found.basis) == ("https://example.org", "alias", "sample")
        assert (found.sampled, found.received, found.same_records) == (40, 40, 40)
        assert (found.compared_texts, found.same_texts, found.harvested) == (40, 40, True)

    def test_other_texts(self):
        """The same records in other words: a translation."""
        found = relate(known(records(40)), records(40, text=b"Text auf"))
        assert (found.kind, found.same_records, found.same_texts) == ("translation", 40, 0)

    @pytest.mark.parametrize(("other", "kind"), [(2, "alias"), (3, "translation")])
    def test_some_texts(self, other, kind):
        """A plugin may change a text or two; where more differ, some are translated."""
        received = (*records(40)[other:], *records(other, text=b"anders"))
        assert relate(known(records(40)), received).kind == kind

    def test_edited(self):
        """A text that was changed since is not compared."""
        edited = [replace(each, modified="later", text=b"new") for each in records(20)]
        found = relate(known(records(40)), [*edited, *records(40)[20:]])
        assert (found.kind, found.same_records, found.compared_texts) == ("alias", 40, 20)

    @pytest.mark.parametrize(
        "received",
        [(), records(31), records(40, host=b"b"), [*records(35), *records(40, host=b"b")[35:]]],
        ids=["none", "too few", "other guids", "some other guids"],
    )
    def test_other_site(self, received):
        """What has few of these records, or others under their ids, is another site."""
        assert relate(known(records(40)), received) is None

    def test_no_texts(self):
        """Of records without texts nothing can be said."""
        bare = [replace(each, text=None) for each in records(40)]
        assert relate(known(records(40)), bare) is None

    def test_never_asked_for(self):
        """What comes beside the sample does not count."""
        found = relate(known(records(40)), [*records(40), Sampled(99, b"a 99", None, b"x")])
        assert found.received == 40


@pytest.mark.parametrize(
    ("total", "before", "covered"),
    [(100, 100, True), (110, 100, True), (111, 100, False), (None, 100, False), (9, None, False)],
)
def test_is_covered(total, before, covered):
    """An alias holds no more than the known site; where nobody counts, nobody knows."""
    assert is_covered(total, known((), before)) is covered


class TestSampled:
    @pytest.mark.parametrize(
        "guid",
        ["http://example.org/?p=7", "https://example.org/?p=7", "http://www.example.org/?p=7"],
    )
    def test_guid(self, guid):
        """A guid is the same with https written over it."""
        plain = sampled(document(guid="http://example.org/?p=7"), b"x")
        assert sampled(document(guid=guid), b"x") == plain

    def test_other_guid(self):
        """Post 7 of another site is another record."""
        here, there = (sampled(document(guid=f"http://{name}/?p=7"), b"x") for name in "ab")
        assert here.identity != there.identity

    def test_no_guid(self):
        """Without a guid slug and date say who it is."""
        bare, other = (sampled(document(guid=None, slug=name), None) for name in ("a", "b"))
        assert bare.identity != other.identity


class TestSample:
    def test_nothing(self):
        """A site without documents has no sample."""
        assert Sample().best is None
        assert not Sample().is_full

    @pytest.mark.parametrize("numbers", [range(1, 120), range(119, 0, -1)])
    def test_more_than_wanted(self, numbers):
        """Of more records those stay whose ids have the smallest hashes, and no others."""
        sample = Sample()
        for number in numbers:
            sample.offer("/wp/v2/posts", document(number), b"x")
        smallest = sorted(range(1, 120), key=lambda number: crc32(b"%d" % number))[:SAMPLE]
        assert [each.id for each in sample.best[1]] == sorted(smallest)

    @given(st.permutations(range(1, 120)))
    def test_order(self, numbers):
        """Which records are chosen does not depend on the order in which they came."""
        shuffled, sorted_ = Sample(), Sample()
        for number in numbers:
            shuffled.offer("/wp/v2/posts", document(number), b"%d" % number)
        for number in sorted(numbers):
            sorted_.offer("/wp/v2/posts", document(number), b"%d" % number)

        route, chosen = shuffled.best
        assert (route, chosen) == sorted_.best
        assert len(chosen) == SAMPLE
        assert shuffled.is_full
        assert [each.text for each in chosen] == [b"%d" % each.id for each in chosen]

    def test_route(self):
        """The sample is of the route with most records."""
        sample = Sample()
        for number in range(3):
            sample.offer("/wp/v2/pages", document(number), b"x")
            sample.offer("/wp/v2/posts", document(number), b"x")
        sample.offer("/wp/v2/posts", document(7), b"x")
        assert sample.best[0] == "/wp/v2/posts"
        assert [each.id for each in sample.best[1]] == [0, 1, 2, 7]

    def test_twice(self):
        """A record that comes again counts as it came last."""
        sample = Sample()
        for text in (b"old", b"new"):
            sample.offer("/wp/v2/posts", document(7), text)
        [only] = sample.best[1]
        assert only.text == b"new"
