from __future__ import annotations

import json
import logging
from contextlib import contextmanager

import pytest
from scrapy import Spider, signals
from scrapy.exceptions import DropItem, NotConfigured
from scrapy.utils.misc import build_from_crawler
from scrapy.utils.test import get_crawler

from crawler.errors import ArgumentError, PublicationError
from crawler.pipelines.dedupe import DedupePipeline
from crawler.stats import KEYS
from tests.feeds.sample_items import document, one_of_each
from tests.state.texts import text


class Shelf(Spider):
    name = "shelf"
    dataset = "news"


def crawler_of(tmp_path, **settings):
    crawler = get_crawler(
        Shelf,
        {
            "EXTENSIONS": {"crawler.feeds.publication.Publication": 1},
            "EXPORTS_DIR": str(tmp_path / "exports"),
            "STATE_PATH": str(tmp_path / "state" / "presscrawl.sqlite3"),
            "DEDUPE_EXACT": "drop",
            "DEDUPE_NEAR": "mark",
            "DEDUPE_ALIASES": "drop",
            "DEDUPE_MIN_WORDS": 50,
            "DEDUPE_THRESHOLD": 0.8,
            **settings,
        },
    )
    crawler.spider = Shelf.from_crawler(crawler)
    return crawler


@contextmanager
def opened(tmp_path, **settings):
    """One run's pipeline, discarded at the end where it was not published."""
    pipeline = build_from_crawler(DedupePipeline, crawler_of(tmp_path, **settings))
    pipeline.open_spider()
    try:
        yield pipeline
    finally:
        pipeline.publication.discard()


@pytest.fixture
def pipeline(tmp_path):
    with opened(tmp_path) as pipeline:
        yield pipeline


def post(number, name, **changes):
    """A document whose text is that of *name*, some words changed."""
    return document(number, content_text=text(name, **changes))


def lines(tmp_path):
    path = tmp_path / "exports" / "shelf" / "duplicates.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else None


def finish(pipeline):
    pipeline.close_spider()
    pipeline.publication.publish()


def counted(pipeline):
    return {
        key: value
        for key, value in pipeline.crawler.stats.get_stats().items()
        if key.startswith("dedupe/")
    }


class TestProcessItem:
    def test_unique(self, pipeline):
        """A text that is nobody's copy passes, and represents itself."""
        item = pipeline.process_item(post(1, "x"))
        assert item.dedupe["cluster"] == item.record_id
        assert item.dedupe["duplicate_of"] is item.dedupe["similarity"] is None
        assert len(item.dedupe["canonical_sha256"]) == 64

    def test_exact(self, pipeline, tmp_path):
        """The same text is dropped, said, counted, and a line in duplicates.jsonl."""
        first = pipeline.process_item(post(1, "x"))
        second = post(2, "x")
        with pytest.raises(DropItem, match=rf"^exact copy of {first.record_id} \(1.0000\)$"):
            pipeline.process_item(second)
        assert lines(tmp_path) is None
        finish(pipeline)

        assert lines(tmp_path) == [
            {
                "record_id": second.record_id,
                "link": second.link,
                "duplicate_of": first.record_id,
                "kind": "exact",
                "similarity": 1.0,
            }
        ]
        assert counted(pipeline) == {
            "dedupe/compared_count": 2,
            "dedupe/dropped_count/exact": 1,
        }

    def test_near(self, pipeline, tmp_path):
        """A text that is alike stays, and names what it is like."""
        first = pipeline.process_item(post(1, "x"))
        second = pipeline.process_item(post(2, "x", changed=4))
        third = pipeline.process_item(post(3, "x", changed=6))
        finish(pipeline)

        assert second.dedupe["duplicate_of"] == first.record_id
        assert second.dedupe["similarity"] == round(192 / 200, 4)
        assert third.dedupe["cluster"] == second.dedupe["cluster"] == first.record_id
        assert lines(tmp_path) is None
        assert counted(pipeline)["dedupe/marked_count/near"] == 2

    def test_policies_exchanged(self, tmp_path):
        """With drop and mark exchanged the same text stays, and what is alike goes."""
        with opened(tmp_path, DEDUPE_EXACT="mark", DEDUPE_NEAR="drop") as pipeline:
            first = pipeline.process_item(post(1, "x"))
            assert pipeline.process_item(post(2, "x")).dedupe["duplicate_of"] == first.record_id
            with pytest.raises(DropItem, match=r"^near copy of .* \(0.9600\)$"):
                pipeline.process_item(post(3, "x", changed=4))
            finish(pipeline)
        assert [line["kind"] for line in lines(tmp_path)] == ["near"]
        assert counted(pipeline) == {
            "dedupe/compared_count": 3,
            "dedupe/dropped_count/near": 1,
            "dedupe/marked_count/exact": 1,
        }

    @pytest.mark.parametrize("off", ["DEDUPE_EXACT", "DEDUPE_NEAR"])
    def test_one_off(self, tmp_path, off):
        """What is off is not looked for."""
        changed = 0 if off == "DEDUPE_EXACT" else 4
        with opened(tmp_path, **{"DEDUPE_EXACT": "drop", "DEDUPE_NEAR": "drop", off: "off"}) as it:
            it.process_item(post(1, "x"))
            item = it.process_item(post(2, "x", changed=changed))
            assert item.dedupe["duplicate_of"] is None
            with pytest.raises(DropItem):
                it.process_item(post(3, "x", changed=4 - changed))

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"content_text": text("x", words=49)}, "short"),
            ({"content_text": None}, "empty"),
            ({"content_text": "— …"}, "empty"),
            ({"content_text": "", "protected": True}, "protected"),
        ],
    )
    def test_not_compared(self, pipeline, changes, reason):
        """Short, empty and protected bodies pass, however often they come."""
        for number in (1, 2):
            item = pipeline.process_item(document(number, **changes))
            assert item.dedupe["cluster"] is item.dedupe["duplicate_of"] is None
            assert (item.dedupe["canonical_sha256"] is None) == (reason != "short")
        pipeline.close_spider()
        assert counted(pipeline) == {f"dedupe/uncompared_count/{reason}": 2}

    def test_other_items(self, pipeline):
        """Items of other kinds, and what is no item of ours, pass as they are."""
        for item in [*one_of_each()[1:], {"content_text": text("x")}]:
            assert pipeline.process_item(item) is item
        pipeline.close_spider()
        assert counted(pipeline) == {}

    def test_again(self, pipeline):
        """An edited record is a new version, and no copy of itself."""
        pipeline.process_item(post(1, "x"))
        assert pipeline.process_item(post(1, "x", changed=2)).dedupe["duplicate_of"] is None

    @pytest.mark.parametrize("signal", [signals.item_dropped, signals.item_error])
    def test_lost_later(self, pipeline, signal):
        """Nothing yields to a record that a later pipeline dropped, or failed on."""
        first = pipeline.process_item(post(1, "x"))
        pipeline.crawler.signals.send_catch_log(signal, item=first)
        pipeline.crawler.signals.send_catch_log(signal, item={"number": 1})
        assert pipeline.process_item(post(2, "x")).dedupe["duplicate_of"] is None

    def test_broken(self, pipeline):
        """Where the index cannot be read, nothing is published, and that is said."""
        pipeline.process_item(post(1, "x"))
        pipeline._database.close()
        item = pipeline.process_item(post(2, "y"))
        assert item.dedupe is None
        assert "state file cannot be read or written" in str(pipeline.publication.error)


class TestPublish:
    def test_next_run(self, tmp_path):
        """What a run published the next one finds."""
        with opened(tmp_path) as pipeline:
            first = pipeline.process_item(post(1, "x"))
            finish(pipeline)
        with opened(tmp_path) as pipeline, pytest.raises(DropItem, match=first.record_id):
            pipeline.process_item(post(2, "x"))

    def test_discarded(self, tmp_path):
        """What a run discarded it does not, and the line of the copy is gone, too."""
        with opened(tmp_path) as pipeline:
            pipeline.process_item(post(1, "x"))
            with pytest.raises(DropItem):
                pipeline.process_item(post(2, "x"))
            pipeline.close_spider()
        with opened(tmp_path) as pipeline:
            assert pipeline.process_item(post(2, "x")).dedupe["duplicate_of"] is None
        assert list((tmp_path / "exports" / "shelf").iterdir()) == []

    def test_nothing(self, tmp_path):
        """A run without documents publishes, and adds nothing."""
        with opened(tmp_path) as pipeline:
            finish(pipeline)
        assert counted(pipeline) == {}

    def test_index_that_is_not_written(self, tmp_path):
        """Where the index cannot be written, the files do not get their names either."""
        with opened(tmp_path) as pipeline:
            pipeline.process_item(post(1, "x"))
            with pytest.raises(DropItem):
                pipeline.process_item(post(2, "x"))
            pipeline.close_spider()
            pipeline._database.execute("PRAGMA query_only = ON")
            with pytest.raises(PublicationError, match="cannot be read or written"):
                pipeline.publication.publish()
        assert lines(tmp_path) is None

    def test_index_that_is_not_closed(self, tmp_path, caplog):
        """Where it fails after the files have their names, that is said and no more."""
        with opened(tmp_path) as pipeline:
            pipeline.process_item(post(1, "x"))
            pipeline.close_spider()
            with caplog.at_level(logging.WARNING), pipeline.publishing():
                pipeline._database.execute("ROLLBACK")
        assert "later runs will not know these texts" in caplog.text

    def test_meanwhile(self, tmp_path, caplog):
        """Who publishes the same text second says so."""
        with opened(tmp_path) as one, opened(tmp_path) as other:
            one.process_item(post(1, "x"))
            other.process_item(post(2, "x"))
            with caplog.at_level(logging.INFO):
                finish(one)
                assert "meanwhile" not in caplog.text
                finish(other)
        assert "1 texts were published by another run meanwhile, too" in caplog.text

    def test_name_that_is_taken(self, tmp_path):
        """A feed that has the name of duplicates.jsonl is an error of the run."""
        from crawler.feeds.staging import target_at

        with opened(tmp_path) as pipeline:
            taken = tmp_path / "exports" / "shelf" / "duplicates.jsonl"
            pipeline.publication.claim(target_at(str(taken), format="jsonl"))
            pipeline.process_item(post(1, "x"))
            with pytest.raises(DropItem):
                pipeline.process_item(post(2, "x"))
            pipeline.close_spider()
            with pytest.raises(ArgumentError, match="two outputs of one run name the same file"):
                pipeline.publication.prepare()


class TestUnfinished:
    def test_copy(self, tmp_path):
        """A copy of what another run has delivered is marked, and no original is lost with it."""
        with opened(tmp_path) as first, opened(tmp_path) as second:
            first.process_item(post(1, "x"))
            for pipeline in (first, second):
                pipeline.exchange()
            copy = second.process_item(post(2, "x"))

            assert copy.dedupe["duplicate_of"] == copy.dedupe["cluster"] == post(1, "x").record_id
            assert second.describe()["unfinished"] == second.describe()["marked_exact"] == 1
            with pytest.raises(DropItem):
                second.process_item(post(3, "x"))  # of its own record
            first.item_lost(post(1, "x"))
            with opened(tmp_path) as third:
                third.exchange()
                assert third.process_item(post(4, "x")).dedupe["duplicate_of"] is None

    def test_published(self, tmp_path):
        """As soon as the other has published, its copies are dropped as any."""
        with (
            opened(tmp_path) as first,
            opened(tmp_path, EXPORTS_DIR=str(tmp_path / "b")) as second,
        ):
            second.process_item(post(9, "y"))  # from here on it sees the state as it is now
            second.exchange()
            first.process_item(post(1, "x"))
            finish(first)
            second.exchange()
            with pytest.raises(DropItem):
                second.process_item(post(2, "x"))

    def test_broken_index(self, pipeline):
        """What cannot be read ends the run, as everywhere."""
        pipeline.process_item(post(1, "x"))
        with opened_beside(pipeline):
            pipeline._database.execute("DROP TABLE staged.document")
            pipeline.exchange()
        assert isinstance(pipeline.publication.error, PublicationError)


@contextmanager
def opened_beside(pipeline):
    """Another run at the same time."""
    other = build_from_crawler(DedupePipeline, pipeline.crawler)
    other.open_spider()
    try:
        yield
    finally:
        other.discard()


def test_closed(tmp_path):
    """After the end of a run, however it ended, nothing holds the state file."""
    for end in (finish, lambda pipeline: pipeline.publication.discard()):
        with opened(tmp_path) as pipeline:
            pipeline.process_item(post(1, "x"))
            database = (tmp_path / "state").glob("presscrawl.sqlite3*")
            assert len([each for each in database if each.is_file()]) == 3
            end(pipeline)
            left = sorted(each.name for each in (tmp_path / "state").iterdir())
            assert left == ["presscrawl.sqlite3", "presscrawl.sqlite3-running"]


class TestDescribe:
    def test_account(self, pipeline):
        """run.json has the policies, what came of them, and the parameters."""
        for item in (post(1, "x"), post(2, "x", changed=4), document(3, content_text="x")):
            pipeline.process_item(item)
        with pytest.raises(DropItem):
            pipeline.process_item(post(4, "x"))
        told = pipeline.describe()

        assert told.pop("parameters")["threshold"] == 0.8
        assert told == {
            "exact": "drop",
            "near": "mark",
            "compared": 3,
            "short": 1,
            "empty": 0,
            "protected": 0,
            "dropped_exact": 1,
            "dropped_near": 0,
            "marked_exact": 0,
            "marked_near": 1,
            "unfinished": 0,
        }

    def test_stats_are_declared(self):
        """Each key that is counted is declared."""
        declared = {key for key in KEYS if key.startswith("dedupe/")}
        assert declared == {
            "dedupe/compared_count",
            "dedupe/dropped_count/{kind}",
            "dedupe/marked_count/{kind}",
            "dedupe/uncompared_count/{reason}",
            "dedupe/unfinished_count",
        }


class TestSettings:
    @pytest.mark.parametrize(
        ("name", "value", "expected"),
        [
            ("DEDUPE_EXACT", "delete", "must be one of drop, mark, off, got 'delete'"),
            ("DEDUPE_NEAR", "", "must be one of drop, mark, off, got ''"),
            ("DEDUPE_THRESHOLD", "0.39", "must be a number, from 0.4 to 1, got '0.39'"),
            ("DEDUPE_THRESHOLD", "1.01", "must be a number, from 0.4 to 1, got '1.01'"),
            ("DEDUPE_THRESHOLD", "high", "must be a number, from 0.4 to 1, got 'high'"),
            ("DEDUPE_MIN_WORDS", 0, "must be a number, 1 or more, got 0"),
            ("DEDUPE_MIN_WORDS", None, "must be a number, 1 or more, got None"),
            ("DEDUPE_MIN_WORDS", "inf", "must be a number, 1 or more, got 'inf'"),
            ("DEDUPE_MIN_WORDS", "nan", "must be a number, 1 or more, got 'nan'"),
            ("STATE_PATH", "", "must be a file, got ''"),
        ],
    )
    def test_refused(self, tmp_path, name, value, expected):
        """A setting that makes no sense is refused, with what was expected."""
        with pytest.raises(ArgumentError) as caught:
            build_from_crawler(DedupePipeline, crawler_of(tmp_path, **{name: value}))
        assert str(caught.value) == f"{name} {expected}"

    def test_off(self, tmp_path):
        """With both off there is no such pipeline, and no state file."""
        crawler = crawler_of(tmp_path, DEDUPE_EXACT="off", DEDUPE_NEAR="off")
        with pytest.raises(NotConfigured):
            build_from_crawler(DedupePipeline, crawler)
        assert list(tmp_path.iterdir()) == []

    def test_threshold(self, tmp_path):
        """The threshold decides what is near, DEDUPE_MIN_WORDS what is short."""
        with opened(tmp_path, DEDUPE_THRESHOLD="0.97", DEDUPE_MIN_WORDS="201") as pipeline:
            pipeline.process_item(post(1, "x", words=220))
            near = pipeline.process_item(post(2, "x", words=220, changed=6))
            short = pipeline.process_item(post(3, "x"))
        assert near.dedupe["duplicate_of"] is None
        assert short.dedupe["cluster"] is None

    def test_low_threshold(self, tmp_path):
        """From 0.4 on what is less alike is found, between runs as well."""
        with opened(tmp_path, DEDUPE_THRESHOLD="0.4") as pipeline:
            first = pipeline.process_item(post(1, "x"))
            second = pipeline.process_item(post(2, "x", changed=60))
            finish(pipeline)
        assert second.dedupe["cluster"] == first.record_id
        assert second.dedupe["similarity"] == round(136 / 256, 4)
        with opened(tmp_path, DEDUPE_THRESHOLD="0.4", DEDUPE_NEAR="drop") as pipeline:
            with pytest.raises(DropItem, match="near copy of"):
                pipeline.process_item(post(3, "x", changed=70))
            pipeline.process_item(post(4, "x", changed=150))

    def test_other_threshold(self, tmp_path):
        """Under other bands a text is found as the same, or once it is delivered anew."""
        with opened(tmp_path) as pipeline:
            pipeline.process_item(post(1, "x"))
            finish(pipeline)
        with opened(tmp_path, DEDUPE_THRESHOLD="0.4", DEDUPE_EXACT="mark") as pipeline:
            unseen = pipeline.process_item(post(2, "x", changed=20)).dedupe
            same = pipeline.process_item(post(3, "x")).dedupe
            pipeline.process_item(post(1, "x"))
            near = pipeline.process_item(post(4, "x", changed=3)).dedupe
        assert unseen["duplicate_of"] is None
        assert same["duplicate_of"] == near["cluster"] == post(1, "x").record_id

    def test_state_of_a_newer_version(self, tmp_path):
        """A state file that cannot be used is refused before the first item."""
        (tmp_path / "state" / "presscrawl.sqlite3").mkdir(parents=True)
        with pytest.raises(ArgumentError, match=r"STATE_PATH: .* cannot be opened"):
            build_from_crawler(DedupePipeline, crawler_of(tmp_path))
