import gzip
import hashlib
import json
import os
import subprocess
import sys

import pytest

from crawler.errors import ArgumentError, PublicationError
from crawler.feeds import renaming
from crawler.feeds.appending import read_existing
from crawler.feeds.compression import COMPRESSIONS
from crawler.feeds.publication import Publication, PublishedFile
from crawler.feeds.staging import staged_under
from crawler.feeds.storage import target_of
from tests.feeds.feed_run import ROOT


def stage(publication, path, data, *, rows=1, seal=True, **options):
    """Stage a file as a storage does."""
    options = {"format": "jsonl", "overwrite": True, **options}
    target = target_of(str(path), options)
    publication.claim(target)
    file = publication.open(target)
    if target.append and staged_under(file):
        staged_under(file).existing = read_existing(target)
    file.write(data)
    if seal:
        publication.close(file, rows=rows)
    return file


def left_in(folder):
    return {path.name for path in folder.iterdir()}


class TestPublish:
    def test_all_together(self, tmp_path):
        """Nothing is there before, all after, and what was staged as bytes comes last."""
        publication = Publication()
        stage(publication, tmp_path / "a.jsonl", b"1\n2\n", rows=2)
        stage(publication, tmp_path / "new" / "folder" / "b.jsonl", b"3\n")
        prepared = publication.prepare()
        publication.stage_bytes(tmp_path / "run.json", json.dumps(len(prepared)).encode())
        assert not any(path.suffix in {".jsonl", ".json"} for path in tmp_path.rglob("*"))
        files = publication.publish()

        assert files[:2] == prepared
        assert files[0] == PublishedFile(
            path=str(tmp_path / "a.jsonl"),
            format="jsonl",
            rows=2,
            bytes=4,
            sha256=hashlib.sha256(b"1\n2\n").hexdigest(),
        )
        assert [os.path.basename(file.path) for file in files] == [
            "a.jsonl",
            "b.jsonl",
            "run.json",
        ]
        assert (files[2].rows, files[2].format) == (None, "json")
        assert (tmp_path / "new" / "folder" / "b.jsonl").read_bytes() == b"3\n"
        assert left_in(tmp_path) == {"a.jsonl", "new", "run.json"}

    def test_order_of_renames(self, tmp_path, monkeypatch):
        """The run.json takes its name when all others have theirs."""
        renamed = []
        replace = os.replace
        monkeypatch.setattr(
            renaming.os, "replace", lambda a, b: (renamed.append(b.name), replace(a, b))
        )
        publication = Publication()
        publication.stage_bytes(tmp_path / "run.json", b"{}")
        stage(publication, tmp_path / "a.jsonl", b"1\n")
        publication.publish()

        assert renamed == ["a.jsonl", "run.json"]

    def test_again(self, tmp_path):
        """After it the publication is empty, and may be used again."""
        publication = Publication()
        for number in (b"1\n", b"2\n"):
            stage(publication, tmp_path / "a.jsonl", number)
            publication.publish()

        assert (tmp_path / "a.jsonl").read_bytes() == b"2\n"
        assert publication.publish() == []

    def test_never_closed(self, tmp_path):
        """A file that was never completed is not published, nor is any other."""
        publication = Publication()
        stage(publication, tmp_path / "whole.jsonl", b"1\n")
        stage(publication, tmp_path / "half.jsonl", b"2", seal=False)

        with pytest.raises(PublicationError, match=r"half\.jsonl' was never completed$"):
            publication.publish()
        publication.discard()
        assert left_in(tmp_path) == set()

    def test_part_removed(self, tmp_path):
        """A part that somebody removed is missed before the first rename."""
        publication = Publication()
        stage(publication, tmp_path / "a.jsonl", b"1\n")
        file = stage(publication, tmp_path / "b.jsonl", b"2\n", seal=False)
        publication.close(file)
        staged_under(file).part.unlink()

        with pytest.raises(PublicationError, match=r"b\.jsonl' was staged, and its part was rem"):
            publication.publish()
        publication.discard()
        assert left_in(tmp_path) == set()

    def test_folder_in_the_way(self, tmp_path):
        """What became of the final name meanwhile is seen before the first rename."""
        publication = Publication()
        stage(publication, tmp_path / "a.jsonl", b"1\n")
        stage(publication, tmp_path / "b.jsonl", b"2\n")
        (tmp_path / "b.jsonl").mkdir()

        with pytest.raises(PublicationError, match=r"b\.jsonl' is a folder"):
            publication.publish()
        assert not (tmp_path / "a.jsonl").exists()

    def test_rename_refused(self, tmp_path, monkeypatch):
        """When the system refuses the second rename, what is in place is named."""
        replace = os.replace

        def refuse_b(part, final):
            if final.name == "b.jsonl":
                raise OSError(5, "Input/output error")
            replace(part, final)

        monkeypatch.setattr(renaming.os, "replace", refuse_b)
        publication = Publication()
        stage(publication, tmp_path / "a.jsonl", b"1\n")
        stage(publication, tmp_path / "b.jsonl", b"2\n")

        with pytest.raises(
            PublicationError,
            match=r"b\.jsonl' could not be put in place: Input/output error; in place .*a\.jsonl$",
        ):
            publication.publish()
        publication.discard()
        assert left_in(tmp_path) == {"a.jsonl"}

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
    def test_owner(self, tmp_path):
        """Root, who replaces somebody's file, leaves it theirs."""
        (tmp_path / "a.jsonl").write_bytes(b"old\n")
        os.chown(tmp_path / "a.jsonl", 65534, 65534)
        publication = Publication()
        stage(publication, tmp_path / "a.jsonl", b"1\n")
        publication.publish()

        assert (tmp_path / "a.jsonl").stat().st_uid == 65534

    def test_long_name(self, tmp_path):
        """A name as long as the system allows has room for its part."""
        name = "é" * 120 + ".jsonl"
        publication = Publication()
        stage(publication, tmp_path / name, b"1\n")
        publication.publish()

        assert left_in(tmp_path) == {name}


class TestDiscard:
    def test_old_files_stand(self, tmp_path):
        """What was staged is gone, open files too; what was there before is there."""
        (tmp_path / "a.jsonl").write_bytes(b"old\n")
        publication = Publication()
        stage(publication, tmp_path / "a.jsonl", b"1\n")
        stage(publication, tmp_path / "b.jsonl", b"2", seal=False)
        publication.stage_bytes(tmp_path / "run.json", b"{}")
        publication.discard()
        publication.discard()

        assert (tmp_path / "a.jsonl").read_bytes() == b"old\n"
        assert left_in(tmp_path) == {"a.jsonl"}
        assert publication.publish() == []

    def test_after_prepare(self, tmp_path):
        """The wholes that were made of old content and new rows are gone too."""
        (tmp_path / "a.jsonl").write_bytes(b"old\n")
        publication = Publication()
        stage(publication, tmp_path / "a.jsonl", b"1\n", overwrite=False)
        publication.prepare()
        assert len(left_in(tmp_path)) == 3
        publication.discard()

        assert (tmp_path / "a.jsonl").read_bytes() == b"old\n"
        assert left_in(tmp_path) == {"a.jsonl"}


class TestError:
    def test_first_is_told(self, tmp_path):
        """The first error is kept, told once, and told to who asks later."""
        publication = Publication()
        told = []
        publication.on_error(told.append)
        first = PublicationError("first")
        publication.fail(first)
        publication.fail(PublicationError("second"))
        publication.on_error(told.append)

        assert told == [first, first]
        assert publication.error is first

    def test_nothing_is_published(self, tmp_path):
        """After an error every step raises it, and what is written goes nowhere."""
        publication = Publication()
        stage(publication, tmp_path / "a.jsonl", b"1\n")
        publication.fail(ArgumentError("no"))
        for step in (publication.prepare, publication.publish):
            with pytest.raises(ArgumentError, match=r"^no$"):
                step()
        with pytest.raises(ArgumentError, match=r"^no$"):
            publication.stage_bytes(tmp_path / "run.json", b"{}")
        with pytest.raises(ArgumentError, match=r"^no$"):
            stage(publication, tmp_path / "b.jsonl", b"2\n")
        publication.discard()

        assert left_in(tmp_path) == set()

    def test_told_in_a_file(self, tmp_path):
        """After a discard a run.json may still tell what went wrong, and fail in its turn."""
        publication = Publication()
        first = PublicationError("first")
        stage(publication, tmp_path / "a.jsonl", b"1\n")
        publication.fail(first)
        publication.discard()
        publication.stage_bytes(tmp_path / "run.json", b"{}")
        publication.publish()

        assert left_in(tmp_path) == {"run.json"}
        publication.fail(PublicationError("second"))
        with pytest.raises(PublicationError, match=r"^second$"):
            publication.publish()
        assert publication.error is first

    def test_of_another_kind(self):
        """An error that is not ours is told as one that is."""
        publication = Publication()
        publication.fail(MemoryError("too much"))

        with pytest.raises(PublicationError, match=r"^too much$"):
            publication.publish()

    def test_same_file_twice(self, tmp_path):
        """Two outputs of one name are refused, whatever the spelling."""
        publication = Publication()
        stage(publication, tmp_path / "a.jsonl", b"1\n")
        (tmp_path / "link.json").symlink_to("a.jsonl")

        with pytest.raises(ArgumentError, match=r"same file: '.*/a\.jsonl' and '.*/link\.json'$"):
            publication.stage_bytes(tmp_path / "link.json", b"{}")


class TestAppend:
    def test_changed_meanwhile(self, tmp_path):
        """Rows that another run appended since the feed was opened are kept."""
        out = tmp_path / "a.jsonl"
        out.write_bytes(b"old\n")
        first, second = Publication(), Publication()
        stage(first, out, b"first\n", overwrite=False)
        stage(second, out, b"second\n", overwrite=False)
        second.publish()
        [file] = first.publish()

        assert out.read_bytes() == b"old\nsecond\nfirst\n"
        assert file.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
        assert file.offset == len(b"old\nsecond\n")
        assert left_in(tmp_path) == {"a.jsonl"}

    @pytest.mark.parametrize("there", [True, False])
    def test_changed_since_prepared(self, tmp_path, there):
        """What was promised does not hold any more: refused, and right when tried again."""
        out = tmp_path / "a.jsonl"
        if there:
            out.write_bytes(b"old\n")
        publication = Publication()
        stage(publication, out, b"mine\n", overwrite=False)
        publication.prepare()
        prepare = publication.prepare

        def prepare_and_lose():
            files = prepare()
            out.write_bytes(b"other\n")
            return files

        publication.prepare = prepare_and_lose
        with pytest.raises(PublicationError, match=r"a\.jsonl' was changed while this run appen"):
            publication.publish()
        publication.prepare = prepare
        publication.publish()

        assert out.read_bytes() == b"other\nmine\n"
        assert left_in(tmp_path) == {"a.jsonl"}

    @pytest.mark.parametrize("suffix", ["", ".gz"])
    def test_csv_vanished(self, tmp_path, suffix):
        """When the file that had the header is gone, the new one gets it."""
        out = tmp_path / f"a.csv{suffix}"
        pack = gzip.compress if suffix else bytes
        out.write_bytes(pack(b"id\r\n1\r\n"))
        publication = Publication()
        options = {"format": "csv", "overwrite": False}
        if suffix:
            options["postprocessing"] = ["scrapy.extensions.postprocessing.GzipPlugin"]
        file = stage(publication, out, pack(b"2\r\n"), seal=False, **options)
        staged_under(file).head = b"id\r\n"
        publication.close(file, rows=1)
        out.unlink()
        publication.publish()

        data = out.read_bytes()
        assert (gzip.decompress(data) if suffix else data) == b"id\r\n2\r\n"

    def test_csv_appeared(self, tmp_path):
        """When another run made the file meanwhile, no second header gets into it."""
        out = tmp_path / "a.csv"
        publication = Publication()
        stage(publication, out, b"id\r\n1\r\n", format="csv", overwrite=False)
        out.write_bytes(b"id\r\n2\r\n")

        with pytest.raises(PublicationError, match=r"a\.csv' was made by another run meanwhile$"):
            publication.publish()
        publication.discard()
        assert out.read_bytes() == b"id\r\n2\r\n"
        assert left_in(tmp_path) == {"a.csv"}

    def test_csv_replaced(self, tmp_path):
        """When another header stands there now, the rows do not come under it."""
        out = tmp_path / "a.csv"
        out.write_bytes(b"id\r\n1\r\n")
        publication = Publication()
        file = stage(publication, out, b"2\r\n", seal=False, format="csv", overwrite=False)
        staged_under(file).head = b"id\r\n"
        publication.close(file, rows=1)
        out.write_bytes(b"name\r\nx\r\n")

        with pytest.raises(PublicationError, match=r"has the columns 'name' \(1\), this"):
            publication.publish()

    @pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
    def test_last_line_without_newline(self, tmp_path, suffix):
        """It gets one, in a compressed file too."""
        compression = COMPRESSIONS.get(suffix)
        pack = compression.compress if compression else bytes
        out = tmp_path / f"a.jsonl{suffix}"
        out.write_bytes(pack(b"old"))
        options = {"postprocessing": [compression.plugin]} if compression else {}
        publication = Publication()
        stage(publication, out, pack(b"new\n"), overwrite=False, **options)
        publication.publish()

        with out.open("rb") as file:
            content = b"".join(compression.read(file)) if compression else file.read()
        assert content == b"old\nnew\n"

    def test_empty_file(self, tmp_path):
        """An empty file is as good as none."""
        out = tmp_path / "a.jsonl"
        out.write_bytes(b"")
        publication = Publication()
        stage(publication, out, b"1\n", overwrite=False)
        [file] = publication.publish()

        assert (out.read_bytes(), file.offset) == (b"1\n", 0)

    def test_many_at_once(self, tmp_path):
        """Processes that append to one file at the same time lose no row and tear no line."""
        out = tmp_path / "a.jsonl"
        command = [sys.executable, "-W", "error", "-m", "tests.feeds.appender", str(out)]
        runs = [
            subprocess.Popen([*command, name, "40"], cwd=ROOT, stdout=subprocess.PIPE)
            for name in ("a", "b", "c")
        ]
        for run in runs:
            with run:
                run.communicate(timeout=60)
            assert run.returncode == 0
        rows = [json.loads(line) for line in out.read_bytes().splitlines()]

        assert sorted((row["by"], row["number"]) for row in rows) == [
            (name, number) for name in ("a", "b", "c") for number in range(40)
        ]
        assert left_in(tmp_path) == {"a.jsonl"}
