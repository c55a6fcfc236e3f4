"""A polite guest: one request at a time, the pace that was asked for, no way round."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest

from crawler import __version__
from crawler.sample.server import serve
from tests.crawl.layers import Layer, serve_under
from tests.running import run_crawl

ALL = "categories tags materials users media posts pages guides comments".split()


def slow(target):
    """Take long enough for a second request to come in, if there were one."""
    time.sleep(0.03)


class TestOneInFlight:
    @pytest.mark.parametrize("delay", [0, 0.2])
    def test_delay(self, tmp_path, delay):
        """Never two in flight, at any delay and by no setting; never closer than the delay."""
        with serve_under(slow) as server:
            crawl = run_crawl(
                tmp_path,
                f"site={server.url}",
                "collections=all",
                settings={
                    "DOWNLOAD_DELAY": delay,
                    "AUTOTHROTTLE_MAX_DELAY": delay,
                    "CONCURRENT_REQUESTS": 16,
                    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
                },
            )

        assert crawl.status == 0, crawl.stderr
        assert server.in_flight_peak == 1
        assert len(server.requests) == 6 + len(ALL) + 2  # a user and an image that are gone
        times = [seen.time for seen in server.requests]
        gaps = [after - before for before, after in pairwise(times)]
        assert min(gaps) >= max(0.03, delay - 0.05)  # the way here takes a different time each
        assert ("PaceThrottle" in crawl.stderr) == (delay > 0)

    def test_more_to_ask(self, tmp_path):
        """Small pages make more requests, not more at a time; no line is about one of them."""
        with serve_under(slow) as server:
            server.site.max_per_page = 7
            crawl = run_crawl(tmp_path, f"site={server.url}", "collections=posts,comments")
            expected = {name: server.site.listed(name) for name in ("posts", "comments")}

        assert crawl.status == 0, crawl.stderr
        assert server.in_flight_peak == 1
        assert {name: set(ids) for name, ids in crawl.ids().items()} == {
            f"wp/v2/{name}": ids for name, ids in expected.items()
        }
        targets = [seen.target for seen in server.requests]
        assert len(targets) == len(set(targets)) >= 5 + (62 + 58) / 7
        assert "/wp/v2/posts" not in crawl.stderr
        assert " DEBUG: " not in crawl.stderr


class TestPace:
    def test_as_they_stand(self, tmp_path):
        """Without a word about the pace there is a second between two requests."""
        with serve() as server:
            crawl = run_crawl(
                tmp_path,
                f"site={server.url}",
                "collections=materials",
                "limit=1",
                settings={"DOWNLOAD_DELAY": 1.0},
            )

        assert crawl.status == 0, crawl.stderr
        gaps = [b.time - a.time for a, b in pairwise(server.requests)]
        assert len(gaps) == 6
        assert all(0.9 <= gap < 2 for gap in gaps), gaps

    def test_slow_site(self, tmp_path):
        """After slow answers the next requests come later than the delay says, for a while."""

        def slow_at_first(target):
            if "per_page" not in target:
                time.sleep(0.4)

        with serve_under(slow_at_first) as server:
            crawl = run_crawl(
                tmp_path,
                f"site={server.url}",
                "collections=guides,pages",
                "follow=none",
                settings={"DOWNLOAD_DELAY": 0.02, "AUTOTHROTTLE_START_DELAY": 0.02},
            )

        assert crawl.status == 0, crawl.stderr
        guides, pages = server.requests[-2:]
        assert pages.time - guides.time > 0.15


class TestWhoWeAre:
    def crawl_and_listen(self, tmp_path, **options):
        heard = []

        class Listening(Layer):
            def respond(self, method, target, headers):
                heard.append({name.lower(): value for name, value in headers.items()})
                return super().respond(method, target, headers)

        with serve(wrap=lambda site: Listening(site, lambda target: None)) as server:
            crawl = run_crawl(tmp_path, f"site={server.url}", "collections=guides", **options)
        assert crawl.status == 0, crawl.stderr
        return heard

    def test_contact(self, tmp_path):
        """Each request, that for robots.txt too, names the project and whom to write to."""
        contact = "https://example.org/about-our-crawler"
        heard = self.crawl_and_listen(tmp_path, settings={"CONTACT": contact})

        names = {headers["user-agent"] for headers in heard}
        assert names == {f"presscrawl/{__version__} (+{contact})"}

    def test_contact_in_the_environment(self, tmp_path):
        """It may stand in the environment; no cookie and no referrer goes along."""
        heard = self.crawl_and_listen(tmp_path, env={"PRESSCRAWL_CONTACT": "mail@example.org"})

        assert {headers["user-agent"].partition(" ")[2] for headers in heard} == {
            "(+mail@example.org)"
        }
        assert not {"cookie", "referer", "authorization"} & {n for h in heard for n in h}


class TestProxy:
    @pytest.fixture
    def proxy(self):
        """A proxy that counts who comes by, and lets nobody through."""

        class Refuse(BaseHTTPRequestHandler):
            def do_GET(self):
                self.server.asked.append(self.path)
                self.send_error(502)

            do_CONNECT = do_GET

            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Refuse)
        server.asked = []
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        server.server_close()
        thread.join()

    def test_in_the_environment(self, tmp_path, sample, proxy):
        """A proxy that happens to be in the environment sees nothing."""
        address = f"http://127.0.0.1:{proxy.server_address[1]}"
        env = dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"), address)
        crawl = run_crawl(
            tmp_path, f"site={sample.url}", "collections=guides", env={**env, "no_proxy": ""}
        )

        assert crawl.status == 0, crawl.stderr
        assert proxy.asked == []
        assert sample.requests != []


class TestLog:
    def test_debug(self, tmp_path, sample):
        """Even at DEBUG the log names records, and never holds what is in them."""
        mark = "Zwischenmahlzeit"
        site = sample.site
        made = site.insert("posts", title=f"A {mark}", content=f"<p>{mark}</p>", excerpt=mark)
        site.insert("comments", post=made, content=f"<p>{mark}</p>", author_name=mark)
        crawl = run_crawl(
            tmp_path,
            f"site={sample.url}",
            "collections=posts,comments",
            "raw=true",
            output=["-L", "DEBUG"],
        )

        assert crawl.status == 0, crawl.stderr
        files = "".join(path.read_text() for path in crawl.folder.glob("*.jsonl"))
        assert files.count(mark) >= 5
        assert f"Scraped {sample.url.rstrip('/')}#wp/v2/posts/{made}" in crawl.stderr
        assert mark not in crawl.stderr
