"""Reading JSON text that may be nested only so deep."""

from collections.abc import Iterable
from typing import Any

import orjson

from etl_polyglot.schema.errors import MAX_DEPTH


def parse_json(text: bytes | str) -> Any:
    """Parse one JSON value; every source and conversion that meets JSON text calls this.

    Raises:
        orjson.JSONDecodeError: it is no JSON, or its arrays and objects are nested deeper than
            a request's may be.
    """
    value = orjson.loads(text)
    # A value needs two bytes for each level.
    if len(text) > 2 * MAX_DEPTH and _brackets(text) > MAX_DEPTH and _is_deeper(value, MAX_DEPTH):
        raise orjson.JSONDecodeError(f"nested more than {MAX_DEPTH} levels deep", "", 0)
    return value


def _brackets(text: bytes | str) -> int:
    """How many opening brackets there are: no value is nested deeper than that."""
    if isinstance(text, str):
        return text.count("[") + text.count("{")
    return text.count(b"[") + text.count(b"{")


def _is_deeper(value: Any, levels: int) -> bool:
    containers = _containers([value])
    for _ in range(levels):
        containers = [
            inner
            for one in containers
            for inner in _containers(one.values() if type(one) is dict else one)
        ]
    return bool(containers)


def _containers(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if type(value) in (list, dict)]
