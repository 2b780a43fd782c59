"""Typed Arrow columns → the column types of a schema."""

from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.convert.text import MAX_INTEGER, Converted
from etl_polyglot.schema.arrow import Array, nulls, pc
from etl_polyglot.schema.record import Column

_UTC_MICROSECONDS = pa.timestamp("us", "UTC")


def target_type(column: Column, found: Any) -> pa.DataType | None:
    """The type to which a typed column is converted for a column of the schema.

    Dates and times that are typed become the output's types, textual ones stay text.

    Returns:
        The type, or None when no value of the found type can stand in the column.
    """
    if pat.is_dictionary(found):
        return target_type(column, found.value_type)
    if pat.is_null(found):
        return column.text_type
    match column.kind:
        case "integer":
            fits = pat.is_integer(found) or pat.is_floating(found)
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
            fits = True
        case _:
            fits = pat.is_string(found) or pat.is_large_string(found) or pat.is_string_view(found)
    return column.text_type if fits else None


def column_from_arrow(column: Column, array: Array, target: pa.DataType) -> Converted:
    """Convert a typed column, and say which rows could not be converted.

    Parameters:
        column: what the values are to become.
        array: the values as the source has them, null where absent.
        target: what `target_type` gave for them.
    """
    if pat.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pat.is_null(array.type):
        return nulls(len(array), target), None
    if column.kind == "json":
        return _json_texts(array)
    if column.kind == "integer":
        return _integers(array)
    if column.kind == "number":
        values = array.cast(target, safe=False)
        return _keep(values, pc.is_finite(values))
    if pat.is_timestamp(target):
        return _instants(array), None
    return array.cast(target, safe=not pat.is_time(target)), None


def _nested(column: Column, found: Any) -> pa.DataType | None:
    if column.kind == "list":
        is_list = pat.is_list(found) or pat.is_large_list(found) or pat.is_fixed_size_list(found)
        if not is_list or column.item is None:
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
    fits = pc.is_valid(array)
    if pat.is_floating(array.type):
        fits = pc.equal(pc.floor(array), array)
    if array.type.bit_width == 64:
        limit = pa.scalar(MAX_INTEGER, pa.int64()).cast(array.type)
        fits = pc.and_(fits, pc.less_equal(array, limit))
        if not pat.is_unsigned_integer(array.type):
            fits = pc.and_(fits, pc.greater_equal(array, pc.negate(limit)))
    kept, failed = _keep(array, fits)
    return kept.cast(pa.int64()), failed


def _keep(values: Array, fits: Array) -> Converted:
    failed = np.asarray(pc.and_(pc.invert(pc.fill_null(fits, False)), pc.is_valid(values)))
    if not failed.any():
        return values, None
    return pc.if_else(pa.array(failed), None, values), failed


def _instants(array: Array) -> Array:
    # What is finer than a microsecond is dropped, as it is from text.
    in_microseconds = array.cast(pa.timestamp("us", array.type.tz), safe=array.type.unit != "ns")
    if array.type.tz is None:
        return pc.assume_timezone(in_microseconds, "UTC")
    return in_microseconds.cast(_UTC_MICROSECONDS)


def _json_texts(array: Array) -> Converted:
    """Strings are taken for JSON text, as columnar outputs have it; other types are written so."""
    textual = pat.is_string(array.type) or pat.is_large_string(array.type)
    failed = np.zeros(len(array), bool)
    texts: list[str | None] = []
    for row, value in enumerate(array.to_pylist()):
        try:
            text = value if textual or value is None else orjson.dumps(value).decode()
            if textual and value is not None:
                orjson.loads(value)
        except (orjson.JSONDecodeError, TypeError):
            text, failed[row] = None, True
        texts.append(text)
    return pa.array(texts, pa.string()), failed if failed.any() else None
