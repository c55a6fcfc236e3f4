from __future__ import annotations

import pytest

from crawler.clean.shortcodes import find_shortcodes
from tests.clean.cleaning import clean, cuts

FAMILY = "👩\u200d👩\u200d👧"
PERSIAN = "می\u200cخواهم"


class TestZeroWidth:
    @pytest.mark.parametrize(
        ("text", "left"),
        [
            ("a\ufeffb", "ab"),
            ("a\u200b\u200b b\u2060", "a b"),
            ("soft\u00adhyphen", "softhyphen"),
            ("a\u200db", "ab"),
            ("\u200cword", "word"),
            ("é\u200d\u200dé", "éé"),
            ("é\u200d\ufeff\u200dé", "éé"),
            ("a\ufeff\u200d\ufeffb", "ab"),
        ],
    )
    def test_cut(self, text, left):
        """Characters without width go, one by one and in runs."""
        assert clean(f"<p>{text}</p>").text == left
        assert set(cuts(f"<p>{text}</p>")) == {"zero_width"}

    @pytest.mark.parametrize("text", [FAMILY, PERSIAN, "क्\u200dष"])
    def test_joiners(self, text):
        """Where they shape an emoji or a script, they stay."""
        assert (clean(f"<p>{text}</p>").text, cuts(f"<p>{text}</p>")) == (text, {})

    def test_overrides(self):
        """What turns the text around goes."""
        assert cuts("<p>exe\u202efdp</p>") == {"bidi_override": "\u202e"}
        assert clean("<p>exe\u202efdp</p>").text == "exefdp"

    def test_marks(self):
        """What only says which way a word runs stays."""
        assert clean("<p>שלום\u200f!</p>").text == "שלום\u200f!"


class TestShortcodes:
    @pytest.mark.parametrize(
        "text",
        [
            "[vc_row]",
            "[/vc_column_text]",
            '[vc_row css=".x{margin: 0px}"]',
            "[vc_column_text css=”.vc_custom_1{margin: 0px !important;}”]",
            "[et_pb_section admin_label=“section“]",
            "[gallery]",
            "[gallery ids=”1,2”]",
            "[contact-form-7 id=&#8221;7&#8243; title=&#8221;Contact&#8221;]",
            "[unknown-thing width='5']",
            "[caption id=x align=left]",
            "[/caption]",
            "[vc_raw_html]JTNDc2NyaXB0JTNF[/vc_raw_html]",
        ],
    )
    def test_cut(self, text):
        """A shortcode goes, in straight quotes, in curly ones and without."""
        assert clean(f"<p>a {text} b</p>").text == "a b"
        assert set(cuts(f"<p>a {text} b</p>")) == {"shortcode"}

    @pytest.mark.parametrize(
        "text",
        [
            "[sic]",
            "[1]",
            "[…]",
            "[Update: it held]",
            "[note 3]",
            "[a]",
            "[x] done",
            "[video]",
            "[more]",
            "[laughs]",
            "f[i] = g[j]",
            "[see also=]",
            "[table] and [box]",
            "[/sarcasm]",
        ],
    )
    def test_kept(self, text):
        """A bracketed phrase of the author's stays."""
        assert (clean(f"<p>a {text} b</p>").text, cuts(f"<p>{text}</p>")) == (f"a {text} b", {})

    def test_pair(self):
        """A pair of halves goes, and leaves what is between."""
        assert clean("<p>[box]Words[/box]</p>").text == "Words"

    @pytest.mark.parametrize("tag", ["code", "pre", "kbd"])
    def test_code(self, tag):
        """In code it is an example."""
        html = f"<{tag}><b>[vc_row]</b> [gallery ids='1']</{tag}><p>[vc_row]</p>"

        assert clean(html).text == "[vc_row] [gallery ids='1']"

    def test_brought_together(self):
        """What stands in pieces around a shortcode is cut with it."""
        assert clean("<p>a [[vc_row]vc_row] b</p>").text == "a b"

    def test_apart(self):
        """Places that overlap are one."""
        assert find_shortcodes("[box a='1'][/box]") == [(0, 11), (11, 17)]
        assert find_shortcodes("[vc_raw_js]aa[/vc_raw_js]") == [(0, 25)]


class TestEmails:
    @pytest.mark.parametrize("attribute", ["alt", "title"])
    def test_attribute(self, attribute):
        """An address in what describes an image goes with the ones in text, and nothing else."""
        html = f'<p>Reefs: <img src="/a.jpg" {attribute}="Ask ida@tides.example for more"></p>'

        assert f'{attribute}="Ask for more"' in clean(html, emails="cut").html
        assert f'{attribute}="Ask ida@tides.example for more"' in clean(html, emails="keep").html
