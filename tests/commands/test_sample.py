"""The first command of a newcomer."""

from __future__ import annotations

import json
import signal
import socket
import urllib.request
from contextlib import closing, suppress

from crawler.commands.sample import PORT
from tests.running import finish, newest_run, read_run, start_scrapy


def run_sample(tmp_path, *words):
    return finish(tmp_path, start_scrapy(tmp_path, "sample", *words))


def test_all(tmp_path):
    """It crawls the sample and prints a table, the files and one record, for people."""
    crawl = run_sample(tmp_path, "--port", "0")

    assert (crawl.status, crawl.stdout) == (0, ""), crawl.stderr
    head, columns, *lines = crawl.stderr.splitlines()
    assert head == f"{crawl.run['site']}: finished, exit status 0"
    assert columns.split() == "collection announced delivered hidden duplicates verdict".split()
    collections = [f"wp/v2/{each['rest_base']}" for each in crawl.run["collections"]]
    assert len(collections) == 9
    assert [line.split()[0] for line in lines[:9]] == collections
    assert lines.pop(9).startswith("wp/v2/media, wp/v2/comments: nothing to do: ")
    assert lines[9] == "1 copy left out: see duplicates.jsonl"
    names = [path.rpartition("/")[2] for path in lines[10:17]]
    assert sorted(names) == sorted(path.name for path in crawl.folder.iterdir())
    assert all(path.startswith(str(crawl.folder)) for path in lines[10:17])
    shown = json.loads("\n".join(lines[17:]))
    first = crawl.items("document")[0]
    assert shown["record_id"] == first["record_id"]
    assert shown["title"] == first["title"]
    assert None not in shown.values()
    assert "more characters)" in shown["content_html"]


def test_pace(tmp_path):
    """The sample is ours: it is crawled without a delay, unless one is asked for."""
    crawl = run_sample(tmp_path, "--port", "0", "-L", "INFO", "-a", "collections=guides")

    assert crawl.status == 0, crawl.stderr
    assert "Throttle" not in crawl.stderr
    assert [each["rest_base"] for each in crawl.run["collections"]] == ["guides"]


def test_wrong_argument(tmp_path):
    """The arguments of a crawl are read as ever."""
    crawl = run_sample(tmp_path, "--port", "0", "-a", "colections=guides")

    assert crawl.status == 2
    assert crawl.errors == ["no argument 'colections': did you mean collections?"]
    assert "Traceback" not in crawl.stderr


def test_another_site(tmp_path):
    """It crawls its own site and no other."""
    crawl = run_sample(tmp_path, "-a", "site=https://example.org")

    assert crawl.status == 2
    assert crawl.errors == ["sample crawls its own site; for another there is the command crawl"]


def test_nobody_reads(tmp_path):
    """Where nobody reads the report, the crawl comes to its end all the same."""
    process = start_scrapy(tmp_path, "sample", "--port", "0", "-a", "collections=guides")
    process.stderr.close()

    assert process.wait(timeout=60) == 0
    process.stdout.close()
    assert read_run(newest_run(tmp_path / "exports"))["exit_status"] == 0


def test_port_in_use(tmp_path):
    """A port that was asked for and cannot be had is named."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        crawl = run_sample(tmp_path, "--port", str(port))

    assert crawl.status == 2
    assert crawl.errors == [f"--port {port} cannot be used: Address already in use"]
    assert crawl.folder is None


def test_usual_port_in_use(tmp_path):
    """Where the usual port is taken the sample goes to another; its folder tells which."""
    with closing(socket.socket()) as taken:
        with suppress(OSError):  # then it is taken already
            taken.bind(("127.0.0.1", PORT))
            taken.listen()
        crawl = run_sample(tmp_path, "-a", "collections=materials")

    assert crawl.status == 0, crawl.stderr
    assert not crawl.run["site"].endswith(f":{PORT}")


def test_serve(tmp_path):
    """With --serve it tells where the site is, answers, and ends well at Ctrl-C."""
    process = start_scrapy(tmp_path, "sample", "--serve", "--port", "0")
    url = process.stdout.readline().strip()
    with urllib.request.urlopen(f"{url}wp-json/wp/v2/posts?per_page=1") as response:
        assert response.headers["X-WP-Total"] == "62"
    process.send_signal(signal.SIGINT)
    crawl = finish(tmp_path, process, timeout=20)

    assert (crawl.status, crawl.stderr) == (0, "")
    assert crawl.folder is None
