"""A site that wants quiet gets it: nothing of any kind is asked until it is over."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import formatdate
from itertools import pairwise

import pytest

from crawler.sample.server import SampleHandler, serve
from tests.crawl.layers import robots, serve_under, text
from tests.running import finish, run_crawl, start_crawl

GUIDES = "/wp-json/wp/v2/guides"
ROBOTS = "/robots.txt"


class Answers:
    """Gives the answers of a list to the first requests of one path, and keeps the time."""

    def __init__(self, path, *answers):
        self.path = path
        self.answers = list(answers)
        self.given = []  # when, and for how long nothing may be asked

    def __call__(self, target):
        if not target.startswith(self.path) or not self.answers:
            return None
        seconds, answer = self.answers.pop(0)
        self.given.append((time.monotonic(), seconds))
        return answer() if callable(answer) else answer

    def inside(self, server):
        """List what came in a time of quiet."""
        return [
            seen.target
            for begin, seconds in self.given
            for seen in server.requests
            if begin < seen.time < begin + seconds
        ]


def wait(seconds, status=429, value=None):
    return seconds, text(status, "<h1>Wait</h1>", ("Retry-After", value or str(seconds)))


def until(seconds, status=503):
    """Name a moment, in whole seconds as a header does: it is up to a second sooner."""

    def answer():
        moment = formatdate(time.time() + seconds, usegmt=True)
        return text(status, "<h1>Wait</h1>", ("Retry-After", moment))

    return seconds - 1, answer


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        (GUIDES, wait(1.5, value="2")),
        (GUIDES, until(3)),
        (GUIDES, wait(1, status=503)),
        (GUIDES, wait(1, status=202)),
        (GUIDES, wait(1, status=403)),
        (ROBOTS, wait(1)),
        ("/wp-json/wp/v2/users", wait(1)),  # a linked resource
        ("/wp-json/wp/v2/types", wait(1, status=503)),
    ],
    ids=["seconds", "date", "503", "202", "403", "robots", "link", "types"],
)
def test_quiet(tmp_path, path, answer):
    """Retry-After holds for whatever would be asked next, and all comes in the end."""
    answers = Answers(path, answer)
    with serve_under(answers) as server:
        crawl = run_crawl(tmp_path, f"site={server.url}", "collections=guides,pages")

    assert crawl.status == 0, crawl.stderr
    assert answers.inside(server) == []
    assert len(answers.given) == 1
    assert server.in_flight_peak == 1
    politeness = crawl.run["politeness"]
    assert politeness["pauses"] == {"retry_after": 1}
    assert politeness["waited"] >= 0.9
    assert politeness["come_back"] is None


def test_again_and_again(tmp_path):
    """Each answer may name a new time."""
    answers = Answers(GUIDES, wait(1), wait(0.9, 503, "1"), wait(1, 429))
    with serve_under(answers) as server:
        crawl = run_crawl(tmp_path, f"site={server.url}", "collections=guides")

    assert crawl.status == 0, crawl.stderr
    assert answers.inside(server) == []
    assert len(answers.given) == 3


class TestTooLong:
    def test_partial(self, tmp_path):
        """Above the cap what came is published, the rest is named, and when to come back."""
        answers = Answers("/wp-json/wp/v2/pages", wait(3600))
        with serve_under(answers) as server:
            before = datetime.now(UTC)
            crawl = run_crawl(
                tmp_path, f"site={server.url}", "collections=guides,pages,posts", "follow=none"
            )
            listed = sorted(server.site.listed("posts"))

        assert crawl.status == 3, crawl.stderr
        assert answers.inside(server) == []
        assert sorted(crawl.ids()["wp/v2/posts"]) == listed
        told = crawl.collections()
        assert {name: each["verdict"] for name, each in told.items()} == {
            "wp/v2/posts": "complete",
            "wp/v2/pages": "failed",
            "wp/v2/guides": "failed",
        }
        moment = crawl.run["politeness"]["come_back"]
        assert 3590 < (datetime.fromisoformat(moment) - before).total_seconds() < 3650
        for name in ("wp/v2/pages", "wp/v2/guides"):
            assert f"left alone until {moment}" in told[name]["reason"]
        assert f"come back after {moment}" in crawl.stderr
        assert "Traceback" not in crawl.stderr

    def test_middle_of_a_collection(self, tmp_path):
        """What came of a collection is delivered, and the rest counted."""
        answers = Answers("/wp-json/wp/v2/posts?", (0, None), (0, None), wait(7200, 503))
        with serve_under(answers) as server:
            server.site.max_per_page = 20
            crawl = run_crawl(tmp_path, f"site={server.url}", "collections=posts", "follow=none")
            listed = server.site.listed("posts")

        assert crawl.status == 3, crawl.stderr
        posts = crawl.collections()["wp/v2/posts"]
        assert posts["verdict"] == "partial"
        ids = crawl.ids()["wp/v2/posts"]
        assert len(ids) == len(set(ids)) == 40
        assert set(ids) <= listed
        [lost] = posts["lost"]
        assert lost["count"] == posts["announced"] - 40
        assert "left alone until" in lost["reason"]

    @pytest.mark.parametrize("path", [ROBOTS, "/", "/wp-json/"])
    def test_nothing(self, tmp_path, path):
        """Before a collection was begun there is nothing to publish: status 1, one line."""
        answers = Answers(path, wait(86400, 429))
        with serve_under(answers) as server:
            crawl = run_crawl(tmp_path, f"site={server.url}")

        assert crawl.status == 1
        [error] = crawl.errors
        assert crawl.run["politeness"]["come_back"] in error
        assert answers.inside(server) == []

    def test_links(self, tmp_path):
        """Documents whose links could not be asked for are delivered, and say so."""
        answers = Answers("/wp-json/wp/v2/users", wait(86400))
        with serve_under(answers) as server:
            crawl = run_crawl(tmp_path, f"site={server.url}", "collections=guides")
            listed = sorted(server.site.listed("guides"))

        assert crawl.status == 3, crawl.stderr
        assert sorted(crawl.ids()["wp/v2/guides"]) == listed
        assert crawl.run["links"]["author"]["failed"] > 0
        assert answers.inside(server) == []


class TestBackOff:
    def test_doubles(self, tmp_path):
        """Without Retry-After each failure doubles the pause; the waits are not all the same."""
        answers = Answers(GUIDES, *[(0, text(status, "")) for status in (429, 503, 429, 503)])
        with serve_under(answers) as server:
            crawl = run_crawl(
                tmp_path,
                f"site={server.url}",
                "collections=guides",
                "follow=none",
                settings={"RETRY_BACKOFF": 0.2},
            )

        assert crawl.status == 0, crawl.stderr
        times = [seen.time for seen in server.requests if seen.target.startswith(GUIDES)]
        gaps = [after - before for before, after in pairwise(times)]
        assert len(gaps) == 4
        for gap, least in zip(gaps, (0.2, 0.4, 0.8, 1.6), strict=True):
            assert gap >= least
        assert crawl.run["politeness"]["pauses"] == {"back_off": 4}

    def test_never_well(self, tmp_path):
        """A site that turns everything away is asked five times, then once for each thing."""

        def reply(target):
            return text(429, "") if "/wp/v2/" in target else None

        with serve_under(reply) as server:
            crawl = run_crawl(tmp_path, f"site={server.url}", "collections=guides,pages")

        assert crawl.status == 1
        assert "wp/v2/taxonomies could not be read" in crawl.errors[0]
        assert len(server.requests) < 25
        assert server.in_flight_peak == 1
        assert "Traceback" not in crawl.stderr

    def test_once_where_it_seldom_helps(self, tmp_path):
        """A 500 and a time-out are asked again once."""

        def reply(target):
            if target.startswith("/wp-json/wp/v2/types"):
                return text(500, "")
            if target.startswith("/wp-json/wp/v2/taxonomies"):
                time.sleep(1.6)
            return None

        with serve_under(reply) as server:
            crawl = run_crawl(
                tmp_path,
                f"site={server.url}",
                "collections=pages",
                "follow=none",
                settings={"DOWNLOAD_TIMEOUT": 1},
            )

        asked = [seen.target for seen in server.requests]
        assert asked.count("/wp-json/wp/v2/types") == 2
        assert asked.count("/wp-json/wp/v2/taxonomies") == 2
        assert crawl.ids()["wp/v2/pages"]


class TestCrawlDelay:
    @pytest.mark.parametrize("delay", [0, 0.1])
    def test_kept(self, tmp_path, delay):
        """Crawl-delay holds at any DOWNLOAD_DELAY, and AutoThrottle does not undo it."""
        with serve_under(robots("Crawl-delay: 0.4")) as server:
            crawl = run_crawl(
                tmp_path,
                f"site={server.url}",
                "collections=guides",
                "follow=none",
                settings={"DOWNLOAD_DELAY": delay, "AUTOTHROTTLE_START_DELAY": delay},
            )

        assert crawl.status == 0, crawl.stderr
        times = [seen.time for seen in server.requests]
        assert min(after - before for before, after in pairwise(times)) >= 0.4
        assert crawl.run["robots"]["crawl_delay"] == 0.4
        assert crawl.run["politeness"]["crawl_delay"] == 0.4

    def test_for_ever(self, tmp_path):
        """A site that wants an hour between two requests is not crawled, and told why."""
        with serve_under(robots("Crawl-delay: 3600")) as server:
            crawl = run_crawl(tmp_path, f"site={server.url}")

        assert crawl.status == 1
        [error] = crawl.errors
        assert "3600 seconds" in error
        assert "CRAWL_DELAY_MAX" in error
        assert [seen.target for seen in server.requests] == [ROBOTS]

    def test_not_obeyed(self, tmp_path):
        """Who owns the site and leaves robots.txt aside need not wait."""
        with serve_under(robots("Crawl-delay: 3600")) as server:
            crawl = run_crawl(
                tmp_path,
                f"site={server.url}",
                "collections=guides",
                settings={"ROBOTSTXT_OBEY": False},
            )
        assert crawl.status == 0, crawl.stderr


def test_stopped_while_waiting(tmp_path):
    """A signal does not wait for the end of the quiet."""
    answers = Answers(GUIDES, wait(60))
    with serve_under(answers) as server:
        process = start_crawl(tmp_path, f"site={server.url}", "collections=guides")
        deadline = time.monotonic() + 60
        while not answers.given and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.3)
        begin = time.monotonic()
        os.kill(process.pid, signal.SIGINT)
        crawl = finish(tmp_path, process)

    assert time.monotonic() - begin < 20
    assert crawl.status == 4, crawl.stderr
    assert answers.inside(server) == []
    assert "Traceback" not in crawl.stderr


class Dripping(SampleHandler):
    """Sends the guides a byte at a time, which no time-out between two bytes ends."""

    def do_GET(self):
        if not self.path.startswith(GUIDES):
            super().do_GET()
            return
        answer = self.server.respond(self.command, self.path, self.headers)
        self.wfile.write(self._head(answer))
        begin = time.monotonic()
        with suppress(OSError):
            while time.monotonic() - begin < 20:
                self.wfile.write(b" ")
                time.sleep(0.05)
        self.close_connection = True
        self.server.dripped.append(time.monotonic() - begin)


def test_drip(tmp_path):
    """DOWNLOAD_TIMEOUT is for the whole answer: a site that drips is cut off in time."""
    with serve() as server:
        server.RequestHandlerClass = Dripping
        server.dripped = []
        crawl = run_crawl(
            tmp_path,
            f"site={server.url}",
            "collections=guides,pages",
            "follow=none",
            settings={"DOWNLOAD_TIMEOUT": 1},
        )

    assert crawl.status == 3, crawl.stderr
    told = crawl.collections()
    assert told["wp/v2/guides"]["verdict"] == "failed"
    assert "longer than 1" in told["wp/v2/guides"]["reason"]
    assert told["wp/v2/pages"]["verdict"] == "complete"
    assert 0 < max(server.dripped) < 10  # seconds, on a machine that is busy


def test_drip_is_slow(tmp_path):
    """What an answer takes until its end counts for the pace, not only until its headers."""

    class Late(SampleHandler):
        def do_GET(self):
            answer = self.server.respond(self.command, self.path, self.headers)
            self.wfile.write(self._head(answer))
            if self.path.endswith("/types"):
                time.sleep(0.6)
            self.wfile.write(answer.body)

    with serve() as server:
        server.RequestHandlerClass = Late
        crawl = run_crawl(
            tmp_path,
            f"site={server.url}",
            "collections=guides",
            "follow=none",
            settings={"DOWNLOAD_DELAY": 0.02, "AUTOTHROTTLE_START_DELAY": 0.02},
        )

    assert crawl.status == 0, crawl.stderr
    times = {seen.target: seen.time for seen in server.requests}
    gap = times["/wp-json/wp/v2/taxonomies"] - times["/wp-json/wp/v2/types"]
    assert gap >= 1.2  # as long again as it took
