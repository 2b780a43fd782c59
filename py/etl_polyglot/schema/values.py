"""What a JSON value is: its type, and whether it fits one."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER, canonical_json, normal_number
from etl_polyglot.schema.ir import TypeName


def json_type(value: Any) -> TypeName:
    """Return a JSON value's type; an integral number is an `integer`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "integer" if isinstance(normal_number(value), int) else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def fits_type(value: Any, types: Collection[str]) -> bool:
    """Whether a JSON value is of one of the types; integers end at ±(2^53-1)."""
    kind = json_type(value)
    if kind == "integer":
        return "number" in types or ("integer" in types and abs(value) <= MAX_SAFE_INTEGER)
    if kind == "number":
        return "number" in types and normal_number(value) is not None
    return kind in types


def with_doubles(value: Any) -> Any:
    """Return a JSON value with its numbers as JavaScript reads them.

    An integer that a double holds exactly is an `int`, every other number a `float`; one that no
    double holds stays as it is.
    """
    if isinstance(value, list):
        return [with_doubles(item) for item in value]
    if isinstance(value, dict):
        return {name: with_doubles(member) for name, member in value.items()}
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    normal = normal_number(value)
    if normal is None:
        return value
    is_exact = isinstance(normal, int) and abs(normal) <= MAX_SAFE_INTEGER
    return normal if is_exact else float(value)


def decimal_places(step: int | float) -> int | None:
    """Return k where the step is 10^-k, k from 1 to 12; else None."""
    for places in range(1, 13):
        if step == float(f"1e-{places}"):
            return places
    return None


def is_multiple(value: int | float, step: int | float) -> bool:
    """Whether a number is a multiple of the step, exactly, as decimals: 0.07 is one of 0.01.

    A double stands for the shortest decimal that reads back as it, which is what JSON shows.
    """
    number, by = as_decimal(value), as_decimal(step)
    if number is None or by is None:
        return False
    exponent = min(number[1], by[1])
    scaled = number[0] * 10 ** (number[1] - exponent)
    return bool(scaled % (by[0] * 10 ** (by[1] - exponent)) == 0)


def as_decimal(number: int | float) -> tuple[int, int] | None:
    """Return (digits, exponent) with number = digits * 10^exponent."""
    normal = normal_number(number)
    if normal is None:
        return None
    sign, digits, exponent = Decimal(repr(float(normal))).normalize().as_tuple()
    assert isinstance(exponent, int)
    whole = int("".join(map(str, digits)))
    return (-whole if sign else whole), exponent


def is_unique(items: list[Any]) -> bool:
    """Whether no item stands twice, by JSON equality (1 is 1.0, true is not 1)."""
    if len(items) < 2:
        return True
    if all(type(item) is str for item in items):
        return len(set(items)) == len(items)
    return len(set(map(canonical_json, items))) == len(items)
