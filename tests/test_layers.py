"""The pure packages know no Scrapy, no clock, no network and no files."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PURE = ("wordpress", "clean", "dedupe")
THIRD_PARTY = {"bs4", "numpy", "orjson", "rensa", "turbohtml", "w3lib"}
OWN = {f"crawler.{name}" for name in (*PURE, "compiled", "errors", "items", "stats")}
IMPURE = {
    *("asyncio", "ftplib", "http", "select", "selectors", "socket", "socketserver", "ssl"),
    *("urllib.error", "urllib.request", "urllib.robotparser", "xmlrpc"),
    *("fileinput", "glob", "io", "mmap", "os", "pathlib", "shelve", "shutil", "sqlite3"),
    *("tempfile", "tarfile", "zipfile", "multiprocessing", "subprocess", "threading"),
    *("concurrent", "logging", "random", "sched", "secrets", "signal", "sys", "time"),
}
IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "__import__"}
CLOCK_CALLS = {"now", "utcnow", "today"}


def is_within(module: str, names: set[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


def is_allowed(module: str) -> bool:
    if module == "crawler" or module.startswith("crawler."):
        return is_within(module, OWN)
    if module.partition(".")[0] in sys.stdlib_module_names:
        return not is_within(module, IMPURE)
    return is_within(module, THIRD_PARTY)


def imported(node: ast.AST) -> list[str]:
    """Name the modules that a statement may import: `from a import b` may mean a.b."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        if node.level:
            return ["relative import"]
        inner = [f"{node.module}.{alias.name}" for alias in node.names]
        return inner if node.module in {"crawler", "urllib"} else [node.module]
    return []


def breaches(source: str) -> list[str]:
    """List what a module does that a pure one may not, each with its line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = [name for name in imported(node) if not is_allowed(name)]
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS:
                names.append(f"{node.func.id}()")
            if isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_CALLS:
                names.append(f".{node.func.attr}()")
        found += [f"line {node.lineno}: {name}" for name in names]
    return found


def pure_modules() -> list[Path]:
    return sorted(path for name in PURE for path in (ROOT / "crawler" / name).rglob("*.py"))


@pytest.mark.parametrize("path", pure_modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_pure_module(path):
    """A module of a pure package imports and calls nothing that reaches the world."""
    assert breaches(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import scrapy.http", ["line 1: scrapy.http"]),
        ("from urllib import parse, request", ["line 1: urllib.request"]),
        ("import urllib.parse, http.client", ["line 1: http.client"]),
        ("from crawler.spiders import wordpress", ["line 1: crawler.spiders"]),
        ("from crawler import errors, feeds", ["line 1: crawler.feeds"]),
        ("from . import page", ["line 1: relative import"]),
        ("\ndef f():\n    import time", ["line 3: time"]),
        ("x = datetime.now(UTC)", ["line 1: .now()"]),
        ("with open(p): pass", ["line 1: open()"]),
        ("from crawler.errors import ProtocolError\nimport json, orjson", []),
    ],
)
def test_example(source, found):
    """What the rule is for is found, and what is allowed is not."""
    assert breaches(source) == found


def test_transitive_import():
    """Nothing that a pure package imports brings Scrapy or Twisted along."""
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in pure_modules()]
    names = [name.removesuffix(".__init__") for name in names]
    code = (
        f"import sys; [__import__(name) for name in {names!r}]; "
        "print(*sorted({'scrapy', 'twisted', 'aiohttp', 'requests'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=True,
    )

    assert "crawler.wordpress.query" in names
    assert run.stdout.split() == []
