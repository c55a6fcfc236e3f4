"""What the README, docs/ and the data contract say is held against the code and a real run."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from scrapy.settings import default_settings

from crawler.arguments import ARGUMENTS, SURVEY_ARGUMENTS
from crawler.certificate import FINISH_REASONS, WELL, ExitStatus
from crawler.dedupe.aliases import Relation
from crawler.feeds.columns import DECLARED_KEYS
from crawler.items import ITEM_CLASSES, Item, Provenance
from crawler.metrics import SCRAPYS as SCRAPYS_METRICS
from crawler.state.overview import Held, Kept, Overview, Part, Unended
from crawler.state_report import COLUMNS, state_lines
from crawler.stats import KEYS
from crawler.survey import describe, describe_count
from crawler.wordpress.census import Census, Count, State
from crawler.wordpress.core import USERS, core_collection
from crawler.wordpress.effort import Pace
from crawler.wordpress.fields import FIELDS, IGNORED, LOCAL_DATES, PRUNED
from crawler.wordpress.guesses import How
from crawler.wordpress.index import Collection
from crawler.wordpress.paging import Verdict
from crawler.wordpress.query import RootForm
from crawler.wordpress.reading import ODDITY_KINDS
from crawler.wordpress.selection import GROUPS
from tests.pages import (
    OUR_SETTINGS,
    PAGES,
    anchors,
    blocks,
    codes_in,
    is_of,
    read,
    reasons_of_lost,
    strings_in_code,
    table,
    tables,
    type_word,
)
from tests.running import FILES, ROOT, newest_run, read_lines

README = "README.md"
CONTRACT = "exports/README.md"
READING = "docs/reading-a-run.md"
SETTINGS = "docs/settings.md"
SURVEY = "docs/survey.md"
STATE = "docs/state.md"


def documented(heading: str) -> dict[str, str]:
    """Give the fields of one table of the contract, each with its type."""
    found = table(CONTRACT, heading, "type")
    return dict(zip(found.codes("field"), found.column("type"), strict=True))


@dataclass(frozen=True)
class SampleRun:
    printed: str
    exports: Path
    folder: Path
    run: dict[str, Any]


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> SampleRun:
    """One ``scrapy sample``, as ``make crawl`` runs it, on a free port."""
    exports = tmp_path_factory.mktemp("docs") / "exports"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "scrapy", "sample", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "PRESSCRAWL_EXPORTS_DIR": str(exports), "PRESSCRAWL_CONTACT": ""},
        capture_output=True,
        encoding="utf-8",
        timeout=110,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    folder = newest_run(exports)
    assert folder is not None
    return SampleRun(done.stderr, exports, folder, json.loads((folder / "run.json").read_bytes()))


def without_times(text: str) -> str:
    text = re.sub(r"127\.0\.0\.1([:_])[0-9]+", r"127.0.0.1\1PORT", text)
    text = re.sub(r"[0-9]{8}T[0-9]{6}Z", "STARTED", text)
    text = re.sub(r'("fetched_at": )"[^"]*"', r"\1NOW", text)
    return "\n".join(line.rstrip() for line in text.splitlines())


class TestReadme:
    def test_first_command(self, sample):
        """The first screen shows what the first command prints, and the record further down."""
        shown = blocks(README, "console")[0].partition("\n")[2] + blocks(README, "json")[0]
        printed = sample.printed.replace(f"{sample.exports}/", "exports/")

        assert without_times(shown) == without_times(printed)

    def test_arguments(self):
        """Every argument is in the table, in its order of use, and no other."""
        found = table(README, "A real site", "argument")
        names = found.codes("argument")

        assert sorted(names) == sorted(ARGUMENTS)

    def test_words_for_many_collections(self):
        """Each word that stands for many collections is named."""
        rows = table(README, "A real site", "argument").rows
        (row,) = (row for row in rows if "rest_base" in row["meaning"])

        assert set(codes_in(row["meaning"])) == set(GROUPS)


class TestContract:
    @pytest.mark.parametrize("kind", ITEM_CLASSES)
    def test_fields_of_a_kind(self, kind):
        """Each field stands there with its type, in the order of the files, and no other."""
        hints = get_type_hints(ITEM_CLASSES[kind])
        head = [field.name for field in fields(Item)]
        own = [field.name for field in fields(ITEM_CLASSES[kind]) if field.name not in head]

        assert list(documented(kind).items()) == [(name, type_word(hints[name])) for name in own]

    @pytest.mark.parametrize(("heading", "part"), [("The head", Item), ("provenance", Provenance)])
    def test_fields_of_all_kinds(self, heading, part):
        """So do the fields that all kinds share."""
        hints = get_type_hints(part)
        expected = [(field.name, type_word(hints[field.name])) for field in fields(part)]

        assert list(documented(heading).items()) == expected

    @pytest.mark.parametrize("heading", ["The head", "provenance", *ITEM_CLASSES])
    def test_examples(self, heading):
        """Each example is JSON of the type beside it; what is not there yet is null."""
        for row in table(CONTRACT, heading, "example").rows:
            value = json.loads(row["example"].strip("`"))

            assert is_of(row["type"], value), row
            if "not yet" in row["from"] and "null" in row["type"]:
                assert value is None, row

    @pytest.mark.parametrize("kind", [kind for kind in FILES if kind != "tombstone"])
    def test_file_of_a_run(self, sample, kind):
        """The records of a run have these fields, in this order, of these types."""
        expected = documented("The head") | documented(kind)
        records = list(read_lines(sample.folder / FILES[kind]))

        assert records
        for record in records:
            assert list(record) == list(expected)
            for name, word in expected.items():
                assert is_of(word, record[name]), (record["record_id"], name, word)
            for name, word in documented("provenance").items():
                assert is_of(word, record["provenance"][name]), (record["record_id"], name)

    @pytest.mark.parametrize("kind", [kind for kind in FILES if kind != "tombstone"])
    def test_fields_that_are_not_there_yet(self, sample, kind):
        """What is called "not yet" is null in every record, and nothing else is."""
        found = table(CONTRACT, kind, "from")
        later = {
            name
            for name, source in zip(found.codes("field"), found.column("from"), strict=True)
            if source.startswith("not yet")
        }
        records = list(read_lines(sample.folder / FILES[kind]))
        empty = {name for name in records[0] if all(each[name] is None for each in records)}

        assert empty - {"raw"} == later

    def test_fields_in_extra(self):
        """WordPress's own fields that stay in extra are named, kind by kind."""
        rows = table(CONTRACT, "extra", "kind").rows
        named = {row["kind"]: codes_in(row["WordPress's own fields there"]) for row in rows}

        assert list(named) == list(FIELDS)
        for kind, own in FIELDS.items():
            assert set(own.known) <= set(named[kind]), kind
        for name, members in PRUNED.items():
            assert f"`{name}` has {', '.join(f'`{member}`' for member in members)}" in (
                " ".join(read(CONTRACT).split())
            )

    def test_fields_left_out(self):
        """Each field that is left out is named, and no other."""
        private = {name for own in FIELDS.values() for name in own.private}
        named = table(CONTRACT, "What is left out", "why").codes("field")

        assert sorted(named) == sorted({*IGNORED, *private, *LOCAL_DATES})

    def test_columns_of_csv(self):
        """Each object with columns of its own is there, with these columns."""
        rows = table(CONTRACT, "CSV", "columns").rows
        named = {codes_in(row["field"])[0]: codes_in(row["columns"]) for row in rows}

        assert named == {name: [f".{key}" for key in keys] for name, keys in DECLARED_KEYS.items()}


class TestCertificate:
    def test_fields(self, sample):
        """run.json has the fields of the table, in its order and of its types."""
        self.compare("run.json", sample.run)

    @pytest.mark.parametrize("part", ["api", "robots", "collections", "dedupe", "files"])
    def test_fields_of_a_part(self, sample, part):
        """So have its parts."""
        value = sample.run[part]
        for each in value if isinstance(value, list) else [value]:
            self.compare(part, each)

    def test_comparison(self, sample):
        """So has how a collection stands to what was published before."""
        for each in sample.run["collections"]:
            self.compare("compared", each["compared"])

    def compare(self, heading, found):
        expected = documented(heading)
        assert list(found) == list(expected)
        for name, word in expected.items():
            assert is_of(word, found[name]), (heading, name, word, found[name])

    def test_evidence(self):
        """What is said of an alias, and of a translation, is all there."""
        relation = Relation(site="https://example.org", kind="alias")
        told = {name: value for name, value in asdict(relation).items() if name != "kind"}
        self.compare("alias_of and translation_of", told)

    def test_words(self):
        """The words that a field may hold are all there."""
        rows = {row["field"]: codes_in(row["meaning"]) for row in table_rows("api")}
        assert set(rows["`how`"]) == set(get_args(How))
        assert set(rows["`form`"]) - {"?rest_route="} == {str(form) for form in RootForm}
        rows = {row["field"]: codes_in(row["meaning"]) for row in table_rows("collections")}
        learnt = get_type_hints(Collection)["learnt"]
        assert set(rows["`learnt`"]) == set(get_args(learnt))


def table_rows(heading: str) -> tuple[dict[str, str], ...]:
    return table(CONTRACT, heading, "meaning").rows


class TestReadingARun:
    @pytest.mark.parametrize(
        ("page", "heading", "name"),
        [(README, "What comes out", "exit status"), (READING, "The exit status", "status")],
    )
    def test_exit_statuses(self, page, heading, name):
        """Each exit status is explained."""
        assert table(page, heading, name).column(name) == [str(int(each)) for each in ExitStatus]

    def test_finish_reasons(self):
        """Each has its finish reason beside it."""
        assert table(READING, "The exit status", "finish reason").codes("finish reason") == [
            FINISH_REASONS[status] for status in ExitStatus
        ]

    def test_verdicts(self):
        """Each verdict is explained, and those that are well are exit status 0."""
        found = table("docs/completeness.md", "Verdicts", "verdict")
        assert found.codes("verdict") == [str(verdict) for verdict in Verdict]
        statuses = zip(Verdict, found.column("exit status"), strict=True)
        assert {verdict for verdict, status in statuses if status == "0"} == WELL

    def test_stats(self):
        """Each of our stats keys is explained, and no other."""
        found = table(READING, "Stats", "key")
        assert found.codes("key") == sorted(KEYS)
        assert all(row["it counts"] and row["what to do"] for row in found.rows)

    def test_scrapys_stats_for_prometheus(self):
        """So is each of Scrapy's that Prometheus gets."""
        text = read(READING).partition("### Prometheus")[2]
        assert all(f"`{key}`" in text for key in SCRAPYS_METRICS)

    def test_oddities(self):
        """Each kind of oddity is explained."""
        assert table(READING, "Oddities", "oddity").codes("oddity") == list(ODDITY_KINDS)

    def test_reasons_of_losses(self):
        """Each reason that the code has for a loss is there, and is still the code's."""
        rows = table(READING, "Why something is lost", "reason").codes("reason")
        named = [reason for reason in rows if not reason.startswith("HTTP")]
        said = [text for text, _ in strings_in_code()]

        for reason in named:
            words = [part.strip() for part in re.split(r"[0-9]+", reason)]
            assert any(all(part in text for part in words) for text in said), reason
        assert set(reasons_of_lost()) <= set(named)


class TestSurvey:
    def account(self):
        census = Census("https://example.org", ["all"])
        moment = datetime(2026, 11, 26, tzinfo=UTC)
        return describe(
            "https://example.org",
            census,
            error=None,
            surveyed=moment,
            opt_out=None,
            requests=0,
            pace=Pace(1),
        )

    def test_fields(self):
        """A line of a survey has the fields of the table, in its order and of its types."""
        found, account = table(SURVEY, "The line of a site", "field"), self.account()

        assert found.codes("field") == list(account)
        for name, word in zip(account, found.column("type"), strict=True):
            assert is_of(word, account[name]), (name, word)

    def test_fields_of_collections(self):
        """So have its collections."""
        (row,) = (
            row
            for row in table(SURVEY, "The line of a site", "field").rows
            if row["field"] == "`collections`"
        )
        count = Count(core_collection("user", USERS), "open", 3)
        assert row["meaning"] == f"{{{', '.join(describe_count(count))}}}"

    def test_words(self):
        """Each state and each argument is explained."""
        assert table(SURVEY, "States", "state").codes("state") == list(get_args(State))
        arguments = table(SURVEY, "What does a site have?", "argument").codes("argument")
        assert arguments == list(SURVEY_ARGUMENTS)


class TestState:
    def test_lines(self):
        """Each kind of line that ``scrapy state --json`` writes has the fields of the table."""
        overview = Overview(
            "state",
            1,
            [Kept("news", "https://example.org", "wp/v2/posts", {}, None, None)],
            [Part("ledger", 1, 1)],
            [Unended("unreadable", "a.journal", 1)],
            [Held("news", "https://example.org", "host", 1, "2026-11-23T19:30:00Z")],
        )
        rows = {codes_in(row["kind"])[0]: row for row in table(STATE, "For scripts", "kind").rows}

        lines = list(state_lines(overview))
        assert sorted(rows) == sorted(each["kind"] for each in lines)
        for each in lines:
            named = codes_in(re.sub(r"\(.*?\)", "", rows[each["kind"]]["fields"]))
            assert sorted(named) == sorted(each.keys() - {"kind"}), each["kind"]

    def test_columns(self):
        """Each column of the table for people is explained."""
        columns = table(STATE, "Look", "column").codes("column")
        assert columns == [*COLUMNS, "watermark", "last run"]


class TestSpidermon:
    """The example suite, read as text: tests/scrapyd/test_monitors.py runs it."""

    SUITE = "docs/spidermon/monitors.py"

    def test_keys(self):
        """Each key that a monitor reads is one of ours, with its kinds or one of them."""
        text = read(self.SUITE)
        plain = {key.partition("/{")[0] for key in KEYS}
        read_keys = re.findall(r'"([a-z]+/[a-z_]+_count)(?:/([a-z{}]+))?"', text)

        assert len(read_keys) > 10
        assert {key for key, _ in read_keys} <= plain
        (verdicts,) = re.findall(r"^BAD_VERDICTS = (\(.*\))$", text, re.MULTILINE)
        well = {str(verdict) for verdict in WELL}
        assert set(ast.literal_eval(verdicts)) == {str(each) for each in Verdict} - well

    def test_settings(self):
        """Each setting of the suite is on the page, with its default."""
        (limits,) = re.findall(
            r"^LIMITS = (\{.*?^\})$", read(self.SUITE), re.MULTILINE | re.DOTALL
        )
        rows = table("docs/spidermon.md", "Watch runs with Spidermon", "default").rows

        assert {codes_in(row["setting"])[0]: codes_in(row["default"])[0] for row in rows} == {
            name: str(value) for name, value in ast.literal_eval(limits).items()
        }


SCRAPYS = ("downloader/", "httpcompression/", "item_", "retry/", "robotstxt/")
"""Where the keys of Scrapy's own begin."""


def test_stats_keys_in_code():
    """Each key that the code counts under is declared in crawler.stats."""
    declared = [re.sub(r"\\\{.*?\\\}", r"([a-z_]+|\\{\\})", re.escape(key)) for key in KEYS]
    used = [
        (text, place)
        for text, place in strings_in_code()
        if re.fullmatch(r"[a-z]+/[a-z_]+_count(/[a-z_{}]+)?", text)
        and not text.startswith(SCRAPYS)
    ]

    assert len(used) > len(KEYS)
    for text, place in used:
        known = text in KEYS or any(re.fullmatch(pattern, text) for pattern in declared)
        assert known, f"{place} counts under {text!r}, which crawler.stats.KEYS does not declare"


class TestSettings:
    def documented(self):
        return {
            codes_in(row["setting"])[0]: codes_in(row.get("value", row.get("default", "")))
            for each in tables(SETTINGS)
            if each.heading != "Worth knowing among Scrapy's"
            for row in each.rows
        }

    def test_all_of_ours(self):
        """Each setting that the project adds or changes is on the page, and no other."""
        assert sorted(self.documented()) == sorted(OUR_SETTINGS)

    def test_values(self, monkeypatch):
        """A value on the page is the one in the code."""
        shown = {name: values[0] for name, values in self.documented().items() if values}
        for place in ("EXPORTS_DIR", "STATE_PATH"):
            del shown[place]  # where the project is

        assert len(shown) > 20
        for name, value in shown.items():
            real = OUR_SETTINGS[name] if name != "CONTACT" else ""  # the environment may have one
            assert value in (str(real), repr(real)), name

    def test_scrapys(self):
        """What the page names of Scrapy's exists, and is not ours."""
        for name in table(SETTINGS, "Worth knowing among Scrapy's", "what for").codes("setting"):
            assert hasattr(default_settings, name) or name == "JOBDIR", name
            assert name not in OUR_SETTINGS


@pytest.mark.parametrize("page", PAGES)
def test_links(page):
    """Each link inside the project leads to a file, and to a heading in it."""
    text = re.sub(r"`[^`\n]*`", "", read(page))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        to = (ROOT / page).parent / path if path else ROOT / page
        assert to.exists(), f"{page} links to {target}"
        if anchor:
            assert anchor in anchors(str(to.resolve().relative_to(ROOT))), f"{page}: {target}"


def test_pages_are_reached():
    """Each page in docs is linked from the README."""
    linked = set(re.findall(r"\]\((docs/[^)#]+)", read(README)))

    assert linked == {page for page in PAGES if page.startswith("docs/")}
