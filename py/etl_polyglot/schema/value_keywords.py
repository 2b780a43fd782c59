"""The keywords that judge a value by itself, by the type of values that they judge."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from etl_polyglot.schema.canonical import canonical_json
from etl_polyglot.schema.formats import has_format
from etl_polyglot.schema.identity import Same
from etl_polyglot.schema.text import matches
from etl_polyglot.schema.values import is_multiple, is_unique


@lru_cache(maxsize=1_000)
def _texts(values: Same) -> frozenset[str]:
    return frozenset(map(canonical_json, values.value))


def _is_one_of(value: Any, values: list[Any]) -> bool:
    return canonical_json(value) in _texts(Same(values))


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
CHECKS: dict[str, _Checks] = {
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

VALUE_KEYWORDS = frozenset(keyword for checks in CHECKS.values() for keyword in checks)
"""The keywords that judge a value by itself; what else a schema says is of what is within."""
