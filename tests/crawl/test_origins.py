"""The origin on which the API was found stays, whatever a page of it says later."""

from __future__ import annotations

import pytest

from tests.crawl.layers import redirect, serve_under
from tests.crawl.watching import watched_crawl

REFUSED = "middlewares/origin_refused_count"


@pytest.mark.parametrize("moved", ["taxonomies", "pages"])
def test_later_redirect(tmp_path, moved):
    """A redirect to the site's own www. is not followed any more: that name is not looked up."""

    def reply(target):
        there = f"http://www.site.test:{server.server_port}{target}"
        return redirect(there) if target.startswith(f"/wp-json/wp/v2/{moved}") else None

    with serve_under(reply) as server:
        seen = watched_crawl(
            tmp_path,
            f"site=http://site.test:{server.server_port}",
            "collections=guides,pages",
            answers={"site.test": [["127.0.0.1"]], "www.site.test": [["127.0.0.1"]]},
        )

    assert seen.looked_up == {"site.test", "127.0.0.1"}
    assert set(seen.counts(REFUSED)) == {"host"}
    assert seen.crawl.status == 3, seen.crawl.stderr
    guides = {item["id"] for item in seen.crawl.items("document") if item["type"] == "guide"}
    assert guides == server.site.listed("guides")
