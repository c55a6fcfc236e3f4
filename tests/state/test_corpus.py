from __future__ import annotations

from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.dedupe.fingerprint import fingerprint
from crawler.dedupe.parameters import DEFAULTS, Parameters
from crawler.state.corpus import Corpus, Member
from tests.state.texts import print_of, text

PRINTS = {
    (name, changed): print_of(name, changed=changed)
    for name in ("x", "y", "z")
    for changed in (0, 4, 8, 16, 24, 40)
}
records = st.tuples(
    st.sampled_from([f"r{number}" for number in range(10)]),
    st.integers(0, 2),
    st.none() | st.sampled_from(["2026-01-01", "2026-02-02"]),
    st.sampled_from(sorted(PRINTS)),
)


def clusters(added, parameters=DEFAULTS):
    with closing(Corpus(parameters)) as corpus:
        for each in added:
            corpus.add(*each)
        return list(corpus.clusters())


@settings(max_examples=60)
@given(st.lists(records, max_size=14), st.randoms(use_true_random=False))
def test_any_order(rows, random):
    """The clusters are the same whatever the order of the input, and so is what stands in them."""
    added = [(record_id, file, date, PRINTS[name]) for record_id, file, date, name in rows]
    found = clusters(added)
    random.shuffle(added)

    assert clusters(added) == found
    ids = [member.id for members in found for member in members]
    assert len(ids) == len(set(ids))
    assert all(len(members) > 1 for members in found)


def test_exact_and_near():
    """Copies are named with how much they are like the earliest record."""
    found = clusters(
        [
            ("c", 0, "2026-03-03", print_of("x", changed=4)),
            ("b", 1, None, print_of("x")),
            ("a", 0, "2026-01-01", print_of("x")),
            ("d", 0, "2026-01-01", print_of("y")),
        ]
    )
    assert found == [
        [
            Member("a", 0, None, None),
            Member("c", 0, "near", 192 / 200),
            Member("b", 1, "exact", 1.0),
        ]
    ]


def test_chain():
    """What is like one of a cluster is of it, though it is less like the first."""
    first, second, third = (print_of("x", changed=changed) for changed in (0, 14, 28))
    [[_, *others]] = clusters([("a", 0, "1", first), ("b", 0, "2", second), ("c", 0, "3", third)])
    assert [round(member.similarity, 2) for member in others] == [0.87, 0.75]


def test_versions():
    """A record in two versions is one record, and no copy of itself."""
    one, other = print_of("x"), print_of("y")
    assert clusters([("a", 0, "1", one), ("a", 1, "2", other), ("a", 1, "2", one)]) == []
    [members] = clusters(
        [("a", 1, "1", one), ("a", 0, "2", other), ("b", 0, "3", print_of("y", changed=2))]
    )
    assert [(member.id, member.file) for member in members] == [("a", 0), ("b", 0)]
    assert members[1].similarity == 194 / 198


def test_short_texts():
    """Texts too short for a shingle are still the same where they are the same."""
    parameters = Parameters(min_words=1)
    same, too = (fingerprint(each, parameters) for each in ("Tide tables", "tide, tables!"))
    near = fingerprint("tide table", parameters)
    [members] = clusters([("a", 0, None, same), ("b", 0, None, too), ("c", 0, None, near)])
    assert [member.id for member in members] == ["a", "b"]


def test_short_and_long_version():
    """A version without shingles is like no other."""
    parameters = Parameters(min_words=1)
    short = fingerprint("tide tables", parameters)
    [members] = clusters(
        [
            ("a", 0, "1", short),
            ("b", 0, "2", short),
            ("b", 0, "2", fingerprint(text("x"), parameters)),
            ("c", 0, "3", fingerprint(text("x"), parameters)),
        ]
    )
    assert [(member.kind, member.similarity) for member in members[1:]] == [
        ("exact", 1.0),
        ("near", 0.0),
    ]
