from __future__ import annotations

import pytest

from tests.scrapyd.node import TOOLS, deploy, start, stop


@pytest.fixture(scope="session")
def sources(tmp_path_factory):
    """Where the project is copied to, from which it is deployed."""
    return tmp_path_factory.mktemp("sources") / "presscrawl"


@pytest.fixture
def node(tmp_path, sources):
    """A node with the project on it; exports and state are outside of its folder."""
    assert (TOOLS / "scrapyd").exists(), "run `make test-scrapyd`, which sets it up"
    node = start(tmp_path / "node", tmp_path / "exports", tmp_path / "state" / "state.sqlite3")
    try:
        told = deploy(node, sources)
        assert '"status": "ok"' in told, told
        yield node
    finally:
        stop(node)
