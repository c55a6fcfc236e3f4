from __future__ import annotations

import unicodedata

import pytest
from turbohtml import parse_fragment

from crawler.clean import inner_loops
from crawler.clean import text as in_python
from tests.clean.cleaning import clean

TEXTS = [
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
    ("<ul>bare<li>a</li><p>b</p></ul>", "bare\na\n\nb"),
    ("<table><caption>All</caption><tr><td>a</td></tr></table>", "All\n\na"),
    ("<table><tr><td>a<br>b</td><td><p>c</p></td></tr></table>", "a\nb\n\nc"),
    ("<p>&amp;lt;&lt;&nbsp;&gt;</p>", "&lt;< >"),
    (f"<p>{'&amp;lt;&lt;&nbsp;&gt;' * 500}</p>", "&lt;< >" * 500),
    ("<p> a\t\r\nb\fc  d </p>", "a b c d"),
    ("<p>a </p> \n <p> </p><p>b</p>", "a\n\nb"),
    ("<p>a<br> <br>b <br> c</p>", "a\n\nb\nc"),
]
CODE = [
    ("<pre>a\tb\n\n\n\nc&nbsp;d  e</pre>", "a    b\n\n\n\nc d  e"),
    ("<pre>\n\n  a\n</pre>", "  a"),
    ("<pre>a &lt; b\f</pre><p>c  d</p>", "a < b\n\nc d"),
    ("<pre> </pre>", ""),
    ("<p>a</p><pre>  b  \n  </pre>", "a\n\n  b"),
    ("<pre>a<b> b</b>\nc</pre>", "a b\nc"),
]


@pytest.fixture(params=[in_python.text_of, inner_loops.text_of])
def text_of(request):
    """The one in Python, and the one that is used."""
    return request.param


class TestText:
    @pytest.mark.parametrize(("html", "text"), TEXTS + CODE)
    def test_text(self, text_of, html, text):
        """Blocks are parted by an empty line, lines by a line end, words by one space."""
        plain = text_of(parse_fragment(html).inner_html.encode())

        assert plain.text == text
        assert plain.words == len(text.split())
        assert plain.characters == len("".join(text.split()))
        assert plain.unit == "word"

    @pytest.mark.parametrize(("html", "text"), TEXTS)
    def test_wide(self, text_of, html, text):
        """White space beyond ASCII parts words too, and is no character of them."""
        plain = text_of(parse_fragment(f"{html}<p>c\u2003d é</p>").inner_html.encode())

        assert plain.text == f"{text}\n\nc\u2003d é".lstrip("\n")
        assert plain.words == len(text.split()) + 3
        assert plain.characters == len("".join(text.split())) + 3


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
