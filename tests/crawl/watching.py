"""Crawls that an audit hook watches, and listeners to whom none of them may come."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crawl.audited import CLIENTS, CONNECTIONS, LOOKUPS, PROCESSES
from tests.running import Crawl, finish, run_crawl, start_scrapy

MODULE = "tests.crawl.audited"
LOG = "audit.jsonl"

Answers = Mapping[str, Sequence[Sequence[str]]]
"""The addresses of each name, for its first look-up, its second, and all others."""


@dataclass(frozen=True)
class Watched:
    """A crawl, and what it did: (event, subject) in their order."""

    crawl: Crawl
    seen: list[tuple[str, object]]

    def subjects(self, *events: str) -> set[object]:
        return {subject for event, subject in self.seen if event in events}

    @property
    def looked_up(self) -> set[object]:
        return self.subjects(*LOOKUPS)

    @property
    def connected(self) -> set[object]:
        return self.subjects(*CONNECTIONS)

    @property
    def opened(self) -> set[str]:
        return {str(path) for path in self.subjects("open", "os.listdir", "os.scandir")}

    @property
    def started(self) -> set[object]:
        """Processes and other clients than Scrapy's."""
        return self.subjects(*PROCESSES, *CLIENTS)

    def counts(self, key: str) -> Counter[str]:
        """Give the stats of all crawls under *key*, by kind."""
        found: Counter[str] = Counter()
        for kind, number in re.findall(rf"'{key}/(\w+)': (\d+)", self.crawl.stderr):
            found[kind] += int(number)
        return found


def watched_crawl(
    tmp_path: Path, *args: str, answers: Answers | None = None, **options: Any
) -> Watched:
    """Run a crawl as run_crawl does, watched; names have the addresses in *answers*, or none."""
    env = {**environment(tmp_path, answers or {}), **(options.pop("env", None) or {})}
    crawl = run_crawl(tmp_path, *args, env=env, module=MODULE, **options)
    return Watched(crawl, read_log(tmp_path / LOG))


def watched_crawls(tmp_path: Path, *sites: dict[str, str], answers: Answers) -> Watched:
    """Crawl several sites in one process, each with its own arguments."""
    words = ["--each", json.dumps(sites)]
    env = environment(tmp_path, answers)
    process = start_scrapy(tmp_path, *words, env=env, module=MODULE)
    return Watched(finish(tmp_path, process), read_log(tmp_path / LOG))


def environment(tmp_path: Path, answers: Answers) -> dict[str, str]:
    return {"AUDIT_LOG": str(tmp_path / LOG), "AUDIT_ANSWERS": json.dumps(answers)}


def read_log(log: Path) -> list[tuple[str, object]]:
    pairs = map(json.loads, log.read_text().splitlines())
    return [(event, tuple(sub[:2]) if isinstance(sub, list) else sub) for event, sub in pairs]


class Trap:
    """Listens on loopback, on one port of several addresses, and counts who comes."""

    def __init__(self, addresses: Iterable[str], port: int) -> None:
        self.visitors: list[object] = []
        self.port = port
        self._sockets = [self._listen(address) for address in addresses]
        self._threads = [threading.Thread(target=self._serve, args=(s,)) for s in self._sockets]
        for thread in self._threads:
            thread.start()

    def _listen(self, address: str) -> socket.socket:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listening = socket.create_server((address, self.port), family=family)
        self.port = listening.getsockname()[1]
        return listening

    def _serve(self, listening: socket.socket) -> None:
        while True:
            try:
                visitor, address = listening.accept()
            except OSError:  # closed
                return
            self.visitors.append(address)
            visitor.close()

    def close(self) -> None:
        for each in self._sockets:
            each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join()


@contextmanager
def trap(*addresses: str, port: int = 0) -> Iterator[Trap]:
    """Set a trap while the block runs; port 0 takes one that is free."""
    set_up = Trap(addresses, port)
    try:
        yield set_up
    finally:
        set_up.close()
