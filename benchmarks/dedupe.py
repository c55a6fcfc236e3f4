"""Copies: how many are found, what a document costs, and what a million documents cost.

    python -m benchmarks.dedupe            all three, each in a process of its own
    python -m benchmarks.dedupe quality --threshold 0.4
    python -m benchmarks.dedupe cost --rounds 5
    python -m benchmarks.dedupe scale --documents 1000000

Exit status: 1 where copies are missed or made up beyond the bounds; speed is only reported.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.pairs import texts, true_pairs
from crawler.dedupe.canonical import spaced_words
from crawler.dedupe.fingerprint import Fingerprint, fingerprint
from crawler.dedupe.parameters import DEFAULTS, Parameters
from crawler.dedupe.policy import Match
from crawler.dedupe.shingles import hash_shingles, squeeze, word_ends
from crawler.dedupe.sketch import SKETCH_BITS
from crawler.state.database import open_state
from crawler.state.dedupe_index import DedupeIndex

POSTS, EXACT, NEAR = 10_000, 500, 500
BOUND = 0.99
PER_RUN = 50_000
LOOKUPS = 20_000


@contextmanager
def one_run(folder: str, parameters: Parameters = DEFAULTS) -> Iterator[DedupeIndex]:
    state = open_state(Path(folder) / "state.sqlite3", now=datetime.now(UTC))
    with closing(DedupeIndex(state, "benchmark", parameters)) as index:
        yield index


def add_all(index: DedupeIndex, prints: Iterable[tuple[int, Fingerprint]]) -> dict[int, Match]:
    """Deliver all but exact copies; give what each is a copy of."""
    found = {}
    for number, each in prints:
        place = index.look_up(str(number), each)
        if place.match is not None:
            found[number] = place.match
        if place.match is None or place.match.kind == "near":
            index.add(place)
    return found


def quality(parameters: Parameters) -> bool:
    """Compare what is found with the truth, in one run and over two."""
    ids, prints, shingles = [], [], []
    for number, text in texts(POSTS, exact=EXACT, near=NEAR):
        squeezed = squeeze(spaced_words(text))
        ids.append(number)
        prints.append(fingerprint(text, parameters))
        shingles.append(hash_shingles(squeezed, word_ends(squeezed), parameters.shingle_words))
    true = {(ids[one], ids[other]): value for (one, other), value in true_pairs(shingles).items()}
    sha = {number: each.sha256 for number, each in zip(ids, prints, strict=True)}
    true = {pair: value for pair, value in true.items() if sha[pair[0]] != sha[pair[1]]}
    print_distribution(true)
    least = parameters.threshold
    with tempfile.TemporaryDirectory() as folder, one_run(folder, parameters) as index:
        found = add_all(index, zip(ids, prints, strict=True))
    well = judge("one run, compared truly", found, true, sha, least=least)
    later = {pair[1] for pair, value in true.items() if value > 0.5}
    with tempfile.TemporaryDirectory() as folder:
        with one_run(folder, parameters) as index:
            rest = [each for each in zip(ids, prints, strict=True) if each[0] not in later]
            add_all(index, rest)
            with index.publishing():
                pass
        with one_run(folder, parameters) as index:
            copies = [each for each in zip(ids, prints, strict=True) if each[0] in later]
            near = add_all(index, copies)
    well &= judge("two runs, estimated", near, true, sha, least=least, exact=False)
    return well


def print_distribution(true: dict[tuple[int, int], float]) -> None:
    """Print how alike the pairs are that are not the same."""
    tenths = Counter(min(int(value * 20), 19) for value in true.values())
    print("true Jaccard of pairs that are not the same, those of 0.3 and more:")
    for tenth in sorted(tenths, reverse=True):
        print(f"    {tenth / 20:.2f} to {(tenth + 1) / 20:.2f}: {tenths[tenth]:,}")


def judge(
    name: str,
    found: dict[int, Match],
    true: dict[tuple[int, int], float],
    sha: dict[int, bytes],
    *,
    least: float = DEFAULTS.threshold,
    exact: bool = True,
) -> bool:
    """Print recall and precision; tell whether they are within the bounds."""
    near = {
        (int(match.record_id), number) for number, match in found.items() if match.kind == "near"
    }
    wanted = {pair for pair, value in true.items() if value >= least}
    right = {pair for pair in near if true.get(pair, 0) >= least}
    recall, precision = len(wanted & near) / len(wanted), len(right) / len(near)
    print(f"{name}: near {len(near)} found, {len(wanted)} true, ", end="")
    print(f"recall {recall:.4f}, precision {precision:.4f}")
    if not exact:
        return min(recall, precision) >= BOUND
    same = Counter(sha.values())
    copies = sum(count - 1 for count in same.values())
    given = [(int(match.record_id), number) for number, match in found.items()
             if match.kind == "exact"]  # fmt: skip
    correct = sum(sha[one] == sha[other] for one, other in given)
    print(f"{name}: exact {len(given)} found, {correct} of them right, {copies} true")
    return correct == len(given) == copies == EXACT and min(recall, precision) >= BOUND


def cost(rounds: int) -> None:
    """Measure fingerprint, lookup and insert of a document, CPU and wall."""
    posts = list(texts(POSTS, exact=EXACT, near=NEAR))
    cpu, wall = [], []
    for _ in range(rounds + 1):
        with tempfile.TemporaryDirectory() as folder, one_run(folder) as index:
            began, spent = time.perf_counter(), time.process_time()
            add_all(index, ((number, fingerprint(text, DEFAULTS)) for number, text in posts))
            cpu.append((time.process_time() - spent) / len(posts) * 1000)
            wall.append((time.perf_counter() - began) / len(posts) * 1000)
            with index.publishing():
                pass
            published = (time.process_time() - spent) / len(posts) * 1000 - cpu[-1]
    print(f"ms a document, fingerprint, lookup and insert, {rounds} rounds after one to warm up:")
    for name, each in (("CPU", cpu[1:]), ("wall", wall[1:])):
        print(f"    {name} {median(each):.3f} ({min(each):.3f}..{max(each):.3f})")
    print(f"    and CPU {published:.3f} to publish")
    only = []
    for _ in range(rounds):
        spent = time.process_time()
        for _, text in posts:
            fingerprint(text, DEFAULTS)
        only.append((time.process_time() - spent) / len(posts) * 1000)
    print(f"    of it the fingerprint: CPU {median(only):.3f} ({min(only):.3f}..{max(only):.3f})")


def simulated(rng: Random) -> Fingerprint:
    """Make up a text that is like no other."""
    signature, sketch = rng.randbytes(DEFAULTS.slots), rng.randbytes(SKETCH_BITS // 8)
    return Fingerprint(rng.randbytes(32), 500, signature, sketch, None)


def scale(documents: int) -> None:
    """Publish many documents in runs, then look some up, half of them copies."""
    rng = Random(1)
    known: list[tuple[str, Fingerprint]] = []
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        for start in range(0, documents, PER_RUN):
            with one_run(folder) as index:
                for number in range(start, min(start + PER_RUN, documents)):
                    record_id = f"https://www.example.org#wp/v2/posts/{number}"
                    each = simulated(rng)
                    if number % (2 * documents // LOOKUPS) == 0:
                        known.append((record_id, each))
                    index.add(index.look_up(record_id, each))
                publishing = time.perf_counter()
                with index.publishing():
                    pass
                publishing = time.perf_counter() - publishing
        took = time.perf_counter() - began
        print(f"{documents:,} documents in runs of {PER_RUN:,}: {documents / took:,.0f} a second;")
        print(f"    the last run was published in {publishing:.1f} s")
        with one_run(folder) as index:
            report_lookups(index, known, rng)
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    print(f"    index {size / 1e6:,.0f} MB, {size / documents:,.0f} bytes a document")


def report_lookups(index: DedupeIndex, known: list[tuple[str, Fingerprint]], rng: Random) -> None:
    """Time lookups, every other one of a text that is there; each also adds to the run."""
    plan = []
    for number, (_, each) in enumerate(known):
        plan += [(f"b#{number}", each), (f"c#{number}", simulated(rng))]
    rng.shuffle(plan)
    began = time.perf_counter()
    places = [index.look_up(record_id, each) for record_id, each in plan]
    took = time.perf_counter() - began
    hits = sum(place.match is not None for place in places)
    print(f"    lookups {len(plan) / took:,.0f} a second, {hits:,} of {len(plan):,} found", end="")
    began = time.perf_counter()
    for place in places:
        index.add(place)
    print(f"; adds {len(plan) / (time.perf_counter() - began):,.0f} a second")


def main(arguments: list[str] | None = None) -> int:
    """Run one part, or all of them."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.dedupe",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parts = ("quality", "cost", "scale")
    parser.add_argument("part", nargs="?", choices=parts)
    parser.add_argument("--rounds", type=int, default=5, help="of cost")
    parser.add_argument("--threshold", type=float, default=DEFAULTS.threshold, help="of quality")
    parser.add_argument("--documents", type=int, default=1_000_000, help="of scale")
    given = parser.parse_args(arguments)
    if given.part is None:
        rest = [
            f"--{name}={getattr(given, name)}" for name in ("rounds", "threshold", "documents")
        ]
        command = [sys.executable, "-m", "benchmarks.dedupe"]
        return max(subprocess.run([*command, part, *rest]).returncode for part in parts)
    well = True
    if given.part == "quality":
        well = quality(Parameters.of(threshold=given.threshold, min_words=DEFAULTS.min_words))
    elif given.part == "cost":
        cost(given.rounds)
    else:
        scale(given.documents)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"{given.part}: peak of memory {peak:.0f} MB", flush=True)
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(main())
