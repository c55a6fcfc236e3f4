"""Builds crawler/compiled, where that can be done; pyproject.toml has the rest."""

import sys

from setuptools import Extension, setup


def compiled() -> list[Extension]:
    """List what is to be compiled; without a C compiler it is left out, and Python does it.

    An egg has nothing compiled: the node that it is sent to may be another machine with another
    Python, and reads it as a zip file. Whoever sends one needs no Cython either.
    """
    if "bdist_egg" in sys.argv:
        return []
    from Cython.Build import cythonize

    every = cythonize("crawler/compiled/*.pyx", build_dir="build/cython", quiet=True)
    for one in every:
        one.optional = True  # which Cython does not hand on
    return every


setup(ext_modules=compiled())
