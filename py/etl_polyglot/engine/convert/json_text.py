"""Reading the JSON text of files: fast, and as strict as requests are read."""

import re
from typing import Any

import orjson

from etl_polyglot.schema.json_text import MAX_DEPTH
from etl_polyglot.schema.json_text import parse_json as parse_strictly

_SPACED_KEY = re.compile(rb'"\s+:')


def parse_json(text: bytes | str) -> Any:
    """Parse one JSON value; every source and conversion that meets JSON text calls this.

    Raises:
        orjson.JSONDecodeError: it is no JSON, its arrays and objects are nested deeper than a
            request's may be, or an object names a key twice.
    """
    raw = text.encode() if isinstance(text, str) else bytes(text)
    value = orjson.loads(raw)
    # A value needs two bytes for each level.
    if len(raw) > 2 * MAX_DEPTH and _is_deeper(raw, value):
        raise orjson.JSONDecodeError(f"nested more than {MAX_DEPTH} levels deep", "", 0)
    # No member is lost where there are as many as keys were written. A text that only looks as if
    # it had more keys is read again, slowly.
    if raw.count(b'":') != _members(value) or _SPACED_KEY.search(raw):
        try:
            parse_strictly(raw.decode())
        except ValueError as error:
            raise orjson.JSONDecodeError(str(error), "", 0) from error
    return value


def _is_deeper(text: bytes, value: Any) -> bool:
    if text.count(b"[") + text.count(b"{") <= MAX_DEPTH:
        return False
    containers = _containers(value)
    for _ in range(MAX_DEPTH):
        containers = [inner for one in containers for inner in _containers(*_items(one))]
    return bool(containers)


def _members(value: Any) -> int:
    """Count the members of a value's objects, in all."""
    if type(value) not in (dict, list):
        return 0
    own = len(value) if type(value) is dict else 0
    return own + sum(_members(one) for one in _items(value) if type(one) in (dict, list))


def _items(container: Any) -> Any:
    return container.values() if type(container) is dict else container


def _containers(*values: Any) -> list[Any]:
    return [value for value in values if type(value) in (list, dict)]
