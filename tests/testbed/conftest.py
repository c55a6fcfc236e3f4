"""A real WordPress for the tests marked ``wordpress``."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.testbed.editor import Editor
from tests.testbed.site import AS_IT_COMES, VARIANTS, Site, Variant


@pytest.fixture(scope="session")
def start_site() -> Iterator[Callable[[Variant], Site]]:
    """Start variants of the testbed, each once a session; stop those that were not up before."""
    sites: dict[str, Site] = {}
    ours: list[Site] = []

    def start(variant: Variant) -> Site:
        if variant.name not in sites:
            site = Site.of(variant)
            if site.up():
                ours.append(site)
            sites[variant.name] = site
        return sites[variant.name]

    yield start
    for site in ours:
        site.down()


@pytest.fixture(scope="session")
def testbed(start_site) -> Site:
    """The testbed as ``up`` makes it: WordPress 6.1.9, pretty permalinks."""
    return start_site(AS_IT_COMES)


@pytest.fixture(scope="session", params=VARIANTS, ids=lambda variant: variant.name)
def each_testbed(start_site, request) -> Site:
    """Every variant in turn."""
    if "npm:" in request.param.settings.get("WPT_WORDPRESS", "") and not shutil.which("npm"):
        pytest.skip("needs npm, which brings newer WordPresses")
    return start_site(request.param)


@pytest.fixture
def changing(testbed) -> Iterator[Editor]:
    """Lend an editor; what they change is put back after the test."""
    with testbed.editor() as editor, editor.giving_back():
        yield editor
