"""The copies that were seeded, found; and those of a second site, and of a second address."""

from __future__ import annotations

import itertools

import pytest

from crawler.dedupe.fingerprint import fingerprint
from crawler.dedupe.parameters import Parameters
from crawler.dedupe.similarity import jaccard
from tests.running import read_lines, run_crawl
from tests.testbed.site import SECOND, TWO_ADDRESSES

pytestmark = [pytest.mark.wordpress, pytest.mark.timeout(900)]

WORDS = ("collections=posts", "follow=none")
DROP = {"DEDUPE_EXACT": "drop"}
SHORTEST = Parameters(min_words=1)


def posts_of(crawl):
    return {item["id"]: item for item in crawl.items("document")}


def marked_pairs(posts):
    """Each marked post's id with that of the post that it is a copy of, smaller first."""
    found = {}
    for number, item in posts.items():
        if (other := item["dedupe"]["duplicate_of"]) is not None:
            found[number] = (int(other.rpartition("/")[2]), item["dedupe"]["similarity"])
    return found


def clusters_of(pairs):
    """Join pairs: id -> the smallest id that hangs together with it."""
    root = {}

    def find(number):
        while root.setdefault(number, number) != number:
            number = root[number]
        return number

    for one, other in pairs:
        root[max(find(one), find(other))] = min(find(one), find(other))
    return {number: find(number) for number in list(root)}


@pytest.fixture(scope="module")
def everything(testbed, tmp_path_factory):
    """Whatever is alike at all is found, as far as the bands reach; all of it delivered."""
    settings = {"DEDUPE_EXACT": "mark", "DEDUPE_THRESHOLD": 0.4}
    return run_crawl(
        tmp_path_factory.mktemp("all"), f"site={testbed.url}", *WORDS, settings=settings
    )


@pytest.fixture(scope="module")
def by_default(testbed, tmp_path_factory):
    return run_crawl(tmp_path_factory.mktemp("default"), f"site={testbed.url}", *WORDS)


def test_exact(testbed, everything):
    """Every exact pair is found, and no two other texts are called the same."""
    posts, truth = posts_of(everything), testbed.seeded
    found = marked_pairs(posts)
    seeded = [pair[:2] for pair in truth["exact_duplicates"] + truth["near_duplicates"]]
    roots = clusters_of(seeded)

    assert len(truth["exact_duplicates"]) > 50
    for one, other in truth["exact_duplicates"]:
        assert posts[one]["dedupe"]["cluster"] == posts[other]["dedupe"]["cluster"], (one, other)
        assert found.get(one, found.get(other))[1] == 1, (one, other)
    for number, (other, similarity) in found.items():
        if similarity == 1:
            assert roots[number] == roots[other], (number, other)


def similarity_of(posts, one, other):
    first, second = (fingerprint(posts[each]["content_text"], SHORTEST) for each in (one, other))
    return jaccard(first.shingles, second.shingles)


def test_near(testbed, everything):
    """So is every near pair; the least alike are short texts in a frame."""
    posts = posts_of(everything)
    found = marked_pairs(posts)
    near = testbed.seeded["near_duplicates"]

    assert len(near) > 50
    for one, other, kind in near:
        assert one in found or other in found, (one, other)
        assert similarity_of(posts, one, other) > (0.4 if kind == "prefix" else 0.7), (one, other)


def test_by_default(testbed, by_default):
    """By default every exact pair is found too; of near ones those that are alike to 0.8."""
    posts = posts_of(by_default)
    found = marked_pairs(posts)
    for one, other in testbed.seeded["exact_duplicates"]:
        assert found.get(one, found.get(other))[1] == 1, (one, other)
    near = [pair[:2] for pair in testbed.seeded["near_duplicates"]]
    for one, other in near:
        alike = similarity_of(posts, one, other) >= 0.8
        assert (one in found or other in found) is alike, (one, other)
    assert sum(one in found or other in found for one, other in near) >= 44


def test_nothing_else(testbed, everything):
    """What is marked is alike, truly, and as much as it says."""
    posts = posts_of(everything)
    for number, (other, similarity) in marked_pairs(posts).items():
        true = similarity_of(posts, number, other)
        assert true >= 0.4
        assert similarity == pytest.approx(true, abs=1e-4)


class TestTwoSites:
    """Two WordPresses with the same posts, each with guids of its own."""

    def test_one_dataset(self, testbed, start_site, tmp_path):
        """The second site's copies point to the first's, and are left out."""
        second = start_site(SECOND)
        runs = [
            run_crawl(tmp_path, f"site={site.url}", *WORDS, "dataset=both", settings=DROP)
            for site in (testbed, second)
        ]
        first, other = runs
        assert (first.status, other.status) == (0, 0), first.stderr + other.stderr
        assert other.run["alias_of"] is other.run["translation_of"] is None, "ids, and other guids"

        originals = {item["record_id"] for item in first.items("document")}
        lines = list(read_lines(other.folder / "duplicates.jsonl"))
        assert len(lines) == other.run["dedupe"]["dropped_exact"]
        assert {line["duplicate_of"] for line in lines} <= originals
        assert {line["record_id"].partition("#")[0] for line in lines} == {second.url}
        compared = [item for item in other.items("document") if item["dedupe"]["cluster"]]
        assert len(lines) > 20 * len(compared), "but for what names its own address in its text"
        total = len(lines) + len(other.items("document"))
        assert total == len(second.public_ids()["wp/v2/posts"])

    def test_two_datasets(self, testbed, start_site, tmp_path):
        """Without a common dataset neither file is shorter than that of a run alone."""
        second = start_site(SECOND)
        alone = [
            run_crawl(tmp_path / name, f"site={site.url}", *WORDS, settings=DROP)
            for name, site in (("a", testbed), ("b", second))
        ]
        beside = [
            run_crawl(tmp_path / "both", f"site={site.url}", *WORDS, settings=DROP)
            for site in (testbed, second)
        ]
        for one, other in zip(alone, beside, strict=True):
            assert one.status == other.status == 0
            assert one.ids() == other.ids()


class TestTwoAddresses:
    """One WordPress that listens on two addresses, and names itself by the one it is asked on."""

    @pytest.fixture
    def addresses(self, start_site):
        site = start_site(TWO_ADDRESSES)
        return [f"http://{host}:{site.port}" for host in ("127.0.0.1", "127.0.0.2")]

    def test_in_one_crawl(self, addresses, tmp_path):
        """Both in one file: the first is harvested, the second is its alias."""
        sites = tmp_path / "two.txt"
        sites.write_text("\n".join(addresses), encoding="ascii")
        crawl = run_crawl(tmp_path, f"sites={sites}", *WORDS, settings=DROP)

        assert crawl.status == 0, crawl.stderr
        assert f"alias of {addresses[0]} (40 of 40 sampled records are the same)" in crawl.stderr
        files = list((tmp_path / "exports").glob("*/*/documents.jsonl"))
        items = list(itertools.chain.from_iterable(map(read_lines, files)))
        assert {item["site"] for item in items} == {addresses[0]}

    def test_in_two_crawls(self, addresses, tmp_path):
        """One after the other: the second run ends at once, and says why."""
        runs = [
            run_crawl(tmp_path, f"site={site}", *WORDS, "dataset=two", settings=DROP)
            for site in addresses
        ]
        assert [run.status for run in runs] == [0, 0], [run.stderr for run in runs]
        alias = runs[1].run["alias_of"]
        assert alias == {
            "site": addresses[0],
            "basis": "sample",
            "sampled": 40,
            "received": 40,
            "same_records": 40,
            "compared_texts": alias["compared_texts"],
            "same_texts": alias["same_texts"],
            "harvested": False,
        }
        assert alias["compared_texts"] >= alias["same_texts"] >= 38
        assert runs[1].items("document") == []
        assert runs[1].run["requests"] <= 6
