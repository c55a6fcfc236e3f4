from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from turbohtml import parse_fragment

from tests.clean.cleaning import clean
from tests.clean.hostile import MUTATION_XSS
from tests.clean.strict_html import complaints
from tests.pages import ROOT

PIECES = [
    *"p div span b strong em i a h1 h2 ul ol li table tr td th caption pre code".split(),
    "blockquote",
    *"figure figcaption img br hr section article button form select option svg math mi".split(),
    *"script style template noscript iframe textarea title dl dt dd q ruby rt rp details".split(),
]
TAGS = [opening for name in PIECES for opening in (f"<{name}>", f"</{name}>")]
OTHERS = [
    *(
        "word",
        " ",
        "\n",
        "a b",
        "é",
        "日本",
        "\u200b",
        "\u00a0",
        "[vc_row]",
        "[sic]",
        "&amp;",
        "&lt;",
    ),
    *(
        "<!-- x -->",
        '<a href="/x">',
        '<img src="/a.jpg" alt="b">',
        '<div class="ads">',
        "me@a.example",
    ),
    *(
        '<p class="sharedaddy">',
        "<p hidden>",
        "<td colspan=2>",
        "Source: ",
        "Read also: ",
        "|",
        "*",
        "_",
    ),
    *(
        '<a href="https://w.example/">Source link</a>',
        "\r\n",
        "<",
        ">",
        '"',
        "`",
        "#",
        "1. ",
        "\0",
    ),
]
HTML = st.lists(st.sampled_from(TAGS + OTHERS), max_size=30).map("".join)


def check(html):
    """Hold the laws that hold for every body."""
    cleaned = clean(html)
    account = cleaned.cleaning

    assert complaints(cleaned.html) == []
    assert account["in"] + account["added"] == account["out"] + sum(account["cut"].values())
    assert account["limits"] == [] or account["limits"] == ["lone_surrogate"]
    shown = parse_fragment(cleaned.html, positions=False).text
    assert "".join(cleaned.text.split()) == "".join(shown.split())
    assert clean(cleaned.html).html == cleaned.html


@given(html=HTML)
def test_any_markup(html):
    """Safe, even, the same words in HTML and text, and cleaned again the same."""
    check(html)


@given(text=st.text())
def test_any_text(text):
    """So for text that is no markup at all."""
    check(text)


@pytest.mark.parametrize("html", MUTATION_XSS)
def test_mutation_xss(html):
    """What a parser reads otherwise once written out is harmless, read once and twice."""
    check(html)
    check(clean(html).html)


def test_mutated_bodies():
    """10,000 bodies with pieces cut, doubled and put elsewhere."""
    rng = random.Random(4)
    bodies = [path.read_text(encoding="utf-8") for path in sorted(GOLDEN.glob("*/in.html"))]
    assert len(bodies) > 30
    for _ in range(10_000):
        html = rng.choice(bodies)[:1500]
        for _ in range(rng.randrange(1, 5)):
            at, end = sorted(rng.randrange(len(html) + 1) for _ in range(2))
            piece = html[at:end] if rng.random() < 0.5 else rng.choice(TAGS + OTHERS)
            where = rng.randrange(len(html) + 1)
            html = html[:where] + piece[:200] + html[where:]
            if rng.random() < 0.3:
                html = html[:at] + html[min(end, at + 40) :]
        cleaned = clean(html)
        account = cleaned.cleaning
        assert account["in"] + account["added"] == account["out"] + sum(account["cut"].values()), (
            html
        )
        assert "parser_refused" not in account["limits"]
        assert complaints(cleaned.html) == []


GOLDEN = ROOT / "tests/clean/golden"
