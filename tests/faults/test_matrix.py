"""The fault matrix: each row a whole crawl of the sample site, which behaves as the row says."""

from __future__ import annotations

import json
import re

import pytest

from tests.faults.matrix import ROWS, SETTINGS
from tests.faults.row import Row
from tests.faults.server import FaultServer, serve_faults
from tests.pages import tables
from tests.running import run_crawl

WELL = {"complete", "complete_visible"}
NOTHING = {"denied", "failed", "none"}


def params() -> list[object]:
    """Give each row, marked where the crawler lacks something as yet."""
    found = []
    for row in ROWS:
        marks = [pytest.mark.xfail(strict=True, reason=row.missing)] if row.missing else []
        found.append(pytest.param(row, id=row.fault.replace("`", ""), marks=marks))
    return found


@pytest.mark.parametrize("row", params())
def test_row(row, tmp_path):
    """All that can be had comes, the rest is named, and the site hardly notices."""
    with serve_faults(row.script()) as server:
        server.site.max_per_page = row.per_page
        if row.prepare is not None:
            row.prepare(server.site)
        before = {base: server.site.listed(base) for base in row.collections}
        have = row.have(server.site) if row.have is not None else None
        lost = row.lost(server.site) if row.lost is not None else None
        crawl = run_crawl(
            tmp_path,
            f"site={server.url}",
            f"collections={','.join(row.collections)}",
            *row.arguments,
            settings={**SETTINGS, "LOG_FILE": tmp_path / "log", **row.settings},
            timeout=60,
        )
        check_guest(row, server)
        server.site.on_request = None
        after = {base: server.site.listed(base) for base in row.collections}

    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert "Traceback" not in crawl.stderr + crawl.stdout + log
    assert crawl.run is not None, crawl.stderr
    assert crawl.status == crawl.run["exit_status"] == row.status, crawl.stderr
    assert re.search(row.said, json.dumps(crawl.run)), row.said
    told = crawl.collections()
    if row.verdict == "none":
        assert (told, crawl.ids()) == ({}, {})
        assert re.search(row.said, crawl.run["error"]), crawl.run["error"]
        return
    for base in row.collections:
        found = sorted(crawl.ids().get(f"wp/v2/{base}", []))
        assert len(found) == len(set(found)), base
        account = told[f"wp/v2/{base}"]
        stayed, ever = before[base] & after[base], before[base] | after[base]
        if base not in row.at:
            assert account["verdict"] in ({row.verdict} if not row.at else WELL), account
            assert stayed <= set(found) <= ever, account
        else:
            wanted = have if have is not None else (set() if row.verdict in NOTHING else stayed)
            check_amiss(row, account, set(found), wanted, ever, lost)


def check_amiss(row, account, found, have, ever, lost):
    """See that of a collection at which something is amiss the rest is named."""
    assert account["verdict"] == row.verdict, account
    assert found == have, account
    assert account["delivered"] == len(found)
    missing = ever - have
    named = {number for each in account["lost"] for number in each["ids"]}
    if row.uncounted:
        assert [each["count"] for each in account["lost"]] == [None], account
    elif row.verdict == "partial":
        counted = sum(each["count"] or 0 for each in account["lost"])
        assert 0 < counted == len(missing) + row.phantoms, account
        assert named <= missing
    elif row.verdict in NOTHING:
        assert account["reason"], account
    else:
        assert account["lost"] == []
    if lost is not None:
        assert named == lost, account


def check_guest(row: Row, server: FaultServer) -> None:
    """See that one request is in flight at a time, and none where the site asked to wait."""
    account = server.account
    assert account.at_once == []
    assert account.early == []
    assert 1 <= len(account.visits) <= row.most, account.targets
    if row.guest is not None:
        row.guest(account)


def documented() -> list[tuple[str, str, str]]:
    rows = [row for table in tables("docs/faults.md") for row in table.rows if "fault" in row]
    return [(row["fault"], row["verdict"].strip("`"), row["exit status"]) for row in rows]


def test_documented():
    """The tables in docs/faults.md have these rows, in this order, and no others."""
    assert documented() == [(row.fault, row.verdict, str(row.status)) for row in ROWS]


def test_names():
    """Each row has a name of its own, and there are enough of them."""
    names = [row.fault for row in ROWS]
    assert len(names) == len(set(names))
    assert len(names) >= 60
