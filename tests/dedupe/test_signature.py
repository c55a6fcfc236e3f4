from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dedupe.keys import Keys
from crawler.dedupe.parameters import BANDS, DEFAULTS, Parameters
from crawler.dedupe.shingles import widen
from crawler.dedupe.signature import sign
from crawler.dedupe.similarity import estimate, jaccard
from crawler.dedupe.sketch import draw, pack

sets = st.lists(st.integers(0, 2**32 - 1), max_size=60)


def pair(similarity: float, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Make two sets of hashes of that size and about that similarity."""
    common = round(2 * size * similarity / (1 + similarity))
    hashes = np.random.default_rng(seed).integers(0, 2**32, 2 * size - common, dtype=np.uint32)
    return hashes[:size], hashes[size - common :]


class TestJaccard:
    @given(sets, sets)
    def test_true(self, one, other):
        """It is the share of what is in both, of what is in either; repeats count once."""
        union = set(one) | set(other)
        expected = len(set(one) & set(other)) / len(union) if union else 0
        packed = [pack(np.array(each, np.uint32)) for each in (one, other)]

        assert jaccard(*packed) == pytest.approx(expected)

    def test_size(self):
        """A shingle takes four bytes."""
        assert len(pack(np.arange(1000, dtype=np.uint32))) == 4000


class TestSign:
    def test_order_and_repeats(self):
        """Neither the order of shingles nor how often one stands there matters."""
        hashes = np.random.default_rng(1).integers(0, 2**32, 300, dtype=np.uint32)
        again = np.concatenate((hashes[::-1], hashes[:50]))
        assert sign(widen(hashes), DEFAULTS) == sign(widen(again), DEFAULTS)

    def test_every_machine(self):
        """The signature of a text is the same everywhere, or an index would be worth nothing."""
        hashes = np.arange(1, 101, dtype=np.uint32) * np.uint32(0x9E3779B1)
        signature = sign(widen(hashes), DEFAULTS)
        assert (len(signature), signature[:8].hex()) == (60, "ca5d211e35899c10")


class TestEstimate:
    @pytest.mark.parametrize("size", [1, 46, 300, 1000, 4000, 9000])
    @pytest.mark.parametrize("similarity", [0.0, 0.5, 0.8, 0.95])
    def test_close(self, size, similarity):
        """The mean of estimates is the true similarity, and none is far off."""
        errors = []
        for seed in range(100):
            one, other = pair(similarity, size, seed)
            true = jaccard(pack(one), pack(other))
            errors.append(estimate(draw(one), draw(other)) - true)

        assert abs(np.mean(errors)) < 0.008
        assert np.std(errors) < 0.015
        if similarity >= 0.8:
            assert np.std(errors) < 0.011

    def test_repeats(self):
        """How often a shingle stands in a text does not matter."""
        one, _ = pair(0.5, 300, 1)
        assert draw(np.concatenate((one, one[:50]))) == draw(one)

    def test_other_sizes(self):
        """A sketch of a long text is compared with that of a short one, in either order."""
        hashes = np.random.default_rng(1).integers(0, 2**32, 9000, dtype=np.uint32)
        long, short = draw(hashes), draw(hashes[:4000])
        assert len(long) > 2 * len(short)
        assert estimate(long, short) == estimate(short, long) == pytest.approx(4 / 9, abs=0.05)

    def test_same(self):
        """Of a text and itself it is 1, even where every bit is set."""
        one, _ = pair(0.5, 100, 1)
        assert estimate(draw(one), draw(one)) == 1.0
        full = draw(np.arange(4096, dtype=np.uint32))
        assert estimate(full, full) == 1.0

    def test_none(self):
        """A text without a sketch is like none."""
        one, _ = pair(0.5, 100, 1)
        assert estimate(b"", draw(one)) == estimate(draw(one), b"") == 0.0


class TestKeys:
    keys = Keys("example.org", DEFAULTS)

    @pytest.mark.parametrize(
        ("similarity", "least", "most"), [(0.9, 0.995, 1), (0.8, 0.98, 1), (0.3, 0, 0.06)]
    )
    def test_bands(self, similarity, least, most):
        """Texts that are alike share a band, others seldom do."""
        found = 0
        for seed in range(500):
            one, other = (
                set(self.keys.of_bands(sign(widen(each), DEFAULTS)))
                for each in pair(similarity, 300, seed)
            )
            found += bool(one & other)
        assert least <= found / 500 <= most

    @pytest.mark.parametrize(("threshold", "bands", "rows"), BANDS)
    def test_bands_of_a_threshold(self, threshold, bands, rows):
        """They find 99 of 100 pairs at the threshold; one band fewer would not."""
        missed = [(1 - threshold**rows) ** number for number in (bands, bands - 1)]
        assert missed[0] <= 0.01 < missed[1]
        parameters = Parameters.of(threshold=threshold, min_words=1)
        assert (parameters.bands, parameters.rows) == (bands, rows)

    @pytest.mark.parametrize(("threshold", "most"), [(0.7, 0.75), (0.6, 0.8), (0.4, 0.75)])
    def test_lower_thresholds(self, threshold, most):
        """So it is with real signatures; what has nothing in common still shares no band."""
        parameters = Parameters.of(threshold=threshold, min_words=1)
        keys = Keys("example.org", parameters)
        found = dict.fromkeys((threshold, threshold - 0.2, 0), 0)
        for similarity in found:
            for seed in range(500):
                one, other = (
                    set(keys.of_bands(sign(widen(each), parameters)))
                    for each in pair(similarity, 300, seed)
                )
                found[similarity] += bool(one & other)
        assert found[threshold] >= 0.98 * 500
        assert found[threshold - 0.2] <= most * 500
        assert found[0] == 0

    @pytest.mark.parametrize("threshold", [0.39, 1.01, float("nan")])
    def test_no_such_threshold(self, threshold):
        """Further down there are no bands."""
        with pytest.raises(ValueError, match=r"a threshold is from 0\.4 to 1, got"):
            Parameters.of(threshold=threshold, min_words=1)

    def test_signed(self):
        """By its length a signature says which bands it has."""
        own = [Parameters.of(threshold=each[0], min_words=20) for each in BANDS]
        assert len({each.signature_bytes for each in own}) == len(BANDS)
        for each in own:
            length = len(sign(widen(pair(0.5, 100, 1)[0]), each))
            assert DEFAULTS.signed(length).indexed == each.indexed
        assert DEFAULTS.signed(0) == DEFAULTS

    @pytest.mark.parametrize(("threshold", "number"), [(0.8, 14), (0.7, 19), (0.6, 21), (0.5, 29)])
    def test_number(self, threshold, number):
        """There are 14 keys of 48 bits, for lower thresholds more."""
        one, _ = pair(0.5, 100, 1)
        parameters = Parameters.of(threshold=threshold, min_words=1)
        keys = Keys("example.org", parameters).of_all(
            "https://example.org#wp/v2/posts/7", b"x" * 32, sign(widen(one), parameters)
        )
        assert len(set(keys)) == number
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
        signature = sign(widen(pair(0.5, 100, 1)[0]), DEFAULTS)
        assert not set(self.keys.of_bands(signature)) & set(other.of_bands(signature))

    def test_same_text_under_other_parameters(self):
        """The same text is found however its signature was made."""
        assert self.keys.of_text(b"x" * 32) == Keys("example.org", Parameters(seed=43)).of_text(
            b"x" * 32
        )
