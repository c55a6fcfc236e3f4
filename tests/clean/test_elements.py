from __future__ import annotations

import pytest

from tests.clean.cleaning import clean, cuts

TEXT = "<p>The wall held.</p>"


class TestTags:
    @pytest.mark.parametrize(
        ("html", "rule", "text"),
        [
            ("<script>let x</script>", "script", "let x"),
            ("<SCRIPT>let x</SCRIPT>", "script", "let x"),
            ("<style>p {}</style>", "style", "p {}"),
            ("<noscript>Switch it on</noscript>", "noscript", "Switch it on"),
            ("<template><p>never</p></template>", "template", "never"),
            ("<svg><title>Logo</title><text>x</text></svg>", "svg", "Logox"),
            ("<canvas>no canvas</canvas>", "canvas", "no canvas"),
            ("<form><label>Name</label><input></form>", "form", "Name"),
            ("<p><button>Send</button></p>", "form", "Send"),
            ("<select><option>a<option>b</select>", "form", "ab"),
            ("<textarea>write here</textarea>", "form", "write here"),
            ("<title>Head</title>", "head", "Head"),
            ("<form><button>a</button><form><button>b</button></form>", "form", "ab"),
        ],
    )
    def test_cut(self, html, rule, text):
        """Elements that nobody reads go with all they hold."""
        assert cuts(TEXT + html) == {rule: text}
        assert clean(TEXT + html).text == "The wall held."

    def test_comment(self):
        """A comment is no text: it goes, and is not counted."""
        cleaned = clean("<p>a<!-- secret -->b</p>")

        assert (cleaned.html, cleaned.cleaning["in"]) == ("<p>ab</p>", 2)

    def test_form_around_a_text(self):
        """A form that is wrapped around what the author wrote loses its fields only."""
        html = f"<form><p>{'word ' * 120}</p><input><button>Send</button></form>"

        assert cuts(html) == {"form": "Send"}

    @pytest.mark.parametrize("tag", ["h3", "summary", "dt"])
    def test_button_in_a_heading(self, tag):
        """The heading of an accordion is a button, and the author's."""
        assert clean(f"<{tag}><button>When?</button></{tag}><p>At six.</p>").text.startswith(
            "When?"
        )

    def test_formula(self):
        """Of a formula the signs stay, and its source goes."""
        html = "<p>So <math><mi>x</mi><mo>=</mo><mn>1</mn><annotation>x=1</annotation></math>.</p>"

        assert cuts(html) == {"math_source": "x=1"}
        assert clean(html).text == "So x=1 ."


class TestHidden:
    @pytest.mark.parametrize(
        "opening",
        [
            "<p hidden>",
            '<p style="display:none">',
            '<p style="color:red; DISPLAY : none !important">',
            '<p style="visibility: hidden">',
        ],
    )
    def test_cut(self, opening):
        """What no reader sees goes."""
        assert cuts(f"{TEXT}{opening}unseen<span hidden>twice</span></p>") == {
            "hidden": "unseentwice"
        }

    @pytest.mark.parametrize(
        "html",
        [
            '<div class="wp-accordion" style="display:none">Answer</div>',
            '<div class="faq-item"><p hidden>Answer</p></div>',
            '<div role="tabpanel" hidden>Answer</div>',
            "<p hidden=until-found>Answer</p>",
            '<p style="display:block">Answer</p>',
            '<p style="background: url(none)">Answer</p>',
            '<p aria-hidden="true">Answer</p>',
        ],
    )
    def test_kept(self, html):
        """What a click would show, and what only sounds hidden, stays."""
        assert (cuts(html), clean(html).text) == ({}, "Answer")

    def test_google_docs(self):
        """The <b> that is not bold, in which Google Docs wraps a text, makes nothing bold."""
        html = '<b style="font-weight:normal" id="docs-internal-guid-1"><p>One.</p></b>'

        assert clean(html).markdown == "One."

    def test_bookmark(self):
        """The editor's bookmark goes."""
        html = '<p>a<span data-mce-type="bookmark" class="x">\ufeff</span>b</p>'

        assert (cuts(html), clean(html).text) == ({"editor_residue": "\ufeff"}, "ab")


class TestNames:
    @pytest.mark.parametrize(
        ("name", "rule"),
        [
            ("sharedaddy sd-sharing-enabled", "share_bar"),
            ("addtoany_share_save_container", "share_bar"),
            ("heateor_sss_anything", "share_bar"),
            ("jp-relatedposts", "related_posts"),
            ("yarpp yarpp-template-list", "related_posts"),
            ("inline-related", "read_also"),
            ("lwptoc", "table_of_contents"),
            ("wp-block-yoast-seo-table-of-contents", "table_of_contents"),
            ("ad", "ad_slot"),
            ("wide ADS left", "ad_slot"),
            ("div-gpt-ad-1234", "ad_slot"),
            ("mc4wp-form", "newsletter_box"),
            ("cookie-notice", "cookie_box"),
            ("more-link", "read_more"),
            ("screen-reader-text", "hidden"),
            ("mce_SELRES_start", "editor_residue"),
        ],
    )
    def test_cut(self, name, rule):
        """A block of that name goes, be it a class or an id."""
        assert cuts(f'{TEXT}<div class="{name}">Box</div>') == {rule: "Box"}
        assert cuts(f'{TEXT}<div id="{name.split()[-1]}">Box</div>').get(rule, "Box") == "Box"

    @pytest.mark.parametrize(
        "name",
        "address header shared-history ad-free reader download advice broad ads-law adsense-guide "
        "relation related-work contoctor share sharedaddy2 newsletters cookie-recipe".split(),
    )
    def test_kept(self, name):
        """A name that only contains one of ours is another name."""
        html = f'{TEXT}<div class="{name}" id="{name}">Words</div>'

        assert (cuts(html), clean(html).text) == ({}, "The wall held.\n\nWords")

    def test_box_in_a_box(self):
        """What is cut inside of what is cut is counted once."""
        html = f'{TEXT}<div class="ads"><p class="ads">a</p>b</div><p class="ad">c</p>'

        assert cuts(html) == {"ad_slot": "ab c"}

    def test_small_body(self):
        """A small body that is named as a whole stays, and that is said."""
        text = "The tide came in at six, and the wall held until seven. " * 4
        cleaned = clean(f'<div class="content-ad"><p>{text}</p></div>')

        assert cleaned.text == text.strip()
        assert cleaned.cleaning["limits"] == ["large_block_kept"]

    def test_most_of_the_body(self):
        """A named block that holds most of the body stays: its name means something else."""
        html = f'<div class="ads"><div class="ads">{"word " * 300}</div></div>' * 3
        whole = f'<div class="ads">{"<div class=ads>" * 6}{"word " * 300}{"</div>" * 7}'

        assert set(cuts(html)) == {"ad_slot"}
        assert cuts(whole) == {}
        assert clean(whole).cleaning["limits"] == ["large_block_kept"]


class TestEmpty:
    @pytest.mark.parametrize(
        "html",
        ["<p></p>", "<p>&nbsp;</p>", "<p><br></p>", "<p> <b> </b>\n</p>", "<p><span></span></p>"],
    )
    def test_paragraph(self, html):
        """An empty paragraph goes, whatever fills it."""
        assert clean(f"{TEXT}{html}").html == TEXT

    def test_with_an_image(self):
        """A paragraph with an image is not empty."""
        html = '<p><img src="https://example.org/a.jpg" alt=""></p>'

        assert clean(f"{html}<p></p>").html == html

    def test_space_between_words(self):
        """Where bold holds a space only, the space stays."""
        assert clean("<p>a<b> </b>b<script></script></p>").html == "<p>a b</p>"
