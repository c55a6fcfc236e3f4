"""A site that goes on publishing while it is crawled."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from tests.running import run_crawl
from tests.testbed.newsroom import Newsroom, after_each_page

pytestmark = [pytest.mark.wordpress, pytest.mark.timeout(300)]

MIXED = "insert delete back_date"
PAGES_APART = {"DOWNLOAD_DELAY": 0.15}
CHANGES = 3
"""Changes after each page of 100, as in the trials that chose the walk."""


def crawl_while(testbed, tmp_path, collection, work):
    name = collection.rpartition("/")[2]
    arguments = (f"site={testbed.url}", f"collections={name}")
    with after_each_page(testbed.log, collection, work):
        return run_crawl(tmp_path, *arguments, settings=PAGES_APART)


@pytest.mark.parametrize(
    ("kinds", "seed"),
    [("insert", 1), ("delete", 1), ("back_date", 1), (MIXED, 1), (MIXED, 2)],
)
def test_posts(testbed, changing, tmp_path, kinds, seed):
    """Whatever comes and goes between pages, a post that stayed is delivered once."""
    newsroom = Newsroom(changing, seed)
    doings = [getattr(newsroom, kind) for kind in kinds.split()]

    crawl = crawl_while(testbed, tmp_path, "wp/v2/posts", lambda: newsroom.work(doings, CHANGES))
    delivered = Counter(crawl.ids()["wp/v2/posts"])

    assert len(newsroom.inserted | newsroom.deleted) > CHANGES * 15  # pages of 2,023 posts
    assert sorted(newsroom.untouched - set(delivered)) == []
    assert [post for post, times in delivered.items() if times > 1] == []
    assert set(delivered) <= newsroom.before | newsroom.inserted
    assert crawl.status == 0, crawl.stderr


@pytest.mark.parametrize(
    ("kinds", "seed"),
    [
        ("move", 1),
        ("move delete", 1),
        ("move insert back_date", 1),
        ("move insert", 3),
    ],
)
def test_posts_that_move(testbed, changing, tmp_path, kinds, seed):
    """A post that is given another date during the crawl is delivered once as well."""
    newsroom = Newsroom(changing, seed)
    doings = [getattr(newsroom, kind) for kind in kinds.split()]

    crawl = crawl_while(testbed, tmp_path, "wp/v2/posts", lambda: newsroom.work(doings, CHANGES))
    delivered = Counter(crawl.ids()["wp/v2/posts"])

    assert len(newsroom.moved) >= 10
    assert sorted(newsroom.untouched - set(delivered)) == []
    assert sorted(newsroom.moved - set(delivered)) == []
    assert [post for post, times in delivered.items() if times > 1] == []
    assert crawl.status == 0, crawl.stderr


@pytest.mark.parametrize("balance", ["insert", "delete"])
def test_numbers_that_balance(testbed, changing, tmp_path, balance):
    """Posts moved from ahead of the walk to behind it come, though the count comes out even.

    As many are published meanwhile, or as many of those delivered are deleted.
    """
    posts = changing.column(
        "SELECT ID FROM wp_posts WHERE post_type='post' AND post_status='publish'"
        " ORDER BY post_date, ID"
    )
    newsroom = Newsroom(changing, 1)
    pages = 0

    def work():
        nonlocal pages
        pages += 1
        if pages == 5:
            for late, early in zip(posts[-3:], posts[10:13], strict=True):
                changing.move_post(late, "2014-02-03 04:05:06")
                newsroom.insert() if balance == "insert" else changing.delete_post(early)

    crawl = crawl_while(testbed, tmp_path, "wp/v2/posts", work)

    delivered = Counter(crawl.ids()["wp/v2/posts"])
    stayed = set(posts) - (set(posts[10:13]) if balance == "delete" else set())
    assert pages > 5
    assert sorted(stayed - set(delivered)) == []
    assert [post for post, times in delivered.items() if times > 1] == []


@pytest.mark.parametrize("seed", [1, 2])
def test_tags(testbed, changing, tmp_path, seed):
    """Tags have no dates: while some are deleted and others made, each that stayed comes once."""
    for number in range(300):
        changing.call("wp_insert_term", f"Keyword {number}", "post_tag")
    before = testbed.public_ids()["wp/v2/tags"]
    gone: set[int] = set()

    def work():
        # the first ones: each deletion moves all that follow over the edges of pages
        for tag in [tag for tag in before if tag not in gone][seed::7][:CHANGES]:
            assert changing.call("wp_delete_term", tag, "post_tag") is True
            gone.add(tag)
        changing.call("wp_insert_term", f"Made meanwhile {len(gone)}", "post_tag")

    crawl = crawl_while(testbed, tmp_path, "wp/v2/tags", work)
    delivered = Counter(crawl.ids()["wp/v2/tags"])

    assert len(gone) >= CHANGES * 5
    assert sorted(set(before) - gone - set(delivered)) == []
    assert [tag for tag, times in delivered.items() if times > 1] == []
    assert crawl.status == 0, crawl.stderr


def test_users(testbed, changing, tmp_path):
    """Users who stay are delivered once, while others leave."""
    changing.sql(
        "INSERT INTO wp_users (user_login, user_nicename, display_name, user_email)"
        " SELECT CONCAT('u', seq), CONCAT('u', seq), CONCAT('Writer ', seq),"
        " CONCAT('u', seq, '@example.com') FROM seq_1_to_350"
    )
    changing.import_posts(350, "2019-05-01 12:00:00", "2019-05-01 10:00:00")
    changing.sql(
        "UPDATE wp_posts p JOIN wp_users u ON u.user_login=CONCAT('u',"
        " SUBSTRING_INDEX(p.post_title, ' ', -1)) SET p.post_author=u.ID"
        " WHERE p.post_title LIKE 'Imported %'"
    )
    before = testbed.public_ids()["wp/v2/users"]
    assert len(before) > 350
    gone: set[int] = set()

    def work():
        for user in [user for user in before[11:] if user not in gone][:CHANGES]:
            assert changing.call("wp_delete_user", user) is True
            gone.add(user)

    crawl = crawl_while(testbed, tmp_path, "wp/v2/users", work)
    delivered = Counter(crawl.ids()["wp/v2/users"])

    assert len(gone) >= CHANGES * 3
    assert sorted(set(before) - gone - set(delivered)) == []
    assert [user for user, times in delivered.items() if times > 1] == []
    assert crawl.status == 0, crawl.stderr


def test_comments(testbed, changing, tmp_path):
    """Comments are approved and thrown away meanwhile: each that stayed is delivered once."""
    before = testbed.public_ids()["wp/v2/comments"]
    gone: set[int] = set()
    post = testbed.public_ids()["wp/v2/posts"][-1]

    def work():
        for comment in before[len(gone) * 20 :: 97][:CHANGES]:
            if comment not in gone:
                assert changing.call("wp_delete_comment", comment, True) is True
                gone.add(comment)
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        facts = {"comment_post_ID": post, "comment_content": "Fresh.", "comment_approved": 1}
        changing.call("wp_insert_comment", {**facts, "comment_date_gmt": now})

    crawl = crawl_while(testbed, tmp_path, "wp/v2/comments", work)
    delivered = Counter(crawl.ids()["wp/v2/comments"])

    assert len(gone) >= CHANGES * 5
    assert sorted(set(before) - gone - set(delivered)) == []
    assert [comment for comment, times in delivered.items() if times > 1] == []
    assert crawl.status == 0, crawl.stderr
