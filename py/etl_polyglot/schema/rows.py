"""Rows of JSON values ↔ Arrow columns of a record."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa

from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.output import doubles_of_decimals, text_of_decimals
from etl_polyglot.schema.record import Column, RecordSchema

Row = dict[str, Any]
Convert = Callable[[Any], Any]

_TIMES = ("date-time", "date", "time")


def rows_of(schema: RecordSchema, batch: pa.RecordBatch) -> list[Row]:
    """Return a batch's rows as the JSON values that they stand for.

    A null is an absent member, except where the schema requires the member and admits null.
    Columns that the schema does not know are kept.
    """
    known = {column.name: column for column in schema.columns}
    rows: list[Row] = [{} for _ in range(batch.num_rows)]
    for name, array in zip(batch.schema.names, batch.columns, strict=True):
        column = known.get(name)
        keeps_null = column is not None and column.required and column.nullable
        for row, value in zip(rows, values_of(column, array), strict=True):
            if value is not None or keeps_null:
                row[name] = value
    return rows


def values_of(column: Column | None, array: Array) -> list[Any]:
    """Return the JSON values of a column's array, None for its nulls."""
    values: list[Any] = as_text(array, column).to_pylist()
    if column is None or column.kind in _TIMES or (convert := _reader(column)) is None:
        return values
    return [None if value is None else convert(value) for value in values]


def as_text(array: Array, column: Column | None) -> Array:
    """Write timestamps, dates and times as RFC 3339 text, and decimals as numbers or text."""
    if pa.types.is_timestamp(array.type):
        text = pc.cast(array, pa.string())
        text = pc.replace_substring(text, " ", "T")
        return text if array.type.tz else pc.binary_join_element_wise(text, "Z", "")
    if pa.types.is_time(array.type):
        return pc.binary_join_element_wise(pc.cast(array, pa.string()), "Z", "")
    if pa.types.is_decimal(array.type):
        is_text = column is not None and column.kind == "string"
        return text_of_decimals(array) if is_text else doubles_of_decimals(array)
    if pa.types.is_integer(array.type) and column is not None and column.is_number_as_text:
        return pc.cast(array, pa.string())
    return pc.cast(array, pa.string()) if pa.types.is_date(array.type) else array


def _reader(column: Column) -> Convert | None:
    if column.kind == "json":
        return _parse
    if column.kind in _TIMES:
        return _time_text
    if column.is_number_as_text:
        return _number_text
    if pa.types.is_decimal(column.output_type):
        return float
    if column.kind == "list" and column.item is not None:
        inner = _reader(column.item)
        return None if inner is None else lambda items: [_maybe(inner, item) for item in items]
    if column.kind == "struct":
        fields = [(field, _reader(field) or _same) for field in column.fields]
        return lambda value: _members(value, fields)
    return None


def _members(value: Any, fields: Sequence[tuple[Column, Convert]]) -> Any:
    if not isinstance(value, dict):
        return value
    return {
        field.name: _maybe(convert, value[field.name])
        for field, convert in fields
        if value.get(field.name) is not None or (field.required and field.nullable)
    }


def _maybe(convert: Convert, value: Any) -> Any:
    return None if value is None else convert(value)


def _number_text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value) if isinstance(value, int) else value


def _time_text(value: Any) -> Any:
    if isinstance(value, time):
        return f"{value.isoformat()}Z"
    return value.isoformat() if isinstance(value, date | datetime) else value


def _same(value: Any) -> Any:
    return value


def _parse(text: Any) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else text
    except ValueError:  # text that is no JSON stands for itself
        return text


def columns_of(schema: RecordSchema, rows: Sequence[Row]) -> pa.RecordBatch:
    """Lay valid rows out in the columns of `text_schema`; members it does not name are left out."""
    arrays = []
    for column in schema.columns:
        convert = _writer(column)
        values = [row.get(column.name) for row in rows]
        if convert is not None:
            values = [_maybe(convert, value) for value in values]
        arrays.append(pa.array(values, column.text_type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema.text_schema)


def _writer(column: Column) -> Convert | None:
    match column.kind:
        case "integer":  # 1.0 is an integer
            return int
        case "number":
            return float
        case "json":
            return _dump
        case "list" if column.item is not None:
            inner = _writer(column.item)
            return None if inner is None else lambda items: [_maybe(inner, item) for item in items]
        case "struct":
            fields = [(field.name, _writer(field) or _same) for field in column.fields]
            return lambda value: {
                name: _maybe(convert, value.get(name)) for name, convert in fields
            }
    return None


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
