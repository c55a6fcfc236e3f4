from __future__ import annotations

import re

from crawler.stats import KEYS, count_harvest
from crawler.wordpress.harvest import Harvest, Wanted
from tests.harvested import closed, harvest


def declared(key):
    """Tell whether a key is declared; what stands in braces may be anything."""
    patterns = (re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(name)) for name in KEYS)
    return any(re.fullmatch(pattern, key) for pattern in patterns)


def test_complete():
    """Records, pages, verdicts and what is hidden are counted, by kinds from closed sets."""
    assert count_harvest(harvest("all")) == {
        "wordpress/collection_count/complete": 7,
        "wordpress/collection_count/complete_visible": 2,
        "wordpress/hidden_count": 3,
        "wordpress/page_count": 9,
        "wordpress/record_count/comment": 56,
        "wordpress/record_count/document": 80,
        "wordpress/record_count/media": 35,
        "wordpress/record_count/term": 46,
        "wordpress/record_count/user": 8,
        "wordpress/record_oddity_count/zero_date": 2,
        "wordpress/unknown_field_count": 1,
    }


def test_denied():
    """Errors are counted by their known code."""
    counts = count_harvest(harvest("guides", change=closed("guides")))
    assert counts["wordpress/rest_error_count/rest_forbidden"] == counts["wordpress/page_count"]
    assert counts["wordpress/collection_count/denied"] == 1
    assert "wordpress/record_count/document" not in counts


def test_cut_short():
    """What was not reached is not counted."""
    counts = count_harvest(harvest("guides", "pages", stop_before="/guides"))
    assert counts["wordpress/record_count/document"] == 10
    assert counts["wordpress/collection_count/complete"] == 1


def test_nothing():
    """Nothing gives no keys."""
    assert count_harvest(Harvest("https://example.org", Wanted())) == {}


def test_declared():
    """Every key that is counted is declared, with a line of meaning."""
    for done in (harvest("all"), harvest("all", change=closed("guides", "users"))):
        assert all(declared(key) for key in count_harvest(done))
    for key, meaning in KEYS.items():
        assert re.fullmatch(r"[a-z]+/[a-z_]+_count(/\{[a-z]+\})?", key)
        assert 20 < len(meaning) < 90
