"""Says why a row does not fit its schema: every place at fault, with its keyword.

Pydantic decides whether a row fits; it stops at a field's first failed constraint, so the full
list of errors of a refused row is read off the schema here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from etl_polyglot.schema.canonical import canonical_json, normal_number
from etl_polyglot.schema.errors import MISSING, ErrorRecord, Path, error_record, in_order
from etl_polyglot.schema.formats import has_format
from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.text import matches
from etl_polyglot.schema.values import fits_type, is_multiple, is_unique, json_type

Fault = tuple[Path, str, Any, Any]
"""Where, the keyword, what it expects, and the value found."""


def explain(root: Node, row: Any, index: int) -> list[ErrorRecord]:
    """Return the error records of one row, sorted by path and keyword; none where it fits."""
    return in_order(error_record(index, *fault) for fault in faults(root, row, ()))


def fits(node: Node, value: Any) -> bool:
    """Whether a value has no fault."""
    return next(faults(node, value, ()), None) is None


def faults(node: Node, value: Any, path: Path) -> Iterator[Fault]:
    """Yield every fault of a value; a failed type hides the other faults of its place."""
    if node.never:
        yield path, "false", False, value
        return
    if node.types and not fits_type(value, node.types):
        yield path, "type", node.document["type"], value
        return
    kind = json_type(value)
    if kind == "number" and normal_number(value) is None and node.keywords.keys() & NUMERIC:
        yield path, "type", "number", value  # NaN and the infinities are no JSON
        return
    for keyword, check in _CHECKS[kind].items():
        if keyword in node.keywords and not check(value, node.keywords[keyword]):
            yield path, keyword, node.keywords[keyword], value
    if kind == "array":
        yield from _item_faults(node, value, path)
    elif kind == "object":
        yield from _member_faults(node, value, path)
    yield from _faults_in_place(node, value, path)


def _faults_in_place(node: Node, value: Any, path: Path) -> Iterator[Fault]:
    if node.reference is not None:
        yield from faults(node.reference.node, value, path)
    for one in node.all_of:
        yield from faults(one, value, path)
    if node.variants and not any(fits(one, value) for one in node.variants):
        yield path, "anyOf", [one.document for one in node.variants], value
    if node.one_of and sum(fits(one, value) for one in node.one_of) != 1:
        yield path, "oneOf", [one.document for one in node.one_of], value
    if node.negated is not None and fits(node.negated, value):
        yield path, "not", node.negated.document, value
    if condition := node.condition:
        then = condition.then if fits(condition.test, value) else condition.otherwise
        if then is not None:
            yield from faults(then, value, path)


def _item_faults(node: Node, items: list[Any], path: Path) -> Iterator[Fault]:
    first = len(node.prefix)
    for position, item in enumerate(items):
        judge = node.prefix[position] if position < first else node.items
        if judge is not None:
            yield from faults(judge, item, (*path, position))
    if node.contains is None:
        return
    count = sum(fits(node.contains, item) for item in items)
    least, most = node.keywords.get("minContains", 1), node.keywords.get("maxContains")
    if count < least:
        stated = "minContains" in node.keywords
        expected = least if stated else node.contains.document
        yield path, "minContains" if stated else "contains", expected, items
    if most is not None and count > most:
        yield path, "maxContains", most, items


def _member_faults(node: Node, value: dict[str, Any], path: Path) -> Iterator[Fault]:
    for name in node.keywords.get("required", ()):
        if name not in value:
            yield (*path, name), "required", True, MISSING
    for trigger, names in node.keywords.get("dependentRequired", {}).items():
        if trigger in value:
            for name in names:
                if name not in value:
                    yield (*path, name), "dependentRequired", trigger, MISSING
    for trigger, dependent in node.dependents:
        if trigger in value:
            yield from faults(dependent, value, path)
    declared = {prop.name: prop.node for prop in node.properties}
    for name, member in value.items():
        here = (*path, name)
        if node.names is not None and not fits(node.names, name):
            yield here, "propertyNames", node.names.document, name
        patterns = [one for pattern, one in node.patterns if matches(name, pattern)]
        judges = [declared[name], *patterns] if name in declared else patterns
        for judge in judges:
            yield from faults(judge, member, here)
        if not judges and node.extra is False:
            yield here, "additionalProperties", False, member
        elif not judges and isinstance(node.extra, Node):
            yield from faults(node.extra, member, here)


def _is_one_of(value: Any, values: list[Any]) -> bool:
    return canonical_json(value) in map(canonical_json, values)


NUMERIC = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}

_Checks = dict[str, Callable[[Any, Any], bool]]
_ANY: _Checks = {
    "enum": _is_one_of,
    "const": lambda value, expected: canonical_json(value) == canonical_json(expected),
}
_NUMBER: _Checks = {
    **_ANY,
    # As doubles: beyond 2^53 that is what JavaScript has of a number.
    "minimum": lambda value, bound: float(value) >= bound,
    "maximum": lambda value, bound: float(value) <= bound,
    "exclusiveMinimum": lambda value, bound: float(value) > bound,
    "exclusiveMaximum": lambda value, bound: float(value) < bound,
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
        "pattern": matches,
        "format": has_format,
    },
    "array": {
        **_ANY,
        "minItems": lambda value, count: len(value) >= count,
        "maxItems": lambda value, count: len(value) <= count,
        "uniqueItems": lambda value, wanted: not wanted or is_unique(value),
    },
    "object": {
        **_ANY,
        "minProperties": lambda value, count: len(value) >= count,
        "maxProperties": lambda value, count: len(value) <= count,
    },
}
