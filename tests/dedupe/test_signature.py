from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dedupe.keys import Keys
from crawler.dedupe.parameters import DEFAULTS, Parameters
from crawler.dedupe.signature import estimate, sign
from crawler.dedupe.similarity import jaccard, pack

sets = st.lists(st.integers(0, 2**32 - 1), max_size=60)


def pair(similarity: float, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Make two sets of hashes of that size and about that similarity."""
    common = round(2 * size * similarity / (1 + similarity))
    hashes = np.random.default_rng(seed).integers(0, 2**64, 2 * size - common, dtype=np.uint64)
    return hashes[:size], hashes[size - common :]


class TestJaccard:
    @given(sets, sets)
    def test_true(self, one, other):
        """It is the share of what is in both, of what is in either; repeats count once."""
        union = set(one) | set(other)
        expected = len(set(one) & set(other)) / len(union) if union else 0
        packed = [pack(np.array(each, np.uint64)) for each in (one, other)]

        assert jaccard(*packed) == pytest.approx(expected)

    def test_size(self):
        """A shingle takes four bytes."""
        assert len(pack(np.arange(1000, dtype=np.uint64))) == 4000


class TestSign:
    def test_order_and_repeats(self):
        """Neither the order of shingles nor how often one stands there matters."""
        hashes = np.random.default_rng(1).integers(0, 2**64, 300, dtype=np.uint64)
        again = np.concatenate((hashes[::-1], hashes[:50]))
        assert sign(hashes, DEFAULTS) == sign(again, DEFAULTS)

    def test_every_machine(self):
        """The signature of a text is the same everywhere, or an index would be worth nothing."""
        hashes = np.arange(1, 101, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        signature = sign(hashes, DEFAULTS)
        assert (len(signature), signature[:8].hex()) == (256, "66c1f513af911327")

    @pytest.mark.parametrize("size", [46, 300, 1000])
    @pytest.mark.parametrize("similarity", [0.0, 0.5, 0.8, 0.95])
    def test_estimate(self, size, similarity):
        """The mean of estimates is the true similarity, and none is far off."""
        estimates = []
        for seed in range(200):
            one, other = pair(similarity, size, seed)
            true = jaccard(pack(one), pack(other))
            estimates.append(estimate(sign(one, DEFAULTS), sign(other, DEFAULTS)) - true)

        assert abs(np.mean(estimates)) < 0.008
        assert np.std(estimates) < 0.035
        assert np.abs(estimates).max() < 0.12

    def test_same(self):
        """Of a text and itself it is 1."""
        one, _ = pair(0.5, 100, 1)
        assert estimate(sign(one, DEFAULTS), sign(one, DEFAULTS)) == 1.0


class TestKeys:
    keys = Keys("example.org", DEFAULTS)

    @pytest.mark.parametrize(
        ("similarity", "least", "most"), [(0.9, 0.995, 1), (0.8, 0.98, 1), (0.3, 0, 0.04)]
    )
    def test_bands(self, similarity, least, most):
        """Texts that are alike share a band, others seldom do."""
        found = 0
        for seed in range(500):
            one, other = (
                set(self.keys.of_bands(sign(each, DEFAULTS)))
                for each in pair(similarity, 300, seed)
            )
            found += bool(one & other)
        assert least <= found / 500 <= most

    def test_number(self):
        """There are 18 keys of 48 bits."""
        one, _ = pair(0.5, 100, 1)
        keys = self.keys.of_all(
            "https://example.org#wp/v2/posts/7", b"x" * 32, sign(one, DEFAULTS)
        )
        assert len(set(keys)) == 18
        assert all(0 <= key < 1 << 48 for key in keys)

    def test_no_signature(self):
        """Without a signature there are two."""
        assert len(self.keys.of_all("https://example.org#wp/v2/posts/7", b"x" * 32, None)) == 2

    @pytest.mark.parametrize(
        "other",
        [Keys("example.net", DEFAULTS), Keys("example.org", Parameters(seed=43))],
        ids=["dataset", "parameters"],
    )
    def test_apart(self, other):
        """Bands of another dataset, or made in another way, are other keys."""
        signature = sign(pair(0.5, 100, 1)[0], DEFAULTS)
        assert not set(self.keys.of_bands(signature)) & set(other.of_bands(signature))

    def test_same_text_under_other_parameters(self):
        """The same text is found however its signature was made."""
        assert self.keys.of_text(b"x" * 32) == Keys("example.org", Parameters(seed=43)).of_text(
            b"x" * 32
        )
