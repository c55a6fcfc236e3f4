"""Night after night on a real WordPress: what editors did, exactly that."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.running import finish, read_lines, run_crawl, start_scrapy

pytestmark = [pytest.mark.wordpress, pytest.mark.timeout(600)]

KINDS = ("document", "media", "comment", "term", "user")
APART = {"provenance", "dedupe"}


def crawl(testbed, tmp_path, *words):
    run = run_crawl(tmp_path, f"site={testbed.url}", "collections=all", *words, timeout=300)
    assert run.status == 0, run.stderr
    return run


def by_id(lines):
    return {
        item["record_id"]: {name: in_order(item[name]) for name in item if name not in APART}
        for item in lines
    }


def in_order(value):
    """Sort ids and terms: WordPress lists terms of one name as it happens."""
    if isinstance(value, dict):
        return {name: in_order(each) for name, each in value.items()}
    if isinstance(value, list) and all(isinstance(each, int) for each in value):
        return sorted(value)
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return sorted(map(in_order, value), key=str)
    return value


def snapshot(tmp_path, run):
    path = tmp_path / "snapshot.jsonl"
    words = ("snapshot", str(run.folder.parent), "-O", str(path))
    done = finish(tmp_path, start_scrapy(tmp_path, *words))
    assert done.status == 0, done.stderr
    return by_id(read_lines(path))


def posts_of(run):
    """Give the ids of the posts of a run, and the reason of each post's tombstone."""
    delivered = [item["id"] for item in run.items("document") if item["collection"] == "posts"]
    stones = [item for item in run.items("tombstone") if item["collection"] == "posts"]
    return sorted(delivered), {item["id"]: item["reason"] for item in stones}


def usual_posts(editor):
    """Give posts that are nothing special, the oldest first."""
    return editor.column(
        "SELECT ID FROM wp_posts WHERE post_type='post' AND post_status='publish'"
        " AND post_password='' AND post_date < '2026-01-01' ORDER BY post_date, ID LIMIT 400, 20"
    )


def now():
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")


def test_nights(testbed, changing, tmp_path):
    """Two nights of edits of all kinds, a third in which nothing happens."""
    editor = changing
    (edited, moved, deleted, trashed, drafted, terms, written_by, slug, image) = usual_posts(
        editor
    )[:9]
    picture = editor.column(
        "SELECT ID FROM wp_posts WHERE post_type='attachment' AND post_parent=0 LIMIT 1"
    )[0]
    category = editor.column(
        "SELECT t.term_id FROM wp_term_taxonomy t WHERE taxonomy='category' AND t.term_id NOT IN"
        " (SELECT r.term_taxonomy_id FROM wp_term_relationships r WHERE r.object_id ="
        f" {terms}) LIMIT 1"
    )[0]
    author = f"(SELECT post_author FROM wp_posts WHERE ID={written_by})"
    other = editor.column(
        f"SELECT ID FROM wp_users WHERE ID <> {author}"
        " AND ID IN (SELECT post_author FROM wp_posts WHERE post_status='publish') LIMIT 1"
    )[0]
    crawl(testbed, tmp_path)

    editor.call("wp_update_post", {"ID": edited, "post_content": "<p>Edited.</p>"})
    editor.move_post(moved, "2004-05-01 10:00:00")
    editor.delete_post(deleted)
    editor.call("wp_trash_post", trashed)
    editor.call("wp_update_post", {"ID": drafted, "post_status": "draft"})
    editor.call("wp_set_object_terms", terms, [category], "category")
    editor.sql(f"UPDATE wp_posts SET post_author={other} WHERE ID={written_by}")
    editor.sql(f"UPDATE wp_posts SET post_name='another-{slug}' WHERE ID={slug}")
    editor.call("set_post_thumbnail", image, picture)
    new = editor.insert_post(now(), "Written today")
    archive = editor.insert_post("2003-02-01 10:00:00", "From the archive")
    first = crawl(testbed, tmp_path, "mode=incremental")

    expected = {
        edited,
        moved,
        terms,
        written_by,
        slug,
        new,
        archive,
        *([image] if picture else []),
    }
    assert posts_of(first) == (
        sorted(expected),
        {deleted: "gone", trashed: "withdrawn", drafted: "withdrawn"},
    )

    editor.call("wp_untrash_post", trashed)
    editor.call("wp_publish_post", trashed)
    editor.call("wp_publish_post", drafted)
    editor.delete_post(new)
    second = crawl(testbed, tmp_path, "mode=incremental")

    assert posts_of(second) == (sorted({trashed, drafted}), {new: "gone"})

    third = crawl(testbed, tmp_path, "mode=incremental")
    assert third.ids() == {}
    assert {each["compared"]["swept"] for each in third.collections().values()} <= {None, True}

    folded = snapshot(tmp_path, third)
    anew = crawl(testbed, tmp_path / "anew")
    full = by_id(item for kind in KINDS for item in anew.items(kind))
    assert sorted(folded.keys() ^ full.keys()) == []
    other_than_today = {
        record_id: [name for name in record if record[name] != folded[record_id][name]]
        for record_id, record in full.items()
        if record != folded[record_id]
    }
    assert other_than_today == {}
