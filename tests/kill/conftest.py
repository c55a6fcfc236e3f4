from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass

import pytest

from crawler.sample.server import serve
from tests.kill.crawls import Nursery, build_shim, nursery
from tests.kill.outcome import Outcome
from tests.kill.trial import OUTPUTS, PER_PAGE, Executioner, Trial, conduct


@dataclass
class Bench:
    """A site, what crawls it, and what a crawl leaves that nobody kills, by its output."""

    nursery: Nursery
    executioner: Executioner
    references: dict[str, Outcome]
    asked: Counter[str]
    seconds: float


@pytest.fixture(scope="session")
def bench(tmp_path_factory):
    """One for all trials of a session."""
    place = tmp_path_factory.mktemp("kill")
    with serve() as server, nursery(build_shim(place)) as made:
        server.site.max_per_page = PER_PAGE
        executioner = Executioner(server, 0)
        references = {}
        for name in OUTPUTS:
            server.requests.clear()
            began = time.monotonic()
            references[name] = conduct(Trial(0, name, []), made, executioner, place / name)
        asked = Counter(each.target for each in server.requests)
        executioner.requests = len(server.requests)
        yield Bench(made, executioner, references, asked, time.monotonic() - began)
