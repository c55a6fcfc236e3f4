"""Whole runs of Scrapy, in processes of their own."""

import csv
import gzip
import hashlib
import io
import json
import os

import pytest
import zstandard

from crawler.feeds.cells import read_rows
from tests.feeds.feed_run import run, start_run

OLD = b'{"id":0,"title":"from before"}\n'


def ids(data: bytes) -> list[int]:
    return [json.loads(line)["id"] for line in data.splitlines()]


def unpack(suffix: str, data: bytes) -> bytes:
    if suffix == ".gz":
        return gzip.decompress(data)
    if suffix == ".zst":
        reader = zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True)
        return reader.read()
    return data


def left_in(folder) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"report"}


class TestReplace:
    def test_old_file_stands_until_the_end(self, tmp_path):
        """With -O the old file is there, whole, until the run is over; then the new one is."""
        out = tmp_path / "out.jsonl"
        out.write_bytes(OLD)
        with start_run(tmp_path, ("-O", out), items=2_000, wait_at=1_500) as process:
            assert process.stdout.readline() == b"waiting\n"
            assert out.read_bytes() == OLD
            parts = left_in(tmp_path) - {"out.jsonl"}
            process.communicate(b"\n", timeout=60)

        assert ids(out.read_bytes()) == list(range(1, 2_001))
        assert len(parts) == 1
        assert all(part.startswith(".out.jsonl.") and part.endswith(".part") for part in parts)
        assert left_in(tmp_path) == {"out.jsonl"}

    @pytest.mark.parametrize("option", ["-O", "-o"])
    def test_killed(self, tmp_path, option):
        """Killed in the middle, the old file is untouched; the next run is whole."""
        out = tmp_path / "out.jsonl"
        out.write_bytes(OLD)
        with start_run(tmp_path, (option, out), items=2_000, wait_at=1_900) as process:
            process.stdout.readline()
            process.kill()
        assert out.read_bytes() == OLD

        run(tmp_path, (option, out), items=5)
        assert ids(out.read_bytes()) == [*([0] if option == "-o" else []), 1, 2, 3, 4, 5]

    def test_report(self, tmp_path):
        """Size, hash and rows are those of the files on the disk; run.json comes last."""
        report = run(
            tmp_path,
            ("-O", "out.jsonl.gz"),
            ("-O", tmp_path / "a" / "b" / "out.csv"),
            items=300,
            run_json="run.json",
        )
        paths = [tmp_path / file["path"] for file in report["files"]]

        assert [path.name for path in paths] == ["out.jsonl.gz", "out.csv", "run.json"]
        for file, path in zip(report["files"], paths, strict=True):
            data = path.read_bytes()
            assert file["bytes"] == len(data)
            assert file["sha256"] == hashlib.sha256(data).hexdigest()
        assert [file["rows"] for file in report["files"]] == [300, 300, None]
        assert json.loads((tmp_path / "run.json").read_text()) == report["files"][:2]
        assert report["stats"]["feeds/record_count/jsonl"] == 300
        assert report["stats"]["feeds/record_count/csv"] == 300
        assert report["stats"]["feedexport/success_count/StagedFileStorage"] == 2

    def test_no_items(self, tmp_path):
        """A run without items leaves empty files, the CSV with its header."""
        run(tmp_path, ("-O", "out.jsonl"), ("-O", "out.csv"), items=0, kinds=["user"])

        assert (tmp_path / "out.jsonl").read_bytes() == b""
        assert (tmp_path / "out.csv").read_bytes().startswith(b"record_id,kind,site,")

    def test_empty_not_wanted(self, tmp_path):
        """With store_empty off an empty feed leaves nothing, and the old file stands."""
        (tmp_path / "out.jsonl").write_bytes(OLD)
        feeds = {"out.jsonl": {"format": "jsonl", "overwrite": True, "store_empty": False}}
        report = run(tmp_path, feeds=feeds, items=0)

        assert report["error"] is None
        assert report["files"] == []
        assert (tmp_path / "out.jsonl").read_bytes() == OLD

    def test_batches(self, tmp_path):
        """Batches are published together at the end too."""
        feeds = {"%(batch_id)d.jsonl": {"format": "jsonl", "batch_item_count": 4}}
        report = run(tmp_path, feeds=feeds, items=10)

        assert [file["rows"] for file in report["files"]] == [4, 4, 2]
        assert ids((tmp_path / "3.jsonl").read_bytes()) == [9, 10]
        assert left_in(tmp_path) == {"1.jsonl", "2.jsonl", "3.jsonl"}


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
class TestAppend:
    def test_csv_twice(self, tmp_path, suffix):
        """Two runs with -o make one file with one header."""
        out = tmp_path / f"out.csv{suffix}"
        first = run(tmp_path, ("-o", out), kinds=["document"], items=3)
        size = out.stat().st_size
        second = run(tmp_path, ("-o", out), kinds=["document"], items=2)
        data = unpack(suffix, out.read_bytes())

        assert [row["id"] for row in read_rows(io.BytesIO(data))] == ["1", "2", "3", "1", "2"]
        assert [row["id"] for row in csv.DictReader(io.StringIO(data.decode(), newline=""))] == [
            *("1", "2", "3", "1", "2")
        ]
        assert first["files"][0]["offset"] == 0
        assert second["files"][0]["offset"] == size
        assert second["files"][0]["bytes"] == out.stat().st_size
        assert second["files"][0]["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
        assert left_in(tmp_path) == {out.name}

    def test_other_header(self, tmp_path, suffix):
        """Other columns are refused before the first item, and both headers are named."""
        out = tmp_path / f"out.csv{suffix}"
        run(tmp_path, ("-o", out), kinds=["document"])
        before = out.read_bytes()
        report = run(tmp_path, ("-o", out), kinds=["user"], items=10, wait_at=1)

        assert report["kind"] == "ArgumentError"
        assert "has the columns 'record_id,kind," in report["error"]
        assert "; column 9 is 'guid' there, 'name' here" in report["error"]
        assert report["stdout"] == b""
        assert out.read_bytes() == before
        assert left_in(tmp_path) == {out.name}


def test_rows_of_another_spider(tmp_path):
    """For items that are not ours the columns come with the first one, and are compared."""
    out = tmp_path / "out.csv"
    for _ in range(2):
        run(tmp_path, ("-o", out), plain=True, items=2)
    before = out.read_bytes()
    report = run(tmp_path, ("-o", out), items=2)

    assert before == b"id,title\r\n1,Walk 1\r\n2,Walk 2\r\n1,Walk 1\r\n2,Walk 2\r\n"
    assert report["kind"] == "ArgumentError"
    assert "has the columns 'id,title' (2), this feed 'record_id" in report["error"]
    assert "Traceback" not in report["log"]
    assert out.read_bytes() == before


class TestDiskFull:
    @pytest.mark.parametrize(
        ("option", "name"),
        [("-O", "out.jsonl"), ("-o", "out.csv"), ("-o", "out.jsonl.gz"), ("-O", "out.csv.zst")],
    )
    def test_old_file_stands(self, tmp_path, option, name):
        """One clear line, nothing half-published, the crawl is stopped."""
        out = tmp_path / name
        before = gzip.compress(OLD) if name.endswith(".gz") else b""
        out.write_bytes(before)
        plan = {"items": 20_000, "noise": 4_000, "file_limit": 20_000, "run_json": "run.json"}
        report = run(tmp_path, (option, out), **plan)

        assert report["kind"] == "PublicationError"
        assert report["error"] == f"{str(out)!r} could not be written: File too large"
        assert report["reason"] == "publication_error"
        assert report["log"].count("Nothing will be published: ") == 1
        assert "Traceback" not in report["log"]
        assert report["stats"]["feedexport/failed_count/StagedFileStorage"] == 1
        assert report["stats"][f"feeds/record_count/{name.split('.')[1]}"] < 2_000
        assert out.read_bytes() == before
        assert left_in(tmp_path) == {name}

    def test_of_two_feeds(self, tmp_path):
        """When one of two feeds does not fit, neither is published."""
        report = run(
            tmp_path, ("-O", "small.jsonl.zst"), ("-O", "big.jsonl"), items=300, file_limit=50_000
        )

        assert report["error"] == "'big.jsonl' could not be written: File too large"
        assert left_in(tmp_path) == set()

    def test_appended_whole_does_not_fit(self, tmp_path):
        """The rows fit and the whole does not: the old file stands."""
        out = tmp_path / "out.jsonl"
        out.write_bytes(OLD * 1_500)
        report = run(tmp_path, ("-o", out), items=10, file_limit=50_000)

        assert report["error"] == f"{str(out)!r} could not be written: File too large"
        assert out.read_bytes() == OLD * 1_500
        assert left_in(tmp_path) == {"out.jsonl"}


class TestRefused:
    @pytest.mark.parametrize(
        ("outputs", "message"),
        [
            (
                [("-O", "a/out.jsonl"), ("-O", "%(shelf)s/out.jsonl")],
                "two outputs of one run name the same file: 'a/out.jsonl' and 'link/out.jsonl'",
            ),
            ([("-O", "%(shelf)s.d:jsonl")], "'link.d' is a folder"),
        ],
    )
    def test_when_the_spider_opens(self, tmp_path, outputs, message):
        """What only the spider's name for it shows ends the run before its first item."""
        (tmp_path / "a").mkdir()
        (tmp_path / "link").symlink_to("a")
        (tmp_path / "link.d").mkdir()
        report = run(tmp_path, *outputs, shelf="link", wait_at=1)

        assert report["kind"] == "ArgumentError"
        assert message in report["error"]
        assert report["reason"] == "refused"
        assert report["stdout"] == b""
        assert "Traceback" not in report["log"]
        assert left_in(tmp_path) == {"a", "link", "link.d"}
        assert left_in(tmp_path / "a") == set()

    def test_while_the_extensions_are_built(self, tmp_path):
        """What the settings show ends the run before the spider opens."""
        (tmp_path / "out.jsonl").mkdir()
        report = run(tmp_path, ("-O", "out.jsonl"))

        assert report["kind"] == "ArgumentError"
        assert report["error"].startswith("'out.jsonl' is a folder, expected a file")
        assert "Spider opened" not in report["log"]


class TestStdout:
    def test_pipe(self, tmp_path):
        """-O -:jsonl writes the items to the pipe, and nothing else."""
        report = run(tmp_path, ("-O", "-:jsonl"), items=50)

        assert ids(report["stdout"]) == list(range(1, 51))
        assert "does not support overwriting" not in report["log"]

    def test_csv(self, tmp_path):
        """As CSV it begins with the header."""
        report = run(tmp_path, ("-O", "-:csv"), items=3, plain=True)

        assert report["stdout"] == b"id,title\r\n1,Walk 1\r\n2,Walk 2\r\n3,Walk 3\r\n"

    def test_reader_goes_away(self, tmp_path):
        """As with head: one clear line, and the run stops."""
        with start_run(tmp_path, ("-O", "-:jsonl"), items=100_000) as process:
            assert json.loads(process.stdout.readline())["id"] == 1
            process.stdout.close()
            log = process.stderr.read().decode()
            assert process.wait(timeout=60) == 0
        report = json.loads((tmp_path / "report").read_text())

        assert report["error"] == "standard output was closed: Broken pipe"
        assert "Traceback" not in log
        assert "Exception ignored" not in log
        assert report["stats"]["feeds/record_count/jsonl"] < 100_000


class TestWhere:
    def test_link(self, tmp_path):
        """A symbolic link stays one; the file that it names is replaced."""
        (tmp_path / "there").mkdir()
        (tmp_path / "there" / "real.jsonl").write_bytes(OLD)
        (tmp_path / "out.jsonl").symlink_to("there/real.jsonl")
        (tmp_path / "new.jsonl").symlink_to("there/new.jsonl")
        run(tmp_path, ("-O", "out.jsonl"), ("-o", "new.jsonl"), items=2)

        assert (tmp_path / "out.jsonl").is_symlink()
        assert ids((tmp_path / "there" / "real.jsonl").read_bytes()) == [1, 2]
        assert ids((tmp_path / "there" / "new.jsonl").read_bytes()) == [1, 2]
        assert left_in(tmp_path / "there") == {"real.jsonl", "new.jsonl"}

    def test_mode(self, tmp_path):
        """A new file honours the umask, a replaced one keeps its mode."""
        (tmp_path / "old.jsonl").write_bytes(OLD)
        (tmp_path / "old.jsonl").chmod(0o600)
        (tmp_path / "more.jsonl").write_bytes(OLD)
        (tmp_path / "more.jsonl").chmod(0o640)
        before = os.umask(0o027)
        try:
            run(tmp_path, ("-O", "old.jsonl"), ("-o", "more.jsonl"), ("-O", "new.jsonl"))
        finally:
            os.umask(before)

        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("*.jsonl")}
        assert modes == {"old.jsonl": 0o600, "more.jsonl": 0o640, "new.jsonl": 0o640}

    def test_file_uri(self, tmp_path):
        """A file: URI names the same file as its path."""
        out = tmp_path / "two words.jsonl"
        run(tmp_path, ("-O", f"{tmp_path.as_uri()}/two%20words.jsonl"), items=1)
        run(tmp_path, ("-o", out), items=1)

        assert ids(out.read_bytes()) == [1, 1]
