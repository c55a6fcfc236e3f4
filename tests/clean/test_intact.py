from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.generate import generate_posts
from crawler.clean.allowed import ATTRIBUTES, TAGS
from crawler.clean.intact import read_intact
from tests.clean.bodies import golden_bodies, real_bodies, real_files
from tests.clean.both_ways import intact, is_intact
from tests.clean.cleaning import BASE
from tests.clean.test_properties import HTML, OTHERS
from tests.clean.test_properties import TAGS as MARKUP

LINK = "https://example.org/x"
IMAGE = '<img src="https://example.org/a.jpg" width="640" alt="A tide">'

TAKEN = {
    "nothing": "",
    "text": "words alone",
    "pipes and dashes": "<p>a|b<br>|---|<br>c|d</p>",
    "ampersand at an edge": "<p><i>&amp;amp</i>; x</p>",
    "link that is its text": f'<p><a href="{LINK}">{LINK}</a></p>',
    "classes": '<p class="wp-block" id="x" style="color:red">Hi <strong>you</strong> &amp; me</p>',
    "span": '<p>a<span style="x"> b</span><b>é</b>!</p>',
    "comment": "<p>a<!-- wp:x --><b>é</b>!</p><!-- more > <less> -->",
    "lists": "<ul><li>a<ul><li>b</li></ul></li></ul><ol start=3><li>c</li></ol>",
    "headings": '<h2 id="a">A</h2><p>b</p><h3>C <a href="/x">d</a></h3><p>e</p>',
    "quote": "<blockquote><p>a</p><p>b</p><cite>c</cite></blockquote><hr>",
    "code": "<pre>if a:\n    b[0]</pre><p>and <code>c</code></p>",
    "language": '<pre class="wp-block-code"><code class="language-php">a</code></pre>',
    "brackets": "<p>as he said [sic]</p>",
    "named language": '<pre><code lang="php" class="language-php">a</code></pre>',
    "line breaks": "<p>a<br>b<br><b>c</b><br><br>d<br><i>e</i></p>",
    "table": "<figure><table><tbody><tr><td>a</td><td>b</td></tr></tbody></table></figure>",
    "pipes": "<p>a | b</p>",
    "ampersand": "<p>&amp;amp; <b>a</b></p>",
    "accents": "<p>é, “Ж”, 日本, ﬁ</p>",
    "links": (
        f'<p>a <a href="{LINK}">x</a> <a href="{LINK}?a=1&amp;b=2" title="T" class="c">y &amp; z'
        '</a> <a href="/rel"><b>r</b></a> <a href="https://t.example/?utm_source=m">t</a> '
        '<a href="mailto:a@b.example">m</a> <a class="q" href="/&quot;" title="&quot;">q</a> x</p>'
    ),
    "images": (
        f'<figure class="wp-block-image">{IMAGE}<figcaption>A <b>c</b></figcaption></figure>'
        f'<figure><a href="/a.jpg">{IMAGE}</a></figure><p>{IMAGE} x <img src="/b.png"></p>'
        '<p><img class="alignleft wp-image-2 size-full" width="200" loading="lazy" '
        'src="https://example.org/c.jpg?x=1" title="a &amp; b"></p><p>x</p>'
        f'<figure>{IMAGE}<figcaption> </figcaption></figure><p>x</p>'
        '<p><img src="https://example.org/d.jpg" class="mine" width="60%"></p>'
        '<p>x <img src="data:," data-src="/lazy.jpg" alt="z"></p>'
    ),
    "lead image": '<p><img src="https://s.example/a.jpg" width="9"></p><p>a</p>',
    "own lead image": '<p><img src="/a.jpg" width="90"></p><p>a</p>',
    "last words in a link": f'<p>a</p><p>b <a href="{LINK}">c</a></p>',
    "link in a cell": f'<ul><li><a href="{LINK}">c</a></li></ul><p>&nbsp;.</p>',
    "link and bare text": f'<a href="{LINK}">c</a> and more',
    "canonical of the text": f'<p>Read also what <a href="{LINK}">c</a></p><p>d</p>',
}  # fmt: skip

DECLINED = {
    "script": "<p>a</p><script>1</script>",
    "frame": '<iframe src="https://v.example/1"></iframe>',
    "form": "<form><input></form>",
    "unknown tag": "<p><font>a</font></p>",
    "odd tag": "<p>H<sub>2</sub>O</p>",
    "name of a share bar": '<div class="sharedaddy">a</div>',
    "id of a share bar": '<div id="jp-relatedposts">a</div>',
    "name of an embed": '<figure class="wp-block-embed">a</figure>',
    "caption of an old theme": '<div class="wp-caption">a</div>',
    "hidden": "<p hidden>a</p>",
    "hidden by style": '<p style="display: none">a</p>',
    "bold that is not": '<b style="font-weight:normal"><p>a</p></b>',
    "bookmark": '<span data-mce-type="bookmark">a</span>',
    "protected address": '<a href="/cdn-cgi/l/email-protection#1">a</a>',
    "empty paragraph": "<p>a</p><p>&nbsp;</p>",
    "paragraph of a wide space": "<p>a</p><p>\u2003\x1c</p>",
    "white space around it all": "\u2003<p>a</p>",
    "names with < in them": "<ul><li<a<ul><li>b</li></ul></li></ul><p a<b=1>c</p>",
    "name of one letter more": "<p>a</p><p<b>b</p<b>",
    "zero width": "<p>a\u200bb</p>",
    "not composed": "<p>e\u0301</p>",
    "shortcode": "<p>[gallery ids=”1”]</p>",
    "shortcode behind code": "<pre>a[0]</pre><p>[gallery]</p>",
    "break at an edge": "<p>a<br></p>",
    "break at the other edge": "<p><br>a</p>",
    "break beside an edge": "<p>a<span> </span><br> <span></span></p>",
    "break before a comment": "<p>a<br><!-- x --></p>",
    "break before all": "<br>a",
    "break behind all": "a<br>",
    "line end in code": "<pre>\n\na</pre>",
    "numbered item": '<ol class="x"><li value="3">a</li></ol>',
    "break in code": "<pre>a<br>b</pre>",
    "code in code": "<pre><pre>a</pre></pre>",
    "block in a heading": "<h2><div>a</div></h2>",
    "language of no block": '<p><code class="language-php">a</code></p>',
    "language in other words": '<pre><code lang="php" class="x">a</code></pre>',
    "language of the block": '<pre class="brush: php">a</pre>',
    "coloured code": '<div class="highlight"><pre>a</pre></div>',
    "loose table": "<table><tr><td>a</td></tr></table>",
    "table and more": "<figure>x<br>x<table><tr><td>a</td></tr></table></figure>",
    "spanning cells": "<figure><table><tr><td colspan=2>a</td></tr></table></figure>",
    "table that needs HTML": '<figure><table class="x"><tr><td>a<tr><td>b<td>c</table></figure>',
    "reversed list": '<ol class="x" reversed><li>a</li><li>b</li></ol>',
    "figure in a figure": "<figure>a<figure>b</figure></figure>",
    "two images in a figure": f"<figure>{IMAGE}{IMAGE}</figure>",
    "link in a link": '<a href="/x"><figure><table><tr><td><a href="/y">b</table></figure></a>',
    "link to nowhere": '<p>a <a href="javascript:1">b</a> c</p>',
    "anchor": '<p>a <a name="x">b</a> c</p>',
    "share link": f'<p>a <a class="a2a_kit" href="{LINK}">b</a> c</p>',
    "relative share link": '<p>a <a class="a2a_kit" href="/b">b</a> c</p>',
    "hidden name of an attribute": '<p>a <a =x="b" href="/b">b</a> c</p>',
    "footer": '<p>a</p><p><a href="https://s.example/">Source link</a></p>',
    "read also": f'<p>a</p><p>Read also: <a href="{LINK}">b</a></p><p>c</p>',
    "emoji": '<p>a <img src="https://s.w.org/images/core/emoji/1.png" alt="x"></p>',
    "emoji by class": '<p>a <img class="wp-smiley" src="/1.png" alt="x"></p>',
    "pixel": '<img src="https://example.org/a.gif" width="1" height="1">',
    "image without address": "<p>a <img alt=x></p>",
    "image with only a hidden address": '<p>a <img data-src="/x.jpg"></p>',
    "too deep": "<div>" * 300 + "a",
    "lone surrogate": "<p>a\ud800</p>",
}  # fmt: skip


class TestReasons:
    @pytest.mark.parametrize("what", TAKEN)
    def test_taken(self, what):
        """In such a body no rule has anything to cut, and both ways make the same of it."""
        assert is_intact(TAKEN[what])

    @pytest.mark.parametrize("what", DECLINED)
    def test_declined(self, what):
        """Such a body is left to the rules."""
        assert intact(DECLINED[what]) is None
        assert read_intact(DECLINED[what], BASE, "keep") is None

    def test_emails(self):
        """Where addresses are to be cut, no body with such a sign is intact."""
        html = '<p>a@b.example <a href="/x">c</a> d</p>'

        assert is_intact(html, emails="keep")
        assert intact(html, emails="cut") is None

    @pytest.mark.parametrize("html", ['<a href="/x">y</a> ', '<img src="/a.jpg"> '])
    def test_many(self, html):
        """So many links or images that the list of them is cut are left to the rules."""
        assert intact(f"<p>a {html * 10_000} b</p>") is None

    @pytest.mark.parametrize("tag", sorted(TAGS))
    def test_attributes(self, tag):
        """Whatever attributes a tag has, both ways make the same of it, if both make any."""
        allowed = ATTRIBUTES.get(tag, frozenset()) | ATTRIBUTES["*"]
        names = sorted(allowed | {"class", "data-x", "width", "type", "align"})
        for first in ["", *names]:
            for second in ["", *names]:
                attributes = " ".join(f'{name}="2"' for name in {first, second} if name)
                for inner in ("a", "<li>a<li>b", "<p>a<p>b", f"a <tr><td>b<td>c{IMAGE}"):
                    is_intact(f"<p>x</p><{tag} {attributes}>{inner}</{tag}>y")
                    is_intact(f"<figure><{tag} {attributes}>{inner}</{tag}></figure>")


class TestBodies:
    def test_golden(self):
        """On the golden bodies both ways agree, where there are both."""
        taken = [is_intact(body.html, body.base_url) for body in golden_bodies()]

        assert sum(taken) >= 5

    @pytest.mark.parametrize("file", real_files(), ids=lambda file: file.stem)
    def test_real(self, file):
        """So on those of real sites."""
        for body in real_bodies(file):
            is_intact(body.html, body.base_url)

    def test_generated(self):
        """Nearly all of the generated posts, which are of the common kind, are intact."""
        posts = generate_posts(200)
        taken = [is_intact(post["content"]["rendered"], post["link"]) for post in posts]

        assert sum(taken) > 0.95 * len(taken)


COMMON = [
    *"<p> </p> <b> </b> <em> </em> <span> </span> <h2> </h2> <ul> </ul> <li> </li>".split(),
    *"<figure> </figure> <figcaption> </figcaption> <pre> </pre> <code> </code> <a> </a>".split(),
    *"<table> </table> <tr> <td> <br> <hr> <div> </div> <blockquote> </blockquote>".split(),
    *("a", "b c", " ", "\n", "é!", "&nbsp;", "&amp;", "x&amp;y", "|", "[1]", "*", "1. ", "\u0301"),
    *("<!-- x -->", "\u2003", "\x85", "\x1c", "<td class=x>", "<ol start=3>", "<p class='x'>"),
    *(IMAGE, "<img src='//s.example/a.jpg'>", f"<a href='{LINK}'>", "<a href=//s.example/>"),
    *("<pre class=x>", "<code class=language-c>", "Source", "Read also: ", "via ", LINK),
]


class TestAnyBody:
    @given(html=HTML)
    def test_any_markup(self, html):
        """Whatever is read as intact is what the rules make of it."""
        is_intact(html)

    @given(html=st.lists(st.sampled_from(COMMON), max_size=12).map("".join))
    def test_common_markup(self, html):
        """So of what editors write, in any order."""
        is_intact(html)

    @given(text=st.text())
    def test_any_text(self, text):
        """So of any text, as text and in an attribute of each kind."""
        is_intact(text)
        for tag in ("p", "a", "img", "code"):
            is_intact(f'<p>a</p><p>b <{tag} href="{text}" src="{text}" alt="{text}">c</{tag}> d')

    def test_mutated_bodies(self):
        """So of 12,000 bodies with pieces cut, doubled and put elsewhere."""
        rng = random.Random(4)
        bodies = [post["content"]["rendered"] for post in generate_posts(100)]
        bodies += [body.html for body in golden_bodies()] + list(TAKEN.values()) * 2
        pieces = MARKUP + OTHERS + COMMON * 3
        taken = sum(is_intact(mutated(rng, rng.choice(bodies), pieces)) for _ in range(12_000))

        assert taken > 3_000


def mutated(rng, html, pieces):
    """Cut a piece out of a body, and put others into it."""
    start = rng.randrange(max(1, len(html) - 800))
    html = html[start : start + 1_000]
    for _ in range(rng.randrange(4)):
        at, end = sorted(rng.randrange(len(html) + 1) for _ in range(2))
        piece = html[at:end][:200] if rng.random() < 0.3 else rng.choice(pieces)
        where = rng.randrange(len(html) + 1)
        html = html[:where] + piece + html[where:]
        if rng.random() < 0.3:
            html = html[:at] + html[min(end, at + 40) :]
    return html
