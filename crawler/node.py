"""A job on a Scrapyd node: what it needs there."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, PathDistribution, version
from zipfile import Path as ZipPath


def check_node(module: str) -> None:
    """End with a clear line where the egg that holds *module* needs what the node has not.

    An egg travels without its dependencies, and a job that lacks one would end in a traceback
    from somewhere inside. Does nothing where the project did not come as an egg.
    """
    egg, found, _ = module.partition(".egg/")
    if not found:
        return
    needed = PathDistribution(ZipPath(f"{egg}.egg", "EGG-INFO/")).requires or []
    if missing := lacking(needed):
        raise SystemExit(
            f"presscrawl: this node lacks {'; '.join(missing)}. Install there what "
            "constraints-scrapyd.txt of this project names: see docs/scrapyd.md"
        )


def lacking(requirements: Iterable[str]) -> list[str]:
    """Return which *requirements* are not met here, each with the version that there is.

    >>> lacking(["scrapy>=2.19", "nosuchthing>=1.2", "pytest ; extra == 'test'"])
    ['nosuchthing>=1.2 (there is none)']
    """
    # takes a hundredth of a second to load: not where there is no egg
    from packaging.requirements import Requirement

    missing = []
    for each in map(Requirement, requirements):
        if each.marker is None or each.marker.evaluate({"extra": ""}):
            here = _version(each.name)
            if here is None or not each.specifier.contains(here, prereleases=True):
                missing.append(f"{each.name}{each.specifier} (there is {here or 'none'})")
    return missing


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
