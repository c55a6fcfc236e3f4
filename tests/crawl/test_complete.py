"""The sample site, whole: every record once, and an account that adds up."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter

import pytest

from crawler import __version__
from crawler.sample.server import serve
from tests.crawl.layers import redirect, serve_below, serve_under, text
from tests.running import FILES, run_crawl

COLLECTIONS = "categories tags materials users media posts pages guides comments".split()
KINDS = {**dict.fromkeys(("categories", "tags", "materials"), "term"), "users": "user",
         "media": "media", "comments": "comment",
         **dict.fromkeys(("posts", "pages", "guides"), "document")}  # fmt: skip


@pytest.fixture(scope="module")
def served():
    with serve() as server:
        yield server


@pytest.fixture(scope="module")
def crawl(served, tmp_path_factory):
    return run_crawl(tmp_path_factory.mktemp("all"), f"site={served.url}", "collections=all")


def listed(server):
    """Give what visitors can list: the ground truth."""
    return {f"wp/v2/{name}": sorted(server.site.listed(name)) for name in COLLECTIONS}


def delivered(crawl):
    return {name: sorted(ids) for name, ids in crawl.ids().items()}


class TestAll:
    def test_every_id(self, served, crawl):
        """Each record that visitors can list comes once, nothing else does, and all is well."""
        assert delivered(crawl) == listed(served)
        assert (crawl.status, crawl.errors, crawl.stdout) == (0, [], "")

    def test_verdicts(self, served, crawl):
        """Each collection is complete; what is counted and shown to nobody is hidden."""
        counted = {"media": 1, "comments": 2}  # on a private post, and on a protected one
        told = crawl.collections()
        assert list(told) == [f"wp/v2/{name}" for name in COLLECTIONS]
        for name, ids in listed(served).items():
            hidden = counted.get(name.removeprefix("wp/v2/"), 0)
            facts = {
                "announced": len(ids) + hidden,
                "delivered": len(ids),
                "hidden": hidden,
                "verdict": "complete_visible" if hidden else "complete",
                "kind": KINDS[name.removeprefix("wp/v2/")],
                "denied": None,
                "lost": [],
                "errors": {},
                "requests": 1,
            }
            assert {key: told[name][key] for key in facts} == facts, name

    def test_folder(self, served, crawl):
        """The run's folder has a file for each kind, run.json, and nothing else."""
        assert crawl.folder.parent.name == f"127.0.0.1_{served.server_port}"
        assert re.fullmatch(r"\d{8}T\d{6}Z", crawl.folder.name)
        kinds = set(FILES) - {"tombstone"}
        names = {path.name for path in crawl.folder.iterdir()}
        assert names == {"run.json", *(FILES[kind] for kind in kinds)}

    def test_files(self, crawl):
        """run.json names each file with its rows, bytes and checksum."""
        for file in crawl.run["files"]:
            data = (crawl.folder / file["path"]).read_bytes()
            assert file == {
                "path": file["path"],
                "format": "jsonl",
                "rows": data.count(b"\n"),
                "bytes": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "offset": 0,
            }
        listed = {file["path"] for file in crawl.run["files"]}
        assert listed == {path.name for path in crawl.folder.iterdir()} - {"run.json"}

    def test_sums(self, served, crawl):
        """What the collections delivered is in the files, and what was asked was counted."""
        rows = {file["path"]: file["rows"] for file in crawl.run["files"]}
        sums = Counter()
        for each in crawl.run["collections"]:
            sums[FILES[each["kind"]]] += each["delivered"]
        assert rows == sums
        assert crawl.run["requests"] == len(served.requests)

    def test_head(self, served, crawl):
        """Every item begins with the same head, ends with where it is from, and fits its file."""
        site = served.url.rstrip("/")
        for kind in set(FILES) - {"tombstone"}:
            for item in crawl.items(kind):
                name = item["record_id"].partition("#")[2].rpartition("/")[0]
                assert list(item)[:7] == "record_id kind site collection type id link".split()
                assert list(item)[-1] == "provenance"
                assert (item["kind"], item["site"]) == (kind, site)
                assert item["record_id"] == f"{site}#wp/v2/{item['collection']}/{item['id']}"
                assert KINDS[name.removeprefix("wp/v2/")] == kind
                assert item["provenance"]["run_id"] == crawl.run["run_id"]
                assert item["provenance"]["url"].startswith(f"{site}/wp-json/{name}?")

    def test_run(self, served, crawl):
        """run.json tells what was asked, with what, how it was found and how it ended."""
        run = crawl.run
        facts = {
            "run_id": f"127.0.0.1_{served.server_port}/{crawl.folder.name}",
            "site": served.url.rstrip("/"),
            "dataset": f"127.0.0.1_{served.server_port}",
            "exit_status": 0,
            "finish_reason": "finished",
            "error": None,
            "robots": {"obeyed": True, "status": 200, "crawl_delay": None, "forbidden": 0},
        }
        assert {key: run[key] for key in facts} == facts
        assert run["versions"]["presscrawl"] == __version__
        assert run["arguments"]["collections"] == ["all"]
        assert run["started"] <= run["ended"]
        assert (run["api"]["how"], run["api"]["index"]) == ("link header", "read")
        assert {"templates", "menus", "settings"} <= set(run["login_only"])
        assert run["bytes"] > 50_000

    def test_no_address_of_a_person(self, crawl):
        """What would tell an e-mail address by its hash is in no file."""
        files = [path.read_text(encoding="utf-8") for path in crawl.folder.glob("*.jsonl")]
        assert all("gravatar" not in file for file in files)

    def test_fields_that_nobody_maps(self, crawl):
        """A field that nobody maps is in extra, and run.json names it."""
        told = crawl.collections()["wp/v2/posts"]
        assert told["unmapped_fields"] == ["reading_minutes"]
        posts = [item for item in crawl.items("document") if item["type"] == "post"]
        assert all(isinstance(item["extra"]["reading_minutes"], int) for item in posts)

    def test_table(self, crawl):
        """The table is for people: on standard error, with a line for each collection."""
        lines = [line.split() for line in crawl.stderr.splitlines()]
        table = [line for line in lines if line[0].startswith("wp/v2/") and line[1].isdecimal()]
        assert [line[0] for line in table] == [f"wp/v2/{name}" for name in COLLECTIONS]
        assert table[4] == ["wp/v2/media", "36", "35", "1", "0", "complete_visible"]

    def test_request_count(self, served, crawl):
        """Six requests find rules, the API and what there is; then one for each collection.

        What documents link to is among these, but for a user and an image that
        are gone: they are asked for by themselves.
        """
        assert len(served.requests) == 6 + len(COLLECTIONS) + 2
        assert served.requests[0].target == "/robots.txt"


def plain_permalinks(target):
    """Answer as a site without rewriting does: only /?rest_route= leads to the API."""
    if target.startswith(("/wp-json", "/index.php/wp-json")):
        return text(404, "<h1>Not Found</h1>")
    return None


def index_php(target):
    """Answer as a server that knows no rewriting, and hands paths to PHP."""
    return text(404, "<h1>Not Found</h1>") if target.startswith("/wp-json") else None


@pytest.mark.parametrize(
    ("reply", "how", "form"),
    [(plain_permalinks, "rest_route", "query"), (index_php, "index.php", "path")],
    ids=["plain permalinks", "index.php"],
)
def test_other_form(tmp_path, reply, how, form):
    """Where /wp-json/ is not there the other two forms of the root serve as well."""
    with serve_under(reply) as server:
        crawl = run_crawl(tmp_path, f"site={server.url}", "collections=all")
        assert delivered(crawl) == listed(server)

    assert crawl.status == 0, crawl.stderr
    assert (crawl.run["api"]["how"], crawl.run["api"]["form"]) == (how, form)


def test_subdirectory(tmp_path):
    """A site in a folder of its host is found by an article of it, and has its own name."""
    with serve_below("/blog") as server:
        article = server.site.respond("GET", "/blog/wp-json/wp/v2/posts?per_page=1", {}).json()
        crawl = run_crawl(tmp_path, f"site={article[0]['link']}", "collections=posts,media")
        expected = listed(server)

    assert crawl.status == 0, crawl.stderr
    assert crawl.run["api"]["root"] == f"{server.url}blog/wp-json/"
    assert crawl.run["site"] == f"{server.url}blog"
    assert crawl.run["dataset"] == f"127.0.0.1_{server.server_port}_blog"
    assert {item["site"] for item in crawl.items("document")} == {f"{server.url}blog"}
    assert delivered(crawl) == {name: expected[name] for name in ("wp/v2/posts", "wp/v2/media")}


def test_slash_that_is_missing(tmp_path):
    """A redirect on the site is followed at discovery."""

    def reply(target):
        return redirect("/welcome/") if target == "/" else None

    with serve_under(reply) as server:
        server.site.insert("pages", slug="welcome", date="2024-01-01T00:00:00")
        crawl = run_crawl(tmp_path, f"site={server.url}", "collections=pages")

    assert crawl.status == 0, crawl.stderr
    assert crawl.run["site"] == f"{server.url}".rstrip("/")
    assert "/welcome/" in [seen.target for seen in server.requests]


def test_same_bytes(tmp_path, sample):
    """A site that did not change gives the same bytes, but for when and in which run."""
    runs = []
    for name in ("first", "second"):
        crawl = run_crawl(tmp_path / name, f"site={sample.url}", "collections=all")
        assert crawl.status == 0, crawl.stderr
        runs.append({path.name: unmarked(path) for path in crawl.folder.glob("*.jsonl")})

    assert len(runs[0]) == 5
    assert runs[0] == runs[1]


def unmarked(path):
    """Read a file without what names the run."""
    data = path.read_bytes()
    run_id = json.loads(data.partition(b"\n")[0])["provenance"]["run_id"].encode()
    assert data.count(run_id) == data.count(b"\n")
    return re.sub(rb'"fetched_at":"[0-9TZ:-]{20}"', b"", data).replace(run_id, b"")
