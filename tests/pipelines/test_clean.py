from __future__ import annotations

from dataclasses import replace

import pytest
from scrapy.utils.misc import build_from_crawler
from scrapy.utils.test import get_crawler

from crawler.items import Tombstone
from crawler.pipelines.clean import LINES, CleanPipeline
from tests.feeds.sample_items import document


@pytest.fixture
def pipeline():
    return build_from_crawler(CleanPipeline, get_crawler())


def test_document(pipeline):
    """Title and excerpt become one line each; the content stays as rendered."""
    item = document(
        7,
        title="Fish &amp; <em>Chips</em>",
        excerpt="<p>One.</p>\n<p>Two.</p>\n",
        content_html="<p>Fish &amp; Chips</p>",
    )
    cleaned = pipeline.process_item(replace(item))

    expected = replace(item, title="Fish & Chips", excerpt="One. Two.")
    assert cleaned == expected
    assert pipeline.stats.get_value("clean/item_count") == 1


def test_absent(pipeline):
    """What is null or empty stays so."""
    item = document(7, title=None, excerpt="")
    cleaned = pipeline.process_item(item)
    assert (cleaned.title, cleaned.excerpt) == (None, "")


def test_other_items(pipeline):
    """An item without rendered text passes as it is, one of another project's too."""
    gone = Tombstone("a#b/c/1", "tombstone", "a", "c", "post", 1, None, "gone", None, None)
    assert pipeline.process_item(replace(gone)) == gone
    assert pipeline.process_item({"title": "a &amp; b"}) == {"title": "a &amp; b"}
    assert pipeline.stats.get_value("clean/item_count") == 2


def test_fields():
    """Each field that is cleaned is one that the kind has."""
    for kind, names in LINES.items():
        assert set(names) <= set(kind.__dataclass_fields__)
