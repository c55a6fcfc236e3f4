"""Where the records go: files of the user's choice, appended or replaced, or a pipe."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
from pathlib import Path

import pytest
import zstandard

from crawler.items import Document, Term
from crawler.sample.server import serve
from tests.crawl.layers import as_json, serve_under, text, where
from tests.running import finish, read_lines, run_crawl, start_crawl

csv.field_size_limit(10_000_000)


@pytest.fixture(scope="module")
def museum():
    with serve() as server:
        yield server


def crawl_to(museum, tmp_path, *output, collections="guides"):
    crawl = run_crawl(tmp_path, f"site={museum.url}", f"collections={collections}", output=output)
    assert crawl.status == 0, crawl.stderr
    return crawl


def rows(table):
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))


def ungzip(path):
    return gzip.decompress(path.read_bytes())


def unzstd(path):
    with zstandard.open(path, "rb") as file:
        return file.read()


NAMES = ("x.jsonl", "x.csv", "x.jsonl.gz", "x.csv.zst")
SUFFIXES = ("", ".gz", ".zst")


@pytest.fixture(scope="module")
def replaced(museum, tmp_path_factory):
    """Crawl two collections to four files, of which one is there already."""
    folder = tmp_path_factory.mktemp("replaced")
    (folder / "x.jsonl").write_text("old\n")
    words = [word for name in NAMES for word in ("-O", str(folder / name))]
    return folder, crawl_to(museum, folder, *words, collections="guides,materials")


@pytest.fixture(scope="module")
def appended(museum, tmp_path_factory):
    """Crawl twice to the same files."""
    folder = tmp_path_factory.mktemp("appended")
    names = [f"x.{kind}{suffix}" for kind in ("csv", "jsonl") for suffix in SUFFIXES]
    words = [word for name in names for word in ("-o", str(folder / name))]
    crawl_to(museum, folder, *words)
    return folder, crawl_to(museum, folder, *words)


class TestReplaced:
    def test_all_items(self, museum, replaced):
        """Each file that was asked for holds all items of the run."""
        folder, _ = replaced
        expected = {f"guides/{n}" for n in museum.site.listed("guides")}
        expected |= {f"materials/{n}" for n in museum.site.listed("materials")}
        lines, table = (folder / "x.jsonl").read_bytes(), (folder / "x.csv").read_bytes()

        found = [f"{item['collection']}/{item['id']}" for item in read_lines(folder / "x.jsonl")]
        assert (len(found), set(found)) == (len(expected), expected)
        assert {f"{row['collection']}/{row['id']}" for row in rows(table)} == expected
        assert gzip.decompress((folder / "x.jsonl.gz").read_bytes()) == lines
        assert unzstd(folder / "x.csv.zst") == table

    def test_account(self, replaced):
        """run.json names them with rows, bytes and checksum; the run's folder holds only that."""
        folder, crawl = replaced
        files = {file["path"]: file for file in crawl.run["files"]}
        assert set(files) == {str(folder / name) for name in NAMES}
        for path, file in files.items():
            with open(path, "rb") as made:
                data = made.read()
            digest = hashlib.sha256(data).hexdigest()
            assert (file["bytes"], file["sha256"]) == (len(data), digest)
            assert (file["rows"], file["offset"]) == (18, 0)
        assert [path.name for path in crawl.folder.iterdir()] == ["run.json"]

    def test_columns(self, replaced):
        """The columns are those of the kinds asked for, in the order of the fields."""
        [*columns] = rows((replaced[0] / "x.csv").read_bytes())[0]
        heads = [name.partition(".")[0] for name in columns]
        assert heads[:7] == "record_id kind site collection type id link".split()
        assert set(heads) == {*Document.__dataclass_fields__, *Term.__dataclass_fields__}

    def test_same_values(self, replaced):
        """What the table says is what the lines say."""
        folder, _ = replaced
        table = {row["record_id"]: row for row in rows((folder / "x.csv").read_bytes())}
        for item in read_lines(folder / "x.jsonl"):
            row = table[item["record_id"]]
            assert row.get("published", "") == (item.get("published") or "")
            assert row["slug"] == item["slug"]
            assert row["provenance.run_id"] == item["provenance"]["run_id"]

    def test_in_the_folder(self, museum, tmp_path):
        """A file may be asked for in the run's folder."""
        crawl = crawl_to(museum, tmp_path, "-O", "%(run_folder)s/all.jsonl")

        assert [file["path"] for file in crawl.run["files"]] == ["all.jsonl"]
        names = {path.name for path in crawl.folder.iterdir()}
        assert names == {"all.jsonl", "run.json"}
        assert len(list(read_lines(crawl.folder / "all.jsonl"))) == 8

    def test_batches(self, museum, tmp_path):
        """Files of so many items each are published together, as one feed."""
        settings = {"FEED_EXPORT_BATCH_ITEM_COUNT": 3}
        crawl = run_crawl(
            tmp_path,
            f"site={museum.url}",
            "collections=guides",
            settings=settings,
            output=["-O", f"{tmp_path}/part-%(batch_id)d.jsonl"],
        )

        assert crawl.status == 0, crawl.stderr
        parts = [len(list(read_lines(tmp_path / f"part-{n}.jsonl"))) for n in (1, 2, 3)]
        assert parts == [3, 3, 2]

    def test_type_name(self, museum, tmp_path):
        """Media that were asked for by their type have their columns too."""
        crawl_to(museum, tmp_path, "-O", f"{tmp_path}/x.csv", collections="attachment")

        assert all(row["source_url"] for row in rows((tmp_path / "x.csv").read_bytes()))


class TestAppended:
    @pytest.mark.parametrize("suffix", SUFFIXES)
    def test_twice(self, museum, appended, suffix):
        """Both runs are in one file, whole, and there is one header."""
        folder, _ = appended
        unpack = {"": Path.read_bytes, ".zst": unzstd, ".gz": ungzip}[suffix]
        table, lines = (unpack(folder / f"x.{kind}{suffix}") for kind in ("csv", "jsonl"))
        twice = sorted([*museum.site.listed("guides")] * 2)

        assert sorted(int(row["id"]) for row in rows(table)) == twice
        assert table.count(b"record_id,kind") == 1
        assert sorted(json.loads(line)["id"] for line in lines.splitlines()) == twice

    def test_account(self, appended):
        """run.json tells where this run's rows begin in each."""
        _, crawl = appended
        assert len(crawl.run["files"]) == 6
        for file in crawl.run["files"]:
            assert file["rows"] == 8
            assert 0 < file["offset"] < file["bytes"]


class TestPipe:
    def test_lines(self, museum, tmp_path):
        """-O -:jsonl gives the pipe the records and nothing else; people read standard error."""
        crawl = crawl_to(museum, tmp_path, "-O", "-:jsonl")

        ids = [json.loads(line)["id"] for line in crawl.stdout.splitlines()]
        assert sorted(ids) == sorted(museum.site.listed("guides"))
        assert "exit status 0" in crawl.stderr
        assert "does not support" not in crawl.stderr
        assert "StagedFileStorage" not in crawl.stderr  # no file is written beside it
        assert crawl.run["exit_status"] == 0

    def test_closed(self, museum, tmp_path):
        """A reader that has gone, as head does, ends the run: one line, status 4."""
        reading, writing = os.pipe()
        os.close(reading)
        process = start_crawl(
            tmp_path,
            f"site={museum.url}",
            "collections=all",
            output=["-O", "-:jsonl"],
            stdout=writing,
        )
        os.close(writing)
        crawl = finish(tmp_path, process, timeout=30)

        assert crawl.status == 4, crawl.stderr
        assert crawl.errors == ["standard output was closed: Broken pipe"]
        assert "Traceback" not in crawl.stderr
        assert "Exception ignored" not in crawl.stderr


class TestEmpty:
    def test_asked_for(self, tmp_path):
        """A kind that was asked for by its word has a file even when there is nothing in it."""
        nothing = as_json(200, [], ("X-WP-Total", "0"), ("X-WP-TotalPages", "0"))
        with serve_under(where("/wp-json/wp/v2/(comments|tags)", nothing)) as server:
            crawl = run_crawl(tmp_path, f"site={server.url}", "collections=comments,tags")

        assert crawl.status == 0, crawl.stderr
        names = {path.name for path in crawl.folder.iterdir()}
        assert names == {"comments.jsonl", "terms.jsonl", "run.json"}
        assert [file["rows"] for file in crawl.run["files"]] == [0, 0]


class TestNothingHarvested:
    def test_old_file(self, tmp_path):
        """A run that ends with 1 leaves the old file as it stands, appended to or replaced."""
        old = tmp_path / "old.jsonl"
        old.write_text('{"id":1}\n')
        with serve_under(where("/", text(404, "<h1>Not Found</h1>"))) as server:
            crawl = run_crawl(tmp_path, f"site={server.url}", output=["-o", str(old)])

        assert crawl.status == 1
        assert old.read_text() == '{"id":1}\n'
        assert crawl.run["files"] == []
        assert sorted(path.name for path in tmp_path.iterdir()) == [
            "exports",
            "old.jsonl",
            "state",
        ]
