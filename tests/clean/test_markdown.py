from __future__ import annotations

import pytest
from markdown_it import MarkdownIt
from turbohtml import parse_fragment

from crawler.clean.markdown import mend_emphasis
from tests.clean.cleaning import clean

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def rendered(markdown):
    return "".join(parse_fragment(GITHUB.render(markdown)).text.split())


@pytest.mark.parametrize(
    "text",
    [
        "1. no list",
        "- no item",
        "# no heading",
        "> no quote",
        "*no* _emphasis_ **at** __all__",
        "`no code` and ``none``",
        "[no](link) ![no](image) [no]: http://x",
        "&lt;b&gt; &amp;amp; &amp;copy; &amp;#35;",
        "| a | b |<br>| --- | --- |<br>| c | d |",
        "a | b<br>--|--",
        "back\\slash \\* \\[",
        "===<br>---<br>***",
        "https://a.example/a_b_c www.a.example",
        "~~no~~ ~~~",
    ],
)
def test_prose(text):
    """What Markdown would take for its own is rendered as it was written."""
    cleaned = clean(f"<p>{text}</p>")

    assert rendered(cleaned.markdown) == "".join(cleaned.text.split())


def test_table():
    """A table is a table, also where its cells span one cell."""
    html = "<table><tr><th colspan=1>a|b</th></tr><tr><td rowspan=0>c</td></tr></table>"

    assert clean(html).markdown == "| a\\|b |\n| --- |\n| c |"


def test_pipes_beside_a_table():
    """A pipe is escaped once, in the table and beside."""
    html = "<p>| a |<br>|---|</p><table><tr><td>b|c</td></tr></table>"

    assert clean(html).markdown == "\\| a \\|  \n\\|---\\|\n\n| b\\|c |\n| --- |"


def test_link_on_its_own_address():
    """A link on its own address shows it as it is."""
    url = "https://a.example/%C3%A4"

    assert rendered(clean(f'<p><a href="{url}">{url}</a></p>').markdown) == url


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>она <strong>пришла</strong> <em>домой</em>.</p>", "она **пришла** *домой*."),
        ("<p>海は<strong>一日</strong>に</p>", "海は**一日**に"),
        ("<p>a <b>b</b> <i>c</i></p>", "a **b** *c*"),
        (
            "<p>so <q>half</q> <ruby>満<rp>(</rp><rt>みち</rt><rp>)</rp></ruby></p>",
            "so half 満(みち)",
        ),
    ],
)
def test_inline(html, markdown):
    """Emphasis is written with asterisks in every script; nothing is made up."""
    assert clean(html).markdown == markdown


@pytest.mark.parametrize(
    "markdown",
    [
        "<strong>a:</strong>b",
        "<td><strong>жж</strong></td>",
        "\\*<strong>жж</strong>",
        "<em>жж</em>**x**",
    ],
)
def test_emphasis_that_stays(markdown):
    """Where asterisks would not be read as emphasis, the tags stay."""
    assert mend_emphasis(markdown) == markdown


def test_emphasis_beside_html():
    """Lines of HTML stay; others are mended."""
    assert mend_emphasis("<td><em>ж</em></td>\n<em>ж</em>") == "<td><em>ж</em></td>\n*ж*"
