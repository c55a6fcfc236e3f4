"""Builds crawler/compiled, where that can be done; pyproject.toml has the rest."""

import hashlib
import sys
from pathlib import Path

from setuptools import Extension, setup

NOTHING_COMPILED = {"bdist_egg", "bdist_uberegg", "clean"}
"""Commands for eggs. The node that one is sent to may be another machine with another Python, and
reads it as a zip file; and a Scrapyd client's environment has no Cython.
"""


def compiled() -> list[Extension]:
    """List what is to be compiled; what cannot be is left out, and Python does it."""
    if not NOTHING_COMPILED.isdisjoint(sys.argv):
        return []
    from Cython.Build import cythonize

    every = cythonize("crawler/compiled/*.pyx", build_dir="build/cython", quiet=True)
    for one in every:
        name = one.name.rpartition(".")[2]
        source = Path("crawler", "compiled", f"{name}.pyx").read_bytes()
        # By this a module knows that it is not of an older source: crawler/compiled/__init__.py
        one.define_macros.append(("SOURCE_HASH", f'"{hashlib.sha256(source).hexdigest()}"'))
        one.optional = True  # Cython does not hand this on
    return every


setup(ext_modules=compiled())
