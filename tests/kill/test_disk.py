"""A disk that fails, or is full, ends a run with one line; the same command then does the rest."""

from __future__ import annotations

import pytest

from tests.kill.outcome import outcome_of
from tests.kill.trial import ARGUMENTS, OUTPUTS, SETTINGS, output_of

A_HANDFUL = (3, 40, 90)
OTHERS = [number for number in range(1, 101) if number not in A_HANDFUL]


def judge(bench, place, number, fault):
    """Let a write of a crawl fail, then crawl again on a disk that works."""
    output = list(OUTPUTS)[number % len(OUTPUTS)]
    executioner = bench.executioner
    executioner.begin("full")
    executioner.expect(None, "full")
    path, words = output_of(output, executioner.before, place)
    log = place / "struck"
    site = f"site={executioner.server.url}"

    def crawl(**env):
        env = {"FAULT_AT": "0", "FAULT": fault, "FAULT_LOG": str(log), **env}
        crawling = bench.nursery.start(
            place, site, *ARGUMENTS, settings=SETTINGS, output=words, env=env
        )
        status = crawling.wait()
        return status, crawling.err.read_text()

    place.mkdir(parents=True, exist_ok=True)
    status, told = crawl(FAULT_AT=str(number))
    assert log.exists(), told
    errors = [line for line in told.splitlines() if line.startswith("scrapy: error: ")]
    assert "Traceback" not in told, told
    if status != 0:
        assert status in (2, 4), told
        assert len(errors) == 1, told
        if path is not None:
            before = executioner.before.get(output)
            assert (path.read_bytes() if path.exists() else None) == before, told
        status, told = crawl()

    assert status == 0, told
    expected = bench.references["full", output]
    found = outcome_of(place, path)
    assert found.files == expected.files
    assert found.state == expected.state
    assert found.run == expected.run


@pytest.mark.parametrize("fault", ["eio", "full"])
@pytest.mark.parametrize("number", A_HANDFUL)
def test_disk(bench, tmp_path, number, fault):
    """Nothing is half-published, and nothing is lost."""
    judge(bench, tmp_path, number, fault)


@pytest.mark.kill
@pytest.mark.parametrize("fault", ["eio", "full"])
@pytest.mark.parametrize("number", OTHERS)
def test_each_write(bench, tmp_path, number, fault):
    """The same at each of the first hundred writes, syncs, renames and removals."""
    judge(bench, tmp_path, number, fault)
