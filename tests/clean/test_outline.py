from __future__ import annotations

import pytest

from crawler.clean.allowed import TAGS
from crawler.clean.outline import LETTERS, MARKS, OTHER, is_awkward


def test_every_tag():
    """Each allowed tag has a mark, and a letter in the case of its side, or none at all."""
    for tag in TAGS:
        opening, closing = tag.encode(), b"/" + tag.encode()
        assert {opening, closing} <= MARKS.keys()
        if closing in LETTERS:
            assert LETTERS[closing] == LETTERS[opening].upper()
        else:
            assert LETTERS.get(opening, OTHER) in "bih "


@pytest.mark.parametrize(
    ("outline", "awkward"),
    [
        ("pPeEqkKQqcKQ", False),
        ("fiFfigGF", False),
        ("ftxxXXTFpbP", False),
        ("qbQ", True),
        ("qq", True),
        ("ffFF", True),
        ("epPE", True),
        ("pcKP", True),
        ("tT", True),
        ("ftTgGF", True),
        ("fgGtTF", True),
    ],
)
def test_awkward(outline, awkward):
    """Awkward is what a rule would look at, or a parser would nest otherwise."""
    assert is_awkward(outline) is awkward
