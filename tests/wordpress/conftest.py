from __future__ import annotations

import pytest

from crawler.state.linked import LinkedOnDisk
from tests.wordpress.followed import follow


@pytest.fixture(scope="session")
def plain():
    """The sample harvested with all links followed, and no fault in it."""
    return follow()


@pytest.fixture(scope="session")
def unlinked():
    """The same with none."""
    return follow(words="none")


@pytest.fixture
def cache():
    cache = LinkedOnDisk()
    yield cache
    cache.close()
