from __future__ import annotations

import os
import subprocess
import sys

import pytest
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from crawler.on_demand import Cookies, RemoteControl, Telnet
from tests.running import ROOT


@pytest.mark.parametrize("component", [Cookies, Telnet, RemoteControl])
def test_off(component):
    """What is off is not there."""
    crawler = get_crawler(settings_dict={component.switch: False})
    with pytest.raises(NotConfigured):
        component.from_crawler(crawler)


def test_on():
    """What is switched on is Scrapy's own."""
    crawler = get_crawler(settings_dict={"COOKIES_ENABLED": True})
    assert isinstance(Cookies.from_crawler(crawler), CookiesMiddleware)


HEAVY = ("aiohttp", "tldextract", "twisted.conch")
"""What the three load."""


def crawl(tmp_path, *switches):
    """Crawl what is not there; give the log, and which heavy packages were loaded."""
    command = [sys.executable, "-X", "importtime", "-m", "scrapy", "crawl", "wordpress"]
    command += ["-a", "site=http://127.0.0.1:9/", "-s", "RETRY_TIMES=0", "-s", "DOWNLOAD_DELAY=0"]
    command += [part for switch in switches for part in ("-s", f"{switch}=True")]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PRESSCRAWL_EXPORTS_DIR": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    modules = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    return done.stderr, modules & set(HEAVY)


def test_off_in_a_crawl(tmp_path):
    """In the project all three are off, and nothing of them is loaded."""
    log, loaded = crawl(tmp_path)

    assert "crawler.middlewares.gate.Gate" in log
    assert not loaded


def test_on_in_a_crawl(tmp_path):
    """One switch on the command line puts one back, as in any Scrapy project."""
    log, loaded = crawl(tmp_path, "COOKIES_ENABLED", "TELNETCONSOLE_ENABLED")

    assert "Telnet console listening on 127.0.0.1" in log
    assert loaded == {"tldextract", "twisted.conch"}
