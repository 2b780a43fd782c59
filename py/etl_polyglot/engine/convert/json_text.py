"""Reading the JSON text of files: fast, and as strict as requests are read."""

import re
from typing import Any

import orjson

from etl_polyglot.engine.json_marks import BLOCK_BYTES, COMMA, JsonMarks
from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.schema.json_text import MAX_DEPTH
from etl_polyglot.schema.json_text import parse_json as parse_strictly

MAX_VALUES = 250_000
"""Values of one JSON text: objects of Python, at whose making no job can be stopped."""

_SPACED_KEY = re.compile(rb'"\s+:')


def parse_json(text: bytes | str) -> Any:
    """Parse one JSON value; every source and conversion that meets JSON text calls this.

    Raises:
        orjson.JSONDecodeError: it is no JSON, its arrays and objects are nested deeper than a
            request's may be, it has more than `MAX_VALUES` values, or an object names a key
            twice.
    """
    raw = text.encode() if isinstance(text, str) else bytes(text)
    # A value and the comma after it need two bytes.
    if len(raw) > 2 * MAX_VALUES and _has_more_values(raw):
        raise orjson.JSONDecodeError(f"at most {MAX_VALUES} values", "", 0)
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


def _has_more_values(raw: bytes) -> bool:
    """Whether there are more commas, arrays and objects outside strings than values may be."""
    marks, count = JsonMarks(), 0
    for start in range(0, len(raw), BLOCK_BYTES):
        checkpoint()
        block = marks.feed(raw[start : start + BLOCK_BYTES])
        count += block.openings() + int((block.kinds == COMMA).sum())
        if count > MAX_VALUES:
            return True
    return False


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
