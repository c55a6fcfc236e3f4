"""A WordPress of the testbed: started, asked for the truth, stopped."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.testbed.access_log import AccessLog
from tests.testbed.editor import Editor

HERE = Path(__file__).resolve().parent

UP_TIMEOUT = 900
"""Seconds: the first start downloads packages, and WordPress."""


@dataclass(frozen=True)
class Variant:
    """One way to set up the testbed; ``number`` keeps its port and folder apart."""

    name: str
    number: int
    settings: dict[str, str] = field(default_factory=dict)


AS_IT_COMES = Variant("as-it-comes", 0)
"""What ``up`` makes by itself, or by the variables that the caller has set."""

PLAIN = Variant("plain", 1, {"WPT_WORDPRESS": "debian", "WPT_PERMALINKS": ""})
NEWER = Variant("npm65", 2, {"WPT_WORDPRESS": "npm:6.5"})

SECOND = Variant("second", 3, {"WPT_WORDPRESS": "debian"})
"""The same posts on another site, which has guids of its own."""

TWO_ADDRESSES = Variant(
    "two-addresses", 4, {"WPT_WORDPRESS": "debian", "WPT_LISTEN": "127.0.0.1 127.0.0.2"}
)

VARIANTS = (AS_IT_COMES, PLAIN, NEWER)


@dataclass
class Site:
    """One running WordPress, its data and its log."""

    variant: Variant
    directory: Path
    port: int
    url: str = ""

    @classmethod
    def of(cls, variant: Variant) -> Site:
        """Say where a variant lives: beside the one that ``up`` makes by itself."""
        base = os.environ.get("WPT_DIR")
        base = base or f"{os.environ.get('TMPDIR') or '/tmp'}/wordpress-testbed"
        port = int(os.environ.get("WPT_PORT") or 8088)
        suffix = f"-{variant.name}" if variant.number else ""
        return cls(variant, Path(f"{base}{suffix}"), port + variant.number)

    @cached_property
    def log(self) -> AccessLog:
        return AccessLog(self.directory / "log" / "access.log")

    @cached_property
    def seeded(self) -> dict[str, Any]:
        """Give truth.json: what the site held when it was seeded."""
        return json.loads((self.directory / "truth.json").read_bytes())

    def up(self) -> bool:
        """Start it, making it first where there is none; tell whether it was down before."""
        was_down = not self._is_up()
        done = self._run("up")
        assert done.returncode == 0, f"up: status {done.returncode}\n{done.stderr}"
        self.url = done.stdout.split()[-1]
        with self.editor() as editor:
            editor.restore()  # what a test that was killed had changed
        return was_down

    def down(self) -> None:
        """Stop it; its data stays, so that the next start takes a second."""
        done = self._run("down")
        assert done.returncode == 0, f"down: status {done.returncode}\n{done.stderr}"

    def editor(self) -> Editor:
        """Let somebody work on the site."""
        return Editor(self.directory / "site")

    def truth(self) -> dict[str, Any]:
        """Ask the database what a visitor can list now: ``ids`` and ``total_header``."""
        command = ["php", str(HERE / "truth.php"), str(self.directory / "run" / "db.sock")]
        return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    def public_ids(self) -> dict[str, list[int]]:
        """Give each collection (wp/v2/posts) with the ids that a visitor can list now."""
        return self.truth()["ids"]

    @contextmanager
    def faulty(self, faults: str) -> Iterator[None]:
        """Let the REST API fail for a while, in the words of the README (``401x0``)."""
        folder = self.directory / "site" / "wp-content" / "testbed"
        shutil.rmtree(folder / "hits", ignore_errors=True)
        (folder / "faults").write_text(faults, encoding="ascii")
        try:
            yield
        finally:
            (folder / "faults").unlink()
            shutil.rmtree(folder / "hits", ignore_errors=True)

    def _is_up(self) -> bool:
        try:
            pid = int((self.directory / "run" / "nginx.pid").read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return False
        return os.fsencode(self.directory.resolve()) in command

    def _run(self, script: str) -> subprocess.CompletedProcess[str]:
        # a database of 2,000 posts needs no more; several run at once
        own = {"WPT_DB_MEMORY": "128M", **self.variant.settings}
        own |= {"WPT_DIR": str(self.directory), "WPT_PORT": str(self.port)}
        return subprocess.run(
            [str(HERE / script)],
            env={**os.environ, **own},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=UP_TIMEOUT,
            check=False,
        )
