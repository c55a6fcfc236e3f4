"""Says what is compiled; the exit status is 1 where something is not."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def main() -> int:
    """Try each module, and print a line for it."""
    missing = 0
    for source in sorted(Path(__file__).parent.glob("*.pyx")):
        try:
            import_module(f"crawler.compiled.{source.stem}")
            print(f"{source.stem}: compiled")
        except ImportError as error:
            missing += 1
            print(f"{source.stem}: in Python ({error})")
    return min(missing, 1)


if __name__ == "__main__":
    sys.exit(main())
