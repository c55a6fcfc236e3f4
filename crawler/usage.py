"""What the command line takes, and what was meant by a word that it does not take."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from rich.console import Console
from rich.table import Table
from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object

from crawler.errors import ArgumentError
from crawler.program import program
from crawler.settings import DOWNLOADER_MIDDLEWARES

CLOSE = 0.8
"""How alike a setting must be to one that exists to be called a slip of the fingers."""


def check_settings(given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse a setting of the command line that is nearly one that exists.

    One that is like no other may be an extension's of the user's own.

    >>> check_settings(["DOWNLOAD_DELY=5"], ["DOWNLOAD_DELAY"])
    Traceback (most recent call last):
    crawler.errors.ArgumentError: no setting 'DOWNLOAD_DELY': did you mean DOWNLOAD_DELAY?
    """
    names = set(known)
    for each in given:
        name = each.partition("=")[0]
        if name not in names:
            near = get_close_matches(name.upper(), sorted(names), n=1, cutoff=CLOSE)
            if near:
                raise ArgumentError(f"no setting {name!r}: did you mean {near[0]}?")


def check_middlewares(settings: BaseSettings) -> None:
    """Refuse to go without one of our downloader middlewares, or one derived from it.

    DOWNLOADER_MIDDLEWARES on the command line stands in the place of the whole of the project's:
    the guard of the origin, the pauses and robots.txt would be gone in silence.
    """
    try:
        given = settings.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
        there = [load_object(each) for each in given]
    except Exception as error:  # whatever a module does that cannot be loaded
        raise ArgumentError(
            f"DOWNLOADER_MIDDLEWARES must be a dictionary of middlewares: {error}"
        ) from error
    for path, order in DOWNLOADER_MIDDLEWARES.items():
        ours = load_object(path) if order is not None else object
        if not any(issubclass(each, ours) for each in there):
            raise ArgumentError(
                f"DOWNLOADER_MIDDLEWARES must keep all of the project's, and lacks {path}"
            )


def unknown_spider(name: str, known: Iterable[str]) -> ArgumentError:
    """Say which spider may have been meant.

    >>> print(unknown_spider("wordpres", ["survey", "wordpress"]))
    no spider 'wordpres': did you mean wordpress?
    """
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(names)}"
    return ArgumentError(f"no spider {name!r}: {hint}")


def show_arguments(spider: str, arguments: Mapping[str, str]) -> None:
    """Print what a spider takes to standard output: it was asked for."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for name, meaning in arguments.items():
        table.add_row(f"-a {name}=", meaning)
    console = Console(file=sys.stdout, highlight=False)
    console.print(f"{program()} crawl {spider} -a site=https://example.org ...", markup=False)
    console.print(table)
