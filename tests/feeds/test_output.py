import pytest

from crawler.errors import ArgumentError
from crawler.feeds.output import read_output

EXPORTERS = ["json", "jsonlines", "jsonl", "jl", "csv", "xml", "marshal", "pickle"]
GZIP = {
    "postprocessing": ["scrapy.extensions.postprocessing.GzipPlugin"],
    "gzip_compresslevel": 6,
    "gzip_mtime": 0,
    "gzip_filename": "",
}
ZSTD = {"postprocessing": ["crawler.feeds.compression.ZstdPlugin"]}


def read(argument, *, overwrite=True):
    return read_output(argument, overwrite=overwrite, exporters=EXPORTERS)


@pytest.mark.parametrize("overwrite", [True, False])
@pytest.mark.parametrize(
    ("argument", "uri", "options"),
    [
        ("out.jsonl", "out.jsonl", {"format": "jsonl"}),
        ("out.csv", "out.csv", {"format": "csv"}),
        ("a/b.c/out.JSON", "a/b.c/out.JSON", {"format": "json"}),
        ("out.jsonl.gz", "out.jsonl.gz", {"format": "jsonl", **GZIP}),
        ("out.csv.zst", "out.csv.zst", {"format": "csv", **ZSTD}),
        ("out.CSV.GZ", "out.CSV.GZ", {"format": "csv", **GZIP}),
        ("out.gz:jsonl", "out.gz", {"format": "jsonl", **GZIP}),
        ("out.csv.gz:jsonl", "out.csv.gz", {"format": "jsonl", **GZIP}),
        ("out:csv", "out", {"format": "csv"}),
        ("out.txt:CSV", "out.txt", {"format": "csv"}),
        ("%(site)s-%(time)s.jl.zst", "%(site)s-%(time)s.jl.zst", {"format": "jl", **ZSTD}),
        (r"C:\data\out.csv", r"C:\data\out.csv", {"format": "csv"}),
        (r"C:\data\out:csv", r"C:\data\out", {"format": "csv"}),
        ("C:/data/out.csv.gz", "C:/data/out.csv.gz", {"format": "csv", **GZIP}),
        ("file:///tmp/a%20b.jsonl.gz", "file:///tmp/a%20b.jsonl.gz", {"format": "jsonl", **GZIP}),
        ("file:///tmp/out:csv", "file:///tmp/out", {"format": "csv"}),
        ("posts-19:30.jsonl", "./posts-19:30.jsonl", {"format": "jsonl"}),
        ("./a:b.csv", "./a:b.csv", {"format": "csv"}),
    ],
)
def test_file(argument, uri, options, overwrite):
    """Suffixes and the format after a colon are read; a file is replaced or appended to."""
    assert read(argument, overwrite=overwrite) == (uri, {**options, "overwrite": overwrite})


@pytest.mark.parametrize(
    ("argument", "uri", "options"),
    [
        ("-", "stdout:", {"format": "jsonl"}),
        ("-:jsonl", "stdout:", {"format": "jsonl"}),
        ("-:csv", "stdout:", {"format": "csv"}),
        ("stdout:", "stdout:", {"format": "jsonl"}),
        ("s3://bucket/a/out.csv.gz", "s3://bucket/a/out.csv.gz", {"format": "csv", **GZIP}),
        ("s3://bucket/out:jsonl", "s3://bucket/out", {"format": "jsonl"}),
        ("ftp://me:secret@host:2121/out.jl", "ftp://me:secret@host:2121/out.jl", {"format": "jl"}),
    ],
)
def test_not_a_file(argument, uri, options):
    """Standard output and other hosts have storages of their own, and no word on overwriting."""
    assert read(argument) == (uri, options)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("out.jsnol", "'out.jsnol' names no known format: did you mean 'out.jsonl'?"),
        ("out.cvs.gz", "'out.cvs.gz' names no known format: did you mean 'out.csv.gz'?"),
        ("out.gz", "'out.gz' names no known format: did you mean 'out.jsonl.gz'?"),
        ("out", "'out' names no known format: did you mean 'out.jsonl'?"),
        ("csv", "'csv' names no known format: did you mean 'csv.jsonl'?"),
        ("a/csv", "'a/csv' names no known format: did you mean 'a/csv.jsonl'?"),
        ("out:jsnol", "'out:jsnol' names no known format: did you mean 'out:jsonl'?"),
        ("-:cvs", "'-:cvs' names no known format: did you mean '-:csv'?"),
        ("s3://bucket.csv/out", "did you mean 's3://bucket.csv/out.jsonl'?"),
        ("out.parquet", "Known are .json, .jsonlines, .jsonl, .jl, .csv, .xml, .marshal, .pickle"),
        ("out.jsonl.bz2", "'out.jsonl.bz2' cannot be compressed as .bz2, only as .gz or .zst"),
        ("out.zip:csv", "cannot be compressed as .zip"),
        ("exports/", "'exports/' names no file, expected one as in posts.jsonl"),
        ("", "'' names no file"),
        (":csv", "names no known format"),
        ("s3://bucket", "names no file"),
        ("htp://host/out.csv", "must be a file or begin with one of file:, ftp:, ftps:, gs:, s3:"),
    ],
)
def test_refused(argument, message):
    """What cannot be used is refused with what was expected."""
    with pytest.raises(ArgumentError) as refusal:
        read(argument)

    assert message in str(refusal.value)
