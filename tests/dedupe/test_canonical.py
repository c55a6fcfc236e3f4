from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dedupe.canonical import canonical_text

EDGES = "aZßİıſŉǰΐΣςÅ\u212b"
EDGES += "\u00ad\u200d\ufeff\ufe0f'’“”–—\u00a0 \n\t\u0301\u0308\u0327\u0345\u1100\u1161"
EDGES += "\u11a8한日本語ไทยမြန်မာkmខ្មែរ०१हिन्दीعربي_1²½€©\U0001f600\U00020000\ud800"
texts = st.text(st.sampled_from(EDGES) | st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Don't stop.", "don’t stop"),
        ("“A”  —\n\tb…", "a b"),
        ("Straße", "STRASSE"),
        ("caf\u00e9 au lait", "cafe\u0301 au lait"),
        ("soft\u00adware, zero\u200bwidth", "software zerowidth"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("東京 タワー。", "東京タワー"),
        ("ﬁne", "fine"),
        (
            "ПРИВЕТ, МИР! ДА ЭТО ЖЕ СЪЁМКА ПОЩУЧЬЕМУ ФЛАГ",
            "привет мир да это же съёмка пощучьему флаг",
        ),
        ("", " \n—"),
    ],
)
def test_same(one, other):
    """What editors and templates vary makes no other text."""
    assert canonical_text(one) == canonical_text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("to gether", "together"),
        ("resume", "résumé"),
        ("page 1", "page 2"),
        ("कि", "की"),
        ("東京", "京東"),
        ("a b", "b a"),
    ],
)
def test_another(one, other):
    """Letters, marks, numbers and the order of words do."""
    assert canonical_text(one) != canonical_text(other)


def test_folded_whole():
    """Where marks are to be composed, nothing else is folded otherwise."""
    words, folded = "soft\u00adware, 東京 und Straße", "software 東 京 und strasse"
    assert canonical_text(words).decode() == folded
    assert canonical_text(f"e\u0301 {words}").decode() == f"\u00e9 {folded}"


def test_scripts_without_spaces():
    """Each of their characters is a word; a word of another script among them stays whole."""
    assert canonical_text("私はPython 3が好き").decode() == "私 は python 3 が 好 き"
    assert canonical_text("ไทย").decode() == "ไ ท ย"


def test_lone_surrogate():
    """Half a character is no letter."""
    assert canonical_text("a\ud800b") == b"a b"


@given(texts)
def test_twice(text):
    """The canonical text of a canonical text is that text."""
    once = canonical_text(text)
    assert canonical_text(once.decode()) == once


@given(texts, st.sampled_from(["NFC", "NFD"]))
def test_normal_forms(text, form):
    """The form in which a site stores its characters makes no difference."""
    assert canonical_text(unicodedata.normalize(form, text)) == canonical_text(text)


@given(texts)
def test_the_quick_way(text):
    """A few strange characters are replaced one by one, many in a fold of the whole: the same."""
    many = "à è ì ò ù â ê î ô û ä ë ï ö ü ã õ ñ ç"  # more than are replaced one by one
    whole = canonical_text(f"{text} {many.upper()}").decode()
    assert whole == f"{canonical_text(text).decode()} {many}".lstrip()


@given(texts)
def test_words(text):
    """No space stands at either end, and one between words."""
    canonical = canonical_text(text)
    assert canonical == b" ".join(canonical.split())
