"""Two addresses of one site: harvested once, and said."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace

import pytest

from crawler.sample.server import serve
from crawler.sample.site import SampleSite
from tests.running import read_lines, read_run, run_crawl

WORDS = ("collections=posts", "follow=none", "dataset=museum")


@contextmanager
def serve_alias(of):
    """Serve the site of another server: its records, its guids, its links."""
    with serve() as server:
        server.site = server.responder = SampleSite(of.url)
        yield server


class Prefixed:
    """A site with a second root below /hi/, as plugins for languages make one."""

    def __init__(self, site, home, *, translated):
        self.site, self.home, self.translated = site, home.rstrip("/").encode(), translated

    def respond(self, method, target, headers):
        if not target.startswith("/hi/"):
            return self.site.respond(method, target, headers)
        answer = self.site.respond(method, target.removeprefix("/hi"), {})
        pairs = tuple(
            (name, self.rooted(value.encode()).decode()) for name, value in answer.headers
        )
        return replace(answer, headers=pairs, body=self.in_words(target, self.rooted(answer.body)))

    def rooted(self, text):
        for slash in (b"/", b"\\/"):
            home = self.home.replace(b"/", slash)
            text = text.replace(
                home + slash + b"wp-json", home + slash + b"hi" + slash + b"wp-json"
            )
        return text

    def in_words(self, target, body):
        if not self.translated or "/wp/v2/posts" not in target:
            return body
        return body.replace(b" the ", b" \\u0935\\u0939 ").replace(b" a ", b" \\u090f\\u0915 ")


@pytest.fixture(params=[False, True], ids=["same words", "translated"])
def rooted(request):
    with serve() as server:
        server.responder = Prefixed(server.site, server.url, translated=request.param)
        server.translated = request.param
        yield server


def crawl(tmp_path, *args, **settings):
    return run_crawl(tmp_path, *args, *WORDS, settings={"DEDUPE_EXACT": "drop", **settings})


def runs_of(tmp_path):
    """Each run.json by its site, newest last, and all records of all runs."""
    folders = sorted((tmp_path / "exports").glob("[!.]*/*"), key=lambda path: path.stat().st_mtime)
    runs = [read_run(folder) for folder in folders]
    items = [item for folder in folders for item in read_lines(folder / "documents.jsonl")]
    return runs, items


def sites_file(tmp_path, *urls):
    path = tmp_path / "museum.txt"
    path.write_text("\n".join(urls), encoding="ascii")
    return f"sites={path}"


def test_in_one_crawl(tmp_path):
    """Of two addresses in one file the first is harvested, the second said to be its alias."""
    with serve() as site, serve_alias(site) as alias:
        done = crawl(tmp_path, sites_file(tmp_path, site.url, alias.url))

        assert done.status == 0, done.stderr
        runs, items = runs_of(tmp_path)
        [first] = [run for run in runs if run["alias_of"] is None]
        [second] = [run for run in runs if run["alias_of"] is not None]
        assert first["site"] == site.url.rstrip("/")
        told = second["alias_of"]
        assert told["site"] == first["site"]
        assert (told["basis"], told["harvested"]) == ("sample", False)
        assert told["received"] == told["same_records"] == told["sampled"] == 40
        assert told["same_texts"] == told["compared_texts"] > 30
        assert (second["exit_status"], second["collections"]) == (0, [])
        assert {item["site"] for item in items} == {first["site"]}
        asked = [each.target for each in alias.requests if "/wp/v2/" in each.target]
        assert len(asked) == 3, "a sample of the first, again when that is published, and a count"
        assert f"alias of {first['site']} (40 of 40 sampled records are the same)" in done.stderr


def test_in_two_crawls(tmp_path):
    """What a dataset has from another address is not harvested again, unless only marked."""
    with serve() as site, serve_alias(site) as alias:
        crawl(tmp_path, f"site={site.url}")
        before = len(runs_of(tmp_path)[1])
        second = crawl(tmp_path, f"site={alias.url}")

        assert second.status == 0, second.stderr
        assert second.run["alias_of"]["site"] == site.url.rstrip("/")
        assert not second.run["alias_of"]["harvested"]
        assert second.items("document") == []
        assert len([each for each in alias.requests if "/wp/v2/" in each.target]) == 2
        assert len(runs_of(tmp_path)[1]) == before

        marked = crawl(tmp_path, f"site={alias.url}", DEDUPE_ALIASES="mark")
        assert marked.run["alias_of"]["harvested"]
        assert marked.run["dedupe"]["dropped_exact"] > 30

        again = crawl(tmp_path, f"site={site.url}")
        assert again.run["alias_of"] is None
        assert len(again.items("document")) == before, "the first is harvested as ever"

        off = crawl(tmp_path, f"site={alias.url}", DEDUPE_ALIASES="off")
        assert off.run["alias_of"] is None
        assert off.run["collections"] != []


def test_more_is_wanted(tmp_path):
    """An alias of which the dataset has a few records is harvested, and said."""
    with serve() as site, serve_alias(site) as alias:
        run_crawl(tmp_path, f"site={site.url}", *WORDS, "limit=5")
        whole = crawl(tmp_path, f"site={alias.url}")

        assert whole.status == 0, whole.stderr
        assert whole.run["alias_of"]["harvested"]
        assert whole.run["alias_of"]["sampled"] == 5
        delivered = whole.collections()["wp/v2/posts"]
        assert delivered["delivered"] + delivered["duplicates"] > 40


def test_other_dataset(tmp_path):
    """Without a common dataset nobody is anybody's alias."""
    with serve() as site, serve_alias(site) as alias:
        runs = [
            run_crawl(tmp_path, f"site={each.url}", "collections=posts", "follow=none")
            for each in (site, alias)
        ]
        assert [run.run["alias_of"] for run in runs] == [None, None]
        assert len(runs[0].items("document")) == len(runs[1].items("document")) > 40


def test_first_that_fails(tmp_path):
    """Where the first address published nothing, the second is harvested."""
    with serve() as site, serve_alias(site) as alias:
        limit = {"ITEM_PIPELINES": '{"crawler.pipelines.clean.CleanPipeline": 100}'}
        first = run_crawl(tmp_path, f"site={site.url}", *WORDS, settings=limit)
        second = crawl(tmp_path, f"site={alias.url}")

        assert first.status == second.status == 0
        assert second.run["alias_of"] is None, "no pipeline told the dataset of the first"
        assert len(second.items("document")) > 40


def test_root_of_a_language(tmp_path, rooted):
    """A root below /hi/ that says the same is an alias; a translation is harvested, and said."""
    home = rooted.url.rstrip("/")
    done = crawl(tmp_path, sites_file(tmp_path, rooted.url, f"{home}/hi/"))

    assert done.status == 0, done.stderr
    runs, items = runs_of(tmp_path)
    [second] = [run for run in runs if run["site"] == f"{home}/hi"]
    texts = {item["content_text"] for item in items}
    if not rooted.translated:
        assert second["alias_of"]["site"] == home
        assert second["translation_of"] is None
        assert {item["site"] for item in items} == {home}
    else:
        assert second["alias_of"] is None
        assert second["translation_of"]["site"] == home
        assert second["translation_of"]["same_records"] == 40
        assert second["translation_of"]["same_texts"] < 10
        assert second["translation_of"]["harvested"]
        assert any("वह" in text for text in texts)
        assert f"the records of {home} in other words" in done.stderr


def test_one_address_twice(tmp_path):
    """Two lines that lead to one root are one site, and harvested once."""
    with serve() as site:
        article = f"{site.url}wp-json/wp/v2/posts"
        done = crawl(tmp_path, sites_file(tmp_path, site.url, article))

        assert done.status == 0, done.stderr
        runs, items = runs_of(tmp_path)
        [second] = [run for run in runs if run["alias_of"]]
        assert second["alias_of"]["basis"] == "address"
        assert second["alias_of"]["site"] == second["site"]
        ids = [item["record_id"] for item in items]
        assert len(ids) == len(set(ids)) > 40
        assert "(this crawl has it already): not harvested again" in done.stderr
