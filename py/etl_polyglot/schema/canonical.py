"""JSON text that is the same in Python and JavaScript, byte for byte."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

MAX_SAFE_INTEGER = 2**53 - 1
"""Beyond ±this, a JSON number is read as the nearest double, as JavaScript does."""


def normal_number(number: int | float) -> int | float | None:
    """Return the number as JavaScript would write it back.

    Integral doubles become integers with JavaScript's digits, integers beyond the exact range
    are rounded to their double first, and numbers that JSON cannot write become None.
    """
    if isinstance(number, int) and -MAX_SAFE_INTEGER <= number <= MAX_SAFE_INTEGER:
        return number
    try:
        double = float(number)
    except OverflowError:
        return None
    if not math.isfinite(double):
        return None
    if double.is_integer() and abs(double) < 1e21:
        return int(Decimal(repr(double)))
    return double


def number_text(number: int | float) -> str:
    """Write a number as ECMAScript's Number::toString does; non-finite ones as `null`."""
    normal = normal_number(number)
    if normal is None:
        return "null"
    if isinstance(normal, int):
        return str(normal)
    sign, digits, exponent = Decimal(repr(normal)).normalize().as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits))
    point = len(text) + exponent
    if 0 < point <= 21:
        body = f"{text[:point]}.{text[point:]}"
    elif -6 < point <= 0:
        body = f"0.{'0' * -point}{text}"
    else:
        mantissa = text if len(text) == 1 else f"{text[0]}.{text[1:]}"
        body = f"{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return f"-{body}" if sign else body


def key_order(key: str) -> tuple[int, int, bytes]:
    """Sort key that gives the order in which JavaScript lists an object's sorted keys."""
    if key.isascii() and key.isdigit() and (key == "0" or key[0] != "0") and int(key) < 2**32 - 1:
        return (0, int(key), b"")
    return (1, 0, key.encode("utf-16-be", "surrogatepass"))


def normal_json(value: Any) -> Any:
    """Return a JSON value with normal numbers and sorted keys, so that it is written one way."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return normal_number(value)
    if isinstance(value, list):
        return [normal_json(item) for item in value]
    return {key: normal_json(value[key]) for key in sorted(value, key=key_order)}


def canonical_json(value: Any) -> str:
    """Write a JSON value compactly with sorted keys; equal values give equal text (1 is 1.0)."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, list):
        return f"[{','.join(map(canonical_json, value))}]"
    members = (
        f"{json.dumps(key, ensure_ascii=False)}:{canonical_json(value[key])}"
        for key in sorted(value, key=key_order)
    )
    return f"{{{','.join(members)}}}"
