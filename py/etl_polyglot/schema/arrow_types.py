"""`x-arrow`: the type that columnar outputs give a member, in place of the usual one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

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

_DECIMAL = re.compile(r"decimal128\(([1-9][0-9]?), ?([0-9]{1,2})\)")
MAX_PRECISION = 15
"""Digits that a double holds exactly."""


def decimal_of(name: str) -> tuple[int, int] | None:
    """Return precision and scale of `decimal128(precision,scale)`; None where it is none."""
    found = _DECIMAL.fullmatch(name)
    return None if found is None else (int(found[1]), int(found[2]))


def misfit(schema: Mapping[str, Any]) -> tuple[str, str] | None:
    """Say why not every value of a schema fits its `x-arrow`: the reason, and what to write."""
    name = schema["x-arrow"]
    types = schema.get("type")
    listed = types if isinstance(types, list) else [types]
    kinds = {kind for kind in listed if kind != "null"}
    if name in INTEGERS:
        low, high = INTEGERS[name]
        if kinds != {"integer"}:
            return f"{name} is for integers", 'write "type": "integer"'
        if not _is_within(schema, low, high):
            return f"integers beyond {name} would fit", f"add minimum {low} and maximum {high}"
        return None
    decimal = decimal_of(name) if isinstance(name, str) else None
    if decimal is None:
        known = [*INTEGERS, "decimal128(15,2)"]
        instead = did_you_mean(str(name), known, f"use {', '.join(known)}")
        return f"{name} is no type that columns can have here", instead
    precision, scale = decimal
    if scale > precision or precision > MAX_PRECISION:
        return f"its precision ends at {MAX_PRECISION}, as a double does", "use decimal128(15,2)"
    if not kinds or not kinds <= {"integer", "number"}:
        return f"{name} is for numbers", 'write "type": "number"'
    if "number" in kinds and not is_multiple(schema.get("multipleOf", 0.1**20), 10.0**-scale):
        return "numbers with more decimals would fit", f"add multipleOf {10.0**-scale:.{scale}f}"
    largest = 10 ** (precision - scale) - 1
    if not _is_within(schema, -largest, largest):
        return f"numbers beyond {name} would fit", f"add minimum and maximum within ±{largest}"
    return None


def _is_within(schema: Mapping[str, Any], low: int, high: int) -> bool:
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    most = schema.get("maximum", schema.get("exclusiveMaximum"))
    return least is not None and most is not None and least >= low and most <= high
