from __future__ import annotations

from collections.abc import Callable

import pytest

from crawler.sample.answers import Answer
from crawler.sample.site import SampleSite

HOME = "http://museum.test"

Get = Callable[..., Answer]


@pytest.fixture(scope="session")
def museum():
    """The site as it is delivered; tests that change it take `site`."""
    return SampleSite(HOME)


@pytest.fixture
def site():
    return SampleSite(HOME)


@pytest.fixture(scope="session")
def get(museum) -> Get:
    """Ask the unchanged site; a path without a first slash is meant under /wp/v2."""

    def ask(path: str, method: str = "GET", **headers: str) -> Answer:
        target = path if path.startswith("/") else f"/wp-json/wp/v2/{path}"
        return museum.respond(method, target, headers)

    return ask


@pytest.fixture(scope="session")
def number(museum) -> Callable[[str, str], int]:
    """Find the id of what content/ calls by a name."""

    def find(collection: str, name: str) -> int:
        rows = museum.collections[collection].values()
        return next(row["id"] for row in rows if name in (row.get("name"), row.get("slug")))

    return find
