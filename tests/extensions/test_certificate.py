from __future__ import annotations

import pytest
from scrapy.utils.test import get_crawler

from crawler.extensions.certificate import Certificate
from crawler.run import leave_nothing


def test_without_publication():
    """The certificate is of what is published: alone it refuses to start."""
    certificate = Certificate.from_crawler(get_crawler())
    with pytest.raises(TypeError, match=r"needs crawler\.feeds\.publication in EXTENSIONS"):
        certificate.spider_opened()


class TestLeaveNothing:
    def test_empty(self, tmp_path):
        """The folder of a run that did not begin goes."""
        folder = tmp_path / "20261123T193000Z"
        folder.mkdir()
        leave_nothing(folder)
        assert not folder.exists()

    def test_not_empty(self, tmp_path):
        """What somebody put there stays, and the folder with it."""
        (tmp_path / "notes.txt").write_text("mine")
        leave_nothing(tmp_path)
        assert (tmp_path / "notes.txt").exists()
