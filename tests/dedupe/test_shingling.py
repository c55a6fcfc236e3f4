from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.dedupe import canonical, shingling
from crawler.dedupe.fingerprint import fingerprint
from crawler.dedupe.parameters import DEFAULTS, Parameters
from tests.dedupe.test_canonical import EDGES
from tests.running import ROOT

try:
    from crawler.compiled import shingles as compiled
    from crawler.compiled.similarity import overlap
except ImportError:
    compiled = overlap = None

needs_compiled = pytest.mark.skipif(compiled is None, reason="the compiled part is not there")
twins = pytest.mark.parametrize(
    "twin", [shingling, pytest.param(compiled, marks=needs_compiled)], ids=["python", "compiled"]
)
counts = pytest.mark.parametrize(
    "count",
    [shingling.overlap, pytest.param(overlap, marks=needs_compiled)],
    ids=["python", "compiled"],
)

FEW = Parameters(min_words=1)
SCRIPTS = """
The harbour wall held until six. Don’t PANIC — it’s Straße, İstanbul, ŉ, ǰ, ΣΊΣΥΦΟΣ and ﬁne.
Щучье, съёмка. שלום עולם مرحبا بالعالم हिन्दी ไทย မြန်မာ ខ្មែរ 日本語のテキスト。한국어 각 각
cafe\u0301 soft\u00adware zero\u200bwidth \ufe0f\u2764\ufe0f \U0001f600 \U00020000 \U000e0001
a\ud800b \u0378 \ue000 \uffff \U0010ffff \x00 \x7f \x80 \xa0 \u2028 ½ ² Ⅷ ⅷ ① ٣ \u1e9e \u0130
"""
words = st.sampled_from(SCRIPTS.split() + "a b ab the wall six".split())
texts = st.one_of(
    st.text(st.sampled_from(EDGES) | st.characters(), max_size=60),
    st.text(st.characters(codec="latin-1"), max_size=60),
    st.lists(words | st.text(max_size=4), max_size=60).map(" ".join),
    st.lists(words, max_size=60).map("".join),
)
parameters = st.builds(
    Parameters,
    min_words=st.integers(0, 30),
    shingle_words=st.integers(1, 7),
    shingled_bytes=st.integers(0, 200),
)


@needs_compiled
class TestSameAsPython:
    @given(texts)
    @example(SCRIPTS)
    @example("")
    def test_text(self, text):
        """Whatever the text is, the two give the same."""
        python = shingling.shingle(text, FEW, near=True)
        assert compiled.shingle(text, FEW, near=True) == python
        assert compiled.shingle(text, FEW, near=False) == (*python[:2], None)

    @given(texts, parameters)
    def test_parameters(self, text, parameters):
        """They give the same under other parameters."""
        python = shingling.shingle(text, parameters, near=True)
        assert compiled.shingle(text, parameters, near=True) == python

    def test_each_character(self):
        """They give the same for each character that Unicode assigns, among its like.

        Python folds most of these texts as a whole, the compiled part by character.
        """
        for start in range(0, 0x110000, 0x100):
            chars = [chr(code) for code in range(start, start + 0x100)]
            some = [char for char in chars if unicodedata.category(char) not in ("Cn", "Co")]
            for alone in (True, False):
                few = [char for char in some if canonical.stands_alone(char) == alone]
                text = " ".join(f"a{char}b{char}" for char in few)
                python = shingling.shingle(text, FEW, near=True)
                assert compiled.shingle(text, FEW, near=True) == python, hex(start)

    @pytest.mark.parametrize(
        "text",
        [
            " ".join(f"word{number}" for number in range(200_000)),
            "ß" * 700_000 + " а б в г д е",
            "東京" * 300_000,
            "Ы" * 1_500_000,
            " " * 2_000_000 + "a b c d e f",
            "\U00020000" * 300_000,
            "a " * 524_288 + "b",
            "ᾷ" * 30_000 + " e\u0301" * 9,
        ],
        ids=["words", "grown", "han", "one word", "spaces", "wide", "border", "left to Python"],
    )
    def test_very_long(self, text):
        """So they do beyond the bytes that are shingled."""
        python = shingling.shingle(text, FEW, near=True)
        assert compiled.shingle(text, FEW, near=True) == python

    @pytest.mark.parametrize("count", [4095, 4096, 4097, 8192, 8193])
    def test_sketch_grows(self, count):
        """The sketch grows at the same number of shingles."""
        text = " ".join(map(str, range(count + 4)))
        python = shingling.shingle(text, FEW, near=True)
        assert compiled.shingle(text, FEW, near=True) == python
        assert len(python[2][2]) == 4 * count

    @given(st.binary(max_size=400), st.binary(max_size=400))
    def test_overlap(self, one, other):
        """They count the same shingles."""
        one, other = one[: len(one) & ~3], other[: len(other) & ~3]
        assert overlap(one, other) == shingling.overlap(one, other)
        assert overlap(one + other, other * 2) == shingling.overlap(one + other, other)

    def test_no_numpy(self):
        """Fingerprints are taken and compared without numpy, which takes long to load."""
        code = (
            "import sys\n"
            "from crawler.dedupe.fingerprint import fingerprint\n"
            "from crawler.dedupe.parameters import DEFAULTS\n"
            "from crawler.dedupe.similarity import jaccard\n"
            "one = fingerprint(' '.join(map(str, range(99))), DEFAULTS)\n"
            "assert jaccard(one.shingles, one.shingles) == 1\n"
            "assert 'numpy' not in sys.modules\n"
        )
        subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, check=True)


def test_pure_python():
    """Where the compiled part is not wanted, Python does the same."""
    code = (
        "from crawler.dedupe import fingerprint, similarity\n"
        "from crawler.dedupe.parameters import DEFAULTS\n"
        "assert fingerprint.shingle.__module__ == 'crawler.dedupe.shingling'\n"
        "assert similarity.overlap.__module__ == 'crawler.dedupe.shingling'\n"
        "print(fingerprint.fingerprint(' '.join(map(str, range(99))), DEFAULTS))\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env={**os.environ, "PRESSCRAWL_PURE_PYTHON": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert run.stdout.strip() == str(fingerprint(" ".join(map(str, range(99))), DEFAULTS))


class TestShingle:
    @twins
    def test_short(self, twin):
        """A text of fewer words than min_words has a hash and no shingles."""
        sha256, count, shingles = twin.shingle("one two", DEFAULTS, near=True)
        assert (sha256, count, shingles) == (hashlib.sha256(b"one two").digest(), 2, None)

    @twins
    def test_few_words(self, twin):
        """A text of fewer words than a shingle has none."""
        assert twin.shingle("one two three four", FEW, near=True)[1:] == (4, None)

    @twins
    def test_every_machine(self, twin):
        """Hashes, sketch and packed hashes are the same everywhere."""
        _, count, shingles = twin.shingle("The harbour wall held until six.", FEW, near=True)
        hashes, sketch, packed = shingles
        assert (count, hashes.tolist()) == (6, [3059179145, 4108083346])
        assert packed.hex() == "895e57b69260dcf4"
        assert int.from_bytes(sketch, "little") == 1 << 0xE89 | 1 << 0x092

    @twins
    def test_text_alone(self, twin):
        """Without near there is only what finds the same text."""
        text = " ".join(map(str, range(99)))
        assert twin.shingle(text, DEFAULTS, near=True)[2] is not None
        assert twin.shingle(text, DEFAULTS, near=False)[2] is None

    @twins
    def test_no_str(self, twin):
        """What is no str raises."""
        with pytest.raises((TypeError, AttributeError)):
            twin.shingle(b"one", DEFAULTS, near=True)

    @twins
    def test_str_of_a_kind(self, twin):
        """A class derived from str is read as one."""

        class Title(str):
            __slots__ = ()

        for text in ("one two", "één twee", "один два", "\U00020000 a"):
            derived = twin.shingle(Title(text), FEW, near=True)
            assert derived == twin.shingle(text, FEW, near=True)


class TestOverlap:
    @counts
    def test_counted_once(self, count):
        """A shingle that repeats counts once."""
        assert count(b"one.two.two.", b"two.six.") == (1, 3)

    @counts
    def test_none(self, count):
        """Two texts without shingles have none."""
        assert count(b"", b"") == (0, 0)
        assert count(b"", b"one.") == (0, 1)

    @counts
    def test_broken(self, count):
        """What is no whole number of shingles raises."""
        with pytest.raises(ValueError, match=r"multiple|4 bytes"):
            count(b"one", b"two.")


class TestStandsAlone:
    """What the compiled part takes for granted of characters that stand alone."""

    def test_joined(self):
        """No character that Unicode joins with the one before it, or puts in order, is one."""
        for char in map(chr, range(0x80, 0x110000)):
            parts = unicodedata.decomposition(char).split()
            if len(parts) == 2 and not parts[0].startswith("<"):
                assert not canonical.stands_alone(chr(int(parts[1], 16))), hex(ord(char))
            if unicodedata.combining(char):
                assert not canonical.stands_alone(char), hex(ord(char))
