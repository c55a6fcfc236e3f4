"""The _fields parameter: which parts of a record the visitor wants."""

from __future__ import annotations

import re
from typing import Any

Tree = dict[str, Any]
"""Wanted names; True where the whole value is wanted, else the tree within."""


def wanted(fields: Any) -> Tree | None:
    """Read the value of _fields; None where all is wanted.

    >>> wanted("id, title.rendered,title")
    {'id': True, 'title': True}
    >>> wanted("")
    """
    names = fields if isinstance(fields, list) else re.split(r"[\s,]+", str(fields or ""))
    tree: Tree = {}
    for name in filter(None, names):
        *parents, last = name.split(".")
        branch: Any = tree
        for parent in parents:
            branch = branch.setdefault(parent, {})
            if branch is True:
                break
        else:
            branch[last] = True
    return tree or None


def keep(value: Any, tree: Tree | None) -> Any:
    """Cut a value to what *tree* wants, in the value's own order.

    >>> keep({"id": 7, "title": {"rendered": "A", "raw": "a"}}, wanted("title.rendered"))
    {'title': {'rendered': 'A'}}
    """
    if tree is None:
        return value
    kept: dict[str, Any] = {}
    for key, each in value.items():
        if branch := tree.get(key):
            kept[key] = each if branch is True else _within(each, branch)
    return kept


def _within(value: Any, tree: Tree) -> Any:
    """Cut a value to names within it; a list by the numbers of its items, as PHP would."""
    if isinstance(value, list):
        return [each for at, each in enumerate(value) if str(at) in tree]
    return keep(value, tree) if isinstance(value, dict) else value


def wants_links(tree: Tree | None) -> bool:
    """Say whether a single record is to carry its links; then it carries them all."""
    return tree is None or "_links" in tree or "_embedded" in tree
