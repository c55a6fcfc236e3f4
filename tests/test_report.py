from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from crawler.advice import CLOSED, STOPPED, VISIBLE
from crawler.report import MAX_SHOWN, record, report, show

COLLECTION = {
    "namespace": "wp/v2",
    "rest_base": "posts",
    "announced": 62,
    "delivered": 60,
    "hidden": 1,
    "lost": [],
    "duplicates": 0,
    "verdict": "complete",
    "reason": None,
}


def run(*collections, files=(), **more):
    return {
        "site": "https://example.org",
        "finish_reason": "partial",
        "exit_status": 3,
        "arguments": {"mode": "full"},
        "collections": list(collections),
        "files": [{"path": path} for path in files],
        **more,
    }


def text(renderable):
    """Print as to a terminal of 80 columns, in which nothing is cut."""
    console = Console(width=80, soft_wrap=True, highlight=False)
    with console.capture() as captured:
        console.print(renderable)
    return [line.rstrip() for line in captured.get().splitlines()]


class TestReport:
    def test_table(self, tmp_path):
        """One line a collection: what was announced, delivered, hidden, lost; the verdict."""
        lost = [{"reason": "HTTP 500", "ids": [7], "count": 2}, {"reason": "gone", "count": 1}]
        other = {**COLLECTION, "rest_base": "pages", "announced": None, "hidden": None}
        first = {**COLLECTION, "lost": lost, "duplicates": 2, "verdict": "partial"}
        lines = text(report(run(first, other), tmp_path))

        assert lines[0] == "https://example.org: partial, exit status 3"
        assert (
            lines[1].split()
            == "collection announced delivered hidden lost duplicates verdict".split()
        )
        assert lines[2].split() == ["wp/v2/posts", "62", "60", "1", "3", "2", "partial"]
        assert lines[3].split() == ["wp/v2/pages", "?", "60", "?", "0", "0", "complete"]

    def test_increment(self, tmp_path):
        """Of an increment it says what is new, changed and gone since the last run."""
        compared = {"new": 3, "changed": 4, "tombstones": {"gone": 1, "withdrawn": 2}}
        told = run({**COLLECTION, "compared": compared}, arguments={"mode": "incremental"})
        lines = text(report(told, tmp_path))

        assert lines[1].split()[1:6] == "announced delivered new changed gone".split()
        assert lines[2].split()[1:6] == ["62", "60", "3", "4", "3"]

    def test_only_what_is_there(self, tmp_path):
        """What no collection has takes no room; what is new, changed or gone has a column."""
        plain = {**COLLECTION, "hidden": 0}
        changed = {**plain, "new": 2, "changed": 0, "gone": 1}

        lines = text(report(run(plain), tmp_path))
        assert lines[1].split() == "collection announced delivered duplicates verdict".split()
        lines = text(report(run(plain, changed), tmp_path))
        assert lines[1].split() == (
            "collection announced delivered new gone duplicates verdict".split()
        )

    def test_advice(self, tmp_path):
        """What to do stands below the table, once for all collections that it is for."""
        visible = {**COLLECTION, "verdict": "complete_visible"}
        lines = text(report(run(COLLECTION, visible, {**visible, "rest_base": "media"}), tmp_path))

        assert f"wp/v2/posts, wp/v2/media: {VISIBLE}" in lines

    def test_long_name(self, tmp_path):
        """A name that is longer than the terminal is wide is not cut."""
        name = "a_plugin_with_many_words_in_its_name/v1/and_a_collection_that_is_no_shorter_either"
        namespace, _, base = name.rpartition("/")
        lines = text(
            report(run({**COLLECTION, "namespace": namespace, "rest_base": base}), tmp_path)
        )
        assert any(name in line for line in lines)

    def test_reasons(self, tmp_path):
        """Below the table stands why something is missing."""
        lost = [
            {"reason": "HTTP 500", "ids": [7], "count": 1},
            {"reason": "not reached", "ids": [], "count": None},
        ]
        reason = "HTTP 401 rest_forbidden"
        denied = {**COLLECTION, "rest_base": "users", "reason": reason, "verdict": "denied"}
        denied["lost"] = [{"reason": reason, "ids": [], "count": None}]  # said once
        partial = {**COLLECTION, "lost": lost, "verdict": "partial"}
        lines = text(report(run(partial, denied), tmp_path))

        assert [line for line in lines if line.startswith("wp/v2/") and ": " in line] == [
            "wp/v2/posts: 1 lost: HTTP 500 (7)",
            "wp/v2/posts: some lost: not reached",
            "wp/v2/users: HTTP 401 rest_forbidden",
            f"wp/v2/posts: {STOPPED}",
            f"wp/v2/users: {CLOSED}",
        ]

    def test_vanished(self, tmp_path):
        """A collection that the site has no more is named, with what stands of it."""
        vanished = [
            {"collection": "wp/v2/library", "records": 154},
            {"collection": "wp/v2/genres", "records": 1},
        ]
        lines = text(report(run(COLLECTION) | {"vanished": vanished}, tmp_path))

        assert "wp/v2/library: the site offers it no more; 154 records stand as before" in lines
        assert "wp/v2/genres: the site offers it no more; 1 record stands as before" in lines

    def test_links(self, tmp_path):
        """Links that failed are said, and a rel that is closed as a whole; the others are not."""
        rel = {"resolved": 5, "failed": 0, "denied": 1, "unresolved": []}
        answers = [
            {"reason": "dangling", "answer": "HTTP 404 rest_post_invalid_id"},
            {"reason": "failed", "answer": "HTTP 500"},
        ]
        closed = [{"reason": "denied", "answer": "HTTP 401 rest_user_cannot_view"}]
        links = {
            "author": {**rel, "resolved": 0, "denied": 62, "unresolved": closed},
            "terms": rel,
            "featured_media": {**rel, "failed": 3, "unresolved": answers},
            "replies": {**rel, "failed": 1},
            "acme:map": {**rel, "asked": 0, "resolved": 0, "denied": 0},
        }
        lines = text(report(run(COLLECTION, links=links), tmp_path))

        assert [line for line in lines if line.startswith("links ")] == [
            "links author: 62 denied: HTTP 401 rest_user_cannot_view",
            "links featured_media: 3 failed: HTTP 500",
            "links replies: 1 failed",
            "links acme:map: no record has this rel",
        ]

    def test_no_collection(self, tmp_path):
        """Without a collection there is no table."""
        lines = text(report(run(), tmp_path))
        assert lines[0] == "https://example.org: partial, exit status 3"
        assert not any("announced" in line for line in lines)

    def test_paths(self, tmp_path, monkeypatch):
        """Files below the working directory are named from there; run.json comes last."""
        monkeypatch.chdir(tmp_path)
        made = run(files=["documents.jsonl", "/data/posts.csv"])
        lines = text(report(made, tmp_path / "exports" / "a"))

        assert lines[-3:] == [
            "exports/a/documents.jsonl",
            "/data/posts.csv",
            "exports/a/run.json",
        ]

    def test_markup(self, tmp_path):
        """Square brackets are text."""
        lines = text(report(run({**COLLECTION, "reason": "[red]no[/red]"}), tmp_path))
        assert "wp/v2/posts: [red]no[/red]" in lines


class TestRecord:
    def test_first(self, tmp_path):
        """The first record, long texts cut, without what is null."""
        path = tmp_path / "x.jsonl"
        item = {
            "id": 1,
            "title": "Fußmatte [b]",
            "none": None,
            "long": "x" * (MAX_SHOWN + 5),
            "inner": {"none": None, "kept": False, "long": "y" * (MAX_SHOWN + 1)},
            "list": [1, None],
        }
        path.write_text(json.dumps(item) + '\n{"id":2}\n')

        assert json.loads("\n".join(text(record(path)))) == {
            "id": 1,
            "title": "Fußmatte [b]",
            "long": "x" * MAX_SHOWN + "... (5 more characters)",
            "inner": {"kept": False, "long": "y" * MAX_SHOWN + "... (1 more characters)"},
            "list": [1, None],
        }

    @pytest.mark.parametrize("content", [b"", None])
    def test_none(self, tmp_path, content):
        """A file that is empty or not there shows nothing."""
        path = tmp_path / "x.jsonl"
        if content is not None:
            path.write_bytes(content)
        assert "".join(text(record(path))) == ""


def test_show(capsys):
    """What is for people goes to standard error."""
    show(record(Path("no such file")))
    show(report(run(COLLECTION), Path("/data")))

    out, err = capsys.readouterr()
    assert out == ""
    assert "/data/run.json" in err
