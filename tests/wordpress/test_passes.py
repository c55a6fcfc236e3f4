"""The passes of an increment where something comes between."""

from __future__ import annotations

import json

import pytest

from crawler.errors import PublicationError
from crawler.sample.site import SampleSite
from crawler.stats import count_harvest
from crawler.wordpress.known import NothingKnown, State
from crawler.wordpress.paging import Verdict
from crawler.wordpress.passes import Passes
from tests.wordpress.renewed import SITE, Dataset
from tests.wordpress.test_harvest import HOME
from tests.wordpress.test_increments import NOW, gone, some

BROKEN = (500, (), b"Internal Server Error")


@pytest.fixture
def site():
    return SampleSite(HOME)


@pytest.fixture
def dataset(tmp_path, site):
    made = Dataset(tmp_path, site)
    yield made
    made.database.close()


def is_list(url):
    return "/wp/v2/posts?" in url


def is_batch(url):
    return is_list(url) and "include=" in url


def is_single(url):
    return "/wp/v2/posts/" in url


class TestConfirmation:
    def test_at_its_own_address(self, dataset, site):
        """What no list has is there, as long as its own address gives it."""
        number = some(site, number=4)
        dataset.harvest()
        run = dataset.increment(
            change=lambda url, real: gone(number)(url, real) if is_list(url) else real
        )

        assert run.tombstones == {}
        assert run.of("posts").walk.counts["hiccups"] == 1
        assert len([url for url in run.urls if is_single(url)]) == 1

    def test_batch_that_breaks(self, dataset, site):
        """Where a batch cannot be had each is asked for alone, and the same is asked twice."""
        deleted = [some(site), some(site, number=1)]
        dataset.harvest()
        for number in deleted:
            site.delete("posts", number)
        again = []

        def change(url, real):
            again.append(dataset.last.again)
            return BROKEN if is_batch(url) else real

        run = dataset.increment(change=change)

        assert run.tombstones == dict.fromkeys(deleted, "gone")
        assert len([url for url in run.urls if is_batch(url)]) == 1
        assert not any(again)

    def test_web_server_that_has_none(self, dataset, site):
        """A 404 that is not WordPress's is asked for once more."""
        number = some(site)
        dataset.harvest()
        site.delete("posts", number)
        again = []

        def change(url, real):
            if not is_single(url):
                return real
            again.append(dataset.last.again)
            return real if len(again) > 1 else (404, (), b"Not Found")

        run = dataset.increment(change=change)

        assert again == [False, True]
        assert run.tombstones == {number: "gone"}

    def test_site_goes_down(self, dataset, site):
        """After three that were not answered no more are asked for."""
        dataset.harvest()
        for number in sorted(site.listed("posts"))[:6]:
            site.delete("posts", number)
        run = dataset.increment(change=lambda url, real: BROKEN if is_single(url) else real)

        assert run.tombstones == {}
        assert len([url for url in run.urls if is_single(url)]) == 3
        assert sum(lost.count for lost in run.outcome().lost) == 6
        assert run.outcome().verdict is Verdict.PARTIAL


class TestStopped:
    def stop(self, dataset, when):
        """Let the site end the harvest at the first URL of that kind."""

        def change(url, real):
            if when(url):
                dataset.last.stop("the site wants to be left alone")
                dataset.last.fail = lambda reason: []
                return "stopped"
            return real

        run = dataset.increment(change=change)
        assert run.outcome().verdict is Verdict.PARTIAL
        assert "the site wants to be left alone" in str(run.outcome().lost)
        return run

    def test_in_the_sweep(self, dataset, site):
        """Nobody is called gone."""
        dataset.harvest()
        site.delete("posts", some(site))
        run = self.stop(dataset, lambda url: "_fields=author,cat" in url)

        assert run.tombstones == {}
        assert len(dataset.increment().tombstones) == 1

    def test_in_the_confirmation(self, dataset, site):
        """What is confirmed by then is told by who stops it, the rest is named."""
        deleted = [some(site), some(site, number=1)]
        dataset.harvest()
        for number in deleted:
            site.delete("posts", number)
        run = self.stop(dataset, lambda url: is_single(url) and str(deleted[1]) in url)

        assert run.outcome().lost[-1].ids == (deleted[1],)

    def test_before_what_is_wanted(self, dataset, site):
        """What the sweep has found is named, and comes next time."""
        dataset.harvest("posts", "pages")
        new = site.insert("posts", title="Archive", date="2001-01-01T00:00:00")

        def change(url, real):
            if "/wp/v2/pages?" in url:
                dataset.last.stop("the site wants to be left alone")
                dataset.last.fail = lambda reason: []
                return "stopped"
            return real

        run = dataset.increment("posts", "pages", change=change)

        assert run.ids == []
        assert run.outcome("posts").lost[-1].ids == (new,)
        assert dataset.increment("posts", "pages").ids == [new]


class TestCopies:
    def test_of_what_is_gone(self, dataset, site):
        """A copy is asked for when what it was left out for is gone, and forced to come."""
        first, copy = some(site), some(site, number=5)
        name = f"{SITE}#wp/v2/posts/"
        dataset.harvest(copies=[(f"{name}{copy}", f"{name}{first}")])
        assert dataset.increment().ids == []
        site.delete("posts", first)
        run = dataset.increment()

        assert (run.ids, run.tombstones) == ([copy], {first: "gone"})
        assert run.of("posts").walk.so_far[0] >= 1
        assert dataset.increment().ids == []

    def test_changed_and_gone(self, dataset, site):
        """What changed, and was gone a moment later, is told by both."""
        number = some(site)
        dataset.harvest()
        site.update("posts", number, title="Edited", modified=NOW)

        def change(url, real):
            if "modified_after" in url:
                site.delete("posts", number)
            return real

        run = dataset.increment(change=change)

        assert (run.ids, run.tombstones) == ([number], {number: "gone"})

    def test_of_a_collection_that_is_left_alone(self, dataset, site):
        """A copy in a collection that is not asked for waits for a run that does."""
        post, page = some(site), some(site, "pages")
        copy = (f"{SITE}#wp/v2/pages/{page}", f"{SITE}#wp/v2/posts/{post}")
        dataset.harvest("posts", "pages", copies=[copy])
        site.delete("posts", post)

        assert dataset.increment("posts").ids == []
        assert dataset.increment("posts", "pages").ids == [page]
        assert dataset.increment("posts", "pages").ids == []

    def test_that_was_delivered(self, dataset, site):
        """A copy that changed itself, and came, does not come twice."""
        first, copy = some(site), some(site, number=5)
        name = f"{SITE}#wp/v2/posts/"
        dataset.harvest(copies=[(f"{name}{copy}", f"{name}{first}")])
        site.update("posts", copy, title="Edited", modified=NOW)
        site.delete("posts", first)

        assert dataset.increment().ids == [copy]
        assert dataset.increment().ids == []

    def test_that_fails(self, dataset, site):
        """A copy that cannot be had tonight is asked for again, touched or not."""
        first, copy = some(site), some(site, number=5)
        name = f"{SITE}#wp/v2/posts/"
        dataset.harvest(copies=[(f"{name}{copy}", f"{name}{first}")])
        site.update("posts", copy, modified=NOW)
        site.delete("posts", first)
        run = dataset.increment(
            change=lambda url, real: BROKEN if f"include={copy}" in url else real
        )

        assert (run.ids, run.outcome().verdict) == ([], Verdict.PARTIAL)
        assert dataset.increment().ids == [copy]

    def test_in_a_collection_that_is_closed(self, dataset, site):
        """Where visitors may not read a collection, nothing of it is asked for by id either."""
        page = some(site, "pages")
        copy = (f"{SITE}#wp/v2/pages/{page}", f"{SITE}#wp/v2/posts/{some(site)}")
        dataset.harvest("posts", "pages", copies=[copy])
        site.delete("posts", some(site))
        closed = (401, (), b'{"code": "rest_forbidden", "data": {"status": 401}}')

        def change(url, real):
            return closed if "/wp/v2/pages?" in url and "include=" not in url else real

        run = dataset.increment("posts", "pages", change=change)
        assert run.outcome("pages").verdict is Verdict.DENIED
        assert run.ids == []
        assert dataset.increment("posts", "pages").ids == [page]

    def test_beyond_the_limits(self, dataset, site):
        """A look at the newest is no more than that."""
        post, page = some(site), some(site, "pages")
        copy = (f"{SITE}#wp/v2/pages/{page}", f"{SITE}#wp/v2/posts/{post}")
        dataset.harvest("posts", "pages", copies=[copy])
        site.delete("posts", post)
        dataset.increment("posts")

        assert len(dataset.harvest("pages", limit=1, publish=False).ids) == 1
        assert dataset.increment("posts", "pages").ids == [page]


def test_author_taken_down(dataset, site):
    """A record that changed, by an author who was taken down, is buried once."""
    dataset.harvest("posts", "users")
    author = site.collections["posts"][some(site)]["author"]
    site.update("posts", some(site), title="Edited", modified=NOW)
    dataset.database.execute(
        "UPDATE ledger SET state = ? WHERE id = ? AND collection ="
        " (SELECT id FROM collection WHERE name = 'wp/v2/users')",
        (int(State.FORGOTTEN), author),
    )
    run = dataset.increment("posts")

    assert run.ids == []
    assert run.tombstones[some(site)] == "forgotten"
    assert len(run.items) == len({item.id for item in run.items})


def test_odd_authors(dataset, site):
    """Authors that are no numbers let nobody through who was taken down."""
    dataset.harvest("posts", "users")
    author = site.collections["posts"][some(site)]["author"]
    dataset.database.execute(
        "UPDATE ledger SET state = ? WHERE id = ? AND collection ="
        " (SELECT id FROM collection WHERE name = 'wp/v2/users')",
        (int(State.FORGOTTEN), author),
    )
    for number in (0, 1, 2):
        site.update("posts", some(site, number=number), title="Edited", modified=NOW)
    odd = some(site, number=1)

    def change(url, real):
        status, headers, body = real
        if "modified_after" not in url:
            return real
        kept = [each for each in headers if each[0].lower() != "content-encoding"]
        records = json.loads(body)
        for record in records:
            if record["id"] == odd:
                record["author"] = [7]
        return status, kept, json.dumps(records).encode()

    theirs = {
        number
        for number in site.listed("posts")
        if site.collections["posts"][number]["author"] == author
    }
    run = dataset.increment("posts", change=change)
    assert not set(run.ids) & (theirs - {odd})


def test_error_of_ours(dataset, site, monkeypatch):
    """Where records cannot be compared none of them is given out, and all are named."""
    dataset.harvest()
    site.update("posts", some(site), title="Edited", modified=NOW)

    def stumble(self, records, versions):
        raise ZeroDivisionError

    monkeypatch.setattr(Passes, "sort", stumble)
    run = dataset.increment()

    assert run.ids == []
    assert (some(site),) in [lost.ids for lost in run.outcome().lost]
    assert ZeroDivisionError in map(type, run.done.faults)


def test_state_file_that_cannot_be_read(dataset, site, monkeypatch):
    """That is no error of ours: it ends the run."""

    def refuse(self, records, versions):
        raise PublicationError("the state file cannot be read")

    monkeypatch.setattr(Passes, "sort", refuse)
    with pytest.raises(PublicationError, match="cannot be read"):
        dataset.harvest()


def test_year_one(dataset, site):
    """Dates from the beginning of the calendar end no run."""
    for number in site.listed("posts"):
        site.update("posts", number, modified="0001-01-01T02:30:00")
    dataset.harvest()
    run = dataset.increment()

    assert run.ids == []
    assert run.outcome().verdict in (Verdict.COMPLETE, Verdict.COMPLETE_VISIBLE)


def test_last_seen_where_it_was_unclear(dataset, site):
    """A sweep that did not see a record is not the one that saw it last."""
    number = some(site)
    dataset.harvest()
    site.delete("posts", number)
    dataset.increment(change=lambda url, real: BROKEN if is_single(url) else real)
    (stone,) = dataset.increment().items

    assert stone.last_seen == "2026-11-02T00:00:00Z"


def test_stats(dataset, site):
    """What was compared, and what is gone, is counted for monitors."""
    dataset.harvest()
    site.delete("posts", some(site))
    site.insert("posts", title="New", date=NOW)
    site.update("posts", some(site), title="Edited", modified=NOW)
    counts = count_harvest(dataset.increment().done)

    assert counts["wordpress/compared_count/new"] == 1
    assert counts["wordpress/compared_count/changed"] == 1
    assert counts["wordpress/tombstone_count/gone"] == 1


def test_nothing_known():
    """Of a site that was never crawled nothing is known."""
    known = NothingKnown()

    assert (known.since("a"), known.fields("a"), known.last_seen("a", 1)) == (None, None, None)
    assert (known.look_up("a", [1]), known.sweep_due("a", 1)) == ({}, False)
    assert [*known.standing("a"), *known.in_state("a", State.GONE), *known.copies_of("a")] == []
