from __future__ import annotations

import gzip

import pytest

from crawler.sample.server import serve
from tests.running import finish, run_crawl, start_scrapy


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """One crawl of the sample site, to be copied and broken."""
    with serve() as server:
        done = run_crawl(tmp_path_factory.mktemp("run"), f"site={server.url}", "collections=all")
    assert done.status == 0, done.stderr
    return done.folder


@pytest.fixture
def folder(run, tmp_path):
    copied = tmp_path / "exports" / run.parent.name / run.name
    copied.mkdir(parents=True)
    for path in run.iterdir():
        (copied / path.name).write_bytes(path.read_bytes())
    return copied


def verify(tmp_path, *folders):
    return finish(tmp_path, start_scrapy(tmp_path, "verify", *map(str, folders)))


def change(path, edit):
    path.write_bytes(edit(path.read_bytes()))


def test_as_it_was(folder, tmp_path):
    """A run that nobody touched is as its run.json says."""
    done = verify(tmp_path, folder)

    assert done.status == 0, done.stderr
    assert done.stdout.endswith("rows: as run.json says\n")


BROKEN = {
    "cut": (lambda data: data[:-40], "bytes, run.json says"),
    "changed": (lambda data: data.replace(b"e", b"a", 1), "its SHA-256 is another one"),
    "twice": (lambda data: data + data[: data.index(b"\n") + 1], "is there twice"),
    "missing": (lambda data: data[data.index(b"\n") + 1 :], "rows, run.json says"),
    "no JSON": (lambda data: b"[" + data, "no JSON"),
    "another kind": (lambda data: data.replace(b'"term"', b'"recipe"', 1), "kind is 'recipe'"),
    "another type": (
        lambda data: data.replace(b'"type":', b'"type":7,"was":', 1),
        "an unknown field was",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken(folder, tmp_path, name):
    """Whatever was done to a file is told, with the file and the line, and status 1."""
    edit, told = BROKEN[name]
    change(folder / "terms.jsonl", edit)
    done = verify(tmp_path, folder)

    assert done.status == 1
    assert done.stdout == ""
    assert told in done.stderr
    assert "terms.jsonl" in done.stderr
    assert "Traceback" not in done.stderr


def test_gone(folder, tmp_path):
    """A file that is gone is told, and so are the records that are missing with it."""
    (folder / "terms.jsonl").unlink()
    done = verify(tmp_path, folder)

    assert done.status == 1
    assert "terms.jsonl: cannot be read: No such file or directory" in done.stderr
    assert "wp/v2/tags: 0 records, run.json says" in done.stderr


def test_many_faults(folder, tmp_path):
    """Of many faults in one file ten are told, and how many more there are."""
    change(
        folder / "documents.jsonl", lambda data: data.replace(b'"kind":"document"', b'"kind":1')
    )
    done = verify(tmp_path, folder)

    assert done.stderr.count("kind is 1") == 10
    assert "more lines" in done.stderr


def test_csv(tmp_path):
    """A CSV file of the user's own is checked, too; its cells may hold line ends."""
    with serve() as server:
        out = tmp_path / "out.csv.gz"
        made = run_crawl(
            tmp_path, f"site={server.url}", "collections=posts", output=["-O", str(out)]
        )
    assert verify(tmp_path, made.folder).status == 0

    out.write_bytes(gzip.compress(gzip.decompress(out.read_bytes()) + b"x\r\n"))
    assert "out.csv.gz: " in verify(tmp_path, made.folder).stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "expected the folder of a run"),
        (("nowhere",), "'nowhere' holds no run.json"),
        (("list",), "is no account of a run"),
        (("torn",), "cannot be read"),
    ],
)
def test_usage(tmp_path, words, told):
    """What is no run is refused, in one line."""
    for name, text in {"list": "[]", "torn": "{"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(text)
    done = finish(tmp_path, start_scrapy(tmp_path, "verify", *(str(tmp_path / w) for w in words)))

    assert done.status == 2
    assert told in done.stderr.replace(str(tmp_path) + "/", "")
    assert "Traceback" not in done.stderr
