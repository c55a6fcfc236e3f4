"""A real Scrapyd node on loopback, with this project deployed as its users do it."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ROOT / ".venv-scrapyd" / "bin"
SOURCES = ("pyproject.toml", "setup.py", "scrapy.cfg", "README.md", "LICENSE")
SECONDS = 90
"""How long a job may take here."""


@dataclass
class Node:
    """A node that runs; ``folder`` is its working directory, all else is outside of it."""

    url: str
    folder: Path
    exports: Path
    state: Path
    process: subprocess.Popen[bytes]

    def ask(self, what: str, **given: Any) -> dict[str, Any]:
        """Ask the node's JSON API; given values are sent as a form."""
        data = urlencode(given, doseq=True).encode() if given else None
        with urlopen(f"{self.url}/{what}.json", data=data, timeout=30) as answer:
            told: dict[str, Any] = json.load(answer)
        return told

    def schedule(self, site: str, **given: Any) -> str:
        """Schedule a crawl of *site*; return the id of the job."""
        told = self.ask("schedule", project="presscrawl", spider="wordpress", site=site, **given)
        assert told["status"] == "ok", told
        return str(told["jobid"])

    def jobs(self, state: str) -> dict[str, dict[str, Any]]:
        """Return the jobs that are pending, running or finished, by their ids."""
        with urlopen(f"{self.url}/listjobs.json?project=presscrawl", timeout=30) as answer:
            return {job["id"]: job for job in json.load(answer)[state]}

    def pid(self, job: str) -> int:
        """Return the process of a *job* that runs."""
        return int(self.jobs("running")[job]["pid"])

    def wait(self, job: str) -> None:
        """Wait until *job* has ended."""
        wait_until(lambda: job in self.jobs("finished"), f"{job}: {self.log(job)}")

    def log(self, job: str) -> str:
        """Return what *job* wrote into its log."""
        path = self.folder / "logs" / "presscrawl" / "wordpress" / f"{job}.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def output(self) -> str:
        """Return what the node itself wrote: among it the last words of its jobs."""
        return (self.folder / "node.log").read_text(encoding="utf-8")

    def runs(self) -> list[Path]:
        """Return the folders of all runs, in the order of their time."""
        return sorted(path for path in self.exports.glob("*/*Z*") if path.is_dir())


def wait_until(done: Any, what: str, seconds: float = SECONDS) -> None:
    """Wait until *done* says so; fail with *what* if it never does."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.1)


def free_port() -> int:
    """Return a port that nobody listens on: Scrapyd cannot be given port 0."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path, exports: Path, state: Path) -> Node:
    """Start a node with the configuration of deploy/, in *folder*."""
    folder.mkdir(parents=True)
    port = free_port()
    given = (ROOT / "deploy" / "scrapyd.conf").read_text(encoding="utf-8")
    written = re.sub(r"(?m)^http_port .*$", f"http_port = {port}", given)
    written = re.sub(r"(?m)^poll_interval .*$", "poll_interval = 0.2", written)
    (folder / "scrapyd.conf").write_text(written, encoding="utf-8")
    environment = {
        **{name: value for name, value in os.environ.items() if "COVERAGE" not in name},
        "PRESSCRAWL_EXPORTS_DIR": str(exports),
        "PRESSCRAWL_STATE_PATH": str(state),
    }
    with (folder / "node.log").open("wb") as log:
        process = subprocess.Popen(
            [TOOLS / "scrapyd", "--pidfile="],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    node = Node(f"http://127.0.0.1:{port}", folder, exports, state, process)
    wait_until(lambda: answers(node), node.output(), 30)
    return node


def answers(node: Node) -> bool:
    """Tell whether the node is up."""
    assert node.process.poll() is None, node.output()
    try:
        with urlopen(f"{node.url}/daemonstatus.json", timeout=5) as answer:
            return bool(json.load(answer)["status"] == "ok")
    except OSError:
        return False


def deploy(node: Node, sources: Path, environment: dict[str, str] | None = None) -> str:
    """Put a copy of the project on *node*, as `make deploy` does; return what that printed."""
    if not sources.exists():
        sources.mkdir(parents=True)
        for name in SOURCES:
            shutil.copy(ROOT / name, sources)
        shutil.copytree(
            ROOT / "crawler", sources / "crawler", ignore=shutil.ignore_patterns("__pycache__")
        )
    config = sources / "scrapy.cfg"
    told = re.sub(r"(?m)^url .*$", f"url = {node.url}/", config.read_text(encoding="utf-8"))
    config.write_text(told, encoding="utf-8")
    done = subprocess.run(
        [TOOLS / "scrapyd-deploy"],
        cwd=sources,
        capture_output=True,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    return done.stdout + done.stderr


def stop(node: Node) -> None:
    """Stop a node and wait for it."""
    node.process.terminate()
    try:
        node.process.wait(20)
    except subprocess.TimeoutExpired:
        node.process.kill()
        node.process.wait()
