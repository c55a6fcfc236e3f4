"""``presscrawl``: the command ``scrapy`` with this project's settings, from any folder."""

from __future__ import annotations

import os
import sys

from scrapy.cmdline import execute
from scrapy.settings import Settings
from scrapy.utils.project import ENVVAR

from crawler import __version__
from crawler.program import OURS

SETTINGS = "crawler.settings"


def main() -> None:
    """Run a command of ``scrapy`` in this project, whichever project the folder belongs to."""
    sys.argv[0] = OURS
    if sys.argv[1:] == ["--version"]:
        print(f"{OURS} {__version__}")
        return
    os.environ[ENVVAR] = SETTINGS  # how Scrapy knows that it is inside a project
    settings = Settings()  # made here: Scrapy would look for a scrapy.cfg, and obey any it finds
    settings.setmodule(SETTINGS, priority="project")
    execute(settings=settings)


if __name__ == "__main__":
    main()
