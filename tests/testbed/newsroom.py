"""A newsroom that goes on working while somebody crawls its site."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random

from tests.testbed.access_log import AccessLog
from tests.testbed.editor import Editor

FIRST = datetime(2014, 1, 2, 8, tzinfo=UTC)
LAST = datetime(2024, 12, 31, 8, tzinfo=UTC)

CLOSES_AFTER = 40
"""Pages after which the newsroom goes home: twice those of 2,000 posts, so into any sweep."""

POLL = 0.005
"""Seconds between two looks at the access log."""


class Newsroom:
    """Inserts, back-dates, moves and deletes posts at random, and keeps account of it."""

    def __init__(self, editor: Editor, seed: int) -> None:
        self._editor = editor
        self._random = Random(seed)
        published = "FROM wp_posts WHERE post_type='post' AND post_status='publish' ORDER BY ID"
        self.before: set[int] = set(editor.column(f"SELECT ID {published}"))
        self._alive = sorted(self.before)
        self._dates = editor.column(f"SELECT post_date_gmt {published}")
        self.inserted: set[int] = set()
        self.moved: set[int] = set()
        self.deleted: set[int] = set()

    @property
    def untouched(self) -> set[int]:
        """Posts that existed throughout, as they were."""
        return self.before - self.moved - self.deleted

    def insert(self) -> None:
        """Publish a post now."""
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        self.inserted.add(self._editor.insert_post(now))

    def back_date(self) -> None:
        """Publish a post with a date of long ago, sometimes that of another post."""
        self.inserted.add(self._editor.insert_post(self._some_date(), "From the archive"))

    def move(self) -> None:
        """Give a post another date."""
        post = self._random.choice(self._alive)
        self._editor.move_post(post, self._some_date())
        self.moved.add(post)

    def delete(self) -> None:
        """Delete a post for good."""
        post = self._alive.pop(self._random.randrange(len(self._alive)))
        self._editor.delete_post(post)
        self.deleted.add(post)
        self.moved.discard(post)

    def work(self, kinds: list[Callable[[], None]], changes: int) -> None:
        """Make some changes, each of a random kind."""
        for _ in range(changes):
            self._random.choice(kinds)()

    def _some_date(self) -> str:
        if self._random.random() < 0.3:
            return self._random.choice(self._dates)
        seconds = self._random.randrange(int((LAST - FIRST).total_seconds()))
        return (FIRST + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")


@contextmanager
def after_each_page(
    log: AccessLog, collection: str, work: Callable[[], None], *, pages: int = CLOSES_AFTER
) -> Iterator[None]:
    """Have *work* done after each of the first *pages* that anybody is given of a collection."""
    mark = log.mark()
    over = threading.Event()
    failures: list[Exception] = []

    def watch() -> None:
        known = 0
        while not over.wait(POLL):
            given = [each for each in log.since(mark) if each.collection == collection]
            for _ in given[known:pages]:
                work()
            known = len(given)

    def report() -> None:
        try:
            watch()
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=report, name="newsroom")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if failures:
        raise failures[0]
