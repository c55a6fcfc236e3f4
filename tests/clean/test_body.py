from __future__ import annotations

import ast
import re

import pytest
from bs4 import BeautifulSoup

from crawler.clean.account import LIMITS, RULES
from crawler.clean.body import clean_body
from tests.clean.cleaning import BASE, clean
from tests.pages import ROOT, blocks, read, table

PAGE = "docs/clean-rules.md"
BODY = '<p>The wall held.</p><div class="tide-table">High <b>6:10</b><!-- x --></div>'


def even(cleaned):
    account = cleaned.cleaning
    return account["in"] + account["added"] == account["out"] + sum(account["cut"].values())


class TestSiteRule:
    def test_example_of_the_docs(self):
        """The example on the page does what it says."""
        module = {}
        exec(compile(blocks(PAGE, "python")[0], PAGE, "exec"), module)
        cleaned = clean(BODY, site_rule=module["harbour_news"])

        assert cleaned.text == "The wall held."
        assert cleaned.cuts == (("site_rule", "High "), ("site_rule", "6:10"))
        assert even(cleaned)

    def test_adds(self):
        """What a rule adds is counted as added."""

        def rule(soup: BeautifulSoup) -> None:
            soup.p.append(" So they say.")

        cleaned = clean(BODY, site_rule=rule)

        assert (cleaned.additions, even(cleaned)) == ((" So they say.",), True)

    @pytest.mark.parametrize("error", [KeyError("tide"), SystemExit()])
    def test_raises(self, error):
        """A rule that raises leaves the body as it was, and that is told."""

        def rule(soup: BeautifulSoup) -> None:
            soup.p.decompose()
            raise error

        cleaned = clean(BODY, site_rule=rule)

        assert cleaned.cleaning["limits"] == ["site_rule_failed"]
        assert cleaned.text == "The wall held.\n\nHigh 6:10"

    def test_two_parsers(self):
        """Where the second parser reads another text than the first, that is told."""
        cleaned = clean("<p>a<iframe><b>x</b></iframe></p>", site_rule=lambda soup: None)

        assert cleaned.cleaning["limits"] == []
        assert even(cleaned)
        cleaned = clean("<p>a</p>", site_rule=lambda soup: soup.p.append(soup.new_string("\0b")))
        assert cleaned.cleaning["limits"] == ["site_rule_uneven"]


class Refused(str):
    """A body that no parser will take as it is."""

    __slots__ = ()

    def encode(self, *given):
        raise ValueError("no")


class TestLimits:
    def test_parser_refuses(self):
        """A body that the first parser refuses is cleaned as plain text, even, and told."""
        html = Refused(
            "<p>One <b>two</b>&amp;<form><button>x</button></form><!-- y --><p>e\u0301 <p> "
        )
        cleaned = clean_body(html, base_url=BASE)

        assert cleaned.text == "One\n\ntwo\n\n&\n\né"
        assert cleaned.cleaning["limits"] == ["parser_refused"]
        assert even(cleaned)

    def test_refused_and_touched(self):
        """What is left of it is cleaned like all others."""
        cleaned = clean_body(Refused("<p>One\u200b [vc_row]</p>"), base_url=BASE)

        assert (cleaned.text, even(cleaned)) == ("One", True)

    def test_lone_surrogate(self):
        """Half a character becomes U+FFFD; a pair becomes whole."""
        cleaned = clean("<p>a\ud800 \ud83d\udc4d</p>")

        assert cleaned.text == "a\ufffd 👍"
        assert cleaned.cleaning["limits"] == ["lone_surrogate"]

    def test_depth(self):
        """What is nested too deep is taken out of its tags, and no word of it is lost."""
        cleaned = clean(f"{'<div>' * 1000}deep<b>er</b>")

        assert cleaned.cleaning["limits"] == ["depth"]
        assert (cleaned.html.count("<div>") <= 200, cleaned.text) == (True, "deep er")

    def test_unsettled(self):
        """A body that would still change after some rounds is told."""
        html = "<p>" + "[vc_r" * 40 + "ow]" * 40 + "</p>"
        cleaned = clean(html)

        assert even(cleaned)
        assert cleaned.cleaning["limits"] == ["unsettled"]


class TestStructure:
    @pytest.mark.parametrize(
        ("html", "clean_html"),
        [
            ("<p><button><div>x</div></button></p>", ""),
            (
                "<section><h2>a</h2></section><article>b</article>",
                "<div><h2>a</h2></div><div>b</div>",
            ),
            ("<h1><span><h2>a</h2></span></h1>", "<h1></h1><h2>a</h2>"),
            ("<li>b<section><li>a</section>", "<li>b<div></div></li><li>a</li>"),
            ("<table>x<tr><td>a</table>", "x<table><tbody><tr><td>a</td></tr></tbody></table>"),
            ("<p>a<p onclick=x style=y class=z>b", "<p>a</p><p>b</p>"),
            ("<address>a</address><center>b</center>", "<div>a</div><div>b</div>"),
            ("<p><br>a<br>b<br> </p>", "<p>a<br>b </p>"),
            ("<p>a<br> <b>b</b> <br>c</p>", "<p>a<br> <b>b</b> <br>c</p>"),
            ("<p>a<br><x-m></x-m><!-- c --></p>", "<p>a</p>"),
        ],
    )
    def test_nesting(self, html, clean_html):
        """What comes out is nested as a parser would nest it, words and all."""
        found = clean(html).html

        assert re.sub(r"<(\w+)></\1>", "", found) == re.sub(r"<(\w+)></\1>", "", clean_html)
        assert clean(found).html == found


class TestDocs:
    def test_rules(self):
        """Each rule and each limit is on the page, with its meaning, and no other."""
        for heading, name, known in (("Rules", "rule", RULES), ("Limits", "limit", LIMITS)):
            found = table(PAGE, heading, name)
            assert found.codes(name) == sorted(known)
            assert [row[found_name(row)] for row in found.rows] == [
                known[k] for k in sorted(known)
            ]

    def test_rules_in_the_code(self):
        """Each rule that the code cuts by is declared."""
        used = set()
        for path in sorted((ROOT / "crawler/clean").glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "cut":
                    first = node.args[0]
                    used |= {first.value} if isinstance(first, ast.Constant) else set()

        assert used
        assert used <= set(RULES)

    def test_bases(self):
        """Each basis of a source is on the page."""
        text = read("crawler/clean/footers.py")
        bases = re.findall(
            r'"([a-z ]+)"', text[text.index("Basis = ") : text.index("class Source")]
        )

        assert sorted(table(PAGE, "Where a text comes from", "basis").codes("basis")) == sorted(
            bases
        )


def found_name(row):
    return "cuts" if "cuts" in row else "meaning"
