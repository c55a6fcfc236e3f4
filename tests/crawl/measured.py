"""Runs ``scrapy``, and writes down how much memory it took at most."""

from __future__ import annotations

import atexit
import os
import re
from pathlib import Path
from sys import argv

from scrapy.cmdline import execute


def note() -> None:
    """Write the peak of this process, in KB; getrusage would count what its parent had."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [peak] = re.findall(r"VmHWM:\s*(\d+) kB", status)
    Path(os.environ["PEAK_FILE"]).write_text(peak, encoding="ascii")


if __name__ == "__main__":
    atexit.register(note)
    execute(["scrapy", *argv[1:]])
