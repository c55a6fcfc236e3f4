"""What is cleaned ahead is cleaned once, in batches, and is what it would be without."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scrapy.utils.misc import build_from_crawler
from scrapy.utils.test import get_crawler

from crawler import settings
from crawler.clean.body import clean_body
from crawler.pipelines.ahead import (
    BATCH_CHARACTERS,
    BATCH_RECORDS,
    ENOUGH,
    MAX_TOLD,
    Ahead,
    rendered_of,
)
from crawler.pipelines.clean import CleanPipeline
from crawler.spiders.wordpress import records_read
from tests.feeds.sample_items import document, one_of_each


def documents(count, **changes):
    return [
        document(number, **{"content_html": f"<p>Lock {number}.</p>", **changes})
        for number in range(count)
    ]


@pytest.fixture
def cleaned():
    """The numbers of the items whose bodies were cleaned, in that order."""
    return []


@pytest.fixture
def ahead(cleaned):
    def clean(item, rendered):
        cleaned.append(item.id)
        return clean_body(rendered.html, base_url=rendered.base_url)

    return Ahead(clean)


def take(ahead, item):
    return ahead.cleaned(item, rendered_of(item)).text


class TestBatches:
    def test_some_at_a_time(self, ahead, cleaned):
        """A body brings those after it, up to a number; each is cleaned once."""
        items = documents(BATCH_RECORDS + 2)
        ahead.tell(items)
        for at, item in enumerate(items):
            assert take(ahead, item) == f"Lock {at}."
            assert len(cleaned) == (BATCH_RECORDS if at < BATCH_RECORDS else len(items))
        assert cleaned == list(range(len(items)))

    def test_long_bodies(self, ahead, cleaned):
        """What is held in memory is bounded: one that fills a batch is alone in it."""
        items = documents(3, content_html=f"<p>{'a lock ' * (BATCH_CHARACTERS // 7)}</p>")
        ahead.tell(items)
        for at, item in enumerate(items):
            take(ahead, item)
            assert cleaned == list(range(at + 1))

    def test_without_a_body(self, ahead, cleaned):
        """Records that have none are passed over."""
        media = [item for item in one_of_each() if item.kind == "media"]
        bare = document(50, content_html=None)
        items = documents(2)
        ahead.tell([*media, items[0], bare, items[1]])
        assert [take(ahead, item) for item in items] == ["Lock 0.", "Lock 1."]
        assert cleaned == [0, 1]
        assert rendered_of(bare) is None

    def test_next_page(self, ahead, cleaned):
        """What was told before and never came is forgotten; it may still come."""
        first, second = documents(2), documents(3)
        ahead.tell(first)
        ahead.tell(second)
        assert [take(ahead, item) for item in second] == ["Lock 0.", "Lock 1.", "Lock 2."]
        assert [take(ahead, item) for item in first] == ["Lock 0.", "Lock 1."]
        assert cleaned == [0, 1, 2, 0, 1]

    def test_large_page(self, ahead, cleaned):
        """Of a page without end a part is remembered, and the rest cleaned when it comes."""
        items = documents(MAX_TOLD + 50)
        ahead.tell(items)
        assert len(ahead._told) == MAX_TOLD
        for item in items:
            take(ahead, item)
        assert cleaned == list(range(len(items)))

    def test_nothing_comes(self, ahead):
        """Of records that never come it keeps one page, and none without a body."""
        for _ in range(3):
            ahead.tell(items := documents(100))
        assert list(ahead._told.values()) == items
        ahead.tell(documents(100, content_html=None))
        assert not ahead._told

    def test_error(self, cleaned):
        """A record that cannot be cleaned is an error of its own."""

        def clean(item, rendered):
            cleaned.append(item.id)
            if item.id == 1:
                raise ValueError("of the second")
            return clean_body(rendered.html, base_url=rendered.base_url)

        ahead, items = Ahead(clean), documents(4)
        items[2].extra = None  # as somebody's middleware may leave it
        ahead.tell(items)
        assert take(ahead, items[0]) == "Lock 0."
        with pytest.raises(ValueError, match="of the second"):
            take(ahead, items[1])
        with pytest.raises(AttributeError):
            take(ahead, items[2])
        assert take(ahead, items[3]) == "Lock 3."
        assert cleaned == [0, 1, 3, 1]


class TestOthersBefore:
    """Pipelines and middlewares of the user's may stand between."""

    def test_changed(self, ahead):
        """A body that is not what was cleaned is cleaned as it is now; so with the address."""
        items = documents(3, content_html='<p><a href="/x">Lock</a></p>')
        ahead.tell(items)
        take(ahead, items[0])
        items[1].content_html = "<p>Weir</p>"
        assert take(ahead, items[1]) == "Weir"
        items[2].link = "https://other.example/"
        [link] = ahead.cleaned(items[2], rendered_of(items[2])).links
        assert link["url"] == "https://other.example/x"

    def test_replaced(self, ahead, cleaned):
        """An item in the place of one that was told is cleaned when it comes."""
        items = documents(2)
        ahead.tell(items)
        take(ahead, items[0])
        assert take(ahead, replace(items[1], id=70)) == "Lock 1."
        assert cleaned == [0, 1, 70]

    def test_dropped(self, ahead, cleaned):
        """Where most records are dropped before, work ahead ends with the first batch."""
        items = documents(5 * BATCH_RECORDS)
        ahead.tell(items)
        for item in items[::10]:
            assert take(ahead, item) == f"Lock {item.id}."
        assert cleaned == [*range(BATCH_RECORDS), *range(BATCH_RECORDS, len(items), 10)]
        ahead.tell(documents(2))
        assert not ahead._told

    def test_all_changed(self, ahead, cleaned):
        """So it does where each body is changed."""
        items = documents(2 * BATCH_RECORDS)
        ahead.tell(items)
        for item in items:
            item.content_html += "<p>More.</p>"
            assert take(ahead, item).endswith("More.")
        assert cleaned == [*range(BATCH_RECORDS), *range(1, len(items))]

    def test_few_dropped(self, ahead, cleaned):
        """A few are no reason to end it, nor is a batch of a few; what is left is not kept."""
        ahead.tell(few := documents(ENOUGH - 1))
        take(ahead, few[0])
        items = documents(3 * BATCH_RECORDS)
        ahead.tell(items)
        for item in items:
            if item.id % 5:
                take(ahead, item)
                assert len(ahead._made) <= BATCH_RECORDS
        assert cleaned == [*range(len(few)), *range(1, len(items))]

    def test_same_place(self, ahead, cleaned):
        """What was made for an item is given to no other that came to be in its place."""
        ahead.tell(items := documents(2))
        take(ahead, items[0])
        other = replace(items[1])
        ahead._made[id(other)] = ahead._made.pop(id(items[1]))
        assert take(ahead, other) == "Lock 1."
        assert cleaned == [0, 1, 1]

    def test_unheard_of(self, ahead, cleaned):
        """Another spider need tell nothing."""
        ahead.tell(documents(2))
        assert take(ahead, document(9, content_html="<p>Weir</p>")) == "Weir"
        assert cleaned == [9]


def test_the_same(monkeypatch):
    """The pipeline makes of each record what it would make without being told."""
    counted = []
    monkeypatch.setattr(
        "crawler.pipelines.clean.clean_body",
        lambda html, **options: counted.append(html) or clean_body(html, **options),
    )
    ours = {"CLEAN_EMAILS": settings.CLEAN_EMAILS, "CLEAN_RULES": settings.CLEAN_RULES}
    crawler = get_crawler(settings_dict=ours)
    pipeline = build_from_crawler(CleanPipeline, crawler)
    items = [*documents(20), *one_of_each()]
    alone = [pipeline.process_item(replace(item)) for item in items]
    once = len(counted)

    told = [replace(item) for item in items]
    crawler.signals.send_catch_log(records_read, items=told)
    assert [pipeline.process_item(item) for item in told] == alone
    assert counted[:once] == counted[once:], "each is cleaned once, in the same order"
    assert alone[0].content_text == "Lock 0."
