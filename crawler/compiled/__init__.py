"""Compiled twins of what takes longest; without them the Python code does the same."""

import os

if os.environ.get("PRESSCRAWL_PURE_PYTHON"):
    raise ImportError("PRESSCRAWL_PURE_PYTHON is set: the Python code is to be used")
