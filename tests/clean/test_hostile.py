from __future__ import annotations

import time

import pytest

from tests.clean.cleaning import clean
from tests.clean.hostile import HOSTILE

SECONDS = 6
"""CPU time. Each takes less than 2 s on a quiet machine: benchmarks/clean.py measures that."""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name):
    """No exception, no hang, no text lost: what came in is in the output or in the account."""
    started = time.process_time()
    cleaned = clean(HOSTILE[name])
    taken = time.process_time() - started
    account = cleaned.cleaning

    assert taken < SECONDS
    assert account["in"] + account["added"] == account["out"] + sum(account["cut"].values())
    assert not {"parser_refused", "unsettled"} & set(account["limits"])
