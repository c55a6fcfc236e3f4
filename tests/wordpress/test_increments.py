"""Increments: what is new, changed or gone since the last run, exactly that."""

from __future__ import annotations

import json

import pytest

from crawler.sample.site import SampleSite
from crawler.wordpress.known import State
from crawler.wordpress.paging import Verdict
from tests.wordpress.renewed import Dataset
from tests.wordpress.test_harvest import HOME

NOW = "2026-11-20T10:00:00"


@pytest.fixture
def site():
    return SampleSite(HOME)


@pytest.fixture
def dataset(tmp_path, site):
    made = Dataset(tmp_path, site)
    yield made
    made.database.close()


def some(site, base="posts", number=0):
    return sorted(site.listed(base))[number]


def gone(*ids):
    """Leave ids out of every list, as a site does that has a moment of weakness."""

    def change(url, answer):
        status, headers, body = answer
        records = json.loads(body) if "/wp/v2/posts?" in url and status == 200 else None
        if not isinstance(records, list):
            return answer
        left = [each for each in records if each["id"] not in ids]
        kept = [(name, value) for name, value in headers if name.lower() != "content-encoding"]
        kept = [
            (name, str(int(value) - len(ids)) if name.lower() == "x-wp-total" else value)
            for name, value in kept
        ]
        return status, kept, json.dumps(left).encode()

    return change


class TestChanges:
    def test_nothing(self, dataset):
        """Where nothing changed nothing comes, for a request and a list of the ids."""
        dataset.harvest()
        run = dataset.increment()

        assert (run.ids, run.tombstones) == ([], {})
        assert len(run.requests) == 2  # changes, ids
        assert run.outcome().verdict in (Verdict.COMPLETE, Verdict.COMPLETE_VISIBLE)
        assert run.of("posts").walk.swept is True

    def test_nothing_without_sweep(self, dataset):
        """One request tells that nothing changed."""
        dataset.harvest()
        run = dataset.increment(sweep_every=9)

        assert (run.ids, len(run.requests)) == ([], 1)
        assert run.of("posts").walk.swept is None

    def test_first(self, dataset, site):
        """Where nothing was published yet everything is new."""
        run = dataset.increment()

        assert set(run.ids) == site.listed("posts")
        assert run.of("posts").walk.counts["new"] == len(run.ids)
        assert run.of("posts").walk.since is None

    def test_new_and_changed(self, dataset, site):
        """What was written and what was edited comes, once each."""
        dataset.harvest()
        old = some(site)
        new = site.insert("posts", title="New", date=NOW)
        site.update("posts", old, title="Edited", modified=NOW)
        run = dataset.increment()

        assert sorted(run.ids) == [old, new]
        assert {"new": 1, "changed": 1}.items() <= run.of("posts").walk.counts.items()
        assert dataset.increment().ids == []

    def test_touched(self, dataset, site):
        """A new date alone is no change; and it is not asked for again because of it."""
        dataset.harvest()
        site.update("posts", some(site), modified=NOW)

        assert dataset.increment().ids == []
        run = dataset.increment()
        assert run.ids == []
        assert not [url for url in run.requests if "include=" in url]

    def test_back_dated(self, dataset, site):
        """What is put in with old dates is found by its id."""
        dataset.harvest()
        new = site.insert("posts", title="From the archive", date="2011-01-01T10:00:00")

        assert dataset.increment(sweep_every=9).ids == []
        assert dataset.increment().ids == [new]

    @pytest.mark.parametrize(
        "edit",
        [{"slug": "another"}, {"author": 3}, {"categories": [1]}, {"featured_media": 0}],
        ids=lambda edit: next(iter(edit)),
    )
    def test_edits_without_a_date(self, dataset, site, edit):
        """What WordPress changes without a word is seen by the sweep."""
        number = max(
            each["id"]
            for each in site.collections["posts"].values()
            if each["id"] in site.listed("posts")
            and any(each.get(name) != value for name, value in edit.items())
            and (each.get("featured_media") or "featured_media" not in edit)
        )
        dataset.harvest()
        site.update("posts", number, **edit)
        run = dataset.increment()

        assert run.ids == [number]
        assert dataset.increment().ids == []

    def test_future(self, dataset, site):
        """A date that lies ahead does not hide what comes before it."""
        site.update("posts", some(site), modified="2031-01-01T00:00:00")
        dataset.harvest()
        site.update("posts", some(site, number=1), title="Edited", modified=NOW)

        assert dataset.increment(sweep_every=9).ids == [some(site, number=1)]

    def test_same_second(self, dataset, site):
        """Two edits in the second of the last one are two edits."""
        first, second = some(site), some(site, number=1)
        site.update("posts", first, title="Edited", modified=NOW)
        dataset.harvest()
        site.update("posts", second, title="Edited too", modified=NOW)

        assert dataset.increment(sweep_every=9).ids == [second]

    def test_many_at_once(self, dataset, site):
        """More changes in one second than a page holds, or a list of ids."""
        dataset.harvest()
        site.max_per_page = 10
        changed = sorted(site.listed("posts"))
        for number in changed:
            site.update("posts", number, title=f"Edited {number}", modified=NOW)
        run = dataset.increment()

        assert sorted(run.ids) == changed
        assert run.outcome().verdict in (Verdict.COMPLETE, Verdict.COMPLETE_VISIBLE)

    def test_terms_and_users(self, dataset, site):
        """They have no dates: they are compared by what is in them."""
        names = ("tags", "users", "comments")
        dataset.harvest(*names)
        site.update("tags", some(site, "tags"), description="Edited")
        site.update("users", some(site, "users"), name="Another")
        new = site.insert("comments", content="<p>New</p>", date=NOW, post=some(site))
        run = dataset.increment(*names)

        kinds = {item.kind: item.id for item in run.items}
        assert kinds == {
            "term": some(site, "tags"),
            "user": some(site, "users"),
            "comment": new,
        }
        assert len(run.ids) == 3

    def test_many_terms(self, dataset, site):
        """Terms are listed whole each time, a request per hundred."""
        while len(site.listed("tags")) < 230:
            site.insert("tags", name=f"Tag {len(site.collections['tags'])}")
        dataset.harvest("tags")
        run = dataset.increment("tags")

        assert (run.ids, len(run.requests)) == ([], 3)

    def test_without_modified_after(self, dataset, site):
        """Where the site cannot tell what changed everything is asked for, and compared."""

        def old(url, answer):
            status, headers, body = answer
            if "/wp/v2" in url:
                return answer
            return status, headers, body.replace(b"modified_after", b"altered_after")

        dataset.harvest(change=old)
        site.update("posts", some(site), title="Edited", modified=NOW)
        run = dataset.increment(change=old)

        assert run.ids == [some(site)]
        assert run.of("posts").walk.since is None

    def test_partial_before(self, dataset, site):
        """After a run that lost something, all is compared, and what was lost comes."""
        number = some(site, number=3)
        broken = (500, (), b"Internal Server Error")

        def breaks(url, answer):
            whole = b'"content"' in answer[2] and b'"id":%d,' % number in answer[2]
            return broken if whole and "/wp/v2/posts" in url else answer

        site.max_per_page = 10
        run = dataset.harvest(change=breaks)
        assert run.outcome().verdict is Verdict.PARTIAL
        assert number not in run.ids

        assert dataset.increment().ids == [number]


class TestGone:
    def test_deleted_and_withdrawn(self, dataset, site):
        """What is deleted is gone, what is a draft again is withdrawn; both come once."""
        deleted, drafted = some(site), some(site, number=1)
        dataset.harvest()
        site.delete("posts", deleted)
        site.update("posts", drafted, status="draft")
        run = dataset.increment()

        assert (run.ids, run.tombstones) == ([], {deleted: "gone", drafted: "withdrawn"})
        assert run.outcome().verdict in (Verdict.COMPLETE, Verdict.COMPLETE_VISIBLE)
        stone = next(item for item in run.items if item.id == deleted)
        assert stone.record_id == f"{HOME.rstrip('/')}#wp/v2/posts/{deleted}"
        assert stone.last_seen == "2026-11-02T00:00:00Z"
        assert dataset.increment().tombstones == {}

    def test_last_seen_by_a_sweep(self, dataset, site):
        """A record that did not change was seen all the same."""
        number = some(site)
        dataset.harvest()
        dataset.increment()
        site.delete("posts", number)
        (stone,) = dataset.increment().items

        assert stone.last_seen == "2026-11-03T00:00:00Z"

    def test_back_again(self, dataset, site):
        """What is published again is delivered again, changed or not."""
        number = some(site)
        dataset.harvest()
        site.update("posts", number, status="draft")
        assert dataset.increment().tombstones == {number: "withdrawn"}
        site.update("posts", number, status="publish")

        assert dataset.increment().ids == [number]
        assert dataset.increment().ids == []

    def test_hiccup(self, dataset, site):
        """What only the list has lost is there."""
        number = some(site, number=4)
        dataset.harvest()

        def change(url, answer):
            listing = "/wp/v2/posts?" in url and "include=" not in url
            return gone(number)(url, answer) if listing else answer

        run = dataset.increment(change=change)

        assert (run.ids, run.tombstones) == ([], {})
        assert run.of("posts").walk.counts["hiccups"] == 1

    def test_too_many(self, dataset, site):
        """More than a fifth at once is doubted, until somebody says that it is true."""
        dataset.harvest()
        ids = sorted(site.listed("posts"))
        for number in ids[: len(ids) // 4]:
            site.delete("posts", number)
        run = dataset.increment()

        assert run.tombstones == {}
        assert run.outcome().verdict is Verdict.PARTIAL
        (lost,) = run.outcome().lost
        assert lost.reason.endswith("more than SWEEP_MAX_GONE (0.2): no tombstones")
        assert set(dataset.increment(max_gone=1).tombstones) == set(ids[: len(ids) // 4])

    def test_sweep_that_fell_short(self, dataset, site):
        """Nobody is called gone by a list that broke off."""
        dataset.harvest()
        site.delete("posts", some(site))
        broken = (500, (), b"Internal Server Error")
        run = dataset.increment(
            change=lambda url, answer: broken if "_fields=author,cat" in url else answer
        )

        assert (run.ids, run.tombstones) == ([], {})
        assert run.outcome().verdict is Verdict.PARTIAL
        assert len(dataset.increment().tombstones) == 1

    @pytest.mark.parametrize(
        "answer",
        [
            (404, (), b'{"code": "rest_no_route", "data": {"status": 404}}'),
            (404, (), b'{"code": 404}'),
            (403, (), b'{"code": "too_many_requests", "data": {"status": 403}}'),
            "Forbidden by robots.txt",
            (404, (("Content-Type", "text/html"),), b"<!doctype html>Not found"),
            (500, (), b"Internal Server Error"),
            (200, (), b'{"id": 999999}'),
            (200, (), b"[]"),
            "connection lost",
        ],
        ids=[
            "no route",
            "another 404",
            "limiter",
            "robots",
            "web page",
            "error",
            "another",
            "list",
            "nothing",
        ],
    )
    def test_unclear(self, dataset, site, answer):
        """What the site does not say of a record is not believed: it is asked again next time."""
        number = some(site)
        dataset.harvest()
        site.delete("posts", number)
        run = dataset.increment(
            change=lambda url, real: answer if f"/posts/{number}" in url else real
        )

        assert (run.ids, run.tombstones) == ([], {})
        assert [lost.ids for lost in run.outcome().lost] == [(number,)]
        assert dataset.increment().tombstones == {number: "gone"}

    def test_firewall(self, dataset, site):
        """Who answers in the site's place is no witness, and is not asked further."""
        ids = sorted(site.listed("posts"))[:5]
        dataset.harvest()
        for number in ids:
            site.delete("posts", number)
        challenge = (403, (("cf-mitigated", "challenge"),), b"<title>Just a moment...</title>")
        run = dataset.increment(change=lambda url, real: challenge if "/posts/" in url else real)

        assert run.tombstones == {}
        assert [lost.count for lost in run.outcome().lost] == [5]
        assert len([url for url in run.urls if "/posts/" in url]) == 1

    def test_full_run(self, dataset, site):
        """A full run has no tombstones, and what is gone by then is not told later."""
        number = some(site)
        dataset.harvest()
        site.delete("posts", number)
        run = dataset.harvest()

        assert run.tombstones == {}
        assert run.done.gone == [f"{HOME.rstrip('/')}#wp/v2/posts/{number}"]
        assert dataset.increment().tombstones == {}

    def test_terms(self, dataset, site):
        """Terms and users that are not listed any more are gone, too."""
        number = some(site, "tags")
        dataset.harvest("tags")
        site.delete("tags", number)

        assert dataset.increment("tags").tombstones == {number: "gone"}


def without(*words):
    """Answer as a site on which the plugin is off that brought a post type, or a taxonomy."""

    def change(url, answer):
        status, headers, body = answer
        if not url.rstrip("/").endswith(("/wp-json", "/types", "/taxonomies")):
            return answer
        document = json.loads(body)
        for holder in (document, document.get("routes", {})):
            for name in [each for each in holder if any(word in each for word in words)]:
                del holder[name]
        kept = [(name, value) for name, value in headers if name.lower() != "content-encoding"]
        return status, kept, json.dumps(document).encode()

    return change


class TestVanished:
    @pytest.mark.parametrize("changes_only", [False, True])
    def test_post_type(self, dataset, site, changes_only):
        """A collection that is not there any more is named, with what stands of it."""
        dataset.harvest("documents")
        run = dataset.harvest("documents", changes_only=changes_only, change=without("guide"))

        assert run.done.vanished == {"wp/v2/guides": len(site.listed("guides"))}
        assert run.tombstones == {}
        again = dataset.increment("documents")
        assert (again.ids, again.done.vanished) == ([], {})  # it is back, as it was

    def test_not_asked_for(self, dataset):
        """What is there and was not asked for now has not vanished."""
        dataset.harvest("documents")
        assert dataset.increment("pages").done.vanished == {}

    def test_left_out(self, dataset, site):
        """What was left out as a copy stands in no file, and is not counted."""
        numbers = sorted(site.listed("guides"))
        copy = f"{HOME.rstrip('/')}#wp/v2/guides/{numbers[0]}"
        dataset.harvest("documents", copies=[(copy, "https://a.example#wp/v2/posts/1")])
        run = dataset.increment("documents", change=without("guide"))

        assert run.done.vanished == {"wp/v2/guides": len(numbers) - 1}

    def test_nothing_stood(self, dataset, site):
        """What had no record is not missed."""
        for number in site.listed("guides"):
            site.delete("guides", number)
        dataset.harvest("documents")

        assert dataset.increment("documents", change=without("guide")).done.vanished == {}

    @pytest.mark.parametrize(
        ("end", "hidden"),
        [
            ("/types", (500, [], b"")),
            ("/types", (401, [], b'{"code": "rest_forbidden"}')),
            ("/types", (404, [], b'{"code": "rest_no_route"}')),
            ("/types", (200, [], b"{}")),
            ("/types", (200, [], b"[]")),
            ("/wp-json", (401, [], b'{"code": "rest_forbidden"}')),
            ("/wp-json", (200, [], b'{"namespaces": ["wp/v2"], "routes": {}}')),
        ],
    )
    def test_hidden(self, dataset, end, hidden):
        """What a site only hides has not vanished: its routes say what there is."""
        dataset.harvest("documents")

        def broken(url, answer):
            return hidden if url.rstrip("/").endswith(end) else answer

        assert dataset.increment("posts", change=broken).done.vanished == {}


class TestTakenDown:
    def take_down(self, dataset, name, number):
        dataset.database.execute(
            "INSERT OR REPLACE INTO ledger (collection, id, hash, state, run)"
            " SELECT id, ?, x'', ?, 1 FROM collection WHERE name = ?",
            (number, int(State.FORGOTTEN), name),
        )

    def test_record(self, dataset, site):
        """A record that was taken down gets its tombstone, and never comes again."""
        number = some(site)
        dataset.harvest()
        self.take_down(dataset, "wp/v2/posts", number)
        run = dataset.increment()

        assert (run.ids, run.tombstones) == ([], {number: "forgotten"})
        site.update("posts", number, title="Edited", modified=NOW)
        run = dataset.increment()
        assert (run.ids, run.tombstones) == ([], {})
        assert run.of("posts").walk.counts["suppressed"] == 1
        assert number not in dataset.harvest().ids

    def test_author(self, dataset, site):
        """Neither what an author has written comes again, nor what is written later."""
        dataset.harvest("posts", "users")
        author = site.collections["posts"][some(site)]["author"]
        theirs = {
            number
            for number in site.listed("posts")
            if site.collections["posts"][number]["author"] == author
        }
        self.take_down(dataset, "wp/v2/users", author)
        site.insert("posts", title="Later", author=author, date=NOW)
        run = dataset.increment("posts", "users", max_gone=0)

        assert run.ids == []
        assert {item.id for item in run.items if item.collection == "posts"} == theirs
        assert {item.reason for item in run.items} == {"forgotten"}
        assert {item.id for item in run.items if item.collection == "users"} == {author}
        assert dataset.increment("posts", "users").tombstones == {}
