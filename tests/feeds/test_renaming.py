"""What a restart does with the names that files were about to take."""

from __future__ import annotations

import gzip
import itertools

import pytest

from crawler.errors import PublicationError
from crawler.feeds.appending import read_existing
from crawler.feeds.compression import compression_of
from crawler.feeds.publication import Publication
from crawler.feeds.renaming import roll_forward
from crawler.feeds.staging import target_at


class Killed(BaseException):
    pass


class Kept:
    """Keeps the renames, and is killed before the first."""

    def __init__(self):
        self.parts, self.renames = [], ()

    def begin_part(self, part):
        assert not part.exists()
        self.parts.append(part)

    def record(self, renames):
        self.renames = renames

    def fulfil(self):
        raise AssertionError("nobody lives to see it")


@pytest.fixture
def decide(monkeypatch):
    """Decide to publish files, and be killed before any has its name; give the renames."""

    def killed(*_):
        raise Killed

    def decided(*files):
        publication = Publication()
        publication.intents = kept = Kept()
        for path, data, append in files:
            compression = compression_of(str(path))
            target = target_at(str(path), format="csv", append=append, compression=compression)
            publication.claim(target)
            file = publication.open(target)
            if append:
                file.raw.existing = read_existing(target)
                file.raw.head = b"id\n"
            file.write(compression.compress(data) if compression else data)
            publication.close(file, rows=1)
        with monkeypatch.context() as patched:
            patched.setattr("crawler.feeds.publication.rename", killed)
            with pytest.raises(Killed):
                publication.publish()
        return kept

    return decided


def leftovers(tmp_path):
    return [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


class TestRollForward:
    def test_all(self, tmp_path, decide):
        """Each file gets its name, and nothing is left; once more is nothing."""
        (tmp_path / "two.csv").write_bytes(b"old")
        kept = decide((tmp_path / "one.csv", b"1", False), (tmp_path / "two.csv", b"2", False))
        assert (tmp_path / "two.csv").read_bytes() == b"old"
        for _ in range(2):
            roll_forward(kept.renames)
            assert (tmp_path / "one.csv").read_bytes() == b"1"
            assert (tmp_path / "two.csv").read_bytes() == b"2"
        assert leftovers(tmp_path) == []

    @pytest.mark.parametrize("name", ["more.csv", "more.csv.gz"])
    @pytest.mark.parametrize(
        ("before", "meanwhile"), list(itertools.product([None, b"id\n1\n"], [None, b"id\n1\n2\n"]))
    )
    def test_appended(self, tmp_path, decide, name, before, meanwhile):
        """Rows that another run appended meanwhile stay; ours come after them, once."""
        path = tmp_path / name
        pack = gzip.compress if name.endswith(".gz") else bytes
        if before is not None:
            path.write_bytes(pack(before))
        kept = decide((path, b"7\n", True))
        if meanwhile is not None:
            path.unlink(missing_ok=True)
            path.write_bytes(pack(meanwhile))
        for _ in range(2):
            roll_forward(kept.renames)
            data = path.read_bytes()
            found = gzip.decompress(data) if name.endswith(".gz") else data
            assert found == (meanwhile or before or b"id\n") + b"7\n"
        assert leftovers(tmp_path) == []

    def test_refused(self, tmp_path, decide):
        """Where a name cannot be taken it is said, and the part stays for another time."""
        kept = decide((tmp_path / "one.csv", b"1", False))
        (tmp_path / "one.csv").mkdir()
        with pytest.raises(PublicationError, match=r"one\.csv' could not be put in place"):
            roll_forward(kept.renames)
        (tmp_path / "one.csv").rmdir()
        roll_forward(kept.renames)
        assert (tmp_path / "one.csv").read_bytes() == b"1"

    def test_spoilt_meanwhile(self, tmp_path, decide):
        """So it is where the file that was appended to can be read no more."""
        path = tmp_path / "more.csv.gz"
        kept = decide((path, b"7\n", True))
        path.write_bytes(b"no gzip")
        with pytest.raises(PublicationError, match="cannot be appended to"):
            roll_forward(kept.renames)
        assert path.read_bytes() == b"no gzip"

    def test_parts_are_known(self, tmp_path, decide):
        """Each part was noted before it was there."""
        kept = decide((tmp_path / "more.csv", b"7\n", True), (tmp_path / "one.csv", b"1", False))
        assert sorted(path.name for path in kept.parts) == sorted(leftovers(tmp_path))


def test_refused_after_the_decision(tmp_path):
    """A rename that the system refuses leaves the parts, for the next run to place."""
    publication = Publication()
    kept = Kept()
    publication.intents = kept
    target = target_at(str(tmp_path / "one.csv"), format="csv")
    publication.claim(target)
    publication.close(publication.open(target), rows=0)

    def record(renames):
        kept.renames = renames
        (tmp_path / "one.csv").mkdir()

    kept.record = record
    with pytest.raises(PublicationError, match="could not be put in place"):
        publication.publish()
    publication.discard()
    (tmp_path / "one.csv").rmdir()
    roll_forward(kept.renames)

    assert (tmp_path / "one.csv").exists()
