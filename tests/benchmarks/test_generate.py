"""The generated posts: the same everywhere, shaped as the measured ones, copies known."""

from __future__ import annotations

import hashlib
import html
import itertools
import json
import re
import statistics
from collections import Counter

import pytest
from turbohtml import parse

from benchmarks import generate
from benchmarks.copies import plan_copies
from benchmarks.generate import FIRST_ID, ID_STEP, generate_posts, plan_dates, plan_lengths
from benchmarks.records import Record, wordpress_json

COUNT = 200
EXACT = 10
NEAR = 16


@pytest.fixture(scope="module")
def posts() -> list[Record]:
    return list(generate_posts(COUNT))


@pytest.fixture(scope="module")
def copied() -> list[Record]:
    return list(generate_posts(COUNT, exact=EXACT, near=NEAR))


def body(post: Record) -> str:
    return post["content"]["rendered"]


def similarity(first: str, second: str) -> float:
    """Jaccard similarity of the shingles of five words of two bodies."""
    sets = []
    for text in (first, second):
        found = html.unescape(re.sub(r"<[^>]*>", " ", text)).split()
        sets.append({tuple(found[at : at + 5]) for at in range(len(found) - 4)})
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def test_same_bytes():
    """The same arguments give the same bytes on every machine: figures stay comparable."""
    digest = hashlib.sha256(wordpress_json(list(generate_posts(20)))).hexdigest()

    assert digest == "748973f39298e212c479d25d2624009a1543d66ff23f8abe9e7a9070ecf2b37d"


def test_another_seed(posts):
    """Another seed gives other posts."""
    assert body(next(generate_posts(COUNT, seed=2))) != body(posts[0])


def test_lengths():
    """Median, mean and tail are those of the posts that performance was measured on."""
    lengths = plan_lengths(10_000)

    assert statistics.median(lengths) == pytest.approx(6_500, rel=0.01)
    assert statistics.mean(lengths) == pytest.approx(8_800, rel=0.01)
    assert max(lengths) == 175_000


def test_bodies_have_the_planned_length(posts):
    """Bodies are within a few per cent of what was planned, together and one by one."""
    planned = plan_lengths(COUNT)
    written = [len(body(post)) for post in posts]

    assert sum(written) == pytest.approx(sum(planned), rel=0.03)
    assert statistics.median(
        abs(length / plan - 1) for length, plan in zip(written, planned, strict=True)
    ) == pytest.approx(0, abs=0.1)


def test_every_kind_of_block(posts):
    """Headings, lists, tables, figures, code, quotes, links and entities all occur."""
    text = "".join(map(body, posts))

    for tag in ("h2", "h3", "ul", "ol", "li", "table", "figcaption", "img", "pre", "blockquote"):
        assert f"<{tag}" in text, tag
    for piece in ("<a href", "<br />", "<strong>", "&#8217;", "&amp;", "&lt;", "&nbsp;"):
        assert piece in text, piece
    assert not text.isascii()


def test_well_formed(posts):
    """A parser finds nothing to mend: every tag is closed where it was opened."""
    for post in posts[:50]:
        opened: list[str] = []
        for slash, tag in re.findall(r"<(/?)([a-z0-9]+)(?:\s[^>]*)?(?<!/)>", body(post)):
            if not slash:
                opened.append(tag)
            else:
                assert opened.pop() == tag
        assert opened == []
        assert parse(body(post)).find("p") is not None


def test_records_of_posts(posts):
    """Ids ascend in steps of three, slugs and links stand once, dates are without a zone."""
    assert [post["id"] for post in posts] == [FIRST_ID + ID_STEP * at for at in range(COUNT)]
    assert len({post["link"] for post in posts}) == COUNT
    assert len({post["slug"] for post in posts}) == COUNT
    for post in posts:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", post["date"])
        assert post["modified"] >= post["date"]
        assert ("wp:featuredmedia" in post["_links"]) is (post["featured_media"] != 0)


def test_dates():
    """Some posts share a second, none more than twelve; some lie before the post before."""
    dates = plan_dates(10_000)
    shared = Counter(dates)

    assert 2 < max(shared.values()) <= 12
    assert 800 < sum(count for count in shared.values() if count > 1) < 2_000
    assert any(after < before for before, after in itertools.pairwise(dates))


def test_exact_copies(copied):
    """An exact copy has the title and the body of its original, and an address of its own."""
    plan = plan_copies(plan_lengths(COUNT), exact=EXACT, near=NEAR, seed=1)
    exact = [copy for copy in plan.values() if copy.edit == "none"]

    assert len(exact) == EXACT
    for copy in exact:
        first, second = copied[copy.original], copied[copy.index]
        assert (first["title"], first["content"]) == (second["title"], second["content"])
        assert first["link"] != second["link"]


def test_near_copies(copied):
    """A near copy differs as its edit says, and stays the more alike the smaller the edit."""
    plan = plan_copies(plan_lengths(COUNT), exact=EXACT, near=NEAR, seed=1)
    near = [copy for copy in plan.values() if copy.edit != "none"]
    alike = {
        copy.index: similarity(body(copied[copy.original]), body(copied[copy.index]))
        for copy in near
    }

    assert len(near) == NEAR
    assert Counter(copy.edit for copy in near) == {"footer": 4, "drop": 4, "words": 8}
    for copy in near:
        assert 0.4 < alike[copy.index] < 1, copy
        if copy.edit == "words":
            expected = (1 - copy.share) ** 5
            assert alike[copy.index] == pytest.approx(expected / (2 - expected), abs=0.06)


def test_no_other_copies(copied):
    """But for the planned exact copies, no two bodies are the same."""
    bodies = Counter(map(body, copied))

    assert sum(count - 1 for count in bodies.values()) == EXACT


def test_too_few_posts_for_copies():
    """More copies than there are posts to copy are refused."""
    with pytest.raises(ValueError, match=r"^10 posts are too few for 20 copies$"):
        list(generate_posts(10, exact=10, near=10))


def test_files(tmp_path, capsys):
    """The command writes the posts and the truth about the copies, and prints figures."""
    out, truth = tmp_path / "posts.jsonl", tmp_path / "copies.jsonl"

    counts = ["--posts", "40", "--exact", "3", "--near", "4"]
    generate.main([*counts, "--stats", "--out", str(out), "--truth", str(truth)])

    written = {post["id"]: post for post in map(json.loads, out.read_bytes().splitlines())}
    pairs = [json.loads(line) for line in truth.read_text().splitlines()]
    assert len(written) == 40
    assert Counter(pair["edit"] != "none" for pair in pairs) == {False: 3, True: 4}
    for pair in pairs:
        same = body(written[pair["id"]]) == body(written[pair["original"]])
        assert same is (pair["edit"] == "none")
    assert capsys.readouterr().out.startswith("posts 40, of them ")
