"""What is compiled, where a C compiler was at hand when the project was installed.

Each function here stands for one in Python that gives the same, only later; who uses it takes
that one where nothing is compiled. So nothing but time depends on a compiler.

``parts`` and ``text`` read bodies (chosen in ``crawler.clean.inner_loops``), ``shingles`` and
``similarity`` find copies (in ``crawler.dedupe.fingerprint`` and ``similarity``), ``lines`` looks
through rows (in ``crawler.feeds.strict_json``).
"""

import os

PURE_PYTHON = "PRESSCRAWL_PURE_PYTHON"
"""The variable of the environment that has all done in Python, if it is set."""

if os.environ.get(PURE_PYTHON):
    raise ImportError(f"{PURE_PYTHON} is set")
