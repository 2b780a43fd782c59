"""Columns that hold JSON text, in a form in which equal values are equal texts."""

import re
from typing import Any

import orjson
import pyarrow as pa

from etl_polyglot.engine.nested import lengths_of, list_array, struct_array
from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER
from etl_polyglot.schema.record import Column

_PART = 100
"""Texts between two checkpoints."""

_ODD_NUMBER = re.compile(r"[0-9][.eE]|[0-9]{16}")
"""What a text has in which numbers may be written in another way than equal ones, or in which
strings look as if they were."""


def holds_json(column: Column) -> bool:
    """Whether values of a column, or some inside them, are JSON text."""
    if column.kind == "json":
        return True
    inner = column.fields if column.item is None else (column.item,)
    return any(holds_json(one) for one in inner)


def in_canonical_json(values: Array, column: Column) -> Array:
    """Write JSON text of a column the one way that its value has: 1.0 as 1, keys in order."""
    if column.kind == "json":
        encoded = values.dictionary_encode()
        texts = []
        for at, text in enumerate(encoded.dictionary.to_pylist()):
            if at % _PART == 0:
                checkpoint()
            texts.append(canonical_text(text))
        return pa.array(texts, pa.string()).take(encoded.indices)
    if column.item is not None:
        items = in_canonical_json(values.flatten(), column.item)
        return list_array(lengths_of(values), items, pa.list_(items.type), values.is_null())
    if column.fields:
        members = zip(values.flatten(), column.fields, strict=True)
        return struct_array(
            [in_canonical_json(one, field) for one, field in members], values.type, values.is_null()
        )
    return values


def canonical_text(text: str) -> str:
    """Write JSON text the one way that its value has.

    Text of a source that is not validated stays as it is where it is no JSON, or too deep.
    """
    try:
        value = orjson.loads(text)
        written = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        if _ODD_NUMBER.search(text):
            written = orjson.dumps(_with_plain_numbers(value), option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return text
    return written.decode()


def _with_plain_numbers(value: Any) -> Any:
    """The value with integers where numbers are whole and exact, and else with doubles."""
    if type(value) is dict:
        return {key: _with_plain_numbers(one) for key, one in value.items()}
    if type(value) is list:
        return [_with_plain_numbers(one) for one in value]
    if type(value) not in (int, float):
        return value
    double = float(value)
    return int(double) if abs(double) <= MAX_SAFE_INTEGER and double.is_integer() else double
