from __future__ import annotations

import shutil
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


@pytest.fixture(scope="session")
def bench(tmp_path_factory):
    """One for all trials of a session."""
    if shutil.which("gcc") is None:
        pytest.skip("failing disks are made with gcc, which `make test` alone must do without")
    place = tmp_path_factory.mktemp("kill")
    with serve() as server, nursery(build_shim(place)) as made:
        server.site.max_per_page = PER_PAGE
        executioner = Executioner(server)
        for name in (name for name in OUTPUTS if name.startswith("more")):
            conduct(Trial(0, name, []), made, executioner, place / "before" / name)
            executioner.before[name] = (place / "before" / name / name).read_bytes()
        references, took = {}, []
        for name in OUTPUTS:
            began = time.monotonic()
            references[name] = conduct(Trial(0, name, []), made, executioner, place / name)
            took.append(time.monotonic() - began)
        asked = Counter(each.target for each in server.requests)
        executioner.requests, executioner.seconds = len(server.requests), min(took)
        yield Bench(made, executioner, references, asked)
