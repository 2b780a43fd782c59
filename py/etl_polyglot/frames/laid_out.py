"""Valid rows of a frame in the columns that the workers have, to ask business rules about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from etl_polyglot.frames.column import FrameColumn
from etl_polyglot.schema.arrow import Array, nulls
from etl_polyglot.schema.columnar.judge import plain
from etl_polyglot.schema.record import Column, RecordSchema

is_type = pa.types
_TIMES: dict[str, Any] = {
    "date-time": is_type.is_timestamp,
    "date": is_type.is_date,
    "time": is_type.is_time,
}
_PLAIN = (
    is_type.is_null,
    is_type.is_boolean,
    is_type.is_integer,
    is_type.is_floating,
    is_type.is_string,
    is_type.is_large_string,
)


def laid_out(
    schema: RecordSchema, columns: Sequence[FrameColumn], positions: Any
) -> pa.RecordBatch | None:
    """Return rows that the schema accepts as a batch of its columns, times in Arrow's types.

    None where a column holds what a cast would not keep.
    """
    known = {column.name: column for column in columns}
    chosen = pa.array(positions)
    arrays: list[Array] = []
    for column in schema.columns:
        found = known.get(column.name)
        if found is None:
            arrays.append(nulls(len(positions), column.text_type))
            continue
        array = _cast(found.array.take(chosen), column) if found.is_exact else None
        if array is None:
            return None
        arrays.append(array)
    return pa.RecordBatch.from_arrays(arrays, [column.name for column in schema.columns])


def _cast(array: Array, column: Column) -> Array | None:
    if not is_type.is_decimal(array.type):
        array = plain(array)
    is_time = _TIMES.get(column.kind)
    if is_time is not None and is_time(array.type):
        return array
    if column.kind == "json" or not _is_plain(array.type):
        return None
    try:
        return array.cast(column.text_type, safe=column.kind != "number")
    except pa.ArrowException:  # a struct that lacks members
        return None


def _is_plain(arrow: Any) -> bool:
    if is_type.is_list(arrow) or is_type.is_large_list(arrow):
        return _is_plain(arrow.value_type)
    if is_type.is_struct(arrow):
        return all(_is_plain(field.type) for field in arrow)
    return any(test(arrow) for test in _PLAIN)
