from __future__ import annotations

import re
from itertools import pairwise

import pytest

from crawler.sample.prose import Page, render
from crawler.sample.texture import shorten, texturize

PAGE = Page("here", {"there": "http://museum.test/there/"}, lambda name, first: f"<img {name}/>")


def html(text: str) -> str:
    return render(text, Page(PAGE.name, PAGE.links, PAGE.figure)).strip("\n")


BLOCKS = {
    "One line\nand a second.": "<p>One line and a second.</p>",
    "## A heading": '<h2 class="wp-block-heading">A heading</h2>',
    "### A smaller one": '<h3 class="wp-block-heading">A smaller one</h3>',
    "- one\n- two,\n  longer": (
        '<ul class="wp-block-list">\n<li>one</li>\n\n\n\n<li>two, longer</li>\n</ul>'
    ),
    "1. one\n2. two": ('<ol class="wp-block-list">\n<li>one</li>\n\n\n\n<li>two</li>\n</ol>'),
    "> Said.\n> -- Somebody": (
        '<blockquote class="wp-block-quote is-layout-flow wp-block-quote-is-layout-flow">\n'
        "<p>Said.</p>\n<cite>Somebody</cite></blockquote>"
    ),
    "| A | B |\n| 1 | 2 |\n|= Note": (
        '<figure class="wp-block-table"><table class="has-fixed-layout"><thead><tr><th>A</th>'
        "<th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
        '<figcaption class="wp-element-caption">Note</figcaption></figure>'
    ),
    "```\nif a < b:\n\n    c()\n```": (
        '<pre class="wp-block-code"><code>if a &lt; b:\n\n    c()</code></pre>'
    ),
    "!image cup | A cup": (
        '<figure class="wp-block-image size-large"><img cup/>'
        '<figcaption class="wp-element-caption">A cup</figcaption></figure>'
    ),
    "<hr/>": "<hr/>",
    "كلام": '<p dir="rtl">كلام</p>',
    "日本\n語です": "<p>日本語です</p>",
    "a *b* **c** `d<e` & f": (
        "<p>a <em>b</em> <strong>c</strong> <code>d&lt;e</code> &amp; f</p>"
    ),
    "[in](@there) [out](https://x.example/?a=1)": (
        '<p><a href="http://museum.test/there/">in</a> '
        '<a href="https://x.example/?a=1">out</a></p>'
    ),
}


class TestBlocks:
    @pytest.mark.parametrize("text", BLOCKS)
    def test_one(self, text):
        """A block of prose becomes the HTML that WordPress would render."""
        assert html(text) == BLOCKS[text]

    def test_between(self):
        """Blocks stand apart by the empty lines that the editor's comments leave behind."""
        assert render("One.\n\nTwo.", PAGE) == "\n<p>One.</p>\n\n\n\n<p>Two.</p>\n"

    def test_unexpected_figure(self):
        """Where only words are expected, a figure is refused by name."""
        with pytest.raises(ValueError, match="no figures here, got 'cup'"):
            render("!image cup", Page("a comment"))

    def test_unknown_link(self):
        """A link to a record that is not there is no link but an error."""
        with pytest.raises(KeyError, match="nowhere"):
            html("[in](@nowhere)")


class TestTexture:
    @pytest.mark.parametrize(
        ("plain", "printed"),
        [
            ('"Yes," she said.', "&#8220;Yes,&#8221; she said."),
            ("don't, 'quoted' and '90s", "don&#8217;t, &#8216;quoted&#8217; and &#8217;90s"),
            ("a -- b ... 3x4", "a &#8212; b &#8230; 3&#215;4"),
            ('<a title="a -- b">"c"</a>', '<a title="a -- b">&#8220;c&#8221;</a>'),
            ('<code>"a"</code>', '<code>"a"</code>'),
            ('"\'Tis"', "&#8220;&#8216;Tis&#8221;"),
        ],
    )
    def test_signs(self, plain, printed):
        """Typewriter signs become the printer's, in text only."""
        assert texturize(plain) == printed

    def test_short(self):
        """A short text is its own excerpt."""
        assert shorten("<p>One <em>two</em>.</p>\n\n<figure>no</figure>") == "<p>One two.</p>\n"

    def test_long(self):
        """A long one is cut after 55 words."""
        excerpt = shorten(f"<p>{'word ' * 56}</p>")
        assert excerpt == f"<p>{' '.join(['word'] * 55)} [&hellip;]</p>\n"


@pytest.fixture(scope="module")
def texts(museum):
    """All that the site says, by collection and name."""
    return {
        (base, row.get("name", str(row["id"]))): row["content"]
        for base in ("posts", "pages", "guides", "media", "comments")
        for row in museum.collections[base].values()
    }


class TestContent:
    def test_balanced(self, texts):
        """Every tag that is opened is closed, in order."""
        for name, text in texts.items():
            open_tags = []
            for slash, tag in re.findall(r"<(/?)([a-z0-9]+)(?:\s[^>]*?)?>", text):
                if slash:
                    assert open_tags.pop() == tag, name
                elif tag not in ("img", "br", "hr"):
                    open_tags.append(tag)
            assert open_tags == [], name

    def test_no_markup_left(self, texts):
        """Nothing of the notation is left in the text."""
        for name, text in texts.items():
            text = re.sub(r"<pre.*?</pre>|<[^>]*>", "", text, flags=re.DOTALL)
            assert not re.search(r"\*\*|`|\]\(|\[\^|@@|^!|\"|(?<!&#)'", text), name

    def test_names(self, museum):
        """No two records share a slug, as in WordPress."""
        for base in ("posts", "pages", "guides"):
            slugs = [row["slug"] for row in museum.collections[base].values()]
            slugs += [row["slug"] for row in museum.collections["media"].values()]
            assert len(set(slugs)) == len(slugs), base

    def test_ids(self, museum):
        """Ids follow the order in which things were entered, and leave gaps."""
        rows = {
            key: row
            for base in ("posts", "media")
            for key, row in museum.collections[base].items()
            if row["date"] > "2023-09"
        }
        keys = sorted(rows)
        assert all(rows[a]["date"] <= rows[b]["date"] for a, b in pairwise(keys))
        assert keys[-1] > len(keys) + 12

    def test_copies(self, museum, number):
        """One pair of posts is the same but for its address, one is nearly so."""
        posts = museum.collections["posts"]
        same = [posts[number("posts", f"volunteers-wanted{more}")] for more in ("", "-again")]
        near = [posts[number("posts", f"open-evening{more}")] for more in ("", "-new-date")]

        assert same[0]["content"] == same[1]["content"]
        assert same[0]["title"] == same[1]["title"]
        words = [set(row["content"].split()) for row in near]
        assert near[0]["content"] != near[1]["content"]
        assert len(words[0] & words[1]) / len(words[0] | words[1]) > 0.9

    def test_languages(self, museum):
        """Some posts are in German, French, Japanese and Arabic."""
        text = "".join(row["content"] for row in museum.collections["posts"].values())
        for word in ("Großmutter", "raccommodeur", "金継ぎ", "النحاس"):
            assert word in text

    def test_variety(self, museum):
        """Between them the posts have every block that a reader of WordPress knows."""
        text = "".join(row["content"] for row in museum.collections["posts"].values())
        for part in (
            "wp-block-heading",
            "wp-block-list",
            "wp-block-table",
            "wp-block-quote",
            "wp-block-code",
            "wp-block-image",
            "wp-block-gallery",
            "wp-block-embed",
            "wp-block-audio",
            "wp-block-verse",
            "wp-block-details",
            "wp-block-footnotes",
            "wp-element-caption",
            "<ol",
        ):
            assert part in text, part
