"""Text columns → the types that columnar outputs have."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.schema.arrow import Array, nulls, pc
from etl_polyglot.schema.record import Column, RecordSchema


def output_batch(schema: RecordSchema, batch: pa.RecordBatch) -> tuple[pa.RecordBatch, list[int]]:
    """Convert the columns of a batch to `output_schema`.

    Columns that the batch lacks are null. Returns the positions of rows with a text that is no
    date or time too; it is null in the batch.
    """
    arrays: list[Array] = []
    failed = np.zeros(batch.num_rows, dtype=np.bool_)
    for column in schema.columns:
        position = batch.schema.get_field_index(column.name)
        if position < 0:
            arrays.append(nulls(batch.num_rows, column.output_type))
            continue
        before: Array = batch.column(position)
        after = _converted(before, column)
        if after.null_count > before.null_count:
            lost = pc.and_(after.is_null(), before.is_valid())
            failed |= lost.to_numpy(zero_copy_only=False)
        arrays.append(after)
    result = pa.RecordBatch.from_arrays(arrays, schema=schema.output_schema)
    return result, np.flatnonzero(failed).tolist()


def _converted(array: Array, column: Column) -> Array:
    if array.type == column.output_type:
        return array
    match column.kind:
        case "date-time" | "date" | "time" if _is_text(array.type):
            return _from_text(array, column)
        case "list" if column.item is not None:
            # From flattened items and lengths: a slice's own values reach beyond it.
            items = _converted(array.flatten(), column.item)
            lengths = pc.fill_null(pc.list_value_length(array), 0).cast(pa.int32())
            offsets: Array = np.concatenate(([0], np.cumsum(lengths.to_numpy()))).astype(np.int32)
            mask = array.is_null() if array.null_count else None
            return pa.ListArray.from_arrays(offsets, items, mask=mask)
        case "struct":
            fields = [
                _converted(values, field)
                for values, field in zip(array.flatten(), column.fields, strict=True)
            ]
            members: Any = column.output_type
            return pa.StructArray.from_arrays(fields, fields=list(members), mask=array.is_null())
    return pc.cast(array, column.output_type)


def _is_text(arrow: pa.DataType) -> bool:
    return pa.types.is_string(arrow) or pa.types.is_large_string(arrow)


def _from_text(array: Array, column: Column) -> Array:
    try:
        return _parse(array, column)
    except pa.ArrowInvalid:
        fits = [_parses(array.slice(position, 1), column) for position in range(len(array))]
        return _parse(pc.if_else(pa.array(fits), array, None), column)


def _parses(single: Array, column: Column) -> bool:
    try:
        _parse(single, column)
    except pa.ArrowInvalid:
        return False
    return True


def _parse(array: Array, column: Column) -> Array:
    if column.kind == "date":
        return pc.cast(array, pa.date32())
    if column.kind == "time":  # the time of day in UTC
        text = pc.binary_join_element_wise("1970-01-01T", array, "")
        stamps = pc.cast(_plain(text), pa.timestamp("us", "UTC"))
        return pc.cast(stamps.cast(pa.timestamp("us")), pa.time64("us"))
    try:
        return pc.cast(array, column.output_type)
    except pa.ArrowInvalid:
        return pc.cast(_plain(array), column.output_type)


def _plain(text: Array) -> Array:
    """Write RFC 3339 as Arrow reads it: T and Z in upper case, microseconds (cut, not rounded).

    A leap second is the last microsecond before it, so that it stays in its day.
    """
    text = pc.replace_substring_regex(text, r"(:[0-5][0-9]):60(?:\.[0-9]+)?", r"\1:59.999999")
    return pc.replace_substring_regex(pc.utf8_upper(text), r"(\.[0-9]{6})[0-9]+", r"\1")
