"""What is compiled, where a C compiler was at hand when the project was installed.

Each function here stands for one in Python, which takes longer, and gives the same. Who uses it
takes that one where nothing is compiled, so nothing but time depends on a compiler.

``parts`` and ``text`` read bodies (chosen in ``crawler.clean.inner_loops``), ``shingles`` and
``similarity`` find copies (in ``crawler.dedupe.fingerprint`` and ``similarity``), ``lines`` looks
through rows (in ``crawler.feeds.strict_json``). ``python -m crawler.compiled`` says which are
there.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from pathlib import Path

PURE_PYTHON = "PRESSCRAWL_PURE_PYTHON"
"""The variable of the environment that has all done in Python, if it is set to anything."""

if os.environ.get(PURE_PYTHON):
    raise ImportError(f"{PURE_PYTHON} is set")


def check_source(name: str, built_from: bytes) -> None:
    """Refuse the compiled module *name* where it is of another source than lies beside it.

    *built_from* is the SHA-256 of its own, in hexadecimal digits. Warns, and raises ImportError,
    so that Python does it instead. A checkout may have a new source after each pull.
    """
    source = Path(__file__).with_name(f"{name.rpartition('.')[2]}.pyx")
    try:
        data = source.read_bytes()
    except OSError:
        return  # there is none to compare with
    if hashlib.sha256(data).hexdigest().encode() != built_from:
        message = (
            f"{name} was compiled from another version, so Python does it: see docs/compiled.md"
        )
        warnings.warn(message, RuntimeWarning, stacklevel=2)
        raise ImportError(message)
