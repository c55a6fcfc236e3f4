"""An editor at work on a site of the testbed, and what is left untouched of it afterwards."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

HERE = Path(__file__).resolve().parent


class EditorError(Exception):
    """WordPress or the database refused what the editor asked for."""


class Editor:
    """A PHP process with WordPress loaded (editor.php), which does as it is told.

    ``site`` is the folder of WordPress. Use it as a context manager.
    """

    def __init__(self, site: Path) -> None:
        command = ["php", "-d", "memory_limit=1G", str(HERE / "editor.php"), str(site)]
        self._php = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._php.communicate(timeout=60)  # the end of its input ends it

    def call(self, function: str, *args: object) -> Any:
        """Call a function of WordPress; give what it returned."""
        return self._ask({"call": function, "args": args})

    def sql(self, statement: str) -> Any:
        """Run one statement; give its rows as lists, or how many rows it changed."""
        return self._ask({"sql": statement})

    def column(self, statement: str) -> list[Any]:
        """Run a query; give its first column."""
        return [row[0] for row in self.sql(statement)]

    def _ask(self, command: dict[str, object]) -> Any:
        assert self._php.stdin is not None
        assert self._php.stdout is not None
        self._php.stdin.write(json.dumps(command) + "\n")
        self._php.stdin.flush()
        line = self._php.stdout.readline()
        try:
            answer = json.loads(line)
        except ValueError as error:
            raise EditorError(f"{command!r} was answered {line!r}") from error
        if "error" in answer:
            raise EditorError(f"{command!r}: {answer['error']}")
        return answer["value"]

    # --- posts ------------------------------------------------------------------------------

    def insert_post(self, gmt: str, title: str = "Breaking", **more: object) -> int:
        """Publish a post dated *gmt* (2024-03-31 01:00:00, UTC); give its id."""
        post = {
            "post_title": title,
            "post_content": "<p>Written while somebody was reading.</p>",
            "post_status": "publish",
            "post_date_gmt": gmt,
            "post_date": self.call("get_date_from_gmt", gmt),
        }
        return int(self.call("wp_insert_post", {**post, **more}, True))

    def move_post(self, post: int, gmt: str) -> None:
        """Give a post another date."""
        local = self.call("get_date_from_gmt", gmt)
        dates = {"post_date": local, "post_date_gmt": gmt, "edit_date": True}
        assert self.call("wp_update_post", {"ID": post, **dates}, True) == post

    def delete_post(self, post: int) -> None:
        """Delete a post for good, not to the trash."""
        assert self.call("wp_delete_post", post, True), f"there was no post {post}"

    def import_posts(self, count: int, local: str, gmt: str) -> None:
        """Publish posts of one second at once, as an import does, past WordPress."""
        self.sql(
            "INSERT INTO wp_posts (post_author, post_date, post_date_gmt, post_modified,"
            " post_modified_gmt, post_title, post_content, post_name, post_status, post_type)"
            f" SELECT 1, '{local}', '{gmt}', '{local}', '{gmt}', CONCAT('Imported ', seq),"
            " '<p>Imported.</p>', CONCAT('imported-', seq, '-', UUID_SHORT()), 'publish', 'post'"
            f" FROM seq_1_to_{count}"
        )

    # --- before and after ---------------------------------------------------------------------

    @contextmanager
    def giving_back(self) -> Iterator[None]:
        """Keep a copy of the database, and put it back at the end."""
        self._keep()
        try:
            yield
        finally:
            self.restore()

    def _tables(self, prefix: str) -> list[str]:
        names = self.column("SHOW TABLES")
        return [name.removeprefix(prefix) for name in names if name.startswith(prefix)]

    def _keep(self) -> None:
        tables = self._tables("wp_")
        for table in tables:
            self.sql(f"DROP TABLE IF EXISTS half_kept_{table}")
            self.sql(f"CREATE TABLE half_kept_{table} LIKE wp_{table}")
            self.sql(f"INSERT INTO half_kept_{table} SELECT * FROM wp_{table}")
        # one statement: either all tables are kept, or none
        self._rename((f"half_kept_{table}", f"kept_{table}") for table in tables)

    def restore(self) -> None:
        """Put back what was kept; nothing happens where nothing was."""
        for table in self._tables("gone_"):
            self.sql(f"DROP TABLE gone_{table}")
        tables = self._tables("kept_")
        if not tables:
            return
        pairs = [(f"wp_{table}", f"gone_{table}") for table in tables]
        pairs += [(f"kept_{table}", f"wp_{table}") for table in tables]
        self._rename(pairs)
        for table in tables:
            self.sql(f"DROP TABLE gone_{table}")

    def _rename(self, pairs: Any) -> None:
        self.sql("RENAME TABLE " + ", ".join(f"{old} TO {new}" for old, new in pairs))
