"""Starts crawls in a moment: imports everything once, and forks a process for each.

``python -m tests.kill.nursery`` reads a line of JSON for each crawl from standard input: ``words``
of the command line, ``env`` that is added, ``out`` and ``err``, where the standard streams go. It
answers with a line: the process's number. A crawl that ends is told by its number and its exit
status, as subprocess gives it. What a crawl does is what ``python -W error -m scrapy`` does.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import threading
from typing import Any

SCRAPYS = (
    *("scrapy.cmdline", "scrapy.commands.crawl", "scrapy.core.engine"),
    *("scrapy.core.downloader.handlers.http11", "scrapy.extensions.feedexport"),
)
OURS = ("wordpress", "clean", "dedupe", "state", "feeds", "pipelines", "spiders")


def load() -> None:
    """Import what a crawl imports, but no reactor: each process has its own."""
    import importlib
    import pkgutil

    import crawler

    for name in SCRAPYS:
        importlib.import_module(name)
    for package in OURS:
        for module in pkgutil.iter_modules([f"{crawler.__path__[0]}/{package}"]):
            importlib.import_module(f"crawler.{package}.{module.name}")
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("a reactor is there already: every crawl would share it")


def run(job: dict[str, Any]) -> None:
    """Be the crawl; never returns."""
    from scrapy.cmdline import execute

    os.environ.update(job["env"])
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    for name, number in (("out", 1), ("err", 2)):
        os.dup2(os.open(job[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    if hasattr(ctypes.CDLL(None), "fault_arm"):
        ctypes.CDLL(None).fault_arm()
    for name in [name for name in sys.modules if name == "crawler.settings"]:
        del sys.modules[name]  # it reads the environment
    status = 1
    try:
        execute(["scrapy", *job["words"]])
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def wait(number: int) -> None:
    _, status = os.waitpid(number, 0)
    tell({"ended": number, "status": os.waitstatus_to_exitcode(status)})


def tell(line: dict[str, Any]) -> None:
    os.write(1, (json.dumps(line) + "\n").encode())


def main() -> None:
    load()
    waiting: list[threading.Thread] = []
    while line := sys.stdin.readline():
        job = json.loads(line)
        number = os.fork()
        if number == 0:
            run(job)
        tell({"began": number})
        waiting.append(threading.Thread(target=wait, args=(number,)))
        waiting[-1].start()
    for thread in waiting:
        thread.join()


if __name__ == "__main__":
    main()
