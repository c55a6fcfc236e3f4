"""Pages of the project as tests read them: tables, blocks of code, headings; and its strings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin

from crawler import settings as our_settings
from tests.running import ROOT

PAGES = sorted(
    str(path.relative_to(ROOT))
    for pattern in ("*.md", "docs/*.md", "exports/README.md", "benchmarks/*.md", "tests/*/*.md")
    for path in ROOT.glob(pattern)
)
SOURCES = sorted((ROOT / "crawler").rglob("*.py"))

OUR_SETTINGS = {
    name: value
    for name, value in vars(our_settings).items()
    if name.isupper() and not name.startswith("_")
}
"""Every setting that the project sets."""

TYPE_WORDS = {"str": str, "int": int, "bool": bool, "list": list, "object": dict}
NUMBER = "number"  # of a foreign source: whole or not


@cache
def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Table:
    """A table under its heading; a row is its cells by the names in its head."""

    heading: str
    rows: tuple[dict[str, str], ...]

    def column(self, name: str) -> list[str]:
        return [row[name] for row in self.rows]

    def codes(self, name: str) -> list[str]:
        return [code for cell in self.column(name) for code in codes_in(cell)]


def codes_in(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


@cache
def tables(page: str) -> tuple[Table, ...]:
    found, heading, lines = [], "", []
    for line in [*read(page).splitlines(), ""]:
        if line.startswith("#"):
            heading = line.lstrip("# ")
        if line.startswith("|"):
            lines.append([cell.strip() for cell in line.strip("|").split("|")])
        elif lines:
            names, _, *rows = lines
            assert all(len(row) == len(names) for row in rows), (page, heading, names)
            found.append(Table(heading, tuple(dict(zip(names, row, strict=True)) for row in rows)))
            lines = []
    return tuple(found)


def table(page: str, heading: str, name: str) -> Table:
    """Give the table under *heading* that has a column *name*; there is just one."""
    (found,) = (each for each in tables(page) if each.heading == heading and name in each.rows[0])
    return found


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", read(page), re.MULTILINE | re.DOTALL)


def fences(page: str) -> list[tuple[str, str]]:
    """List the fenced blocks of a page with their languages, "" where there is none."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", read(page), re.MULTILINE | re.DOTALL)


@cache
def commands() -> tuple[tuple[str, str], ...]:
    """List every command line that a page shows, with the page."""
    found = []
    for page in PAGES:
        for language, block in fences(page):
            lines = block.replace("\\\n", "").splitlines()
            if language == "sh":
                found += [(page, line) for line in lines if line]
            elif language == "console":
                found += [(page, line[2:]) for line in lines if line.startswith("$ ")]
    return tuple(found)


def type_word(annotation: Any) -> str:
    """Say what the contract calls a type: ``str | None`` is "str or null"."""
    if get_origin(annotation) is Literal:
        return "str"
    if isinstance(annotation, UnionType):
        (some,) = (each for each in get_args(annotation) if each is not NoneType)
        return f"{type_word(some)} or null"
    plain = get_origin(annotation) or annotation
    if is_dataclass(plain):
        return "object"
    return next(word for word, named in TYPE_WORDS.items() if named is plain)


def is_of(word: str, value: object) -> bool:
    """Tell whether a JSON value is what the contract's word promises."""
    word, nullable, _ = word.partition(" or null")
    if value is None:
        return bool(nullable)
    if word == NUMBER:
        return type(value) in (int, float)
    return type(value) is TYPE_WORDS[word]


def anchors(page: str) -> set[str]:
    """Give the anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", read(page), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def reasons_of_lost() -> Iterator[str]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Lost":
                (reason, *_) = node.args
                if isinstance(reason, ast.Constant):
                    yield reason.value


@cache
def strings_in_code() -> tuple[tuple[str, str], ...]:
    """List every string in the code with its place; what is formatted in is ``{}``."""
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
            elif isinstance(node, ast.JoinedStr):
                text = "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "{}"
                    for part in node.values
                )
            else:
                continue
            found.append((text, f"{path.relative_to(ROOT)}:{node.lineno}"))
    return tuple(found)
