from __future__ import annotations

import json

import pytest

from tests.running import finish, start_scrapy
from tests.state.texts import text


def write(path, *values):
    path.write_text("".join(f"{json.dumps(value)}\n" for value in values))
    return str(path)


def record(number, name, changed=0, **fields):
    return {
        "record_id": f"https://a.example#wp/v2/posts/{number}",
        "kind": "document",
        "published": f"2026-01-{number:02}T08:00:00Z",
        "content_text": text(name, changed=changed),
        **fields,
    }


def clusters(tmp_path, *words):
    done = finish(tmp_path, start_scrapy(tmp_path, "clusters", *words))
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def test_characters(tmp_path):
    """What a crawl leaves aside as short is left aside here: half as many again of characters."""
    for length, members in ((29, []), (30, [2])):
        lines = [
            record(number, "x", content_text="港" * length, word_unit="character")
            for number in (1, 2)
        ]
        done, found = clusters(tmp_path, write(tmp_path / "zh.jsonl", *lines))
        assert done.status == 0, done.stderr
        assert [each["size"] for each in found] == members


def test_two_files(tmp_path):
    """Clusters go over files; the table counts what was read and found."""
    one = write(
        tmp_path / "one.jsonl",
        record(1, "x"),
        record(2, "y"),
        record(3, "z"),
        record(4, "x", content_text="too short"),
        record(5, "x", content_text=None),
    )
    other = write(tmp_path / "other.jsonl", record(7, "x", changed=4), record(6, "y"))
    done, found = clusters(tmp_path, one, other)

    assert done.status == 0, done.stderr
    ids = {number: f"https://a.example#wp/v2/posts/{number}" for number in range(8)}
    assert found == [
        {
            "cluster": ids[1],
            "size": 2,
            "members": [
                {"id": ids[1], "file": one, "kind": None, "similarity": None},
                {"id": ids[7], "file": other, "kind": "near", "similarity": 0.96},
            ],
        },
        {
            "cluster": ids[2],
            "size": 2,
            "members": [
                {"id": ids[2], "file": one, "kind": None, "similarity": None},
                {"id": ids[6], "file": other, "kind": "exact", "similarity": 1.0},
            ],
        },
    ]
    told = {
        name.strip(): int(number)
        for name, number in (line.rsplit(maxsplit=1) for line in done.stderr.splitlines())
    }
    assert told == {
        "files": 2,
        "documents": 7,
        "without text": 1,
        "too short": 1,
        "clusters": 2,
        "exact copies": 1,
        "near copies": 1,
    }
    assert not (tmp_path / "state").exists()
    assert not (tmp_path / "exports").exists()


def test_order(tmp_path):
    """Another order of files and lines gives the same bytes."""
    lines = [record(number, "xyz"[number % 3], changed=2 * number) for number in range(1, 9)]
    one, other = (write(tmp_path / f"{name}.jsonl", *lines[at::2]) for at, name in enumerate("ab"))
    first, _ = clusters(tmp_path, one, other)
    write(tmp_path / "a.jsonl", *reversed(lines[0::2]))
    second, _ = clusters(tmp_path, other, one, other)

    assert first.stdout == second.stdout != ""


def test_other_people(tmp_path):
    """Other names of fields, ids that are each file's own, other bounds."""
    files = [
        write(tmp_path / name, {"n": 1, "body": text("x", words=30, changed=changed)})
        for name, changed in (("a.jsonl", 0), ("b.jsonl", 1))
    ]
    words = ("--id", "n", "--text", "body", "--min-words", "20", *files)
    assert clusters(tmp_path, *words)[1] == []
    [found] = clusters(tmp_path, "--per-file", *words)[1]
    assert [member["id"] for member in found["members"]] == [f"{file}#1" for file in files]
    assert clusters(tmp_path, "--per-file", "--threshold", "0.97", *words)[1] == []


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ([], "expected a file, as in: scrapy clusters documents.jsonl"),
        (["none.jsonl"], "'none.jsonl' cannot be read: No such file or directory"),
        (["--threshold", "0.2", "x"], "--threshold must be a number, from 0.4 to 1, got '0.2'"),
        (["--min-words", "x", "x"], "--min-words must be a number, 1 or more, got 'x'"),
    ],
)
def test_refused(tmp_path, words, error):
    """What makes no sense is refused in one line, status 2."""
    done, _ = clusters(tmp_path, *words)
    assert (done.status, done.errors, done.stdout) == (2, [error], "")
    assert "Traceback" not in done.stderr


def test_no_text(tmp_path):
    """Where no document has a text, the field is called otherwise."""
    path = write(tmp_path / "a.jsonl", {"record_id": 1, "body": text("x")})
    done, _ = clusters(tmp_path, path)
    assert done.errors == ["no document has a text under 'content_text': --text names the field"]


def test_closed_pipe(tmp_path):
    """Nobody has to read on: ``scrapy clusters ... | head -1``."""
    lines = [record(1 + at % 28, at // 2, record_id=str(at)) for at in range(2000)]
    process = start_scrapy(tmp_path, "clusters", write(tmp_path / "a.jsonl", *lines))
    process.stdout.readline()
    process.stdout.close()
    stderr = process.stderr.read()

    assert process.wait(timeout=60) == 0, stderr
    assert "Traceback" not in stderr
    assert "BrokenPipe" not in stderr
    process.stderr.close()
