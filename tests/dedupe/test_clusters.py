from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from crawler.dedupe.clusters import Components, join_alike

NUMBERS = range(12)
pairs = st.sets(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(NUMBERS)), max_size=20)


def groups(components: Components) -> set[frozenset[int]]:
    found: dict[int, set[int]] = {}
    for number in NUMBERS:
        found.setdefault(components.find(number), set()).add(number)
    return {frozenset(members) for members in found.values()}


def reachable(joined: set[tuple[int, int]]) -> set[frozenset[int]]:
    """Find what hangs together in the plainest way."""
    found = {number: {number} for number in NUMBERS}
    for one, other in joined:
        together = found[one] | found[other]
        for number in together:
            found[number] = together
    return {frozenset(members) for members in found.values()}


@given(pairs, st.randoms(use_true_random=False))
def test_components(joined, random):
    """What is joined hangs together, in whatever order; the smallest stands for all."""
    components = Components(len(NUMBERS))
    order = sorted(joined)
    random.shuffle(order)
    for one, other in order:
        components.join(one, other)

    assert groups(components) == reachable(joined)
    assert all(components.find(number) == min(group)
               for group in groups(components) for number in group)  # fmt: skip


@given(pairs)
def test_join_alike(joined):
    """All pairs that are alike hang together, and nothing else does."""
    components = Components(len(NUMBERS))
    alike = joined | {(other, one) for one, other in joined}
    join_alike(NUMBERS, components, lambda one, other: (one, other) in alike, most=100)

    assert groups(components) == reachable(joined)


def compare_all(alike, *, most=1000):
    asked = []

    def compare(one, other):
        asked.append((one, other))
        return alike(one, other)

    components = Components(len(NUMBERS))
    join_alike(NUMBERS, components, compare, most=most)
    return asked, groups(components)


def test_all_alike():
    """A crowd that is alike takes one comparison each."""
    asked, found = compare_all(lambda one, other: True)
    assert found == {frozenset(NUMBERS)}
    assert len(asked) == len(NUMBERS) - 1


def test_none_alike():
    """A crowd that is not takes one a pair, up to a bound."""
    asked, found = compare_all(lambda one, other: False)
    assert sorted(asked) == list(combinations(NUMBERS, 2))
    assert len(found) == len(NUMBERS)
    bounded, _ = compare_all(lambda one, other: False, most=3)
    assert len(bounded) == 1 + 2 + 3 * 9


@given(pairs, st.permutations(NUMBERS), st.integers(1, 4))
def test_numbered_otherwise(joined, names, most):
    """With a bound as without one, it does not matter how the candidates are numbered."""
    alike = joined | {(other, one) for one, other in joined}
    plain, named = Components(len(NUMBERS)), Components(len(NUMBERS))
    back = {name: number for number, name in enumerate(names)}
    for number in (1, 5):  # some hang together before
        plain.join(number, number + 3)
        named.join(names[number], names[number + 3])
    join_alike(NUMBERS, plain, lambda one, other: (one, other) in alike, most=most)
    join_alike(names, named, lambda one, other: (back[one], back[other]) in alike, most=most)

    renamed = {frozenset(names[number] for number in group) for group in groups(plain)}
    assert groups(named) == renamed


def test_joined_before():
    """What hangs together already is not compared."""
    components = Components(len(NUMBERS))
    for number in NUMBERS[1:]:
        components.join(0, number)

    def compare(one, other):
        raise AssertionError((one, other))

    join_alike(NUMBERS, components, compare, most=100)
    assert groups(components) == {frozenset(NUMBERS)}
