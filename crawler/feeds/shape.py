"""What a record in a file must look like: the fields of its kind, in order, each of its type."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from crawler.items import ITEM_CLASSES

Check = Callable[[Any], bool]


def fault_of(record: object) -> str | None:
    """Say in a few words what is wrong with the shape of *record*; None where nothing is.

    >>> fault_of({"kind": "recipe"})
    "kind is 'recipe'"
    >>> fault_of([1])
    'no JSON object'
    """
    if not isinstance(record, dict):
        return "no JSON object"
    kind = record.get("kind")
    shape = SHAPES.get(kind) if isinstance(kind, str) else None
    if shape is None:
        return f"kind is {kind!r:.40}"
    if list(record) != list(shape):
        return _other_fields(record, shape)
    for name, check in shape.items():
        if not check(record[name]):
            return f"{name} is {record[name]!r:.40}"
    return None


def _other_fields(record: Mapping[str, Any], shape: Mapping[str, Check]) -> str:
    for problem, names in (
        ("no field", [name for name in shape if name not in record]),
        ("an unknown field", [name for name in record if name not in shape]),
    ):
        if names:
            return f"{problem} {names[0]}"
    return "its fields are in another order"


def _check_of(hint: Any) -> Check:
    """Make a check of an annotation, as far as JSON has such types."""
    if isinstance(hint, types.UnionType):
        checks = [_check_of(each) for each in get_args(hint)]
        return lambda value: any(check(value) for check in checks)
    if get_origin(hint) is Literal:
        words = frozenset(get_args(hint))
        return lambda value: isinstance(value, str) and value in words
    if hint is types.NoneType:
        return lambda value: value is None
    if hint is int:
        return lambda value: isinstance(value, int) and not isinstance(value, bool)
    kind = dict if is_dataclass(hint) else get_origin(hint) or hint
    return lambda value: isinstance(value, kind)


def _shape_of(item_class: type) -> dict[str, Check]:
    hints = get_type_hints(item_class)
    return {field.name: _check_of(hints[field.name]) for field in fields(item_class)}


SHAPES = {kind: _shape_of(item_class) for kind, item_class in ITEM_CLASSES.items()}
"""Kind -> field -> what tells whether a value may stand there, in the order of the files."""
