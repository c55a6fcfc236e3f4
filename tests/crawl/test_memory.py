"""What a hostile site sends does not fill the memory, and costs no other record."""

from __future__ import annotations

import sys

import pytest

from tests.faults.bodies import deep, holding_bomb, last_member, odd_record
from tests.faults.row import only
from tests.faults.scripts import of, when
from tests.faults.server import serve_faults
from tests.running import run_crawl

MOST = 200_000  # KB; 300 MB are promised, and a traceback that holds on to a body takes that

HUGE = b'"x":"' + b"x" * 60_000_000 + b'"'

SCRIPTS = {
    "a gzip bomb of 100 MB": lambda: when(of("posts"), holding_bomb),
    "a page of 60 MB": lambda: when(of("posts"), odd_record(last_member(HUGE))),
    "10,000 levels": lambda: when(of("posts"), odd_record(last_member(b'"deep":' + deep()))),
}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("name", SCRIPTS)
def test_peak(tmp_path, name):
    """With settings as they stand: well below 300 MB, all others come, the one record is named."""
    peak = tmp_path / "peak"
    with serve_faults(SCRIPTS[name]()) as server:
        server.site.max_per_page = 20
        lost = only("posts", 12)(server.site)
        have = server.site.listed("posts") - lost
        crawl = run_crawl(
            tmp_path,
            f"site={server.url}",
            "collections=posts,guides",
            "follow=none",
            env={"PEAK_FILE": str(peak)},
            module="tests.crawl.measured",
        )

    assert crawl.status == 3, crawl.stderr
    posts = crawl.collections()["wp/v2/posts"]
    assert set(crawl.ids()["wp/v2/posts"]) == have
    assert {number for each in posts["lost"] for number in each["ids"]} == lost
    assert crawl.collections()["wp/v2/guides"]["verdict"] == "complete"
    assert int(peak.read_text()) < MOST
