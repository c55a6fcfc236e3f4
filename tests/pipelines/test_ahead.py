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

    def test_pages(self, ahead, cleaned):
        """Pages may be told of before the first is dealt with, as when a journal is read again."""
        first, second = documents(2), documents(3)
        ahead.tell(first)
        ahead.tell(second)
        assert [take(ahead, item) for item in first] == ["Lock 0.", "Lock 1."]
        assert [take(ahead, item) for item in second] == ["Lock 0.", "Lock 1.", "Lock 2."]
        assert cleaned == [0, 1, 0, 1, 2]

    def test_nothing_comes(self, ahead):
        """Of records that never come it keeps a bounded number, and none without a body."""
        for _ in range(30):
            ahead.tell(documents(100))
            ahead.tell(documents(100, content_html=None))
        assert len(ahead._told) == MAX_TOLD

    def test_error(self, cleaned):
        """A body that cannot be cleaned is an error of its own record."""

        def clean(item, rendered):
            cleaned.append(item.id)
            if item.id == 1:
                raise ValueError("of the second")
            return clean_body(rendered.html, base_url=rendered.base_url)

        ahead, items = Ahead(clean), documents(3)
        ahead.tell(items)
        assert take(ahead, items[0]) == "Lock 0."
        with pytest.raises(ValueError, match="of the second"):
            take(ahead, items[1])
        assert take(ahead, items[2]) == "Lock 2."
        assert cleaned == [0, 1, 2, 1]


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

    def test_few_dropped(self, ahead, cleaned):
        """A few are no reason to end it."""
        items = documents(3 * BATCH_RECORDS)
        ahead.tell(items)
        for item in items:
            if item.id % 5:
                take(ahead, item)
        assert len(cleaned) <= len(items), "none twice"
        assert cleaned[-1] == items[-1].id

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
