"""Parts of a site: by name, by time, by filter, by number."""

from __future__ import annotations

import pytest

from crawler.sample.server import serve
from tests.running import run_crawl


@pytest.fixture(scope="module")
def museum():
    with serve() as server:
        yield server


def published(server, collection, since="0000", until="9999"):
    """Give the ids of what visitors can list and was published between two times, in UTC."""
    target = f"/wp-json/wp/v2/{collection}?per_page=100&_fields=id,date_gmt"
    records = server.site.respond("GET", target, {}).json()
    assert len(records) == len(server.site.listed(collection))
    return sorted(each["id"] for each in records if since < each["date_gmt"] < until)


def crawl_part(museum, tmp_path, *arguments):
    """Crawl a part; each collection is limited, and that is no fault."""
    crawl = run_crawl(tmp_path, f"site={museum.url}", *arguments)
    assert crawl.status == 0, crawl.stderr
    return crawl, {name: sorted(ids) for name, ids in crawl.ids().items()}


class TestNames:
    def test_default(self, museum, tmp_path):
        """Without a word, the documents come: every post type but WordPress's own machinery."""
        crawl, ids = crawl_part(museum, tmp_path)

        assert set(ids) == {"wp/v2/posts", "wp/v2/pages", "wp/v2/guides"}
        assert {each["verdict"] for each in crawl.collections().values()} == {"complete"}
        assert crawl.folder.joinpath("documents.jsonl").exists()
        assert len(list(crawl.folder.iterdir())) == 2

    def test_rest_base_and_type(self, museum, tmp_path):
        """A collection is chosen by its rest_base, its route or its type, and comes once."""
        crawl, ids = crawl_part(
            museum, tmp_path, "collections=guide,wp/v2/pages,page, materials,users"
        )

        assert set(ids) == {"wp/v2/guides", "wp/v2/pages", "wp/v2/materials", "wp/v2/users"}
        assert {each["requests"] for each in crawl.collections().values()} == {1}

    def test_unknown(self, museum, tmp_path):
        """A name that the site does not have ends the run with what was meant; nothing is left."""
        crawl = run_crawl(tmp_path, f"site={museum.url}", "collections=posts,guidez")

        assert crawl.status == 2
        [error] = crawl.errors
        assert error.startswith("the site has no collection 'guidez'; did you mean 'guide' or")
        assert crawl.folder is None
        assert "Traceback" not in crawl.stderr
        assert not [seen for seen in museum.requests if "guidez" in seen.target]


class TestTime:
    def test_after_and_before(self, museum, tmp_path):
        """What was published in that time comes; a time without an offset is UTC."""
        crawl, ids = crawl_part(
            museum,
            tmp_path,
            "after=2023-12-31T23:00:00",
            "before=2024-07-01T02:00:00+02:00",
            "collections=posts,media,comments,tags",
        )

        between = ("2023-12-31T23:00:00", "2024-07-01T00:00:00")
        for name in ("posts", "media", "comments"):
            expected = published(museum, name, *between)
            assert ids[f"wp/v2/{name}"] == expected
            assert 0 < len(expected) < len(museum.site.listed(name))
        assert ids["wp/v2/tags"] == sorted(museum.site.listed("tags"))  # terms have no dates
        verdicts = {name: each["verdict"] for name, each in crawl.collections().items()}
        assert verdicts["wp/v2/posts"] == verdicts["wp/v2/comments"] == "limited"


class TestFilter:
    def test_terms(self, museum, tmp_path):
        """A filter goes to document collections only, as it was given."""
        rows = museum.site.collections["posts"]
        listed = museum.site.listed("posts")
        term = next(rows[n]["categories"][0] for n in sorted(listed) if rows[n]["sticky"])
        expected = [n for n in listed if term in rows[n]["categories"] and not rows[n]["sticky"]]
        crawl, ids = crawl_part(
            museum, tmp_path, "collections=posts,media", f"filter=categories={term}&sticky=0"
        )

        assert ids["wp/v2/posts"] == sorted(expected)
        assert 0 < len(expected) < len(listed)
        assert ids["wp/v2/media"] == sorted(museum.site.listed("media"))
        assert crawl.collections()["wp/v2/posts"]["verdict"] == "limited"

    def test_unknown(self, museum, tmp_path):
        """WordPress ignores a parameter it does not know: it is refused before the first page."""
        crawl = run_crawl(
            tmp_path, f"site={museum.url}", "collections=posts", "filter=categoreis=5"
        )

        assert crawl.status == 2
        [error] = crawl.errors
        assert "no parameter 'categoreis'; did you mean 'categories'" in error
        assert crawl.folder is None


class TestLimit:
    def test_newest(self, museum, tmp_path):
        """The newest N of each collection come, by one request each of that size."""
        asked = len(museum.requests)
        crawl, ids = crawl_part(
            museum, tmp_path, "limit=3", "collections=posts,pages,users", "follow=none"
        )

        for name in ("posts", "pages"):
            rows = museum.site.collections[name]
            newest = sorted(museum.site.listed(name), key=lambda n: (rows[n]["date"], n))[-3:]
            assert ids[f"wp/v2/{name}"] == sorted(newest)
        assert len(ids["wp/v2/users"]) == 3
        assert {item["raw"] for item in crawl.items("document")} == {None}
        verdicts = {each["verdict"] for each in crawl.collections().values()}
        assert verdicts == {"limited"}
        pages = [s.target for s in museum.requests[asked:] if "per_page" in s.target]
        assert len(pages) == 3
        assert all("per_page=3&" in target for target in pages)


class TestRaw:
    def test_as_received(self, museum, tmp_path):
        """With raw the record stands beside what was made of it, every field of it."""
        crawl, _ = crawl_part(museum, tmp_path, "raw=true", "collections=guides,users")

        for item in crawl.items("document"):
            target = f"/wp-json/wp/v2/guides/{item['id']}"
            received = museum.site.respond("GET", target, {}).json()
            assert {key: item["raw"][key] for key in received} == received
        assert all(item["raw"]["id"] == item["id"] for item in crawl.items("user"))
