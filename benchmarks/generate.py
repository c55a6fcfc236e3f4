r"""Posts of a made-up site: the same for the same arguments, on every machine.

python -m benchmarks.generate --stats
python -m benchmarks.generate --exact 500 --near 500 --out posts.jsonl --truth copies.jsonl
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import math
import statistics
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from random import Random

from benchmarks import words
from benchmarks.body import Writer, render
from benchmarks.copies import Copy, edit, plan_copies
from benchmarks.records import Post, Record, post_record, wordpress_json

HOME = "https://example.org"
SEED = 1
POSTS = 10_000

MEDIAN = 6500
"""Characters of HTML of the post in the middle."""

SPREAD = 0.77
"""Standard deviation of the logarithm of the lengths."""

LONGEST = 175_000
"""Characters of HTML of the longest post."""

FIRST_ID = 101
ID_STEP = 3
"""A post, its image and its revision take an id each, as on a real site."""

AUTHORS = 12
CATEGORIES = 24
TAGS = 300

FIRST_DATE = dt.datetime(2012, 1, 2, 7, 30, tzinfo=dt.UTC)
DATE_STEP = 42_000
"""Seconds from one post to the next: 10,000 fill thirteen years."""


def plan_lengths(count: int, seed: int = SEED) -> list[int]:
    """Return the length of the HTML of each post: log-normal, the longest stretched."""
    normal = statistics.NormalDist()
    lengths = [
        round(MEDIAN * math.exp(SPREAD * normal.inv_cdf((rank + 0.5) / count)))
        for rank in range(count)
    ]
    lengths[-1] = max(lengths[-1], LONGEST)
    rng = Random(f"{seed}/lengths")
    return sorted(lengths, key=lambda _: rng.random())


def plan_dates(count: int, seed: int = SEED) -> list[dt.datetime]:
    """Return the date of each post: nearly in order, some back-dated, some of one second.

    Ties come in groups of 2 to 12, as imports leave them.
    """
    rng = Random(f"{seed}/dates")
    dates: list[dt.datetime] = []
    tied = 0
    for index in range(count):
        offset = round(DATE_STEP * (index + 0.8 * rng.random()))
        chance = rng.random()
        if tied:
            dates.append(dates[-1])
            tied -= 1
            continue
        if chance < 0.01:
            offset = round(offset * rng.random())
        elif chance < 0.03:
            tied = 1 + int(rng.random() * 11)
        dates.append(FIRST_DATE + dt.timedelta(seconds=offset))
    return dates


def generate_posts(
    count: int = POSTS, *, exact: int = 0, near: int = 0, seed: int = SEED, home: str = HOME
) -> Iterator[Record]:
    """Yield *count* post records by ascending id, *exact* and *near* copies among them."""
    lengths = plan_lengths(count, seed)
    dates = plan_dates(count, seed)
    copies = plan_copies(lengths, exact=exact, near=near, seed=seed)
    for index in range(count):
        copy = copies.get(index, Copy(index, index, "none"))
        writer = Writer(Random(f"{seed}/{copy.original}"), home)
        title = writer.title()
        blocks = edit(writer.body(lengths[copy.original]), copy, seed)
        yield post_record(_post(index, dates[index], title, render(blocks), seed), home)


def _post(index: int, date: dt.datetime, title: str, html: str, seed: int) -> Post:
    rng = Random(f"{seed}/post/{index}")
    number = FIRST_ID + ID_STEP * index
    edited = dt.timedelta(seconds=round(rng.random() ** 8 * 3e7))
    return Post(
        id=number,
        date=site_time(date),
        modified=site_time(date + edited),
        slug=slug_of(title, number),
        title=title,
        html=html,
        author=1 + int(rng.random() ** 2 * AUTHORS),
        featured_media=number + 1 if rng.random() < 0.8 else 0,
        categories=_terms(rng, 1, 3, 1, CATEGORIES),
        tags=_terms(rng, 0, 6, 1 + CATEGORIES, TAGS),
    )


def site_time(moment: dt.datetime) -> str:
    """Write *moment* as WordPress does: without a zone."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _terms(rng: Random, least: int, most: int, first: int, count: int) -> list[int]:
    """Return *least* to *most* different term ids, the lower ones more often."""
    wanted = least + int(rng.random() * (most - least + 1))
    return sorted({first + int(rng.random() ** 2 * count) for _ in range(wanted)})


def slug_of(title: str, number: int) -> str:
    """Return the slug of a post, with its number so that none stands twice.

    >>> slug_of("The mill&#8217;s new wheel&#8230;", 7)
    'the-mills-new-wheel-7'
    """
    text = title.lower()
    for entity in ("&#8217;", "&#8230;", "&#038;", ","):
        text = text.replace(entity, "")
    plain = "".join(char if char.isascii() else "" for char in text)
    return "-".join([*plain.split(), str(number)])


def user_names() -> list[str]:
    """Return the name of each author, that of author 1 first."""
    return [
        f"{words.FIRST_NAMES[number]} {words.SURNAMES[-number]}"
        for number in range(1, AUTHORS + 1)
    ]


def term_names(rest_base: str) -> dict[int, str]:
    """Return the names of all categories, or of all tags, by id."""
    if rest_base == "categories":
        return {1 + at: words.NOUNS[at].title() for at in range(CATEGORIES)}
    return {
        1 + CATEGORIES + at: f"{words.ADJECTIVES[at % 90]} {words.NOUNS[-1 - at % 97]}"
        for at in range(TAGS)
    }


def distribution(records: list[Record]) -> list[str]:
    """Describe the lengths and weights of *records*, a line each."""
    sizes = sorted(len(record["content"]["rendered"].encode()) for record in records)
    pages = [records[at : at + 100] for at in range(0, len(records), 100)]
    raw = [wordpress_json(page) for page in pages]
    packed = [len(gzip.compress(page, 6)) for page in raw]
    dates = [record["date"] for record in records]
    below = [(share, sizes[len(sizes) * share // 100]) for share in (1, 10, 25, 50, 75, 90, 99)]
    shares = ", ".join(f"{share} % {size:,}" for share, size in below)
    ties = len(dates) - len(set(dates))
    middle, mean = statistics.median(sizes), statistics.mean(sizes)
    weight, gzipped = statistics.mean(map(len, raw)), statistics.mean(packed)
    return [
        f"posts {len(records):,}, of them {ties:,} on the date of another",
        f"bytes of HTML: median {middle:,.0f}, mean {mean:,.0f}, {sizes[0]:,} to {sizes[-1]:,}",
        f"bytes of HTML below which that share stays: {shares}",
        f"bytes of a page of 100, mean: {weight:,.0f} raw, {gzipped:,.0f} gzip",
    ]


def main(arguments: list[str] | None = None) -> None:
    """Write the posts, the copies among them, or figures about them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=__doc__)
    parser.add_argument("--posts", type=int, default=POSTS)
    parser.add_argument("--exact", type=int, default=0, help="how many are exact copies")
    parser.add_argument("--near", type=int, default=0, help="how many are near copies")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, help="JSON Lines, a record each")
    parser.add_argument("--truth", type=Path, help="JSON Lines, a copy each, ids and what differs")
    parser.add_argument("--stats", action="store_true", help="print the distribution of lengths")
    given = parser.parse_args(arguments)
    records: list[Record] = []
    posts = generate_posts(given.posts, exact=given.exact, near=given.near, seed=given.seed)
    with given.out.open("wb") if given.out else nullcontext() as out:
        for record in posts:
            if out:
                out.write(wordpress_json(record) + b"\n")
            if given.stats:
                records.append(record)
    if given.truth:
        given.truth.write_text("".join(_truth(given)), encoding="utf-8")
    if given.stats:
        print("\n".join(distribution(records)))


def _truth(given: argparse.Namespace) -> Iterator[str]:
    lengths = plan_lengths(given.posts, given.seed)
    plan = plan_copies(lengths, exact=given.exact, near=given.near, seed=given.seed)
    for copy in sorted(plan.values(), key=lambda copy: copy.index):
        line = asdict(copy)
        line["index"] = FIRST_ID + ID_STEP * copy.index
        line["original"] = FIRST_ID + ID_STEP * copy.original
        yield json.dumps({"id": line.pop("index"), **line}) + "\n"


if __name__ == "__main__":
    main()
