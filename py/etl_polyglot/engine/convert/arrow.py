"""Typed Arrow columns, of plain types → the column types of a schema."""

from decimal import Decimal
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.convert.json_text import parse_json
from etl_polyglot.engine.convert.json_types import has_json_form, in_json_types
from etl_polyglot.engine.convert.text import Converted
from etl_polyglot.engine.nested import lengths_of, list_array, rows_with, struct_array
from etl_polyglot.schema.arrow import Array, nulls, pc
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER
from etl_polyglot.schema.columnar.judged import Mask, union
from etl_polyglot.schema.output import (
    FIRST_DAY,
    LAST_DAY,
    doubles_of_decimals,
    text_of_decimals,
)
from etl_polyglot.schema.record import Column

_UTC_MICROSECONDS = pa.timestamp("us", "UTC")
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_DAY_SECONDS = 86_400


def target_type(column: Column, found: Any) -> pa.DataType | None:
    """The type to which a typed column is converted for a column of the schema.

    Dates and times that are typed become the output's types, textual ones stay text. Numbers
    that the schema has as strings become text, which is what it judges.

    Returns:
        The type, or None when no value of the found type can stand in the column.
    """
    if pat.is_null(found):
        return column.text_type
    match column.kind:
        case "integer":
            whole = pat.is_decimal(found) and found.scale == 0
            fits = whole or pat.is_integer(found) or pat.is_floating(found)
        case "number":
            fits = pat.is_integer(found) or pat.is_floating(found) or pat.is_decimal(found)
        case "boolean":
            fits = pat.is_boolean(found)
        case "date-time" if pat.is_timestamp(found):
            return _UTC_MICROSECONDS
        case "date" if pat.is_date(found):
            return column.output_type
        case "time" if pat.is_time(found):
            return column.output_type
        case "list" | "struct":
            return _nested(column, found)
        case "json":
            fits = has_json_form(found)
        case "string" if column.is_number_as_text:
            fits = pat.is_string(found) or pat.is_decimal(found) or pat.is_integer(found)
        case _:
            fits = pat.is_string(found)
    return column.text_type if fits else None


def column_from_arrow(column: Column, array: Array, target: pa.DataType) -> Converted:
    """Convert a typed column, and say which rows could not be converted.

    Parameters:
        column: what the values are to become.
        array: the values as the source has them, null where absent.
        target: what `target_type` gave for them.
    """
    if pat.is_null(array.type):
        return nulls(len(array), target), None
    match column.kind:
        case "integer":
            return _integers(array)
        case "number":
            is_decimal = pat.is_decimal(array.type)
            values = doubles_of_decimals(array) if is_decimal else array.cast(target, safe=False)
            return _keep(values, pc.is_finite(values))
        case "date-time" if pat.is_timestamp(array.type):
            return _instants(array)
        case "date" if pat.is_date(array.type):
            return _days(array.cast(target, safe=False))
        case "list" if column.item is not None:
            return _lists(column.item, array, target)
        case "struct":
            return _structs(column, array, target)
        case "json":
            return _json_texts(array)
        case "string" if pat.is_decimal(array.type):
            return text_of_decimals(array), None
    # What is finer than a microsecond is dropped from times, as it is from text.
    return array.cast(target, safe=not pat.is_time(target)), None


def _nested(column: Column, found: Any) -> pa.DataType | None:
    if column.kind == "list":
        if not pat.is_list(found) or column.item is None:
            return None
        item = target_type(column.item, found.value_type)
        return None if item is None else pa.list_(pa.field("item", item))
    if not pat.is_struct(found) or {f.name for f in found} - {f.name for f in column.fields}:
        return None
    fields = []
    for member in column.fields:
        at = found.get_field_index(member.name)
        one = member.text_type if at < 0 else target_type(member, found.field(at).type)
        if one is None or (at < 0 and member.required):
            return None
        fields.append(pa.field(member.name, one))
    return pa.struct(fields)


def _integers(array: Array) -> Converted:
    limit: Any
    if pat.is_decimal(array.type):
        limit = pa.scalar(Decimal(MAX_SAFE_INTEGER))
    elif pat.is_floating(array.type):
        array, limit = array.cast(pa.float64()), pa.scalar(float(MAX_SAFE_INTEGER))
    elif array.type.bit_width < 64:
        return array.cast(pa.int64()), None
    else:
        limit = pa.scalar(MAX_SAFE_INTEGER, array.type)
    fits = pc.less_equal(array, limit)
    if not pat.is_unsigned_integer(array.type):
        fits = pc.and_(fits, pc.greater_equal(array, pc.negate(limit)))
    if pat.is_floating(array.type):
        fits = pc.and_(fits, pc.equal(pc.floor(array), array))
    kept, failed = _keep(array, fits)
    return kept.cast(pa.int64()), failed


def _instants(array: Array) -> Converted:
    """Instants in UTC, those without a zone taken for it, finer ones cut as text is."""
    per_second = _PER_SECOND[array.type.unit]
    units = array.cast(pa.int64())
    kept, failed = units, None
    if array.type.unit != "ns":  # their 64 bits end in 1677 and 2262
        per_day = per_second * _DAY_SECONDS
        kept, failed = _within(units, FIRST_DAY * per_day, (LAST_DAY + 1) * per_day)
    if per_second < 1_000_000:
        kept = pc.multiply(kept, 1_000_000 // per_second)
    elif per_second > 1_000_000:
        # Down, before 1970 too; Arrow's own division and cast go towards zero.
        floored = np.floor_divide(pc.fill_null(kept, 0).to_numpy(), per_second // 1_000_000)
        kept = pa.array(floored, mask=np.asarray(kept.is_null()))
    return kept.cast(_UTC_MICROSECONDS), failed


def _days(days: Array) -> Converted:
    kept, failed = _within(days.cast(pa.int32()), FIRST_DAY, LAST_DAY + 1)
    return kept.cast(pa.date32()), failed


def _within(values: Array, first: int, end: int) -> Converted:
    return _keep(values, pc.and_(pc.greater_equal(values, first), pc.less(values, end)))


def _keep(values: Array, fits: Array) -> Converted:
    failed = np.asarray(pc.and_(pc.invert(pc.fill_null(fits, False)), pc.is_valid(values)))
    if not failed.any():
        return values, None
    return pc.if_else(pa.array(failed), None, values), failed


def _lists(item: Column, array: Array, target: Any) -> Converted:
    items, failed = column_from_arrow(item, array.flatten(), target.value_type)
    lengths = lengths_of(array)
    lists = list_array(lengths, items, target, array.is_null())
    return lists, None if failed is None else rows_with(failed, lengths)


def _structs(column: Column, array: Array, target: Any) -> Converted:
    found = dict(zip((field.name for field in array.type), array.flatten(), strict=True))
    members: list[Array] = []
    failed: Mask | None = None
    for member, field in zip(column.fields, target, strict=True):
        if member.name not in found:
            members.append(nulls(len(array), field.type))
            continue
        values, failed_values = column_from_arrow(member, found[member.name], field.type)
        members.append(values)
        failed = union(failed, failed_values)
    return struct_array(members, target, array.is_null()), failed


def _json_texts(array: Array) -> Converted:
    """Strings are taken for JSON text, as columnar outputs have it; other types are written so."""
    textual = pat.is_string(array.type)
    failed = np.zeros(len(array), bool)
    texts: list[str | None] = []
    for row, value in enumerate((array if textual else in_json_types(array)).to_pylist()):
        try:
            text = value if textual or value is None else orjson.dumps(value).decode()
            if textual and value is not None:
                parse_json(value)
        except orjson.JSONDecodeError:
            text, failed[row] = None, True
        texts.append(text)
    return pa.array(texts, pa.string()), failed if failed.any() else None
