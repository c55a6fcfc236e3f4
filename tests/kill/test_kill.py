"""Killed anywhere, up to three times, a run publishes what it would have published."""

from __future__ import annotations

import os

import pytest

from tests.kill.trial import Trial, asked_again, conduct

A_HANDFUL = 6
IN_CI = int(os.environ.get("KILL_TRIALS", "100"))


def judge(bench, seed, place):
    """Conduct the trial of a seed, and hold it against what nobody killed."""
    trial = Trial.of(seed)
    found = conduct(trial, bench.nursery, bench.executioner, place)
    asked = [each.target for each in bench.executioner.server.requests]
    expected = bench.references[trial.mode, trial.output]

    assert sorted(found.files) == sorted(expected.files), trial
    for name, data in expected.files.items():
        assert found.files[name] == data, (trial, name)
    assert found.state == expected.state, trial
    assert found.run == expected.run, trial
    assert asked_again(asked, bench.asked[trial.mode]) <= trial.struck, (trial, asked)


@pytest.mark.parametrize("seed", range(A_HANDFUL))
def test_killed(bench, tmp_path, seed):
    """Byte for byte, times apart: none lost, none twice, none torn; a page a kill asked again."""
    judge(bench, seed, tmp_path)


@pytest.mark.kill
@pytest.mark.parametrize("seed", range(A_HANDFUL, IN_CI))
def test_killed_often(bench, tmp_path, seed):
    """The same, as often as KILL_TRIALS says."""
    judge(bench, seed, tmp_path)
