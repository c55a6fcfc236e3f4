import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import scrapy
import zstandard
from scrapy.utils.test import get_crawler

from crawler.errors import ArgumentError
from crawler.feeds.publication import Publication
from crawler.feeds.storage import StagedFileStorage, target_of
from tests.feeds.feed_run import EXPORTERS, ROOT, STORAGES

OLD = b'{"id":0}\n'


class Library(scrapy.Spider):
    name = "library"
    kinds = ("document",)


def build(feeds, **settings):
    """Build a crawler's extensions, FeedExporter among them."""
    return get_crawler(
        Library,
        {
            "EXTENSIONS": {Publication: 100},
            "FEED_EXPORTERS": EXPORTERS,
            "FEED_STORAGES": STORAGES,
            "FEEDS": feeds,
            **settings,
        },
    )


def feed(*, overwrite: bool = True, **options):
    return {"format": "jsonl", "overwrite": overwrite, **options}


@pytest.fixture
def there(tmp_path, monkeypatch):
    """A working folder with things in the way."""
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "file").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "loop.jsonl").symlink_to("loop.jsonl")
    (tmp_path / "torn.jsonl.gz").write_bytes(gzip.compress(OLD)[:-3])
    (tmp_path / "torn.csv.zst").write_bytes(zstandard.ZstdCompressor().compress(OLD)[:-3])
    (tmp_path / "plain.jsonl.gz").write_bytes(OLD)
    (tmp_path / "old.json").write_bytes(b"[]")
    (tmp_path / "old.csv").write_bytes(b"number,headline\r\n1,x\r\n")
    (tmp_path / "old.jsonl.bz2").write_bytes(b"BZh")
    monkeypatch.chdir(tmp_path)
    return tmp_path


GZIP = {"postprocessing": ["scrapy.extensions.postprocessing.GzipPlugin"]}
ZSTD = {"postprocessing": ["crawler.feeds.compression.ZstdPlugin"]}
BZIP2 = {"postprocessing": ["scrapy.extensions.postprocessing.Bz2Plugin"]}
KWARGS = {"item_export_kwargs": {"kinds": ["document"]}}


@pytest.mark.parametrize(
    ("uri", "options", "message"),
    [
        (
            "folder.jsonl",
            feed(),
            "'folder.jsonl' is a folder, expected a file, as in folder.jsonl/",
        ),
        ("file/out.jsonl", feed(), "'file/out.jsonl' cannot be made: '.*/file' is no folder$"),
        ("file/a/out.jsonl", feed(), "'file/a/out.jsonl' cannot be made: '.*/file' is no folder$"),
        ("pipe.jsonl", feed(), "'pipe.jsonl' is no regular file; for standard output write -$"),
        ("/dev/null", feed(), "'/dev/null' is no regular file"),
        ("loop.jsonl", feed(), "'loop.jsonl' cannot be a file: Too many levels of symbolic links"),
        ("a\0b.jsonl", feed(), "cannot be a file: .*null"),
        ("n" * 300 + ".jsonl", feed(), "cannot be a file: File name too long"),
        ("torn.jsonl.gz", feed(overwrite=False, **GZIP), "cannot be appended to: Compressed file"),
        (
            "torn.csv.zst",
            feed(overwrite=False, **ZSTD),
            "cannot be appended to: the last frame is",
        ),
        ("plain.jsonl.gz", feed(overwrite=False, **GZIP), "cannot be appended to: Not a gzipped"),
        ("old.json", feed(overwrite=False, format="json"), "json ends with its last bracket; use"),
        (
            "old.csv",
            feed(overwrite=False, format="csv", **KWARGS),
            "columns 'number,headline' .2.,",
        ),
        ("old.jsonl.bz2", feed(overwrite=False, **BZIP2), "to: only .gz and .zst files and plain"),
        ("out.jsonl.gz", feed(), "'out.jsonl.gz' would not be compressed: give the feed the opti"),
        ("out.csv", feed(format="csv", fields=["titel"], **KWARGS), "did you mean 'title'"),
        ("out.jsonl", feed(encoding="latin-1"), "^jsonl is written in utf-8, not in 'latin-1'$"),
        ("stdout:", {"format": "jsonl", "encoding": "latin-1"}, "^jsonl is written in utf-8"),
    ],
)
def test_refused(there, uri, options, message):
    """What can be known from the settings is refused before the spider opens."""
    before = sorted(there.rglob("*"))

    with pytest.raises(ArgumentError, match=message):
        build({uri: options})
    assert sorted(there.rglob("*")) == before


@pytest.mark.parametrize(
    ("uri", "options"),
    [
        ("old.csv", feed(format="csv", **KWARGS)),
        ("old.json", feed(format="json")),
        ("torn.jsonl.gz", feed(**GZIP)),
        (
            "old.csv",
            feed(overwrite=False, format="csv", fields={"id": "number", "title": "headline"}),
        ),
        ("new/a/out.jsonl", feed(overwrite=False)),
        ("file", feed(overwrite=False, format="json")),
        ("file", feed(overwrite=False, format="csv", **KWARGS)),
        ("new.jsonl.bz2", feed(overwrite=False, **BZIP2)),
        ("%(site)s/folder.jsonl", feed()),
        ("stdout:", {"format": "csv"}),
    ],
)
def test_building_touches_nothing(there, uri, options):
    """Scrapy builds a storage to see whether it can: no file, no folder, no claim."""
    before = {path: path.lstat().st_mtime_ns for path in there.rglob("*")}
    crawler = build({uri: options})

    assert {path: path.lstat().st_mtime_ns for path in there.rglob("*")} == before
    assert crawler.get_extension(Publication).error is None
    assert crawler.get_extension(Publication).prepare() == []


@pytest.mark.parametrize("extensions", [{}, {Publication: None}])
def test_without_publication(there, extensions):
    """Nobody would publish: refused, with the name of what is missing."""
    with pytest.raises(ArgumentError, match=r"crawler\.feeds\.publication\.Publication in EXTENS"):
        build({"out.jsonl": feed()}, EXTENSIONS=extensions)


class TestProtected:
    """What the system would not let us write is refused early, for a user who is not root."""

    @pytest.mark.parametrize("name", ["closed/out.jsonl", "closed/a/out.jsonl", "old.jsonl"])
    def test_refused(self, name):
        """A folder without write permission, and a file without it."""
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            place.chmod(0o755)
            (place / "closed").mkdir(mode=0o555)
            (place / "old.jsonl").write_bytes(OLD)
            (place / "old.jsonl").chmod(0o444)
            code = (
                "import os, sys\n"
                "from crawler.errors import ArgumentError\n"
                "from crawler.feeds.staging import check_target, target_at\n"
                "if os.geteuid() == 0:\n"
                "    os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
                "try:\n"
                "    check_target(target_at(sys.argv[1], format='jsonl'))\n"
                "except ArgumentError as error:\n"
                "    print(error)\n"
            )
            command = [sys.executable, "-W", "error", "-c", code, str(place / name)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
            (place / "closed").chmod(0o755)

        assert "is not writable" in done.stdout or "is write-protected" in done.stdout


def test_system_refuses():
    """A folder that looks writable and is not: noted at once, and nothing is raised to Scrapy."""
    if not os.access("/proc", os.W_OK):
        pytest.skip("only for root does /proc look writable")
    crawler = build({})
    options = feed()
    storage = StagedFileStorage.from_crawler(crawler, "/proc/out.jsonl", feed_options=options)
    file = storage.open(None)
    file.write(b"x")

    assert str(crawler.get_extension(Publication).error) == (
        "'/proc/out.jsonl' could not be written: No such file or directory"
    )
    with pytest.raises(type(crawler.get_extension(Publication).error)):
        storage.store(file)


class TestTargetOf:
    def test_file_uri(self, tmp_path):
        """A file: URI and a path name the same file."""
        uri = f"{tmp_path.as_uri()}/two%20words.jsonl"

        assert target_of(uri, feed()) == target_of(str(tmp_path / "two words.jsonl"), feed())

    def test_append_is_scrapys_default(self):
        """Without overwrite a feed is appended to."""
        assert target_of("out.jsonl", {"format": "jsonl"}).append
        assert not target_of("out.jsonl", feed()).append

    def test_links(self, there):
        """The real file is that which a link names, in its own folder."""
        (there / "link").symlink_to("folder.jsonl")
        target = target_of("link/out.jsonl", feed())

        assert target.path == "link/out.jsonl"
        assert target.real == there.resolve() / "folder.jsonl" / "out.jsonl"
