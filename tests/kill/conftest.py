from __future__ import annotations

import shutil
import time
from collections import Counter
from dataclasses import dataclass

import pytest

from crawler.sample.server import serve
from tests.kill.crawls import Nursery, build_shim, nursery
from tests.kill.outcome import Outcome
from tests.kill.trial import MODES, OUTPUTS, PER_PAGE, Executioner, Trial, conduct, pass_night


@dataclass
class Bench:
    """A site, what crawls it, and what a crawl leaves that nobody kills, by mode and output."""

    nursery: Nursery
    executioner: Executioner
    references: dict[tuple[str, str], Outcome]
    asked: dict[str, Counter[str]]


@pytest.fixture(scope="session")
def bench(tmp_path_factory):
    """One for all trials of a session."""
    if shutil.which("gcc") is None:
        pytest.skip("failing disks are made with gcc, which `make test` alone must do without")
    place = tmp_path_factory.mktemp("kill")
    with serve() as server, nursery(build_shim(place)) as made:
        server.site.max_per_page = PER_PAGE
        executioner = Executioner(server)
        conduct(Trial(0, "files of the folder", []), made, executioner, place / "known")
        executioner.known = place / "known" / "state" / "presscrawl.sqlite3"
        pass_night(server)
        references, asked = {}, {}
        for mode in MODES:
            executioner.before = executioner.made_before[mode] = {}
            for name in (name for name in OUTPUTS if name.startswith("more")):
                at = place / "before" / mode / name
                conduct(Trial(0, name, [], mode), made, executioner, at)
                executioner.before[name] = (at / name).read_bytes()
            took = []
            for name in OUTPUTS:
                began = time.monotonic()
                trial = Trial(0, name, [], mode)
                references[mode, name] = conduct(trial, made, executioner, place / mode / name)
                took.append(time.monotonic() - began)
            asked[mode] = Counter(each.target for each in server.requests)
            executioner.requests[mode] = len(server.requests)
            executioner.seconds[mode] = min(took)
        yield Bench(made, executioner, references, asked)
