from __future__ import annotations

import pytest

from crawler.sample.server import serve


@pytest.fixture
def sample():
    """The sample site, unchanged, on a port of its own."""
    with serve() as server:
        yield server
