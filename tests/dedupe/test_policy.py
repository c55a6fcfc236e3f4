from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.dedupe.fingerprint import fingerprint
from crawler.dedupe.parameters import DEFAULTS, Parameters
from crawler.dedupe.policy import (
    Match,
    account,
    describe,
    describe_uncompared,
    in_order,
    why_not,
)
from tests.feeds.sample_items import document

MATCH = Match(
    "https://a.example#wp/v2/posts/1", "https://a.example#wp/v2/posts/0", "near", 2 / 3, 5
)
TEXT = fingerprint("The harbour wall held until six.", Parameters(min_words=1))


def test_in_order():
    """The same text first, then the most alike, then the earliest."""
    exact = replace(MATCH, kind="exact", similarity=1.0, order=9)
    nearer = replace(MATCH, similarity=0.9, order=8)
    earlier = replace(MATCH, order=4)
    assert in_order([MATCH, nearer, earlier, exact]) == [exact, nearer, earlier, MATCH]


@pytest.mark.parametrize(
    ("protected", "words", "reason"),
    [
        (False, 20, None),
        (False, 19, "short"),
        (False, 0, "empty"),
        (True, 0, "protected"),
        (True, 99, "protected"),
    ],
)
def test_why_not(protected, words, reason):
    """What is behind a password, empty or short is not compared."""
    assert why_not(replace(document(7), protected=protected), words, DEFAULTS) == reason


def test_characters():
    """Where a script has no spaces, a character says less than a word."""
    chinese = replace(document(7), word_unit="character")
    assert why_not(chinese, 30, DEFAULTS) is None
    assert why_not(chinese, 29, DEFAULTS) == "short"


def test_describe():
    """A text that is no copy represents itself; a copy names what it is one of."""
    record_id = "https://a.example#wp/v2/posts/7"
    assert describe(record_id, TEXT, None) == {
        "canonical_sha256": TEXT.sha256.hex(),
        "cluster": record_id,
        "duplicate_of": None,
        "similarity": None,
    }
    assert describe(record_id, TEXT, MATCH) == {
        "canonical_sha256": TEXT.sha256.hex(),
        "cluster": MATCH.cluster,
        "duplicate_of": MATCH.record_id,
        "similarity": 0.6667,
    }


def test_describe_uncompared():
    """What was not compared is in no cluster; where there is no text there is no hash."""
    empty = {"cluster": None, "duplicate_of": None, "similarity": None}
    assert describe_uncompared(TEXT) == {"canonical_sha256": TEXT.sha256.hex(), **empty}
    none = fingerprint("—", DEFAULTS)
    assert describe_uncompared(none) == {"canonical_sha256": None, **empty}


def test_account():
    """The line of a dropped record names it, its address, and what stays in its place."""
    item = document(7)
    assert account(item, MATCH) == {
        "record_id": item.record_id,
        "link": item.link,
        "duplicate_of": MATCH.record_id,
        "kind": "near",
        "similarity": 0.6667,
    }
