from __future__ import annotations

import sqlite3
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import PublicationError
from crawler.feeds.strict_json import to_json
from crawler.state.linked import MAX_VARIABLES, LinkedOnDisk
from crawler.wordpress.linked_cache import Entry
from crawler.wordpress.page import MAX_ID, read_json
from tests.running import ROOT

SHELF = "term /wp/v2/tags"

FINITE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=15,
)


@pytest.fixture
def cache():
    cache = LinkedOnDisk()
    yield cache
    cache.close()


def put(cache, *entries, shelf=SHELF):
    cache.put(shelf, [Entry(*entry) for entry in entries])


class TestGet:
    def test_kept(self, cache):
        """What was put is there, and what was not is left out."""
        put(cache, (1, {"name": "Boats & ships"}), (2, {"name": "\u00e9\u2028"}))
        assert cache.get(SHELF, [2, 3, 1]) == {
            1: {"name": "Boats & ships"},
            2: {"name": "\u00e9\u2028"},
        }

    def test_other_shelf(self, cache):
        """The same id elsewhere is another resource."""
        put(cache, (1, "a"))
        put(cache, (1, "b"), shelf="user /wp/v2/users")
        assert cache.get(SHELF, [1]) == {1: "a"}
        assert cache.get("nowhere", [1]) == {}

    def test_first_stays(self, cache):
        """What is there stays, within one call and over several."""
        put(cache, (1, "first"), (1, "second"))
        put(cache, (1, "third"))
        assert cache.get(SHELF, [1]) == {1: "first"}

    def test_own_copy(self, cache):
        """What is given out is the taker's own."""
        put(cache, (1, {"name": "Boats"}))
        cache.get(SHELF, [1])[1]["name"] = "changed"
        assert cache.get(SHELF, [1]) == {1: {"name": "Boats"}}

    def test_nothing(self, cache):
        """Nothing is put, nothing is asked: nothing comes."""
        put(cache)
        assert cache.get(SHELF, []) == {}
        assert cache.owned(SHELF, []) == {}

    def test_big_ids(self, cache):
        """Ids as large as a column holds, and 0."""
        put(cache, (MAX_ID, "last", MAX_ID), (0, "none", -MAX_ID))
        assert cache.get(SHELF, [0, MAX_ID]) == {0: "none", MAX_ID: "last"}
        assert cache.owned(SHELF, [MAX_ID, -MAX_ID]) == {MAX_ID: ["last"], -MAX_ID: ["none"]}

    @pytest.mark.parametrize("many", [MAX_VARIABLES, MAX_VARIABLES + 1, 3 * MAX_VARIABLES])
    def test_many(self, cache, many):
        """More ids than one statement takes."""
        put(cache, *((number, number) for number in range(many)))
        assert cache.get(SHELF, range(many + 10)) == {number: number for number in range(many)}


class TestOwned:
    def test_by_owner(self, cache):
        """What belongs to each owner, by id; of none, and of others, nothing."""
        put(cache, (9, "c", 7), (3, "a", 7), (5, "b", 8), (4, "nobody's"), (6, "d", 99))
        assert cache.owned(SHELF, [8, 7, 1]) == {7: ["a", "c"], 8: ["b"]}

    @given(owners=st.lists(st.none() | st.integers(0, 5), max_size=30))
    def test_law(self, owners):
        """Every owned entry is given to its owner and to nobody else, lowest id first."""
        cache = LinkedOnDisk()
        put(cache, *((number, number, owner) for number, owner in enumerate(owners)))
        for wanted in range(6):
            own = [number for number, owner in enumerate(owners) if owner == wanted]
            assert cache.owned(SHELF, [wanted]) == ({wanted: own} if own else {})
        cache.close()


class TestJson:
    @given(value=FINITE)
    def test_any(self, value):
        """Any JSON comes back as it was."""
        cache = LinkedOnDisk()
        put(cache, (1, value))
        assert cache.get(SHELF, [1]) == {1: value}
        cache.close()

    @pytest.mark.parametrize("depth", [255, 1000, 1024])
    def test_deep(self, cache, depth):
        """As many levels as are read from a site can be read again."""
        received = b"[" * depth + b"]" * depth
        put(cache, (1, read_json(received)))
        assert to_json(cache.get(SHELF, [1])[1]) == received

    def test_surrogate(self, cache):
        """A lone surrogate, which is no text, is replaced."""
        put(cache, (1, {"name": "a\ud800"}))
        assert cache.get(SHELF, [1]) == {1: {"name": "a\ufffd"}}


class TestSize:
    def test_memory(self):
        """A hundred thousand resources leave the memory small."""
        program = """if True:
            import resource
            from crawler.state.linked import LinkedOnDisk
            from crawler.wordpress.linked_cache import Entry
            cache = LinkedOnDisk()
            peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            before = peak()
            for start in range(0, 100_000, 100):
                values = range(start, start + 100)
                cache.put("r", [Entry(n, {"name": "x" * 500, "slug": str(n)}, n) for n in values])
            assert cache.get("r", [99_999])[99_999]["slug"] == "99999"
            print((peak() - before) // 1024)
        """
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert int(done.stdout) < 40  # MB, of 50 MB that were put


class Small(LinkedOnDisk):
    """A cache on a disk with next to no room."""

    def __init__(self):
        super().__init__()
        [(pages,)] = self._database.execute("PRAGMA page_count")
        self._database.execute(f"PRAGMA max_page_count = {pages + 5}")


class TestDiskFull:
    def test_put(self):
        """A full disk ends the run as one that can publish nothing, again and again."""
        cache = Small()
        put(cache, (1, "x"))
        for _ in range(2):
            with pytest.raises(PublicationError, match=r"cannot be kept: .+") as caught:
                put(cache, *((number, "x" * 4000) for number in range(2, 50)))
            assert isinstance(caught.value.__cause__, sqlite3.DatabaseError)
        cache.close()
