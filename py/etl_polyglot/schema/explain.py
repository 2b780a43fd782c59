"""Says why a row does not fit its schema: every place at fault, with its keyword.

Pydantic decides whether a row fits; it stops at a field's first failed constraint, so the full
list of errors of a refused row is read off the schema here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from pydantic_core import SchemaValidator, core_schema

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.canonical import canonical_json
from etl_polyglot.schema.errors import MISSING, ErrorRecord, Path, error_record, in_order
from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.regex import portable
from etl_polyglot.schema.values import fits_type, is_multiple, is_unique, json_type

Fault = tuple[Path, str, Any, Any]
"""Where, the keyword, what it expects, and the value found."""


def explain(root: Node, row: Any, index: int) -> list[ErrorRecord]:
    """Return the error records of one row, sorted by path and keyword; none where it fits."""
    return in_order(error_record(index, *fault) for fault in faults(root, row, ()))


def faults(node: Node, value: Any, path: Path) -> Iterator[Fault]:
    """Yield every fault of a value; a failed type hides the other faults of its place."""
    if node.variants:
        if not any(fits(variant, value) for variant in node.variants):
            yield path, "anyOf", [dict(variant.document) for variant in node.variants], value
        return
    if node.types and not fits_type(value, node.types):
        yield path, "type", node.keywords["type"], value
        return
    kind = json_type(value)
    for keyword, check in _CHECKS[kind].items():
        if keyword in node.keywords and not check(value, node.keywords[keyword]):
            yield path, keyword, node.keywords[keyword], value
    if kind == "array" and node.items is not None:
        for position, item in enumerate(value):
            yield from faults(node.items, item, (*path, position))
    elif kind == "object":
        yield from _member_faults(node, value, path)


def fits(node: Node, value: Any) -> bool:
    """Whether a value has no fault."""
    return next(faults(node, value, ()), None) is None


def _member_faults(node: Node, value: dict[str, Any], path: Path) -> Iterator[Fault]:
    declared = set()
    for prop in node.properties:
        declared.add(prop.name)
        if prop.name in value:
            yield from faults(prop.node, value[prop.name], (*path, prop.name))
        elif prop.required:
            yield (*path, prop.name), "required", True, MISSING
    if node.extra is True:
        return
    for name in value.keys() - declared:
        if node.extra is False:
            yield (*path, name), "additionalProperties", False, value[name]
        elif isinstance(node.extra, Node):
            yield from faults(node.extra, value[name], (*path, name))


@cache
def _expression(pattern: str) -> SchemaValidator:
    # The engine that the models use, so that no third dialect comes in.
    return SchemaValidator(core_schema.str_schema(pattern=portable(pattern)))


def _matches(value: str, pattern: str) -> bool:
    return _expression(pattern).isinstance_python(value)


def _has_format(value: str, name: str) -> bool:
    return _matches(value, FORMATS[name])


def _is_one_of(value: Any, values: list[Any]) -> bool:
    return canonical_json(value) in map(canonical_json, values)


_Checks = dict[str, Callable[[Any, Any], bool]]
_ANY: _Checks = {
    "enum": _is_one_of,
    "const": lambda value, expected: canonical_json(value) == canonical_json(expected),
}
_NUMBER: _Checks = {
    **_ANY,
    "minimum": lambda value, bound: value >= bound,
    "maximum": lambda value, bound: value <= bound,
    "exclusiveMinimum": lambda value, bound: value > bound,
    "exclusiveMaximum": lambda value, bound: value < bound,
    "multipleOf": is_multiple,
}
_CHECKS: dict[str, _Checks] = {
    "null": _ANY,
    "boolean": _ANY,
    "integer": _NUMBER,
    "number": _NUMBER,
    "string": {
        **_ANY,
        "minLength": lambda value, count: len(value) >= count,
        "maxLength": lambda value, count: len(value) <= count,
        "pattern": _matches,
        "format": _has_format,
    },
    "array": {
        **_ANY,
        "minItems": lambda value, count: len(value) >= count,
        "maxItems": lambda value, count: len(value) <= count,
        "uniqueItems": lambda value, wanted: not wanted or is_unique(value),
    },
    "object": _ANY,
}
