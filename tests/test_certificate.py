from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import get_args

import pytest

from crawler import __version__
from crawler.certificate import (
    FINISH_REASONS,
    WORST_LAST,
    ExitStatus,
    Losses,
    describe_api,
    describe_collection,
    describe_files,
    describe_links,
    exit_status,
    rels_of,
    settle,
    versions,
    why_nothing,
    worst,
)
from crawler.errors import ArgumentError, CrawlerError, DiscoveryError, PublicationError
from crawler.feeds.publication import PublishedFile
from crawler.wordpress.harvest import Harvest, Wanted
from crawler.wordpress.linked import Reason
from crawler.wordpress.paging import Verdict
from crawler.wordpress.progress import outcome_of
from tests.harvested import closed, harvest
from tests.wordpress.followed import error, follow

NONE: dict[str, Losses] = {}


def without_id(base):
    """Take the id of the first record of a collection."""

    def change(path, answer):
        if not path.endswith(f"/{base}"):
            return answer
        records = answer.json()
        records[0].update(id={"raw": 1})
        return replace(answer, body=json.dumps(records).encode())

    return change


def of(done, base):
    return next(each for each in done.progress if each.collection.rest_base == base)


class TestExitStatus:
    def test_complete(self):
        """All is well where every collection is complete or complete as far as visible."""
        done = harvest("guides", "media", "comments")
        assert {outcome_of(each).verdict for each in done.progress} == {
            Verdict.COMPLETE,
            Verdict.COMPLETE_VISIBLE,
        }
        assert exit_status(done, None, NONE) is ExitStatus.COMPLETE

    @pytest.mark.parametrize(
        ("error", "status"),
        [
            (ArgumentError("no such collection"), ExitStatus.USAGE),
            (PublicationError("the disk is full"), ExitStatus.STOPPED),
            (DiscoveryError("no WordPress"), ExitStatus.NOTHING),
            (CrawlerError("something else"), ExitStatus.NOTHING),
        ],
    )
    def test_error(self, error, status):
        """An error weighs more than what was harvested."""
        assert exit_status(harvest("guides"), error, NONE) is status

    def test_cut_short(self):
        """A harvest that was still asking has not ended, whatever came of it."""
        done = harvest("guides", "pages", stop_before="/guides")
        assert exit_status(done, None, NONE) is ExitStatus.STOPPED

    def test_all_denied(self):
        """Where no collection can be had, nothing was harvested."""
        done = harvest("guides", "pages", change=closed("guides", "pages"))
        assert exit_status(done, None, NONE) is ExitStatus.NOTHING

    def test_one_denied(self):
        """Where one of two can be had, the run is partial."""
        done = harvest("guides", "pages", change=closed("guides"))
        assert exit_status(done, None, NONE) is ExitStatus.PARTIAL

    def test_pipeline(self):
        """A record that a pipeline failed on makes it partial; one that was dropped does not."""
        done = harvest("guides")
        number = next(iter(harvest("guides").progress[0].walk.main.ids))
        assert exit_status(done, None, {"wp/v2/guides": Losses(dropped=2)}) is ExitStatus.COMPLETE
        failed = {"wp/v2/guides": Losses(failed=[number])}
        assert exit_status(done, None, failed) is ExitStatus.PARTIAL

    @pytest.mark.parametrize(
        ("status", "code", "expected"),
        [
            (401, "rest_user_cannot_view", ExitStatus.COMPLETE),
            (404, "rest_no_route", ExitStatus.COMPLETE),
            (500, "internal_server_error", ExitStatus.PARTIAL),
        ],
    )
    def test_links(self, status, code, expected):
        """Links that are denied or dangling are how sites are; links that failed are missing."""
        done = follow(
            "guides",
            words="author",
            change=lambda url, answer: error(answer, status, code) if "/users" in url else answer,
        )
        assert rels_of(done.harvest)["author"].resolved == 0
        assert exit_status(done.harvest, None, NONE) is expected

    def test_finish_reasons(self):
        """Each status has a finish reason of its own; well is what Scrapy calls finished."""
        assert set(FINISH_REASONS) == set(ExitStatus)
        assert len(set(FINISH_REASONS.values())) == len(ExitStatus)
        assert FINISH_REASONS[ExitStatus.COMPLETE] == "finished"


class TestWorst:
    def test_none(self):
        """Of no site nothing is bad."""
        assert worst([]) is ExitStatus.COMPLETE

    def test_order(self):
        """Partial is better than nothing, nothing than a mistake, a mistake than a stop."""
        assert sorted(WORST_LAST) == sorted(ExitStatus)
        for better, worse in itertools.combinations(WORST_LAST, 2):
            assert worst([better, worse]) is worst([worse, better, better]) is worse

    def test_numbers(self):
        """The numbers are those that the design promises to shells."""
        names = ["COMPLETE", "NOTHING", "USAGE", "PARTIAL", "STOPPED"]
        assert {name: int(ExitStatus[name]) for name in names} == dict(
            zip(names, range(5), strict=True)
        )


class TestWhyNothing:
    def test_refusals(self):
        """The site, and each answer with the number of collections that gave it."""
        done = harvest("guides", "pages", change=closed("guides", "pages"))
        assert why_nothing(done) == (
            "nothing of http://127.0.0.1:8765 could be harvested; "
            "its collections answered HTTP 401 rest_forbidden (2)"
        )

    def test_not_reached(self):
        """What was not asked is said to be so."""
        done = harvest("guides", stop_before="/guides")
        assert why_nothing(done).endswith("answered not reached (1)")


class TestSettle:
    def test_without_losses(self):
        """Where nothing was lost on the way the outcome stands."""
        progress = of(harvest("media"), "media")
        outcome = outcome_of(progress)
        assert settle(progress, NONE) == replace(outcome, notes=(*outcome.notes, *progress.notes))

    def test_failed_and_dropped(self):
        """What a pipeline took away was not delivered; what it failed on is lost, by id."""
        progress = of(harvest("guides", "pages"), "guides")
        losses = {"wp/v2/guides": Losses(dropped=2, failed=[117, 85])}
        outcome = settle(progress, losses)

        assert outcome.delivered == outcome_of(progress).delivered - 4
        assert outcome.verdict is Verdict.PARTIAL
        [lost] = outcome.lost
        assert (lost.reason, lost.ids, lost.count) == ("a pipeline failed", (117, 85), 2)

    def test_of_another_collection(self):
        """The losses of one collection are not another's."""
        progress = of(harvest("guides", "pages"), "pages")
        losses = {"wp/v2/guides": Losses(failed=[1])}
        assert settle(progress, losses).verdict is Verdict.COMPLETE

    def test_denied_stays_denied(self):
        """A verdict that is worse already stays."""
        progress = of(harvest("guides", change=closed("guides")), "guides")
        losses = {"wp/v2/guides": Losses(failed=[1])}
        assert settle(progress, losses).verdict is Verdict.DENIED

    def test_without_an_id(self):
        """A record whose id cannot be read was not delivered, and is counted once."""
        progress = of(harvest("guides", change=without_id("guides")), "guides")
        outcome = settle(progress, NONE)
        assert outcome.verdict is Verdict.PARTIAL
        assert outcome.delivered == 7
        assert [(lost.reason, lost.count) for lost in outcome.lost] == [("without an id", 1)]


class TestDescribe:
    def test_api(self):
        """Where the API is, how it was found, and what the site says of itself."""
        assert describe_api(harvest("guides")) == {
            "root": "http://127.0.0.1:8765/wp-json/",
            "form": "path",
            "how": "link header",
            "index": "read",
            "name": "The Mending Museum",
            "timezone_string": "Europe/Amsterdam",
            "gmt_offset": 1,
        }

    def test_no_api(self):
        """Before it was found there is none."""
        assert describe_api(Harvest("https://example.org", Wanted())) is None

    def test_index_closed(self):
        """An index that is closed is said to be, with the code."""
        done = harvest("posts", change=closed("", "wp-json"))
        assert done.found.index is None
        assert describe_api(done)["index"] == "closed (rest_forbidden)"

    def test_collection(self):
        """The account of a collection is plain JSON, and names what it is of."""
        losses = {"wp/v2/media": Losses(dropped=3)}
        progress = of(harvest("media"), "media")
        told = describe_collection(progress, losses)

        assert json.loads(json.dumps(told)) == told
        assert (told["announced"], told["hidden"], told["delivered"]) == (36, 1, 32)
        assert (told["duplicates"], told["received_again"]) == (3, 0)
        assert (told["verdict"], told["denied"]) == ("complete_visible", None)
        assert progress.name == "wp/v2/media"

    def test_denied(self):
        """What the site refuses is told in its words."""
        told = describe_collection(of(harvest("users", change=closed("users")), "users"), NONE)
        assert (told["verdict"], told["denied"]) == ("denied", "HTTP 401 rest_forbidden")
        assert told["errors"] == {"rest_forbidden": told["requests"]}

    def test_links(self):
        """The account of each rel that was followed is plain JSON, and its counts add up."""
        done = follow("posts", words="author,featured_media")
        told = describe_links(done.harvest)

        assert json.loads(json.dumps(told)) == told
        assert list(told) == ["author", "featured_media"]
        author = told["author"]
        assert author["routes"] == ["/wp/v2/users"]
        assert author["asked"] == len(done.documents)
        assert author["asked"] == author["resolved"] + sum(
            author[name] for name in get_args(Reason)
        )
        assert author["unresolved"] == [
            {
                "route": "/wp/v2/users",
                "id": 77,
                "reason": "dangling",
                "answer": "HTTP 404 rest_user_invalid_id",
            }
        ]

    def test_no_links(self):
        """Where nothing is followed there is no account."""
        done = harvest("guides")
        assert (rels_of(done), describe_links(done)) == ({}, {})

    def test_files(self, tmp_path):
        """A file in the run's folder is named by its place there, another by its path."""
        inside = PublishedFile(str(tmp_path / "a" / "x.jsonl"), "jsonl", 3, 90, "f" * 64)
        outside = PublishedFile("/data/x.csv", "csv", None, 9, "0" * 64, offset=4)
        listed = describe_files([inside, outside], tmp_path)

        assert [file["path"] for file in listed] == ["a/x.jsonl", "/data/x.csv"]
        assert listed[1] == {
            "path": "/data/x.csv",
            "format": "csv",
            "rows": None,
            "bytes": 9,
            "sha256": "0" * 64,
            "offset": 4,
        }

    def test_versions(self):
        """Our version and those of what shapes the output."""
        told = versions()
        assert told["presscrawl"] == __version__
        assert {"python", "scrapy", "turbohtml", "orjson"} < set(told)
