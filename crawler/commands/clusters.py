"""``scrapy clusters``: same and nearly same texts in files that are there already."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, ClassVar

import orjson
from rich.table import Table
from scrapy.commands import ScrapyCommand

from crawler.commands.crawl import refuse
from crawler.errors import ArgumentError
from crawler.feeds.reading import Names, read_documents
from crawler.feeds.storage import silence_stdout
from crawler.program import program
from crawler.report import show

if TYPE_CHECKING:
    from crawler.dedupe.parameters import Parameters
    from crawler.state.corpus import Corpus, Member


class Command(ScrapyCommand):
    """Read files, write their clusters; nothing is crawled, and nothing kept."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] FILE..."

    def short_desc(self) -> str:
        return "Find same and nearly same texts in JSON Lines files"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        names = Names()
        for name, meaning in {"id": "the record", "text": "its text", "date": "its date"}.items():
            default = getattr(names, name)
            text = f"the field that holds {meaning} (default: {default})"
            parser.add_argument(f"--{name}", default=default, metavar="FIELD", help=text)
        parser.add_argument("--per-file", action="store_true", help="ids are each file's own")
        parser.add_argument("--threshold", default="0.8", help="from 0.4 to 1 (default: 0.8)")
        parser.add_argument("--min-words", default="20", help="of a text (default: 20)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        from crawler.state.corpus import Corpus  # here: every command is imported by each of them

        try:
            if not args:
                example = f"{program()} clusters documents.jsonl"
                raise ArgumentError(f"expected a file, as in: {example}")
            parameters = read_parameters(opts)
            files = sorted(set(args))
            with closing(Corpus(parameters)) as corpus:
                counts = read(corpus, files, opts, parameters)
                show(table(counts, write(corpus.clusters(), files)))
        except ArgumentError as error:
            refuse(error)


def read_parameters(opts: argparse.Namespace) -> Parameters:
    """Read what decides that two texts are alike. Raises ArgumentError."""
    from crawler.dedupe.parameters import Parameters
    from crawler.pipelines.dedupe_settings import read_min_words, read_threshold

    return Parameters.of(
        threshold=read_threshold("--threshold", opts.threshold),
        min_words=read_min_words("--min-words", opts.min_words),
    )


def read(
    corpus: Corpus, files: Sequence[str], opts: argparse.Namespace, parameters: Parameters
) -> Counter[str]:
    """Read all documents; count them, and those that are not compared. Raises ArgumentError."""
    from crawler.dedupe.fingerprint import fingerprint
    from crawler.dedupe.policy import is_short

    counts = Counter({"files": len(files)})
    names = Names(opts.id, opts.text, opts.date)
    for number, path in enumerate(files):
        for each in read_documents(path, names):
            counts["documents"] += 1
            text = fingerprint(each.text or "", parameters)
            if is_short(text.words, each.unit, parameters):
                counts["too short" if text.words else "without text"] += 1
                continue
            record_id = f"{path}#{each.id}" if opts.per_file else each.id
            corpus.add(record_id, number, each.date, text)
    if counts["documents"] and counts["without text"] == counts["documents"]:
        raise ArgumentError(f"no document has a text under {names.text!r}: --text names the field")
    return counts


def write(clusters: Iterator[list[Member]], files: Sequence[str]) -> Counter[str]:
    """Write a line a cluster to standard output; count them."""
    counts: Counter[str] = Counter(clusters=0, exact=0, near=0)
    try:
        for members in clusters:
            counts["clusters"] += 1
            counts.update(member.kind for member in members if member.kind)
            sys.stdout.buffer.write(line(members, files))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        silence_stdout()
    return counts


def line(members: Sequence[Member], files: Sequence[str]) -> bytes:
    """Write one cluster, the representative first."""
    listed = [
        {
            "id": member.id,
            "file": files[member.file],
            "kind": member.kind,
            "similarity": None if member.similarity is None else round(member.similarity, 4),
        }
        for member in members
    ]
    cluster = {"cluster": members[0].id, "size": len(members), "members": listed}
    return orjson.dumps(cluster, option=orjson.OPT_APPEND_NEWLINE)


def table(read: Counter[str], found: Counter[str]) -> Table:
    """Show what was read and found."""
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    shown.add_column(no_wrap=True)
    shown.add_column(justify="right", no_wrap=True)
    for name in ("files", "documents", "without text", "too short"):
        shown.add_row(name, str(read[name]))
    for name, key in {
        "clusters": "clusters",
        "exact copies": "exact",
        "near copies": "near",
    }.items():
        shown.add_row(name, str(found[key]))
    return shown
