"""Every command that the pages show is run, page by page, on two sample sites."""

from __future__ import annotations

import gzip
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import zstandard

from crawler.sample.server import serve
from tests.pages import blocks, commands, fences
from tests.running import ROOT, read_lines, run_crawl

ELSEWHERE = {
    r"make crawl": ("what it prints is compared", "tests/test_docs.py"),
    r"make test(-\w+)?": ("this is one of its tests", ".ci/run"),
    r"make bench": ("it takes minutes", "tests/benchmarks/test_measure.py"),
    r"\. \.venv/bin/activate": ("it only saves typing", "Makefile"),
    r"pipx install \.": ("it needs packages", "tests/test_packaging.py"),
    r"pip install spidermon": ("it needs packages", "constraints-scrapyd.txt"),
    r"PYTHONPATH=\. scrapy .*monitors.*": ("it needs Spidermon", "tests/scrapyd/test_monitors.py"),
    r"(make deploy|curl .*)": ("it needs a node", "tests/scrapyd/test_node.py"),
    r"cd /srv/presscrawl": ("it is the server's", "tests/test_deploy.py"),
    r"python3 -m venv venv": ("it is the server's", "Makefile"),
    r"venv/bin/pip install .*-r constraints-scrapyd\.txt": ("it needs packages", "Makefile"),
    r"mkdir node exports state": ("it is the server's", "tests/scrapyd/node.py"),
    r"(sudo )?cp deploy/.*": ("it is the server's", "tests/test_deploy.py"),
    r"sudo systemctl .*": ("it needs systemd", "tests/test_deploy.py"),
}
"""Commands that are not run here: why, and the place where it is seen that they work."""

MAKES = {"ARGS", "SITE", "MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS"}
"""Variables of the make that runs the tests: they are not meant for the one that is tested."""

STAMP = "20261123T193000Z"
"""The run that is there before the commands of a page, as the pages name it."""

PAGES = sorted({page for page, _ in commands()})


@dataclass(frozen=True)
class Sites:
    """Two sample sites, and a run of the first."""

    first: str
    second: str
    run: Path

    @property
    def name(self) -> str:
        return self.first.partition("://")[2].replace(":", "_")

    def put_into(self, command: str) -> str:
        """Put the sample sites into a command in place of those that it names."""
        for name, here in {
            "exports/example.org": f"exports/{self.name}",
            "https://example.org": self.first,
            "https://example.com": self.second,
            "http://localhost:8080": self.first,
            "https://harbour.example": self.first,
            "harbour.example": "127.0.0.1",
            "library": "guides",
            "/var/lib/node_exporter/": "",
            " docs/": f" {ROOT}/docs/",
        }.items():
            command = command.replace(name, here)
        return command


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    folder = tmp_path_factory.mktemp("before")
    with serve() as first, serve() as second:
        urls = [server.url.rstrip("/") for server in (first, second)]
        crawl = run_crawl(folder, f"site={urls[0]}", "dataset=news")
        assert crawl.status == 0, crawl.stderr
        yield Sites(*urls, run=crawl.folder)


@pytest.fixture
def folder(tmp_path, sites):
    """A folder with all that the commands of a page take for granted."""
    run = tmp_path / "exports" / sites.name / STAMP
    shutil.copytree(sites.run, run)
    documents = (run / "documents.jsonl").read_bytes()
    (tmp_path / "a.jsonl.zst").write_bytes(zstandard.compress(documents))
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(documents))
    (tmp_path / "one.jsonl").write_bytes(documents)
    other = documents.replace(sites.first.encode(), sites.second.encode())
    (tmp_path / "other.jsonl").write_bytes(other)
    theirs = [json.loads(line) for line in documents.splitlines()]
    lines = [{"url": d["link"], "body": d["content_text"], "date": d["published"]} for d in theirs]
    (tmp_path / "theirs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (tmp_path / "news.txt").write_text(f"# the coast\n{sites.first}\n{sites.second}/  # moved\n")
    (rules,) = blocks("docs/clean-rules.md", "python")
    (tmp_path / "my_rules.py").write_text(rules)
    return tmp_path


@pytest.fixture
def env(tmp_path, folder):
    """The environment of a shell that knows the project's programs, and no delay."""
    programs = tmp_path / "bin"
    programs.mkdir()
    python = f'PYTHONPATH="{ROOT}:$PYTHONPATH" exec {shlex.quote(sys.executable)} -W error'
    quick = 'if [ "$1" = crawl ]; then shift; set -- crawl -s DOWNLOAD_DELAY=0 "$@"; fi\n'
    make = f'exec {shutil.which("make")} -s -C {ROOT} -o .venv/.project PY={programs}/python "$@"'
    for name, script in {
        "scrapy": f'{quick}{python} -m scrapy "$@"',
        "presscrawl": f'{quick}{python} -m crawler "$@"',
        "python": 'shift 2; exec scrapy "$@"',  # make's is `python -m scrapy`
        "make": make,
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    outer = {name: value for name, value in os.environ.items() if name not in MAKES}
    return {
        **outer,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "SCRAPY_SETTINGS_MODULE": "crawler.settings",
        "PRESSCRAWL_EXPORTS_DIR": str(folder / "exports"),
        "PRESSCRAWL_STATE_PATH": str(folder / "state.sqlite3"),
    }


def prepare(page, sites, folder):
    """Make of the folder what a page begins with, where that is not a run and no state."""
    if page == "docs/what-changed.md":
        shutil.rmtree(folder / "exports")
    if page == "docs/state.md":
        state = sites.run.parents[2] / "state" / "presscrawl.sqlite3"
        shutil.copy(state, folder / "state.sqlite3")


def elsewhere(command: str) -> bool:
    return any(re.fullmatch(pattern, command, re.DOTALL) for pattern in ELSEWHERE)


@pytest.mark.parametrize("page", PAGES)
def test_page(page, sites, folder, env):
    """The commands of a page do what they should, in their order and one after the other."""
    prepare(page, sites, folder)
    for shown in (line for each, line in commands() if each == page and not elsewhere(line)):
        command = sites.put_into(shown)
        if shutil.which("jq") is None:
            command = command.partition(" | jq ")[0]
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{shown}\n{done.stderr}"


def test_across_datasets(folder, env):
    """Two datasets become one, in which each text is once."""
    command = "scrapy clusters one.jsonl other.jsonl > clusters.jsonl"
    assert ("docs/dedupe.md", command) in commands()
    (program,) = blocks("docs/dedupe.md", "python")
    for words in (["bash", "-c", command], [sys.executable, "-c", program]):
        subprocess.run(words, cwd=folder, env=env, capture_output=True, timeout=60, check=True)

    both = list(read_lines(folder / "both.jsonl"))
    long = [d["dedupe"]["canonical_sha256"] for d in both if d["word_count"] >= 25]
    assert len(long) == len(set(long)) > 50


@pytest.mark.parametrize("pattern", ELSEWHERE)
def test_elsewhere(pattern):
    """What is not run here is on a page, and has its place."""
    assert [line for _, line in commands() if re.fullmatch(pattern, line, re.DOTALL)]
    _, place = ELSEWHERE[pattern]
    assert (ROOT / place).exists()


@pytest.mark.parametrize("page", PAGES)
def test_commands_are_marked(page):
    """What looks like a command is in a block of commands, where it is run."""
    first = {line.split()[0] for _, line in commands()} - {"#"}
    other = "".join(text for language, text in fences(page) if language not in ("sh", "console"))

    assert not [
        line for line in other.splitlines() if line.split()[:1] and line.split()[0] in first
    ]
