from __future__ import annotations

import gzip
import json

import pytest

from crawler.sample.server import serve
from tests.running import finish, read_lines, run_crawl, start_scrapy

SITE = "https://a.example"


def document(number, title="", **fields):
    return {
        "record_id": f"{SITE}#wp/v2/posts/{number}",
        "kind": "document",
        "title": title,
        **fields,
    }


def tombstone(number):
    return {**document(number), "kind": "tombstone", "reason": "gone"}


class Runs:
    """Runs of one site, written by hand: each a minute after the one before."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    def add(
        self,
        *,
        mode="full",
        status=0,
        dataset=SITE,
        duplicates=(),
        limit=None,
        verdict="partial",
        compared=None,
        **files,
    ):
        self.count += 1
        name = f"20260101T00{self.count:02}00Z"
        folder = self.folder / name
        folder.mkdir(parents=True)
        listed = []
        for kind, records in files.items():
            text = "".join(f"{json.dumps(each)}\n" for each in records)
            (folder / f"{kind}.jsonl").write_text(text)
            listed.append({"path": f"{kind}.jsonl", "format": "jsonl", "rows": len(records)})
        if duplicates:
            text = "".join(f"{json.dumps(document(each))}\n" for each in duplicates)
            (folder / "duplicates.jsonl").write_text(text)
            listed.append({"path": "duplicates.jsonl", "format": "jsonl"})
        run = {
            "dataset": dataset,
            "started": f"2026-01-01T00:{self.count:02}:00Z",
            "arguments": {"mode": mode, "limit": limit, "after": None, "filters": []},
            "exit_status": status,
            "site": SITE,
            "collections": [
                {
                    "namespace": "wp/v2",
                    "rest_base": "posts",
                    "verdict": verdict,
                    "compared": {"changed_after": None, "left_out": 1, **(compared or {})},
                }
            ],
            "files": listed,
        }
        (folder / "run.json").write_text(json.dumps(run))


@pytest.fixture
def runs(tmp_path):
    return Runs(tmp_path / "a.example")


def snapshot(tmp_path, *words, out="out.jsonl"):
    path = tmp_path / out
    words = [str(tmp_path / "a.example"), "-O", str(path), *words]
    return finish(tmp_path, start_scrapy(tmp_path, "snapshot", *words)), path


def titles(path):
    return [
        (int(each["record_id"].rpartition("/")[2]), each["title"]) for each in read_lines(path)
    ]


class TestFolded:
    def test_versions(self, runs, tmp_path):
        """The latest version of each record is there, in the place of that version."""
        runs.add(documents=[document(1, "a"), document(2, "b"), document(3, "c")])
        runs.add(mode="incremental", documents=[document(2, "b2"), document(4, "d")])
        runs.add(mode="incremental", documents=[document(4, "d2")], terms=[document(9, "t")])
        done, path = snapshot(tmp_path)

        assert done.status == 0, done.stderr
        assert titles(path) == [(1, "a"), (3, "c"), (2, "b2"), (4, "d2"), (9, "t")]
        assert done.stdout.endswith("5 records, of 20260101T000100Z and 2 runs after it\n")

    def test_gone(self, runs, tmp_path):
        """What is gone is not there, and what came back is."""
        runs.add(documents=[document(1, "a"), document(2, "b"), document(3, "c")])
        runs.add(mode="incremental", tombstones=[tombstone(1), tombstone(2)])
        runs.add(mode="incremental", documents=[document(2, "back")])
        _, path = snapshot(tmp_path)

        assert titles(path) == [(3, "c"), (2, "back")]

    def test_became_copy(self, runs, tmp_path):
        """A record whose new version was left out as a copy is not there in its old one."""
        runs.add(documents=[document(1, "a"), document(2, "b")])
        runs.add(mode="incremental", duplicates=[2])
        _, path = snapshot(tmp_path)

        assert titles(path) == [(1, "a")]

    def test_copy_again(self, runs, tmp_path):
        """A copy that was asked for again, when what it was one of had gone, is there."""
        runs.add(documents=[document(1, "a")], duplicates=[2])
        runs.add(
            mode="incremental",
            tombstones=[tombstone(1)],
            documents=[document(2, "b")],
            duplicates=[2],
        )
        _, path = snapshot(tmp_path)

        assert titles(path) == [(2, "b")]

    def test_full_after_full(self, runs, tmp_path):
        """What a later full run has whole is all there is of that collection, partial or not."""
        runs.add(documents=[document(1, "a"), document(2, "b")], terms=[document(9, "t")])
        runs.add(status=3, verdict="complete", documents=[document(2, "b2")])
        _, path = snapshot(tmp_path)

        assert titles(path) == [(2, "b2")]

    def test_first_increment(self, runs, tmp_path):
        """An increment to nothing is a full run."""
        runs.add(mode="incremental", documents=[document(1, "a")], compared={"left_out": 0})
        runs.add(mode="incremental", documents=[document(2, "b")])
        _, path = snapshot(tmp_path)

        assert titles(path) == [(1, "a"), (2, "b")]

    def test_first_increment_of_another_collection(self, runs, tmp_path):
        """An increment that begins a collection is no ground where a full run is there."""
        runs.add(documents=[document(1, "a")])
        runs.add(mode="incremental", terms=[document(9, "t")], compared={"left_out": 0})
        _, path = snapshot(tmp_path)

        assert titles(path) == [(1, "a"), (9, "t")]

    def test_last_full(self, runs, tmp_path):
        """It begins with the last full run that is complete; a part of a site is no ground."""
        runs.add(documents=[document(1, "a")])
        runs.add(documents=[document(2, "b")])
        runs.add(status=3, documents=[document(3, "c")])
        runs.add(limit=1, documents=[document(4, "d")])
        runs.add(status=4)
        _, path = snapshot(tmp_path)

        assert titles(path) == [(2, "b"), (3, "c"), (4, "d")]

    def test_compressed(self, runs, tmp_path):
        """The file is compressed as its name says."""
        runs.add(documents=[document(1, "a")])
        done, path = snapshot(tmp_path, out="out.jsonl.gz")

        assert done.status == 0
        assert json.loads(gzip.decompress(path.read_bytes()))["title"] == "a"

    def test_real(self, tmp_path):
        """Of one full run it is what that run delivered, line by line."""
        with serve() as server:
            made = run_crawl(tmp_path, f"site={server.url}", "collections=all")
        out = tmp_path / "out.jsonl"
        done = finish(
            tmp_path, start_scrapy(tmp_path, "snapshot", str(made.folder.parent), "-O", str(out))
        )
        lines = b"".join((made.folder / told["path"]).read_bytes() for told in made.run["files"])

        assert done.status == 0, done.stderr
        assert out.read_bytes() == lines


class TestRefused:
    def test_datasets(self, runs, tmp_path):
        """Of several datasets one has to be named."""
        runs.add(documents=[document(1, "a")], dataset="one")
        runs.add(documents=[document(2, "b")], dataset="two")
        done, path = snapshot(tmp_path)

        assert done.status == 2
        assert "holds runs of 2 datasets: one, two; --dataset names one" in done.errors[0]
        assert not path.exists()
        assert titles(snapshot(tmp_path, "--dataset", "one")[1]) == [(1, "a")]

    @pytest.mark.parametrize("limit", [None, 5])
    def test_no_full_run(self, runs, tmp_path, limit):
        """Where no full run was published there is nothing to fold."""
        if limit:
            runs.add(limit=limit)
        runs.add(mode="incremental")
        done, _ = snapshot(tmp_path)

        assert done.status == 2
        assert "holds no full run that was published" in done.errors[0]

    def test_torn(self, runs, tmp_path):
        """A file with a line that is no record ends it, and no file appears."""
        runs.add(documents=[document(1, "a")])
        [file] = runs.folder.glob("*/documents.jsonl")
        file.write_text('{"record_id"')
        done, path = snapshot(tmp_path)

        assert done.status == 2
        assert "holds a line that is no record: scrapy verify tells more" in done.errors[0]
        assert not path.exists()

    def test_usage(self, tmp_path):
        """Without a folder or a file it says what it expects."""
        done = finish(tmp_path, start_scrapy(tmp_path, "snapshot", "x"))

        assert done.status == 2
        assert "scrapy snapshot exports/example.org -O example.jsonl" in done.errors[0]
