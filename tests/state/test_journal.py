from __future__ import annotations

import gzip
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.errors import PublicationError
from crawler.state.journal import Answered, Journal

HEADER = {"run_id": "example.org/20261123T193000Z"}


def answer(number, body=b"[]"):
    return Answered(
        asked=f"https://example.org/?page={number}",
        status=200,
        url=f"https://example.org/?p={number}",
        headers=(("X-WP-Total", "2"), ("Link", "\xe9")),
        body=body,
        fetched_at=f"2026-11-23T19:30:{number % 60:02}Z",
        requests=number,
        bytes=number * 10,
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journals" / "one.journal"


def written(path, *answers):
    journal = Journal.begin(path, HEADER)
    for each in answers:
        journal.add(each)
    journal.close()
    return path.read_bytes()


class TestJournal:
    def test_again(self, path):
        """What was added is taken again by its URL, once, as it was."""
        answers = [answer(1), answer(2, b"x" * 100_000), answer(1, b"later"), answer(3, b"")]
        written(path, *answers)
        journal = Journal.resume(path)

        assert journal.found.header == HEADER
        assert (journal.found.requests, journal.found.bytes) == (3, 30)
        assert journal.found.last == "2026-11-23T19:30:03Z"
        assert journal.take(answers[1].asked) == answers[1]
        assert [journal.take(answers[0].asked) for _ in range(3)] == [*answers[::2][:2], None]
        assert journal.take(answers[3].asked) == answers[3]
        assert journal.take("https://example.org/?page=9") is None
        journal.close()

    def test_gzipped(self, path):
        """What came in gzip is stored as it came, and given unpacked."""
        packed = gzip.compress(b"x" * 1000)
        one = replace(answer(1, b"x" * 1000), gzipped=packed)

        assert packed in written(path, one)
        journal = Journal.resume(path)
        assert journal.take(one.asked) == one
        journal.close()

    def test_taken_and_added(self, path):
        """Between two that are taken others are added, at the end."""
        written(path, answer(1), answer(2))
        journal = Journal.resume(path)
        journal.take(answer(1).asked)
        journal.add(answer(3))
        assert journal.take(answer(2).asked) == answer(2)
        journal.close()
        again = Journal.resume(path)

        assert [again.take(answer(n).asked) for n in (1, 2, 3)] == [answer(n) for n in (1, 2, 3)]
        again.close()

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(share=st.floats(0, 1, exclude_max=True), garbage=st.binary(max_size=40))
    def test_torn(self, tmp_path, share, garbage):
        """Cut anywhere, whatever comes after it, what is whole before stays; it goes on there."""
        path = tmp_path / "torn.journal"
        header_ends = len(written(path))
        ends = [len(written(path, *map(answer, range(count)))) for count in range(4)]
        whole = written(path, *map(answer, range(3)))
        cut = header_ends + int(share * (len(whole) - header_ends))
        path.write_bytes(whole[:cut] + garbage)
        kept = sum(end <= cut for end in ends[1:])
        journal = Journal.resume(path)
        journal.add(answer(7))
        journal.close()
        again = Journal.resume(path)
        found = [again.take(answer(number).asked) for number in (0, 1, 2, 7)]
        again.close()

        assert found[3] == answer(7)
        assert found[:kept] == [answer(number) for number in range(kept)]

    @pytest.mark.parametrize("data", [b"", b"PCJ1", b"PCJ1\0\0", b"something else", b"PCJ0" * 9])
    def test_unreadable(self, path, data):
        """Without a whole header it is no journal."""
        path.parent.mkdir()
        path.write_bytes(data)
        assert Journal.resume(path) is None

    def test_absent(self, path):
        """Where there is none there is none."""
        assert Journal.resume(path) is None

    def test_gone_on_with(self, path, tmp_path):
        """The parts of the process that was killed go; when it was gone on with stays."""
        part = tmp_path / ".posts.jsonl.0123456789abcdef.part"
        part.touch()
        journal = Journal.begin(path, HEADER)
        journal.add_part(part)
        journal.add_part(tmp_path / "never made")
        journal.note("robots", {"crawl_delay": 4})
        journal.close()
        again = Journal.resume(path)
        again.go_on("2026-11-23T20:00:00+00:00")
        again.close()
        third = Journal.resume(path)

        assert not part.exists()
        assert third.found.resumed == ["2026-11-23T20:00:00+00:00"]
        assert third.found.notes == {"robots": {"crawl_delay": 4}}
        third.close()

    def test_set_aside(self, path):
        """Under another name each time, it is not overwritten."""
        names = []
        for number in range(3):
            written(path, answer(number))
            names.append(Journal.resume(path).set_aside("aside"))
        again = Journal.resume(names[1])

        assert len(set(names)) == 3
        assert again.take(answer(1).asked) == answer(1)
        again.close()

    def test_removed(self, path):
        """A run that has ended leaves none; a second removal is nothing."""
        journal = Journal.begin(path, HEADER)
        journal.remove()
        journal.remove()
        assert list(path.parent.iterdir()) == []

    def test_no_place(self, tmp_path):
        """Where it cannot be written it says which file."""
        (tmp_path / "journals").touch()
        with pytest.raises(PublicationError, match=r"one\.journal' could not be written"):
            Journal.begin(tmp_path / "journals" / "one.journal", HEADER)
        with pytest.raises(PublicationError, match="could not be written"):
            Journal.resume(tmp_path / "journals" / "one.journal")
