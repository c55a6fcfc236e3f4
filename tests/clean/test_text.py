from __future__ import annotations

import unicodedata

import pytest
from turbohtml import parse_fragment

from crawler.clean.account import count_characters
from crawler.clean.text import quick_text, text_of
from crawler.clean.tree import tags_of
from tests.clean.cleaning import clean

BOTH = [
    ("", ""),
    ("<p>One\n two.</p>\n\n<p>Three &amp; &lt;four&gt;.</p>", "One two.\n\nThree & <four>."),
    ("<h2>Head</h2>text<p>more</p>", "Head\n\ntext\n\nmore"),
    ("<p>a<br>b<br>c</p>", "a\nb\nc"),
    ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><p>d</p>", "a\nb\nc\n\nd"),
    ("<ol><li>a</li>\n\n<li>b</li></ol>", "a\nb"),
    ("<blockquote><p>a</p><p>b</p></blockquote>", "a\n\nb"),
    ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2 3</td></tr></table>", "a b\n1 2 3"),
    ("<pre>if a:\n    b\n\nc</pre>", "if a:\n    b\n\nc"),
    ('<figure><img src="x" alt="y"><figcaption>c</figcaption></figure><p>d</p>', "c\n\nd"),
    ("<p>a&nbsp;b &nbsp; c&nbsp;</p>", "a b c"),
    ("<p>Ebb<b>b</b>ing <a href='x'>tide</a></p>", "Ebbbing tide"),
]


def quick_way(html):
    root = parse_fragment(html)
    return quick_text(root, tags_of(root), count_characters(root.text))


class TestBothWays:
    @pytest.mark.parametrize(("html", "text"), BOTH)
    def test_text(self, html, text):
        """The quick way and the exact way write the same text, and count the same."""
        quick, exact = quick_way(html), text_of(parse_fragment(html).inner_html)

        assert quick.text == exact.text == text
        assert (quick.words, quick.characters) == (exact.words, exact.characters)
        assert exact.words == len(text.split())
        assert exact.characters == len("".join(text.split()))

    @pytest.mark.parametrize(
        "html", ["<table><tr><td>a<br>b</td></tr></table>", "<pre>a\n\n\n\nb</pre>"]
    )
    def test_not_quick(self, html):
        """What the quick way would flatten it leaves to the other."""
        assert quick_way(html) is None

    def test_lost(self):
        """Text that the quick way loses shows in the count, and is not let pass."""
        assert quick_way("<ul>bare<li>a</li></ul>") is None


class TestExact:
    @pytest.mark.parametrize(
        ("html", "text"),
        [
            ("<ul>bare<li>a</li><p>b</p></ul>", "bare\na\n\nb"),
            ("<table><caption>All</caption><tr><td>a</td></tr></table>", "All\n\na"),
            ("<table><tr><td>a<br>b</td><td><p>c</p></td></tr></table>", "a\nb\n\nc"),
            ("<pre>a\tb\n\n\n\nc&nbsp;d  e</pre>", "a    b\n\n\n\nc d  e"),
            ("<pre>\n\n  a\n</pre>", "  a"),
        ],
    )
    def test_text(self, html, text):
        """What the quick way loses is there."""
        assert clean(html).text == text


class TestComposed:
    @pytest.mark.parametrize("html", ["<p>Cafe\u0301</p>", "<p>Caf<b>e</b>&#769;</p>"])
    def test_text(self, html):
        """Text is in NFC, whatever the body was, across elements too."""
        cleaned = clean(html)

        assert cleaned.text == unicodedata.normalize("NFC", "Cafe\u0301")
        assert cleaned.cleaning == {"in": 4, "added": 0, "out": 4, "cut": {}, "limits": []}


class TestWords:
    @pytest.mark.parametrize(
        ("html", "count", "unit"),
        [
            ("<p>two words</p>", 2, "word"),
            ("<p>Два слова</p>", 2, "word"),
            ("<p>日本語の文。</p><p>二</p>", 7, "character"),
            ("<p>ภาษาไทย</p>", 7, "character"),
            ("<p>中文 mixed with many more English words</p>", 7, "word"),
            ("<p>a\u2003b c</p>", 3, "word"),
            ("<pre>a  b\nc</pre>", 3, "word"),
        ],
    )
    def test_count(self, html, count, unit):
        """Words are counted, and characters where a script parts no words."""
        cleaned = clean(html)

        assert (cleaned.word_count, cleaned.word_unit) == (count, unit)
