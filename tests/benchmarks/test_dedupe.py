from __future__ import annotations

import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest

from benchmarks.dedupe import judge
from benchmarks.pairs import jaccard, plain, texts, true_pairs
from crawler.dedupe.canonical import spaced_words
from crawler.dedupe.policy import Match
from crawler.dedupe.shingles import hash_shingles, squeeze, word_ends
from tests.running import ROOT


def shingles_of(text):
    squeezed = squeeze(spaced_words(text))
    return hash_shingles(squeezed, word_ends(squeezed), 5)


def test_true_pairs():
    """What is found by shared shingles is what comparing each with each finds."""
    shingles = [shingles_of(text) for _, text in texts(60, exact=4, near=8)]
    sets = [set(each.tolist()) for each in shingles]
    each_with_each = {
        (one, other): len(sets[one] & sets[other]) / len(sets[one] | sets[other])
        for one, other in combinations(range(60), 2)
    }
    alike = {pair: value for pair, value in each_with_each.items() if value >= 0.3}

    assert len(alike) == 12
    assert true_pairs(shingles) == pytest.approx(alike)


def test_jaccard():
    """It is the share of what is in both, of what is in either."""
    assert jaccard(np.array([1, 2, 3], np.uint32), np.array([2, 3, 4], np.uint32)) == 0.5


def test_plain():
    """Tags go, entities become characters."""
    assert plain("<p>a&amp;b</p>") == " a&b "


TRUE = {(1, 2): 0.9, (3, 4): 0.85, (5, 6): 0.7}
SHA = {number: bytes([number]) for number in range(1, 7)}


class TestJudge:
    def near(self, one):
        return Match(str(one), str(one), "near", 0.9, one)

    def test_missed(self, capsys):
        """A pair that is missed lowers the recall, one made up the precision."""
        found = {2: self.near(1), 6: self.near(5)}
        assert not judge("x", found, TRUE, SHA)
        assert "recall 0.5000, precision 0.5000" in capsys.readouterr().out

    def test_all(self, capsys):
        """All of them and nothing else are 1 and 1."""
        judge("x", {2: self.near(1), 4: self.near(3)}, TRUE, SHA)
        assert "recall 1.0000, precision 1.0000" in capsys.readouterr().out


def test_scale():
    """The large part runs, with few documents: each copy is found, and nothing else."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "benchmarks.dedupe", "scale", "--documents=20000"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    assert "10,000 of 20,000 found" in done.stdout
