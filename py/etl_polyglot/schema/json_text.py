"""Strict JSON text: no key twice, no NaN, no number beyond a double, no half of a character."""

from __future__ import annotations

import json
import math
import re
from typing import Any

MAX_DEPTH = 64
"""How many arrays and objects may lie in each other."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def parse_json(text: str) -> Any:
    """Parse one strict JSON document.

    Raises ValueError where it is none: also where an object names a key twice, or a number is
    beyond the range of a double.
    """
    return json.loads(
        text,
        object_pairs_hook=_unique_keys,
        parse_constant=_refuse_constant,
        parse_float=_finite,
        parse_int=_finite_integer,
    )


def _unique_keys(members: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in members:
        if key in result:
            raise ValueError(f"the key {json.dumps(key)} stands twice in one object")
        result[key] = value
    return result


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is beyond the range of a double")
    return number


def _finite_integer(text: str) -> int:
    if len(text) > 300:
        _finite(text)
    return int(text)


def refuse_unsound(value: Any, levels: int = MAX_DEPTH) -> None:
    """Raise ValueError where a value has what no JSON text may: too deep, half a character, NaN."""
    if isinstance(value, str):
        if _SURROGATE.search(value):
            raise ValueError("a string has half of a surrogate pair")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("a number is beyond the range of a double")
    elif isinstance(value, list | dict):
        if not levels:
            raise ValueError("it is nested too deep")
        if isinstance(value, dict):
            for key in value:
                refuse_unsound(key, levels - 1)
        for inner in value.values() if isinstance(value, dict) else value:
            refuse_unsound(inner, levels - 1)
