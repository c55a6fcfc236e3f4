"""The files in deploy/ are what docs/scrapyd.md says of them."""

from __future__ import annotations

import configparser
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
PAGE = (ROOT / "docs" / "scrapyd.md").read_text(encoding="utf-8")


def read(name):
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str
    parser.read_string((DEPLOY / name).read_text(encoding="utf-8"))
    return parser


@pytest.mark.parametrize("path", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_told(path):
    """Each file is on the page."""
    assert f"deploy/{path.name}" in PAGE


def test_node():
    """The node listens on loopback alone, writes no feed of its own, and remembers its jobs."""
    node = read("scrapyd.conf")["scrapyd"]

    assert node["bind_address"] == "127.0.0.1"
    assert node["items_dir"] == node["jobs_dir"] == ""
    assert node["jobstorage"] == "scrapyd.jobstorage.SqliteJobStorage"
    assert {"username", "password"} <= set(node)


def test_service():
    """The service says where files go, and lets crawls end cleanly."""
    service = (DEPLOY / "scrapyd.service").read_text(encoding="utf-8")

    for name in ("PRESSCRAWL_EXPORTS_DIR", "PRESSCRAWL_STATE_PATH", "PRESSCRAWL_CONTACT"):
        assert f"Environment={name}=" in service
    assert read("scrapyd.service")["Service"]["KillSignal"] == "SIGINT"


def test_timer():
    """Timer and cron start the same command."""
    command = read("presscrawl-nightly.service")["Service"]["ExecStart"]
    [line] = re.findall(r"(?m)^[^#\n].*$", (DEPLOY / "crontab").read_text(encoding="utf-8"))

    assert line == f"30 2 * * * {command}"
    assert read("presscrawl-nightly.timer")["Timer"]["OnCalendar"] == "*-*-* 02:30:00"
    assert command.split()[0].endswith("/schedule")


def test_schedule_usage():
    """Without its arguments it says how it is used."""
    done = subprocess.run([DEPLOY / "schedule"], capture_output=True, text=True)

    assert done.returncode == 2
    assert "schedule http://127.0.0.1:6800 sites.txt" in done.stderr
