"""Columns that hold JSON text, in a form in which equal values are equal texts."""

import orjson
import pyarrow as pa

from etl_polyglot.engine.nested import lengths_of, list_array, struct_array
from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.canonical import canonical_json
from etl_polyglot.schema.record import Column


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
        texts = [_canonical(text) for text in encoded.dictionary.to_pylist()]
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


def _canonical(text: str) -> str:
    try:
        return canonical_json(orjson.loads(text))
    except orjson.JSONDecodeError:  # of a source that is not validated
        return text
