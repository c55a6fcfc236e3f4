from __future__ import annotations

from dataclasses import replace

import pytest
from scrapy.utils.misc import build_from_crawler
from scrapy.utils.test import get_crawler

from crawler import settings
from crawler.clean.account import LIMITS, RULES
from crawler.errors import ArgumentError
from crawler.items import Comment, Tombstone
from crawler.pipelines.clean import LINES, CleanPipeline
from tests.feeds.sample_items import document

OURS = {"CLEAN_EMAILS": settings.CLEAN_EMAILS, "CLEAN_RULES": settings.CLEAN_RULES}


def build(**changed):
    return build_from_crawler(CleanPipeline, get_crawler(settings_dict={**OURS, **changed}))


@pytest.fixture
def pipeline():
    return build()


def cut_tide_table(soup):
    """A rule of a user's own, named by its path in the tests."""
    soup.select_one("div.tide-table").decompose()


HERE = f"{__name__}.cut_tide_table"


def comment(content):
    head = ("a#b/c/1", "comment", "https://example.org", "comments", "comment", 1, None)
    return Comment(*head, 7, 0, "A", None, None, content, None, {}, None, None)


class TestDocument:
    def test_all_fields(self, pipeline):
        """Everything that is made of a body is filled, and title and excerpt are one line each."""
        item = document(
            7,
            link="https://example.org/fish/",
            title="Fish &amp; <em>Chips</em>",
            excerpt="<p>One.</p>\n<p>Two [&hellip;]</p>\n",
            content_html='<p>Fish &amp; <a href="/chips">Chips</a><script>1</script></p>'
            '<img src="/f.jpg" alt="A fish"><iframe src="https://vimeo.com/7"></iframe>',
        )
        cleaned = pipeline.process_item(replace(item))

        assert cleaned == replace(
            item,
            title="Fish & Chips",
            excerpt="One. Two",
            content_html='<p>Fish &amp; <a href="https://example.org/chips">Chips</a></p>'
            '<img src="https://example.org/f.jpg" alt="A fish">'
            '<div><a href="https://vimeo.com/7">https://vimeo.com/7</a></div>',
            content_text="Fish & Chips\n\nhttps://vimeo.com/7",
            content_markdown="Fish & [Chips](https://example.org/chips)\n\n"
            "![A fish](https://example.org/f.jpg)\n\n[https://vimeo.com/7](https://vimeo.com/7)",
            links=[
                {"url": "https://example.org/chips", "text": "Chips"},
                {"url": "https://vimeo.com/7", "text": "https://vimeo.com/7"},
            ],
            images=[{"url": "https://example.org/f.jpg", "alt": "A fish", "caption": None}],
            embeds=[{"url": "https://vimeo.com/7", "provider": "Vimeo"}],
            source=None,
            word_count=4,
            word_unit="word",
            cleaning={
                "in": 11,
                "added": 19,
                "out": 29,
                "cut": {"embed": 0, "script": 1},
                "limits": [],
            },
        )

    def test_counts(self, pipeline):
        """Bodies, what each rule cut and the limits that were hit are counted."""
        pipeline.process_item(document(7, content_html="<p>a\ud800<script>123</script></p>"))
        pipeline.process_item(document(8, content_html="<p>a<script>45</script></p>"))
        stats = pipeline.stats.get_stats()

        assert stats["clean/item_count"] == stats["clean/body_count"] == 2
        assert stats["clean/cut_count/script"] == 5
        assert stats["clean/limit_count/lone_surrogate"] == 1

    def test_absent(self, pipeline):
        """What is null or empty stays so."""
        item = pipeline.process_item(document(7, title=None, excerpt="", content_html=None))

        assert (item.title, item.excerpt, item.content_html) == (None, "", None)
        assert item.content_text is item.links is item.word_count is item.cleaning is None
        assert pipeline.stats.get_value("clean/body_count") is None

    def test_empty_body(self, pipeline):
        """A body that is empty has empty outputs and an account of nothing."""
        item = pipeline.process_item(document(7, content_html=""))

        assert (item.content_html, item.content_text, item.content_markdown) == ("", "", "")
        assert (item.links, item.images, item.embeds, item.word_count) == ([], [], [], 0)

    def test_without_link(self, pipeline):
        """A document without a link is resolved against its site."""
        item = document(
            7, link=None, site="https://example.org", content_html='<a href="/x">x</a>'
        )

        assert pipeline.process_item(item).links == [{"url": "https://example.org/x", "text": "x"}]

    def test_canonical(self, pipeline):
        """The address that an SEO plugin gives is the source, if it is on another site."""
        extra = {"yoast_head_json": {"canonical": "https://wire.example/1"}}
        item = document(7, link="https://example.org/1", content_html="<p>x</p>", extra=extra)

        assert pipeline.process_item(item).source == {
            "url": "https://wire.example/1",
            "name": "wire.example",
            "basis": "canonical",
        }


class TestComment:
    def test_content(self, pipeline):
        """A comment is cleaned as a body is, and has its text beside."""
        cleaned = pipeline.process_item(comment("<p>It <b onclick=x>held</b>.</p>\n"))

        assert cleaned.content_html == "<p>It <b>held</b>.</p>"
        assert cleaned.content_text == "It held."

    def test_absent(self, pipeline):
        """One without content has no text either."""
        assert pipeline.process_item(comment(None)).content_text is None

    def test_emails(self):
        """CLEAN_EMAILS=cut holds for comments, too."""
        cleaned = build(CLEAN_EMAILS="cut").process_item(comment("<p>me@example.org wrote</p>"))

        assert cleaned.content_text == "wrote"

    def test_emails_in_lines(self):
        """It holds for titles and excerpts, and for what describes an image, too."""
        html = "<p>One <img src='/a.png' alt='by me@tides.example' title='x@y.example'></p>"
        post = document(7, title="By me@tides.example", excerpt="Write to me@tides.example now.")
        post.content_html = html
        cleaned = build(CLEAN_EMAILS="cut").process_item(post)

        assert (cleaned.title, cleaned.excerpt) == ("By", "Write to now.")
        assert cleaned.images[0]["alt"] == "by"
        assert "@" not in cleaned.content_html + cleaned.content_markdown


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


def test_kinds_of_counts():
    """Names of rules and limits can stand in a stats key."""
    for name in (*RULES, *LIMITS):
        assert name.replace("_", "").isalpha(), name
        assert name == name.lower()


class TestSettings:
    BODY = '<p>The wall held.</p><div class="tide-table">High 6:10</div>'

    @pytest.mark.parametrize("rule", [HERE, cut_tide_table])
    @pytest.mark.parametrize("host", ["harbour.example", "www.Harbour.example"])
    def test_rule(self, host, rule):
        """A rule runs on documents of its host, however that is written, and on no others."""
        pipeline = build(CLEAN_RULES={host: rule})
        ours = document(7, link="https://www.harbour.example/1", content_html=self.BODY)
        other = document(8, link="https://other.example/1", content_html=self.BODY)

        assert pipeline.process_item(ours).content_text == "The wall held."
        assert ours.cleaning["cut"] == {"site_rule": 8}
        assert pipeline.process_item(other).content_text == "The wall held.\n\nHigh 6:10"

    def test_rules_on_the_command_line(self):
        """JSON will do, as -s gives it."""
        assert build(CLEAN_RULES=f'{{"harbour.example": "{HERE}"}}').rules.keys() == {
            "harbour.example"
        }

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"CLEAN_EMAILS": "hide"}, "CLEAN_EMAILS must be keep or cut, got 'hide'"),
            ({"CLEAN_EMAILS": None}, "CLEAN_EMAILS must be keep or cut, got None"),
            ({"CLEAN_RULES": "5"}, "CLEAN_RULES must be a dictionary of hosts, got '5'"),
            ({"CLEAN_RULES": "x"}, "CLEAN_RULES must be a dictionary of hosts, got 'x'"),
            (
                {"CLEAN_RULES": {"https://a.example/": HERE}},
                "CLEAN_RULES must name hosts such as 'example.org', got 'https://a.example/'",
            ),
            (
                {"CLEAN_RULES": {"a.example": "no.such.rule"}},
                (
                    "CLEAN_RULES must give a function for 'a.example', as "
                    "'package.module.function', got 'no.such.rule': No module named 'no'"
                ),
            ),
            (
                {"CLEAN_RULES": {"a.example": 7}},
                "CLEAN_RULES must give a function for 'a.example', got 7",
            ),
        ],
    )
    def test_refused(self, changed, message):
        """What cannot be meant is refused before the first request, with what was expected."""
        with pytest.raises(ArgumentError) as refused:
            build(**changed)
        assert str(refused.value) == message
