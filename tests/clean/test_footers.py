from __future__ import annotations

import pytest

from crawler.clean.excerpt import plain_excerpt
from tests.clean.cleaning import clean, cuts

TEXT = "<p>The wall held until six, and nobody slept.</p>"
WIRE = "https://wire.example/1"
LINK = f'<a href="{WIRE}">The Wire</a>'
HERE = '<a href="https://example.org/other/">Another wall</a>'


class TestSource:
    @pytest.mark.parametrize(
        ("footer", "name", "basis"),
        [
            (f'<p><a href="{WIRE}">Source link</a></p>', "wire.example", "source link"),
            (f"<p>Source: {LINK}</p>", "The Wire", "source link"),
            (f"<p>(Quelle: {LINK})</p>", "The Wire", "source link"),
            (f'<div><a href="{WIRE}">来源</a></div>', "wire.example", "source link"),
            (
                f'<p>Text goes on.<br><a href="{WIRE}">Source link </a></p>',
                "wire.example",
                "source link",
            ),
            (
                f"<p><em>This article was originally published in {LINK}.</em></p>",
                "The Wire",
                "originally published",
            ),
            (f"<p>Originally published at {LINK}</p>", "The Wire", "originally published"),
            (f"<p>via {LINK}</p>", "The Wire", "via"),
            (
                f'<p>The post <a href="{WIRE}/x">Wall</a> appeared first on {LINK}.</p>',
                "The Wire",
                "appeared first",
            ),
            (f'<p>Source: <a href="{WIRE}">Link</a></p>', "Link", "source link"),
            (f'<a href="{WIRE}">Source</a>', "wire.example", "source link"),
        ],
    )
    def test_named(self, footer, name, basis):
        """A footer that names the source is cut, and becomes a field."""
        cleaned = clean(TEXT + footer)

        assert cleaned.source == {"url": WIRE, "name": name, "basis": basis}
        assert name not in cleaned.text
        assert list(cleaned.cleaning["cut"]) in (["source_footer"], ["appeared_first"])

    @pytest.mark.parametrize(
        "html",
        [
            f"<p>Source: {HERE}</p>",
            "<p>Source: NASA</p>",
            f"<p>Source: the report says that {LINK} knew of it: {'word ' * 60}</p>",
            f"<p>Source: {LINK}</p>{'<p>And the text goes on. </p>' * 40}",
            f'<p>We asked and read the <a href="{WIRE}">source</a> of it aloud.</p>',
            f'<a href="{WIRE}">Source</a> of it all.',
            f"<p>The source of the river is near {LINK}</p>",
            f"<p>via the bridge to {LINK}</p>",
            f'<p><a href="{WIRE}"><img src="/i.jpg"></a></p>',
        ],
    )
    def test_kept(self, html):
        """What only speaks of a source, or of this site, stays."""
        cleaned = clean(TEXT + html)

        assert (cleaned.source, cleaned.cleaning["cut"]) == (None, {})

    @pytest.mark.parametrize(
        "html",
        [
            "<p>One.</p><figure><img src='/a.png'><figcaption>Source: {}</figcaption></figure>",
            "<table><tr><td>1</td><td>via {}</td></tr></table>",
            "<p>Read:</p><ul><li>A book.</li><li>Source: {}</li></ul>",
            "<p>Source: {}</p><h2>Second chapter</h2><p>It goes on.</p>",
            "<p>Source: {} and others, as far as we know them at this hour.</p><p>The end.</p>",
        ],
    )
    def test_in_the_text(self, html):
        """A caption, a cell, a list, and what has text below it, are no footers."""
        link = "<a href='https://eurostat.example/'>Eurostat</a>"
        cleaned = clean(html.format(link))

        assert "Eurostat" in cleaned.text
        assert (cleaned.source, cleaned.cleaning["cut"]) == (None, {})

    def test_several(self):
        """Of several the one above counts, and all go."""
        other = '<p>via <a href="https://b.example/">B</a></p>'
        cleaned = clean(f"{TEXT}<p>Source: {LINK}</p>{other}")

        assert cleaned.source["url"] == WIRE
        assert cleaned.text == "The wall held until six, and nobody slept."

    def test_deep_link(self):
        """A link far below its block is a link all the same."""
        html = f'{TEXT}<p>{"<b>" * 15}<a href="{WIRE}">Source link</a>'

        assert clean(html).source["basis"] == "source link"

    @pytest.mark.parametrize(
        ("canonical", "source"),
        [
            (WIRE, {"url": WIRE, "name": "wire.example", "basis": "canonical"}),
            ("https://www.example.org/x", None),
            ("not an address at all:", None),
            (None, None),
        ],
    )
    def test_canonical(self, canonical, source):
        """The canonical address is the source if it is on another site."""
        assert clean(TEXT, canonical=canonical).source == source


class TestLeadImage:
    def test_foreign(self):
        """A first image of another site says something, if nothing else does."""
        html = f'<p><img src="https://img.wire.example/i.jpg"></p>{TEXT}'

        assert clean(html).source == {
            "url": "https://img.wire.example/",
            "name": "img.wire.example",
            "basis": "lead image",
        }
        assert clean(html, canonical=WIRE).source["basis"] == "canonical"

    @pytest.mark.parametrize(
        "html",
        [
            f'{TEXT}<img src="https://img.wire.example/i.jpg">',
            f'<img src="https://cdn.example.org/i.jpg">{TEXT}',
            f'<img src="https://i0.wp.com/i.jpg">{TEXT}',
            f'<img src="https://1.bp.blogspot.com/i.jpg">{TEXT}',
        ],
    )
    def test_says_nothing(self, html):
        """One below text, of this site or of a host for everybody says nothing."""
        assert clean(html).source is None


class TestAppearedFirst:
    @pytest.mark.parametrize(
        "line",
        [
            "The post {} appeared first on {}.",
            "Der Beitrag {} erschien zuerst auf {}.",
            "L&#8217;article {} est apparu en premier sur {}.",
            "La entrada {} se publicó primero en {}.",
            "L'articolo {} proviene da {}.",
            "Сообщение {} появились сначала на {}.",
        ],
    )
    def test_own_site(self, line):
        """The line that a plugin adds to feeds goes; this site is no source of itself."""
        line = line.format(HERE, '<a href="https://example.org/">Tides</a>')
        cleaned = clean(f"{TEXT}<p>{line}</p>")

        assert (cleaned.source, list(cleaned.cleaning["cut"])) == (None, ["appeared_first"])
        assert cleaned.text == "The wall held until six, and nobody slept."


class TestReadAlso:
    @pytest.mark.parametrize(
        "html",
        [
            f"<p>Read also: {HERE}</p>",
            f"<p><strong>READ MORE:</strong> {HERE}</p>",
            f"<p>Related: {HERE}, {HERE}</p>",
            '<p><a href="/x">Also read: Another wall</a></p>',
            f"<h4>Lire aussi : {HERE}</h4>",
            f"<div>Читайте также: <em>{HERE}</em></div>",
        ],
    )
    def test_cut(self, html):
        """A paragraph that says so and holds only links goes, between others too."""
        assert set(cuts(f"{TEXT}{html}{TEXT}")) == {"read_also"}

    @pytest.mark.parametrize(
        "html",
        [
            f"<p>Read also what {HERE} says about it.</p>",
            f"<p>{HERE}</p>",
            f"<ul><li>Related: {HERE}</li></ul>",
            "<p>Read also: the paper edition</p>",
            f"<p>{'word ' * 60} read also: {HERE}</p>",
            f"<p>{HERE} {'word ' * 90}</p>",
            f"<p>Related: {'word ' * 10}<b></b>{HERE}{'word ' * 60}</p>",
        ],
    )
    def test_kept(self, html):
        """A sentence of the author's stays."""
        assert cuts(TEXT + html) == {}


class TestExcerpt:
    @pytest.mark.parametrize(
        ("rendered", "plain"),
        [
            ("<p>It held [&hellip;]</p>", "It held"),
            ("<p>It held [...]</p>", "It held"),
            ("<p>It held&hellip; <a href=x>Continue reading <b>The wall</b></a></p>", "It held"),
            ("<p>It held &hellip; Weiterlesen &rarr;</p>", "It held"),
            ("<p>It held. <a href=x>Read more &raquo;</a></p>", "It held."),
            ("<p>It held [&hellip;] [Read more...]</p>", "It held"),
            ("<p>It held&hellip;</p>", "It held…"),
            ("<p>I like to read more.</p>", "I like to read more."),
            (
                "<p>It ended. Read more books every day.</p>",
                "It ended. Read more books every day.",
            ),
            ("<p>Read more</p>", "Read more"),
            ("", ""),
        ],
    )
    def test_tail(self, rendered, plain):
        """The tail goes; an ellipsis of its own and a sentence of the author's stay."""
        assert plain_excerpt(rendered) == plain
