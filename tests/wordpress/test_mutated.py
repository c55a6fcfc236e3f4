"""Spoilt responses: nothing raises, and what goes in comes out or is named."""

from __future__ import annotations

import json
import random
import subprocess
import sys

import pytest

from crawler.wordpress.paging import Verdict
from tests.wordpress.model import DATED, FLAT, TREE
from tests.wordpress.mutated import Spoilt, recorded, walk
from tests.wordpress.mutations import FIREWALLS, HARMFUL, HARMLESS

PARAMS = {"dated": DATED, "flat": FLAT, "tree": TREE}
GIVEN_UP = {"404", "429", "503"}
"""Kinds that are no matter of a page: no such route, or a site that wants to be left alone."""


@pytest.fixture(scope="module")
def guides():
    return recorded()["sample/posts"][:30]


@pytest.mark.parametrize("params", PARAMS)
@pytest.mark.parametrize("kind", HARMLESS)
def test_harmless(guides, kind, params):
    """What hides no record costs none, though it comes with every response."""
    site = Spoilt(guides, random.Random(7), 1.0, {kind: HARMLESS[kind]})
    done = walk(site, PARAMS[params], 7)

    done.check()
    assert done.site.spoilt >= 5
    assert not done.missing
    assert done.outcome.verdict in (Verdict.COMPLETE, Verdict.COMPLETE_VISIBLE)


@pytest.mark.parametrize("params", PARAMS)
@pytest.mark.parametrize("kind", sorted(HARMFUL.keys() - GIVEN_UP))
@pytest.mark.parametrize("size", [7, 10])
def test_record_that_spoils_its_page(guides, kind, params, size):
    """Every other record comes; the two that spoil each page they are on are named by id."""
    poison = frozenset((guides[3]["id"], guides[20]["id"]))
    site = Spoilt(guides, random.Random(7), 0.0, {}, poison, HARMFUL[kind])
    done = walk(site, PARAMS[params], size)

    done.check()
    assert done.missing <= poison  # some cuts are behind the record
    assert done.named == done.missing
    assert done.requests < 120


@pytest.mark.parametrize("kind", sorted(HARMFUL.keys() - GIVEN_UP))
def test_once(guides, kind):
    """What passes when it is asked for again costs nothing."""
    site = Spoilt(guides, random.Random(3), 0.3, {kind: HARMFUL[kind]})
    done = walk(site, DATED, 7)

    done.check()
    assert not done.missing


@pytest.mark.parametrize("kind", FIREWALLS)
def test_firewall(guides, kind):
    """A firewall is named, asked twice at most, and nothing is complete behind it."""
    ids = frozenset(guide["id"] for guide in guides)
    site = Spoilt(guides, random.Random(7), 0.0, {}, ids, FIREWALLS[kind])
    done = walk(site, DATED, 30)

    done.check()
    assert kind.split()[0] in (done.outcome.reason or "")
    assert (done.outcome.verdict, done.ids) == (Verdict.FAILED, [])
    assert done.requests <= 2


def fuzz(wanted, first):
    """Run walks in a process of its own, whose memory is its own."""
    command = [sys.executable, "-W", "error", "-m", "tests.wordpress.mutated"]
    ran = subprocess.run(
        [*command, str(wanted), str(first)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    told = json.loads(ran.stdout)
    assert told["spoilt"] >= wanted
    assert told["slowest_s"] < 2
    assert told["peak_mb"] < 300
    return told


def test_many():
    """1,500 spoilt responses, of all kinds at once."""
    fuzz(1500, 0)


@pytest.mark.fuzz
@pytest.mark.timeout(1800)
def test_very_many():
    """10,000 of them, beginning elsewhere."""
    fuzz(10_000, 100_000)
