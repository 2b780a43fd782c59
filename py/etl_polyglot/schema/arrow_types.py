"""`x-arrow`: the type that columnar outputs give a member, in place of the usual one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER
from etl_polyglot.schema.keywords import declared_types
from etl_polyglot.schema.profile import did_you_mean
from etl_polyglot.schema.values import is_multiple

INTEGERS = {
    "int8": (-(2**7), 2**7 - 1),
    "int16": (-(2**15), 2**15 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "uint8": (0, 2**8 - 1),
    "uint16": (0, 2**16 - 1),
    "uint32": (0, 2**32 - 1),
}
"""Name → the least and the largest value."""

TEXT_INTEGERS = {"int64": (-(2**63), 2**63 - 1), "uint64": (0, 2**64 - 1)}
"""Those that are strings in JSON, whose numbers end at ±(2^53-1)."""

_DECIMAL = re.compile(r"decimal128\(([1-9][0-9]?), ?([0-9]{1,2})\)")
MAX_PRECISION = 15
"""Digits that a double holds exactly."""

MAX_TEXT_PRECISION = 38
"""Digits that decimal128 holds; a decimal that is a string in JSON may have as many."""


def decimal_of(name: str) -> tuple[int, int] | None:
    """Return precision and scale of `decimal128(precision,scale)`; None where it is none."""
    found = _DECIMAL.fullmatch(name)
    return None if found is None else (int(found[1]), int(found[2]))


def misfit(schema: Mapping[str, Any]) -> tuple[str, str] | None:
    """Say why not every value of a schema fits its `x-arrow`: the reason, and what to write."""
    name = schema["x-arrow"]
    kinds = declared_types(schema)
    if name in INTEGERS:
        low, high = INTEGERS[name]
        if kinds != {"integer"}:
            return f"{name} is for integers", 'write "type": "integer"'
        if not _is_within(schema, low, high):
            return f"integers beyond {name} would fit", f"add minimum {low} and maximum {high}"
        return None
    if name in TEXT_INTEGERS:
        return _text_integer_misfit(schema, kinds)
    decimal = decimal_of(name) if isinstance(name, str) else None
    if decimal is None:
        known = [*INTEGERS, *TEXT_INTEGERS, "decimal128(15,2)"]
        instead = did_you_mean(str(name), known, f"use {', '.join(known)}")
        return f"{name} is no type that columns can have here", instead
    if kinds == {"string"}:
        return _text_misfit(schema, *decimal)
    precision, scale = decimal
    if scale > precision or precision > MAX_PRECISION:
        instead = 'use decimal128(15,2), or "type": "string"'
        return f"its precision ends at {MAX_PRECISION}, as a double does", instead
    if not kinds or not kinds <= {"integer", "number"}:
        return f"{name} is for numbers and strings", 'write "type": "number"'
    if "number" in kinds and not is_multiple(schema.get("multipleOf", 0.1**20), 10.0**-scale):
        return "numbers with more decimals would fit", f"add multipleOf {10.0**-scale:.{scale}f}"
    largest = 10 ** (precision - scale) - 1
    if not _is_within(schema, -largest, largest):
        return f"numbers beyond {name} would fit", f"add minimum and maximum within ±{largest}"
    return None


def _text_integer_misfit(schema: Mapping[str, Any], kinds: set[str]) -> tuple[str, str] | None:
    if kinds != {"string"}:
        reason = f"numbers end at ±{MAX_SAFE_INTEGER}, and the columns of integers are int64 anyhow"
        return reason, 'leave it out, or write "type": "string" for larger ones'
    if "format" in schema:
        return f"a {schema['format']} is no integer", "write pattern in place of format"
    return None


def _text_misfit(schema: Mapping[str, Any], precision: int, scale: int) -> tuple[str, str] | None:
    if scale > precision or precision > MAX_TEXT_PRECISION:
        return f"its precision ends at {MAX_TEXT_PRECISION}", "use decimal128(18,2)"
    if "format" in schema:
        return f"a {schema['format']} is no decimal", "write pattern in place of format"
    return None


def _is_within(schema: Mapping[str, Any], low: int, high: int) -> bool:
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    most = schema.get("maximum", schema.get("exclusiveMaximum"))
    return least is not None and most is not None and least >= low and most <= high
