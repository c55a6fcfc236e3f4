"""Crawls that a test starts in a moment and kills when it likes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.running import LOOPBACK, ROOT

SHIM = Path(__file__).with_name("faults.c")


@dataclass
class Crawling:
    """A crawl under way: ``pid`` is its process, ``status`` is there after `wait`."""

    pid: int
    err: Path
    _ended: threading.Event
    status: int | None = None

    def kill(self) -> None:
        """Kill it, where it has not ended."""
        if not self._ended.is_set():
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout: float = 60) -> int:
        """Give the exit status, below 0 where a signal ended it."""
        if not self._ended.wait(timeout):
            self.kill()
            raise TimeoutError(f"no end after {timeout} s:\n{self.err.read_text()}")
        assert self.status is not None
        return self.status

    def ended(self, timeout: float) -> bool:
        """Wait a while; tell whether it has ended."""
        return self._ended.wait(timeout)


class Nursery:
    """The process of nursery.py, which is loaded once and forks a crawl at a time or several."""

    def __init__(self, shim: Path | None = None) -> None:
        preload = {"LD_PRELOAD": str(shim)} if shim else {}
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.kill.nursery"],
            cwd=ROOT,
            env={**os.environ, **preload},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        self._crawls: dict[int, Crawling] = {}
        self._began: list[Crawling] = []
        self._told = threading.Condition()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def start(
        self,
        place: Path,
        *args: str,
        settings: Mapping[str, object] | None = None,
        output: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
    ) -> Crawling:
        """Start ``scrapy crawl wordpress`` as start_crawl of tests/running.py does."""
        place.mkdir(parents=True, exist_ok=True)
        words = ["crawl", "wordpress", *(word for each in args for word in ("-a", each))]
        every = {
            **LOOPBACK,
            "EXPORTS_DIR": place / "exports",
            "STATE_PATH": place / "state" / "presscrawl.sqlite3",
            **(settings or {}),
        }
        words += [word for name, value in every.items() for word in ("-s", f"{name}={value}")]
        err = place / "stderr.txt"
        job = {
            "words": [*words, *output],
            "env": dict(env or {}),
            "out": str(place / "stdout.txt"),
            "err": str(err),
        }
        with self._told:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()
            count = len(self._began)
            assert self._told.wait_for(lambda: len(self._began) > count, 60), "no nursery"
            crawling = self._began[-1]
            crawling.err = err
        return crawling

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        for each in self._crawls.values():
            each.kill()
        self._process.wait(60)
        self._thread.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            with self._told:
                if "began" in told:
                    crawling = Crawling(told["began"], Path(os.devnull), threading.Event())
                    self._crawls[crawling.pid] = crawling
                    self._began.append(crawling)
                else:
                    crawling = self._crawls.pop(told["ended"])
                    crawling.status = told["status"]
                    crawling._ended.set()
                self._told.notify_all()


@contextmanager
def nursery(shim: Path | None = None) -> Iterator[Nursery]:
    """Have a nursery while the block runs; under *shim*, what build_shim built."""
    made = Nursery(shim)
    try:
        yield made
    finally:
        made.close()


def build_shim(folder: Path) -> Path:
    """Compile faults.c; what a test needs for that is gcc."""
    built = folder / "faults.so"
    subprocess.run(
        ["gcc", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", built, SHIM, "-ldl"],
        check=True,
    )
    return built
