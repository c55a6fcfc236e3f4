"""What the user typed to start us."""

from __future__ import annotations

import sys
from pathlib import Path

OURS = "presscrawl"


def program() -> str:
    """Name the program as the user knows it: presscrawl, or else scrapy."""
    return OURS if Path(sys.argv[0]).name == OURS else "scrapy"
